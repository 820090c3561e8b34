/**
 * A range is booked anew and back while its workers are killed: afterwards every message has what a plain computation
 * says, and then what it had before.
 */
// @long: thousands of transactions and several deaths; attribution.test.ts of the integration tests does it without kills.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readKeyRing } from '../../src/access/installation-key.ts';
import { CLICKS_LOG, clickPartition } from '../../src/clicks/click.ts';
import { ClickIds } from '../../src/clicks/click-id.ts';
import { append, ROWS_PER_ENTRY_MAX } from '../../src/log/append.ts';
import { backlog } from '../../src/log/backlog.ts';
import { currentPartitions } from '../../src/log/partitions.ts';
import { newProducerId } from '../../src/platform/random.ts';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { seededRandom } from '../support/click-plan.ts';
import { rowOfClick, someClick } from '../support/click-rows.ts';
import { BOT, PHONE } from '../support/phones.ts';
import { type CreatedMessage, createSender, type Sender } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const CONTACTS = Number(process.env['REBOOKING_CONTACTS'] ?? 2_500);
const MESSAGES_EACH = 2;
const CLICKS_EACH_MAX = 5;
const SEED = 31;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const KILLS = 3;
const WITHIN_MS = 120_000;
const start_ms = Date.now() - 6 * HOUR_MS;

let system: System;
let redis: RedisClient;
let sender: Sender;

beforeAll(async () => {
  system = await startSystem();
  redis = connectRedis({ url: await system.redis_url(), cluster: false }, 'fast');
  await untilReady(redis, 5_000);
  sender = await createSender(system);
});
afterAll(async () => {
  redis?.disconnect();
  await system?.destroy();
});

interface PlannedClick {
  click_id: string;
  message_id: string;
  at_ms: number;
  human: boolean;
}
interface PlannedSale {
  named: PlannedClick;
  at_ms: number;
  revenue: number;
}
interface Contact {
  clicks: PlannedClick[];
  sale: PlannedSale;
}
type Numbers = Record<string, [conversions: number, revenue: number]>;

async function untilEmpty(): Promise<void> {
  await until(
    async () => {
      for (const log of ['clicks', 'sends', 'conversions', 'clicks', 'conversions']) {
        for (const partition of currentPartitions()) {
          if ((await backlog(redis, log, partition)) > 0) return false;
        }
      }
      return true;
    },
    WITHIN_MS,
    () => `the logs did not empty\n${system.output()}`,
  );
}

/** Clicks at random times on both messages of each contact, some of bots, and a sale that names any of them. */
async function playContacts(
  offer_id: string,
  creative_id: string,
  sent: CreatedMessage[],
): Promise<Contact[]> {
  const random = seededRandom(SEED);
  const below = (n: number): number => Math.floor(random() * n);
  const signed = new ClickIds({ ring: await readKeyRing(redis, system.data_dir) });
  const rows = currentPartitions().map(() => [] as string[]);
  const contacts: Contact[] = [];
  for (let n = 0; n < CONTACTS; n++) {
    const times = Array.from({ length: 1 + below(CLICKS_EACH_MAX) }, () => start_ms + below(2 * HOUR_MS));
    const clicks: PlannedClick[] = [];
    for (const at_ms of times.toSorted((a, b) => a - b)) {
      const message = sent[n * MESSAGES_EACH + below(MESSAGES_EACH)] as CreatedMessage;
      const { message_id } = message;
      const link_id = message.links[0]?.link_id ?? '';
      const human = below(4) > 0;
      const click_id = signed.create(at_ms, link_id);
      clicks.push({ click_id, message_id, at_ms, human });
      const link = {
        ...{ link_id, account_id: sender.account_id, message_id, contact_id: `contact-${n}`, offer_id },
        ...{ creative_id, campaign_id: '', variant_id: '', link_key: 'link1', domain: '' },
        sent_at_ms: start_ms - HOUR_MS,
      };
      const ip = `172.${32 + ((n >> 16) & 31)}.${(n >> 8) & 255}.${n & 255}`;
      rows[clickPartition(link)]?.push(
        rowOfClick({
          ...someClick(link),
          ...{ click_id, clicked_at_ms: at_ms, method: 'GET', ip, user_agent: human ? PHONE : BOT },
          headers: { accept: 'text/html', 'accept-language': 'en' },
          contact_country: '',
          answered: 'redirect',
        }),
      );
    }
    const named = clicks[below(clicks.length)] as PlannedClick;
    const at_ms = start_ms + below(3 * HOUR_MS);
    contacts.push({ clicks, sale: { named, at_ms, revenue: 1 + below(50) } });
  }
  const producer = newProducerId();
  for (const [partition, texts] of rows.entries()) {
    for (let from = 0; from < texts.length; from += ROWS_PER_ENTRY_MAX) {
      const part = texts.slice(from, from + ROWS_PER_ENTRY_MAX);
      const entry = { partition, producer, sequence: from + 1, rows: part.length, process: '' };
      await append(redis, CLICKS_LOG, { ...entry, payload: part.join('\n') });
    }
  }
  return contacts;
}

type Model = 'first_click' | 'last_click';

/** The published rules, said another way. */
function winnerOf({ clicks, sale }: Contact, model: Model): PlannedClick | undefined {
  const human = clicks.filter((one) => one.human && one.at_ms <= sale.at_ms + 5 * MINUTE_MS);
  if (model === 'last_click') return human.findLast(({ at_ms }) => at_ms <= sale.at_ms) ?? human[0];
  const first = clicks.find((one) => one.human && one.message_id === sale.named.message_id);
  return first !== undefined && human.includes(first) ? first : undefined;
}

