/** What became of messages: events in any order, repeated and before their message, against a plain computation. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EVENT_STATES, type EventState, STATE_SQL } from '../../src/messages/delivery-state.ts';
import { callApi, createCampaign, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const MESSAGES = 60;
const EVENTS = 900;
const AT_MS = Date.now() - 3_600_000;

interface Event {
  message_id: string;
  state: EventState;
  at: string;
  code?: string;
}

let system: System;
let sender: Sender;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
});
afterAll(() => system?.destroy());

/** A generator of whole numbers below `below`, the same at each run. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Events of few states, times and codes, so that they often compete; each third one is sent again. */
function randomEvents(seed: number): Event[] {
  const roll = dice(seed);
  const events: Event[] = [];
  for (let i = 0; i < EVENTS; i++) {
    const again = events[roll(events.length)];
    if (again !== undefined && roll(3) === 0) {
      events.push(again);
      continue;
    }
    const code = ['', '30003', '30005'][roll(3)] ?? '';
    events.push({
      message_id: `m-${roll(MESSAGES)}`,
      state: EVENT_STATES[roll(EVENT_STATES.length)] as EventState,
      at: new Date(AT_MS + roll(5) * 1_000).toISOString(),
      ...(code === '' ? {} : { code }),
    });
  }
  return events;
}

/** The state by the published order, said another way: the first of these lists that has an event, then the latest. */
const PUBLISHED: EventState[][] = [['delivered'], ['undelivered', 'failed'], ['sent'], ['cancelled']];

function plainState(events: Event[]): Record<string, string> {
  const out = events.filter(({ state }) => state === 'opted_out').map(({ at }) => at);
  const best = PUBLISHED.map((states) => events.filter(({ state }) => states.includes(state))).find(
    (some) => some.length > 0,
  );
  const keyOf = ({ at, state, code = '' }: Event): string => `${at} ${state.padEnd(12)} ${code}`;
  const top = best?.toSorted((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1))[0];
  return {
    state: top?.state ?? '',
    state_at: top?.at ?? new Date(0).toISOString(),
    code: top?.code ?? '',
    opted_out_at: out.toSorted()[0] ?? new Date(0).toISOString(),
  };
}

