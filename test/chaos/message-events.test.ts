/**
 * Receipts in random order and with repeats, before and after their messages, while every process is killed: each is in
 * the table once, what became of each message is what a plain computation says, and both rollups count these messages.
 * LONG=1 sends a million of them.
 */
// @long: a hundred thousand receipts; message-events.test.ts of the integration tests holds the same without kills.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EVENT_STATES, type EventState, RANKS, STATE_SQL } from '../../src/messages/delivery-state.ts';
import { seededRandom } from '../support/click-plan.ts';
import { createCampaign, createSender, type Sender } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const RECEIPTS = process.env['LONG'] === '1' ? 1_000_000 : 100_000;
const MESSAGES = RECEIPTS / 5;
/** Receipts of one request. */
const PART = 5_000;
const KILLS = 12;
const VICTIMS = ['redis', 'worker-1', 'api', 'clickhouse'];
const TRIES_MAX = 300;
const RETRY_MS = 200;
const SETTLES_WITHIN_MS = 240_000;
/** A hundred thousand take about a minute on two cores. */
const RUN_MS_MAX = 1_800_000;
const SEED = 31;
const AT_MS = Date.now() - 24 * 3_600_000;

interface Receipt {
  message_id: string;
  state: EventState;
  at: string;
  code: string;
}

let system: System;
let sender: Sender;

beforeAll(async () => {
  system = await startSystem();
  sender = await createSender(system);
});
afterAll(() => system?.destroy());

/** Every fourth one is sent again at some later place. */
function randomReceipts(): Receipt[] {
  const random = seededRandom(SEED);
  const below = (n: number): number => Math.floor(random() * n);
  const made: Receipt[] = [];
  while (made.length < RECEIPTS) {
    const again = made[below(made.length)];
    if (again !== undefined && below(4) === 0) made.push(again);
    else
      made.push({
        message_id: `m${below(MESSAGES)}`,
        state: EVENT_STATES[below(EVENT_STATES.length)] as EventState,
        at: new Date(AT_MS + below(1_000) * 1_000).toISOString(),
        code: String(30_000 + below(20)),
      });
  }
  return made;
}

/** One request: whether all of it was taken. */
async function post(path: string, items: object[]): Promise<boolean> {
  try {
    const response = await fetch(`${system.api_url}${path}`, {
      method: 'POST',
      headers: { 'x-api-key': sender.api_key, 'content-type': 'application/x-ndjson' },
      body: items.map((item) => `${JSON.stringify(item)}\n`).join(''),
    });
    const lines = (await response.text()).trimEnd().split('\n');
    return response.status === 200 && lines.length === items.length && !lines.join('').includes('"error"');
  } catch {
    // The API or its connection was killed: all of it is sent again.
    return false;
  }
}

/** Until all of it is taken: both may be sent again. Resolves with the number of requests that were not answered. */
async function postUntilTaken(path: string, items: object[]): Promise<number> {
  for (let tries = 0; ; tries++) {
    if (items.length === 0 || (await post(path, items))) return tries;
    if (tries > TRIES_MAX) throw new Error(`${path} stays unanswered\n${system.output()}`);
    await new Promise((done) => setTimeout(done, RETRY_MS));
  }
}

/** Rank, time, state and code of a receipt as one text that sorts as the published order does. */
const orderOf = ({ state, at, code }: Receipt): string => `${RANKS[state]} ${at} ${state.padEnd(12)} ${code}`;

/** What became of each message, by one pass over the receipts. */
function plainStates(receipts: Receipt[]): Map<string, string> {
  const tops = new Map<string, Receipt>();
  for (const receipt of receipts) {
    const top = tops.get(receipt.message_id);
    if (RANKS[receipt.state] > 0 && (top === undefined || orderOf(receipt) > orderOf(top)))
      tops.set(receipt.message_id, receipt);
  }
  return new Map([...tops].map(([id, { state, at, code }]) => [id, `${state} ${at} ${code}`]));
}

async function ask<Row>(query: string): Promise<Row[]> {
  const result = await system.clickhouse.query({
    query,
    format: 'JSONCompactEachRow',
    clickhouse_settings: { date_time_output_format: 'iso', output_format_json_quote_64bit_integers: 0 },
  });
  return result.json<Row>();
}

it('keeps every receipt once and tells every state while every process is killed', {
  timeout: RUN_MS_MAX,
}, async () => {
  const receipts = randomReceipts();
  const { creative_ids } = await createCampaign(sender, 'Killed');
  const [creative_id] = creative_ids;
  let killing: Promise<unknown> = Promise.resolve();
  let kills = 0;
  let refused = 0;
  for (let from = 0; from < RECEIPTS; from += PART) {
    if (from >= (kills * RECEIPTS) / KILLS) {
      const victim = VICTIMS[kills++ % VICTIMS.length] as string;
      killing = killing.then(() => system.kill(victim));
    }
    refused += await postUntilTaken('/v2/messages/events', receipts.slice(from, from + PART));
    // Most receipts come before their message, or long after it.
    const messages = Array.from({ length: PART / 5 }, (_, i) => ({
      ...{ message_id: `m${from / 5 + i}`, contact_id: `c${from / 5 + i}`, creative_id },
      fields: { first_name: 'Kim' },
    }));
    refused += await postUntilTaken('/v2/messages', messages);
  }
  await killing;
  const distinct = new Set(receipts.map((receipt) => JSON.stringify(receipt))).size;
  await untilSeen(
    'receipts in the table',
    () =>
      ask<[number]>('SELECT count() FROM trackly.message_events FINAL').then(
        ([row]) => row?.[0],
        () => undefined,
      ),
    distinct,
    SETTLES_WITHIN_MS,
  );
  const [stored] = await ask<[number]>('SELECT count() FROM trackly.message_events');
  console.info({ receipts: RECEIPTS, distinct, kills, requests_sent_again: refused, rows: stored?.[0] });

  const told = await ask<[string, string, string, string]>(
    `SELECT message_id, ${STATE_SQL.state} AS state, ${STATE_SQL.state_at}, ${STATE_SQL.code}
    FROM trackly.message_events AS event GROUP BY message_id HAVING state != ''`,
  );
  const wanted = plainStates(receipts);
  expect(told.length).toBe(wanted.size);
  const wrong = told.filter(([id, ...parts]) => wanted.get(id) !== parts.join(' '));
  expect(wrong).toEqual([]);

  const states = [...wanted.values()].map((text) => text.split(' ')[0] ?? '');
  const withState = (...some: string[]): number => states.filter((state) => some.includes(state)).length;
  const counts = [
    MESSAGES - withState('cancelled'),
    withState('delivered'),
    withState('failed', 'undelivered'),
    new Set(receipts.filter(({ state }) => state === 'opted_out').map(({ message_id }) => message_id)).size,
  ];
  const sums = ['sent', 'delivered', 'failed', 'opted_out'].map((name) => `sum(messages_${name})`).join(', ');
  for (const rollup of ['rollup_quarter_hours', 'rollup_links']) {
    await untilSeen(
      rollup,
      () =>
        ask<number[]>(`SELECT ${sums} FROM trackly.${rollup}`).then(
          ([row]) => row,
          () => undefined,
        ),
      counts,
      SETTLES_WITHIN_MS,
    );
  }
});
