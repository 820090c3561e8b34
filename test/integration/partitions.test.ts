/**
 * `trackly partitions` on a running system: what was made, tapped, reported and spooled before a change is the same
 * after it, though the command is killed at each of its steps.
 */
// @long: machines.test.ts divides the logs anew under faults in every run; partition-fence and partition-state prove the parts.
// Own system: the partitions are everybody's.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readKeyRing } from '../../src/access/installation-key.ts';
import { ClickIds } from '../../src/clicks/click-id.ts';
import { bytesKey } from '../../src/log/keys.ts';
import { beginLayout, CLOSED, LAYOUTS_KEY, refreshLayouts } from '../../src/log/layouts.ts';
import { currentLayout, partitionOf, partitionsIn } from '../../src/log/partitions.ts';
import { Spool } from '../../src/log/spool.ts';
import { markOf } from '../../src/platform/process-mark.ts';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { NODE_ARGUMENTS } from '../../src/supervisor/role-process.ts';
import { rowOfClick, someClick } from '../support/click-rows.ts';
import { type Ended, runTrackly } from '../support/commands.ts';
import { createPhones, PHONE, type Phones } from '../support/phones.ts';
import { createNetwork, type Network } from '../support/postback.ts';
import {
  type Campaign,
  type CreatedMessage,
  createCampaign,
  createSender,
  type Sender,
} from '../support/sender.ts';
import { untilSettled } from '../support/settled.ts';
import { type System, startSystem } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';

const MESSAGES = 60;
/** Those that are tapped before, of whose conversions some wait. */
const TAPPED = 30;
const MAIN = join(import.meta.dirname, '../../src/main.ts');
/** Of a process that does not run: beyond Linux's largest id. */
const GONE = markOf(99_999_999);

let system: System;
let sender: Sender;
let campaign: Campaign;
let phones: Phones;
let network: Network;
let redis: RedisClient;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'trackly-spool-'));
  system = await startSystem();
  sender = await createSender(system);
  campaign = await createCampaign(sender, 'Divided');
  phones = createPhones(system.redirect_url, 8);
  network = createNetwork(system.redirect_url, 4);
  redis = connectRedis({ url: await system.redis_url(), cluster: false }, 'fast');
  await untilReady(redis, 5_000);
});
afterAll(async () => {
  phones?.close();
  network?.close();
  redis?.disconnect();
  await system?.destroy();
  await rm(root, { recursive: true, force: true });
});

const messageOf = (i: number) => ({
  message_id: `m:${i}`,
  contact_id: `contact-${i}`,
  creative_id: campaign.creative_ids[0],
  fields: { first_name: 'Kim' },
});
const linkOf = (message: CreatedMessage | undefined): string => message?.links[0]?.link_id ?? '';

const rest = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

let made: CreatedMessage[] = [];
let answered = 0;
async function tap(link_id: string): Promise<void> {
  expect((await phones.open(link_id, PHONE))?.status).toBe(302);
  answered++;
}

async function report(link_id: string, txn_id: string) {
  const reply = await network.report('/conv', { link_id, txn_id, revenue: '5' });
  expect(reply?.status).toBe(200);
  return reply?.body;
}

async function statusOf(conversion_id = ''): Promise<string> {
  const { body } = await sender.call('GET', `/v2/conversions/${conversion_id}`);
  const { status = '', reason = '' } = body.conversion ?? {};
  return `${status} ${reason}`.trim();
}

/** First clicks by message: exactly one of each message that was tapped. */
async function firstClicks(): Promise<Map<string, number>> {
  const result = await system.clickhouse.query({
    query: `SELECT message_id, toFloat64(sum(is_first)), toFloat64(sum(is_first_for_offer)) FROM clicks WHERE account_id = '${sender.account_id}' GROUP BY message_id`,
    format: 'JSONCompactEachRow',
  });
  const rows = await result.json<[string, number, number]>();
  for (const [, first, for_offer] of rows) expect(for_offer).toBe(first);
  return new Map(rows.map(([message_id, first]) => [message_id, first]));
}