async function sendLines(lines: string[]): Promise<Record<string, unknown>[]> {
  const response = await fetch(`${system.api_url}/v2/messages/events`, {
    method: 'POST',
    headers: { 'x-api-key': sender.api_key, 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => `${line}\n`).join(''),
  });
  return (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function ask<Row>(query: string): Promise<Row[]> {
  const result = await system.clickhouse.query({
    query,
    format: 'JSONEachRow',
    query_params: { account: sender.account_id },
    clickhouse_settings: { date_time_output_format: 'iso' },
  });
  return result.json<Row>();
}

it('refuses a wrong event alone, in its place', async () => {
  const right = { message_id: 'm-x', state: 'sent', at: new Date(AT_MS).toISOString() };
  const { status, body } = await sender.call('POST', '/v2/messages/events', {
    events: [right, { ...right, state: 'read' }],
  });
  expect([status, body.events]).toEqual([200, [{ index: 0, message_id: 'm-x' }]]);
  expect(body.errors).toMatchObject([{ index: 1, error: 'invalid_event' }]);
  const lines = await sendLines(['{', JSON.stringify(right), JSON.stringify({ ...right, at: 'today' })]);
  expect(lines).toMatchObject([
    { index: 0, error: 'invalid_json' },
    { index: 1, message_id: 'm-x' },
    { index: 2, error: 'invalid_event' },
  ]);
  const none = await sender.call('POST', '/v2/messages/events', { events: [{}] });
  expect(none.status).toBe(400);
  const strict = { ...right, at: right.at.slice(0, -1) };
  const warned = await sender.call('POST', '/v2/messages/events?strict=true', { events: [strict] });
  expect(warned.body.errors).toMatchObject([{ index: 0, error: 'warned' }]);
});

it('tells the same state as a plain computation, whatever the order and the repeats', async () => {
  const events = randomEvents(17);
  const half = EVENTS / 2;
  await callApi(system, sender.api_key, 'POST', '/v2/messages/events', { events: events.slice(0, half) });
  const lines = await sendLines(events.slice(half).map((event) => JSON.stringify(event)));
  expect(lines.map(({ index }) => index)).toEqual(Array.from({ length: half }, (_, i) => i));

  const distinct = new Set(events.map((event) => JSON.stringify(event))).size;
  await untilSeen(
    'events in the table',
    async () =>
      (
        await ask<{ n: number }>(
          `SELECT toUInt32(uniqExact(message_id, state, at, code)) AS n FROM trackly.message_events WHERE account_id = {account:String} AND message_id != 'm-x'`,
        )
      )[0]?.n,
    distinct,
  );
  const told = await ask<Record<string, string>>(
    `SELECT message_id, ${Object.entries(STATE_SQL)
      .map(([name, sql]) => `${sql} AS ${name}`)
      .join(', ')} FROM trackly.message_events AS event
    WHERE account_id = {account:String} AND message_id != 'm-x' GROUP BY message_id`,
  );
  const wanted = [...Map.groupBy(events, ({ message_id }) => message_id)].map(([message_id, some]) => ({
    message_id,
    ...plainState(some),
  }));
  const byId = (a: Record<string, string>, b: Record<string, string>): number =>
    String(a['message_id']) < String(b['message_id']) ? -1 : 1;
  expect(told.toSorted(byId)).toEqual(wanted.toSorted(byId));
});

it('shows in the message’s story and in report_deliveries what was reported before the message was made', async () => {
  const { campaign_id, creative_ids } = await createCampaign(sender, 'Told early');
  const at = (seconds: number): string => new Date(AT_MS + seconds * 1_000).toISOString();
  const events = [
    { message_id: 'early', state: 'undelivered', at: at(3), code: '30003' },
    { message_id: 'early', state: 'sent', at: at(9) },
    { message_id: 'early', state: 'opted_out', at: at(5) },
  ];
  await sender.call('POST', '/v2/messages/events', { events: [...events, events[0]] });
  const message = { contact_id: 'c', creative_id: creative_ids[0], campaign_id, fields: { first_name: 'A' } };
  await sender.send([
    { ...message, message_id: 'early' },
    { ...message, message_id: 'untold' },
  ]);
  const rows = await untilSeen(
    'rows of report_deliveries',
    () =>
      ask<Record<string, string>>(
        `SELECT message_id, campaign_name, state, state_at, code, opted_out_at FROM trackly.report_deliveries
        WHERE account_id = {account:String} AND message_id IN ('early', 'untold') ORDER BY message_id`,
      ),
    (seen) =>
      seen.length === 2 && seen.every((row) => row['campaign_name'] !== '') && seen[0]?.['state'] !== '',
  );
  const named = { campaign_name: rows[0]?.['campaign_name'] };
  const never = new Date(0).toISOString();
  expect(rows).toEqual([
    {
      message_id: 'early',
      ...named,
      state: 'undelivered',
      state_at: at(3),
      code: '30003',
      opted_out_at: at(5),
    },
    { message_id: 'untold', ...named, state: '', state_at: never, code: '', opted_out_at: never },
  ]);
  const story = (await sender.call('GET', '/v2/messages/early')).body;
  expect(story.message).toMatchObject({
    ...{ state: 'undelivered', state_at: at(3), code: '30003', opted_out_at: at(5) },
  });
  expect(
    story.events.map(({ state, at: happened }: { state: string; at: string }) => [state, happened]),
  ).toEqual([
    ['undelivered', at(3)],
    ['opted_out', at(5)],
    ['sent', at(9)],
  ]);
  const untold = (await sender.call('GET', '/v2/messages/untold')).body;
  expect([untold.message.state, untold.message.opted_out_at, untold.events]).toEqual([null, null, []]);
});
