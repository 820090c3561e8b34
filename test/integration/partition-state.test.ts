/** What was stored under the partitions of before is found after two changes of them, on a real Redis. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  announce,
  completed,
  newEntry,
  PENDING_MS_MAX,
  pendingKey,
  settle,
  settleLeft,
} from '../../src/access/audit/record-audit.ts';
import { type Click, clickPartition } from '../../src/clicks/click.ts';
import { NO_PAYOUT, RELEASED, waitingKeys } from '../../src/clicks/first-click.ts';
import { type Conversion, encodeRecheck, NO_SUBJECT } from '../../src/conversions/conversion.ts';
import { readClaims } from '../../src/conversions/credits/find-claimants.ts';
import { recordConversions } from '../../src/conversions/receive/record-conversions.ts';
import { voidConversions } from '../../src/conversions/receive/void-conversions.ts';
import { registerWaiting, wakeForClicks } from '../../src/conversions/waiting.ts';
import { addRows, NO_BYTES_MAX } from '../../src/log/append.ts';
import { backlogOf } from '../../src/log/backlog.ts';
import { type Batch, finish, freeze } from '../../src/log/batches.ts';
import { beginLayout, completeLayout } from '../../src/log/layouts.ts';
import { FIRST_LAYOUTS, useLayouts } from '../../src/log/partitions.ts';
import { noteEarly, recheckEarly } from '../../src/messages/early-events.ts';
import { getMessages, messageKey, readMessage, recordSends } from '../../src/messages/message-store.ts';
import type { Send } from '../../src/messages/send.ts';
import { keepWaiting, readWaiting, removeWaiting } from '../../src/optouts/waiting.ts';
import { BatchedReader } from '../../src/platform/record-cache.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { LOGS } from '../../src/records/backup/redis-keys.ts';
import { claimFirstClicks } from '../../workers/clicks/claim-first-clicks.ts';
import { moveClaims } from '../../workers/clicks/claims.ts';
import { isExpired } from '../../workers/keep-layouts.ts';
import { someClick } from '../support/click-rows.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const IDS = Array.from({ length: 40 }, (_, i) => `m${i}`);
const DAY_MS = 24 * 3_600_000;

let server: TestRedis;
let redis: RedisClient;

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
});
beforeEach(async () => {
  await redis.flushall();
  useLayouts(FIRST_LAYOUTS);
});
afterAll(async () => {
  useLayouts(FIRST_LAYOUTS);
  await server?.stop();
});

async function change(...counts: number[]): Promise<void> {
  for (const count of counts) {
    await beginLayout(redis, { count, shards: 1 });
    await completeLayout(redis, LOGS);
  }
}

const entriesOf = async (log: string): Promise<number> =>
  (await backlogOf(redis, log)).entries.reduce((sum, one) => sum + one, 0);

const clickOn = (message_id: string, click_id: string): Click =>
  someClick({
    account_id: 'acc',
    message_id,
    contact_id: `c-${message_id}`,
    offer_id: 'off',
    click_id,
    cap: '',
  });

/** Claims for one click of each message, as a worker does; true where it is the first. */
async function claim(suffix: string): Promise<boolean[]> {
  const firsts = new Map<string, boolean>();
  const clicks = IDS.map((id) => clickOn(id, `${id}-${suffix}`));
  for (const [partition, part] of Map.groupBy(clicks, clickPartition)) {
    const batch = await openBatch(partition, part);
    const found = await claimFirstClicks(redis, batch, {
      clicks: part,
      visitors: part.map(() => ''),
      verdicts: part.map(() => ({ verdict: 'human' as const })),
      payouts: part.map(() => NO_PAYOUT),
      keepings: new Map([['acc', { clicks_s: 1, sends_s: 500 * 86_400, ip_storage: 'full' }]]) as never,
    });
    for (const [i, click] of part.entries())
      firsts.set(click.message_id, (found[i]?.is_first && found[i]?.is_first_for_offer) ?? false);
    await finish(redis, batch);
  }
  return IDS.map((id) => firsts.get(id) ?? false);
}

async function openBatch(partition: number, clicks: readonly Click[]): Promise<Batch> {
  await addRows(
    redis,
    'clicks',
    clicks.map(({ account_id, message_id, click_id }) => [`${account_id}:${message_id}`, click_id] as const),
    NO_BYTES_MAX,
  );
  const batch = await freeze(redis, 'clicks', partition, Date.now(), 0);
  if (batch === undefined) throw new Error('no batch');
  return batch;
}