function plain(contacts: readonly Contact[], model: Model): Numbers {
  const numbers: Numbers = {};
  for (const one of contacts) {
    const winner = winnerOf(one, model);
    if (winner === undefined) continue;
    const [conversions, revenue] = numbers[winner.message_id] ?? [0, 0];
    numbers[winner.message_id] = [conversions + 1, revenue + one.sale.revenue];
  }
  return numbers;
}

/** How many conversions a change from first to last click moves, by kind. */
function plainMoves(contacts: readonly Contact[]): Record<string, number> {
  const kinds = contacts.flatMap((one) => {
    const [first, last] = [winnerOf(one, 'first_click'), winnerOf(one, 'last_click')];
    if (first === last) return [];
    return [first === undefined ? 'gained' : last === undefined ? 'lost' : 'moved'];
  });
  return Object.fromEntries([...Map.groupBy(kinds, String)].map(([kind, all]) => [kind, all.length]));
}

async function counted(rollup: string): Promise<Numbers> {
  const result = await system.clickhouse.query({
    query: `SELECT message_id, toInt32(sum(conversions)) AS n, toFloat64(sum(sales - refunds)) AS net
      FROM ${rollup} WHERE account_id = {account:String} AND money_by = 'click' GROUP BY message_id HAVING n != 0 OR net != 0`,
    query_params: { account: sender.account_id },
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ message_id: string; n: number; net: number }>();
  return Object.fromEntries(rows.map(({ message_id, n, net }) => [message_id, [n, net]]));
}

/** Every line in force. */
async function ledger(): Promise<unknown> {
  const result = await system.clickhouse.query({
    query: `SELECT conversion_id, line FROM conversions WHERE account_id = {account:String}
      GROUP BY conversion_id, line HAVING sum(sign) != 0 ORDER BY conversion_id, line`,
    query_params: { account: sender.account_id },
    format: 'JSONEachRow',
  });
  return result.json();
}

it('ends as a plain computation says, and back as it was, though workers are killed', {
  timeout: 20 * WITHIN_MS,
}, async () => {
  const offer = await sender.call('POST', '/v2/offers', {
    ...{ name: 'Offer', destination_url: 'https://shop.example/?c={{click_id}}' },
  });
  const { offer_id } = offer.body;
  const creative = await sender.call('POST', '/v2/creatives', {
    ...{ name: 'Creative', body: '{{link1}}', offer_links: [{ key: 'link1', offer_id }] },
  });
  const { creative_id } = creative.body;
  const sent_at = new Date(start_ms - HOUR_MS).toISOString();
  const sent = await sender.send(
    Array.from({ length: CONTACTS * MESSAGES_EACH }, (_, i) => ({
      ...{ contact_id: `contact-${Math.floor(i / MESSAGES_EACH)}`, creative_id, sent_at },
    })),
  );
  const contacts = await playContacts(offer_id, creative_id, sent);
  await untilEmpty();
  const conversions = contacts.map(({ sale }, n) => ({
    ...{ click_id: sale.named.click_id, revenue: String(sale.revenue), txn_id: `txn-${n}` },
    ts: new Date(sale.at_ms).toISOString(),
  }));
  for (let from = 0; from < conversions.length; from += 500) {
    const { status } = await sender.call('POST', '/v2/conversions', {
      conversions: conversions.slice(from, from + 500),
    });
    expect(status).toBeLessThan(300);
  }
  await untilEmpty();
  expect(await counted('rollup_links')).toEqual(plain(contacts, 'first_click'));
  const former = await ledger();

  const path: string = `/v2/offers/${offer_id}/attribution/rebook`;
  const range = { model: 'last_click', from: new Date(start_ms - HOUR_MS).toISOString() };
  const preview: string = `/v2/offers/${offer_id}/attribution/preview`;
  const { totals } = (await sender.call('POST', preview, range)).body as unknown as {
    totals: { kind: string; conversions: number }[];
  };
  const previewed = Object.fromEntries(totals.map(({ kind, conversions: n }) => [kind, n]));
  expect(previewed).toEqual(plainMoves(contacts));
  expect(await ledger()).toEqual(former);
  const asked = await sender.call('POST', path, range);
  expect(asked.status).toBe(202);
  const { booking } = asked.body as unknown as { booking: string };
  const one: string = `/v2/offers/${offer_id}/attribution/rebookings/${booking}`;

  const stateOf = async (): Promise<string> =>
    ((await sender.call('GET', one)).body as unknown as { state: string }).state;
  const untilState = async (wanted: string): Promise<void> => {
    for (let kills = 0; kills < KILLS && (await stateOf()) !== wanted; kills++) {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await system.kill('worker-1');
    }
    await until(
      async () => (await stateOf()) === wanted,
      WITHIN_MS,
      () => `it is not ${wanted}\n${system.output()}`,
    );
    await untilEmpty();
  };
  await untilState('done');
  expect(await counted('rollup_links')).toEqual(plain(contacts, 'last_click'));
  expect((await sender.call('POST', preview, range)).body).toMatchObject({ totals: [] });
  expect(plain(contacts, 'last_click')).not.toEqual(plain(contacts, 'first_click'));

  expect((await sender.call('POST', `${one}/undo`)).status).toBe(202);
  await untilState('undone');
  expect(await counted('rollup_links')).toEqual(plain(contacts, 'first_click'));
  expect(await ledger()).toEqual(former);
});