const trackly = (...args: string[]): Promise<Ended> => runTrackly(args, { DATA_DIR: system.data_dir });

const changed = (count: number): Promise<unknown> =>
  untilSeen(
    'the layout',
    async () => {
      const { layouts, opening } = await refreshLayouts(redis);
      return opening === undefined ? layouts.at(-1)?.count : 0;
    },
    count,
  );

/** Kills the command as soon as the record names the new layout; a worker completes the change. */
async function killedAtOpening(count: number): Promise<void> {
  const command = spawn(process.execPath, [...NODE_ARGUMENTS, MAIN, 'partitions', `${count}`], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATA_DIR: system.data_dir },
    stdio: 'ignore',
  });
  await until(
    async () => (await redis.get(LAYOUTS_KEY))?.includes('opening') ?? false,
    HANGS_AFTER_MS,
    () => 'the command did not begin',
  );
  command.kill('SIGKILL');
  await changed(count);
}

/** The same with some of the partitions closed already, and taps that are refused because of it. */
async function killedWhileClosing(count: number): Promise<void> {
  await beginLayout(redis, { count, shards: 1 });
  const partitions = partitionsIn(currentLayout());
  for (const log of ['clicks', 'conversions', 'sends'])
    for (const partition of partitions.slice(partitions.length / 2))
      await redis.set(bytesKey(log, partition), CLOSED);
  await changed(count);
}

/** A click that a process of a lost machine had answered, in its spool under a partition of that time. */
async function spoolOne(message: CreatedMessage, contact_id: string): Promise<void> {
  const ids = new ClickIds({ ring: await readKeyRing(redis, system.data_dir) });
  const link_id = linkOf(message);
  const { message_id } = message;
  const key = `${sender.account_id}:${message_id}`;
  const row = rowOfClick(
    someClick({
      ...{
        click_id: ids.create(Date.now(), link_id),
        clicked_at_ms: Date.now(),
        link_id,
        message_id,
        contact_id,
      },
      ...{
        account_id: sender.account_id,
        offer_id: campaign.offer_ids[0],
        creative_id: campaign.creative_ids[0],
      },
      ...{ link_key: 'link1', campaign_id: '', variant_id: '', sent_at_ms: Date.now(), user_agent: PHONE },
      ...{ method: 'GET', headers: {}, query: '', answered: 'redirect', trace: '', contact_country: '' },
      ...{ rule: '', fallback_reason: '', planned_offer_id: '', cap: '' },
    }),
  );
  const spool = new Spool(root, `redirect-9.${GONE}.lost`, 1_000_000);
  await spool.write({
    ...{
      partition: partitionOf(key),
      producer: 'lost',
      sequence: 1,
      rows: 1,
      payload: row,
      process: 'redirect-9',
    },
  });
  await spool.close();
}