const conversion = (message_id: string, conversion_id: string, more: Partial<Conversion> = {}): Conversion =>
  ({
    ...{ conversion_id, account_id: 'acc', offer_id: 'off', transaction: `txn:${message_id}`, event: 'sale' },
    ...{
      txn_id: message_id,
      refund_id: '',
      voids: '',
      channel: 'conv',
      network: '',
      upload_id: '',
      reported: '',
    },
    ...{ problem: '', click_id: '', code: '', amount: '1.00', currency: 'USD', converted_at_ms: 1 },
    ...{ received_at_ms: 1, credit_by: 'click', reason: '' },
    subject: { ...NO_SUBJECT, message_id, contact_id: `c-${message_id}` },
    terms: {
      ...{ payout_type: 'cpa', payout: '0', currency: 'EUR', model: 'first_click', duplicates: 'ignore' },
      ...{ click_window_days: 90, view_window_hours: 0, min_conversion_seconds: 0 },
    },
    ...(more as object),
  }) as Conversion;

it('a first click stays first, and one that was released goes to the next', async () => {
  expect(await claim('one')).toEqual(IDS.map(() => true));
  await change(64);
  expect(await claim('two')).toEqual(IDS.map(() => false));
  await change(8);
  expect(await claim('three')).toEqual(IDS.map(() => false));
  // A rejudgement withdraws the claims of one message and gives another's to a later click.
  const [released, moved] = [clickOn('m0', 'm0-four'), clickOn('m1', 'm1-four')];
  for (const [click, value] of [
    [released, RELEASED],
    [moved, 'm1-four'],
  ] as const) {
    const batch = await openBatch(clickPartition(click), [click]);
    await moveClaims(
      redis,
      batch,
      (['message', 'offer'] as const).map((on) => ({ on, link: click, visitor: '', claim: value })),
    );
    await finish(redis, batch);
  }
  const claims = await readClaims(
    redis,
    ['m0', 'm1', 'm2'].map((id) => conversion(id, id)),
  );
  expect(claims).toEqual([
    RELEASED,
    expect.objectContaining({ click_id: 'm1-four' }),
    expect.objectContaining({ click_id: 'm2-one' }),
  ]);
  await change(16);
  expect(await claim('five')).toEqual(IDS.map((id) => id === 'm0'));
  expect(await claim('six')).toEqual(IDS.map(() => false));
});

it('a conversion is woken that was registered under the partitions of before', async () => {
  const wait = async (id: string): Promise<void> =>
    registerWaiting(redis, waitingKeys(clickOn(id, ''))[0], encodeRecheck(conversion(id, id)));
  for (const id of IDS.slice(0, 10)) await wait(id);
  await change(64);
  for (const id of IDS.slice(5, 20)) await wait(id);
  await wakeForClicks(
    redis,
    IDS.map((id) => clickOn(id, '')),
    true,
  );
  expect(await entriesOf('conversions')).toBeGreaterThan(0);
  expect(await redis.keys('waiting:*')).toEqual([]);
});

it('a repeated report is a duplicate, and one that was taken back may come again', async () => {
  const reports = IDS.map((id) => conversion(id, `${id}-a`));
  const record = async (some: readonly Conversion[]) =>
    (await recordConversions(redis, some, NO_BYTES_MAX)).map(({ as }) => as);
  expect(new Set(await record(reports))).toEqual(new Set(['first']));
  await change(64, 8);
  expect(new Set(await record(IDS.map((id) => conversion(id, `${id}-b`))))).toEqual(new Set(['duplicate']));
  // A report that says something else is noted beside the first.
  expect(await record([conversion('m0', 'm0-c', { amount: '2.00' })])).toEqual(['repeat']);
  expect(await record([conversion('m0', 'm0-d', { amount: '2.00' })])).toEqual(['duplicate']);
  await voidConversions(redis, [reports[1] as Conversion], 5, NO_BYTES_MAX);
  await voidConversions(redis, [reports[1] as Conversion], 5, NO_BYTES_MAX);
  expect(await record([conversion('m1', 'm1-e')])).toEqual(['first']);
  expect(await record([conversion('m1', 'm1-f')])).toEqual(['duplicate']);
});

it('a message that is sent again is the one that was stored, and is read where it is', async () => {
  const send = (message_id: string, link_id: string): Send => ({
    ...{
      message_id,
      account_id: 'acc',
      contact_id: 'c',
      creative_id: 'cre',
      campaign_id: '',
      variant_id: '',
    },
    ...{
      variant_probability: 0,
      domain: '',
      sent_at_ms: 1,
      logged_at_ms: 1,
      fields: {},
      link_expires_at_ms: 0,
    },
    ...{ links: [{ link_key: 'link', link_id, offer_id: 'off' }], is_test: false },
  });
  const record = (ids: readonly string[], link_id: string) =>
    recordSends(
      redis,
      ids.map((id) => send(id, link_id)),
      60,
      NO_BYTES_MAX,
    );
  expect(await record(IDS.slice(0, 20), 'first')).toEqual(IDS.slice(0, 20).map(() => undefined));
  await change(64);
  const again = await record(IDS, 'second');
  expect(again.map((one) => one?.links[0]?.[1])).toEqual(IDS.map((_, i) => (i < 20 ? 'first' : undefined)));
  expect(await entriesOf('sends')).toBeGreaterThan(0);
  const found = await getMessages(redis, 'acc', [...IDS, 'nobody']);
  expect(found.map((one) => one?.links[0]?.[1])).toEqual([
    ...IDS.map((_, i) => (i < 20 ? 'first' : 'second')),
    undefined,
  ]);
  const reader = new BatchedReader(redis);
  const read = await Promise.all([...IDS, 'nobody'].map((id) => readMessage(reader, 'acc', id)));
  expect(read.map((one) => one?.links[0]?.[1] ?? '')).toEqual(found.map((one) => one?.links[0]?.[1] ?? ''));
  expect(await redis.exists(messageKey('acc', 'm0'))).toBe(0);
});

it('events and opt-outs that came before their message are found by it', async () => {
  const messages = IDS.map((message_id) => ({ account_id: 'acc', message_id }));
  await noteEarly(redis, messages.slice(0, 20), Date.now());
  await keepWaiting(
    redis,
    messages.slice(0, 20).map((one) => ({ ...one, at_ms: 1, source: 's' })),
  );
  await change(64);
  await noteEarly(redis, messages.slice(20), Date.now());
  await keepWaiting(
    redis,
    messages.slice(20).map((one) => ({ ...one, at_ms: 2, source: 's' })),
  );
  await recheckEarly(redis, messages);
  const events = await entriesOf('events');
  expect(events).toBeGreaterThan(0);
  await recheckEarly(redis, messages);
  expect(await entriesOf('events')).toBe(events);
  const found = await readWaiting(redis, messages);
  expect(found.map(({ message }) => message.message_id).toSorted()).toEqual(IDS.toSorted());
  await removeWaiting(redis, messages);
  expect(await readWaiting(redis, messages)).toEqual([]);
});

it('a change that was announced before is settled once after, by its request or by a worker', async () => {
  const actor = { actor_kind: 'key', actor_id: 'key_1', actor_name: 'sender', address: '192.0.2.7' } as const;
  const what = {
    action: 'offer.changed',
    account_id: 'acc',
    subject_id: 'off',
    after: { payout: '2' },
  } as const;
  const entries = IDS.map((_, i) => newEntry(actor, what, i < 20 ? Date.now() : Date.now() - PENDING_MS_MAX));
  for (const entry of entries) await announce(redis, entry);
  await change(64);
  for (const entry of entries.slice(0, 20)) {
    await settle(redis, completed(entry, what, 'done'));
    await settle(redis, completed(entry, what, 'done'));
  }
  // One that was killed between the two steps of a closed partition.
  await redis.hset(pendingKey(0), 'adt_left', JSON.stringify('?'));
  expect(await settleLeft(redis, Date.now())).toBe(21);
  expect(await settleLeft(redis, Date.now())).toBe(0);
  expect(await entriesOf('audit')).toBe(41);
});

it('a layout counts as expired once nothing is left under it, and after the time of claims at least', async () => {
  await claim('one');
  const layout = { first: 0, count: 4, shards: 1, drained_at_ms: 0 };
  expect(await isExpired(redis, layout, 407 * DAY_MS)).toBe(false);
  expect(await isExpired(redis, layout, 409 * DAY_MS)).toBe(false);
  await redis.flushall();
  expect(await isExpired(redis, layout, 409 * DAY_MS)).toBe(true);
  expect(await isExpired(redis, { first: 0, count: 4, shards: 1 }, 409 * DAY_MS)).toBe(false);
});