it('changes under load, and nothing is lost, doubled or forgotten', async () => {
  const messages = await sender.send(Array.from({ length: MESSAGES }, (_, i) => messageOf(i)));
  const untapped = messages.slice(TAPPED, TAPPED + 3);
  for (const message of messages.slice(0, TAPPED)) await tap(linkOf(message));
  const waiting = await Promise.all(untapped.map((one, i) => report(linkOf(one), `waits-${i}`)));
  const booked = await report(linkOf(messages[0]), 'booked');
  await untilSettled(system, answered, MESSAGES);
  await Promise.all(
    waiting.map((one) => untilSeen('it waits', () => statusOf(one?.conversion_id), 'unattributed no_click')),
  );
  await untilSeen('it is booked', () => statusOf(booked?.conversion_id), 'attributed');
  await spoolOne(messages[1] as CreatedMessage, 'contact-1');

  let over = false;
  const load = Promise.all(
    Array.from({ length: 4 }, async (_, i) => {
      for (let n = i; !over; n += 4) {
        await tap(linkOf(messages[n % TAPPED]));
        await rest(20);
      }
    }),
  );
  const sending = (async () => {
    for (let n = 0; !over; n++) {
      await sender.send([messageOf(1_000 + n)]);
      await rest(100);
    }
  })();
  const reports: string[] = [];
  const reporting = (async () => {
    for (let n = 0; !over; n++) {
      reports.push((await report(linkOf(messages[n % TAPPED]), `load-${n}`))?.conversion_id ?? '');
      await rest(100);
    }
  })();
  await killedAtOpening(64);
  await killedWhileClosing(8);
  const { code, stdout, stderr } = await trackly('partitions', '16');
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toContain('16 partitions from p76: take rows');
  over = true;
  await Promise.all([load, sending, reporting]);

  // The click ids and transactions of before.
  for (const message of messages.slice(0, TAPPED)) await tap(linkOf(message));
  const taken = await trackly('spool', 'import', root);
  expect(taken.stdout).toContain('1 click: 1 were sent');
  expect((await trackly('spool', 'import', root)).stdout).toContain(
    '0 were sent to Redis now, 1 were there before',
  );
  await untilSettled(system, answered + 1, MESSAGES);

  const firsts = await firstClicks();
  expect(firsts.size).toBe(TAPPED);
  expect([...firsts.values()]).toEqual(Array.from({ length: TAPPED }, () => 1));
  const counts = await system.clickhouse.query({
    query: `SELECT toFloat64(count()), toFloat64(uniqExact(click_id)) FROM clicks WHERE account_id = '${sender.account_id}'`,
    format: 'JSONCompactEachRow',
  });
  expect(await counts.json()).toEqual([[answered + 1, answered + 1]]);

  // The waiting conversions are booked by a first click that comes now.
  for (const one of untapped) await tap(linkOf(one));
  for (const one of waiting)
    await untilSeen('it is booked now', () => statusOf(one?.conversion_id), 'attributed');
  expect(await report(linkOf(messages[0]), 'booked')).toMatchObject({
    ...{ status: 'duplicate', conversion_id: booked?.conversion_id },
  });
  expect(await sender.send([messageOf(5)])).toMatchObject([
    { message_id: 'm:5', links: messages[5]?.links.map(({ link_id }) => ({ link_id })) },
  ]);
  expect(new Set(reports).size).toBe(reports.length);
  for (const id of reports.slice(-3))
    await untilSeen('a report under load', () => statusOf(id), 'attributed');

  const { layouts } = await refreshLayouts(redis);
  expect(layouts.slice(0, -1).every(({ drained_at_ms }) => drained_at_ms !== undefined)).toBe(true);
  const again = await trackly('partitions', '16');
  expect(again).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there are 16 partitions already'),
  });
  expect(await trackly('partitions', '2000')).toMatchObject({ code: 2 });
  made = messages;
});

it('has its partitions again after Redis lost its data, and counts what was tapped meanwhile', async () => {
  const { layouts } = await refreshLayouts(redis);
  const kept = `SELECT argMax(value, version) FROM records WHERE key = '${LAYOUTS_KEY}'`;
  await untilSeen(
    'the layouts among the records',
    async () => {
      const result = await system.clickhouse.query({ query: kept, format: 'JSONCompactEachRow' });
      return (await result.json<[string]>())[0]?.[0] ?? '';
    },
    JSON.stringify({ layouts }),
  );
  await untilSettled(system, answered + 1, MESSAGES);
  await redis.flushall();
  for (const message of made.slice(0, 10)) await tap(linkOf(message));
  expect(await trackly('restore')).toMatchObject({ code: 0 });
  expect((await refreshLayouts(redis)).layouts.map(({ count }) => count)).toEqual([4, 64, 8, 16]);
  for (const message of made.slice(0, 10)) await tap(linkOf(message));
  await untilSettled(system, answered + 1, MESSAGES);
  const firsts = await firstClicks();
  expect([...firsts.values()]).toEqual(Array.from({ length: TAPPED + 3 }, () => 1));
});
