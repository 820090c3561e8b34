/**
 * Delivery in reports: random histories of events (late, repeated, in any order, before their message) against a plain
 * computation over the last state of each message, in every report and by both ways of counting.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EVENT_STATES, type EventState } from '../../src/messages/delivery-state.ts';
import { levelOf, REPORT_NAMES, REPORTS, type ReportName } from '../../src/reports/definitions.ts';
import { RANGE_BY, type RangeBy } from '../../src/reports/measures.ts';
import { seededRandom } from '../support/report-data.ts';
import {
  type Campaign,
  type CreatedMessage,
  createCampaign,
  createSender,
  type Sender,
} from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const HOUR_MS = 3_600_000;
const MESSAGES = 48;
const EVENTS = 400;
/** How often events and messages take turns. */
const ROUNDS = 5;
const FROM_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 12 * HOUR_MS;

interface Sent {
  message_id: string;
  campaign_id: string;
  variant_id: string;
  creative_id: string;
  sent_at_ms: number;
  fields: { country: string };
  links: CreatedMessage['links'];
}

interface Told {
  message_id: string;
  state: EventState;
  at_ms: number;
  code: string;
}

interface Counted {
  sent: number;
  delivered: number;
  failed: number;
  opt_outs: number;
}

let system: System;
let sender: Sender;
let campaigns: Campaign[];
const sent: Sent[] = [];
const told: Told[] = [];
const random = seededRandom(31);
const below = (n: number): number => Math.floor(random() * n);

function someEvent(): Told {
  const again = told[below(told.length)];
  if (again !== undefined && below(4) === 0) return again;
  return {
    message_id: `d-${below(MESSAGES)}`,
    state: EVENT_STATES[below(EVENT_STATES.length)] as EventState,
    // Few times, so that events compete; in other quarter hours than the messages.
    at_ms: FROM_MS + below(12) * 40 * 60_000,
    code: ['', '30003'][below(2)] ?? '',
  };
}

async function tell(count: number): Promise<void> {
  const events = Array.from({ length: count }, someEvent);
  told.push(...events);
  const body = {
    events: events.map(({ at_ms, code, ...event }) => ({
      ...event,
      at: new Date(at_ms).toISOString(),
      ...(code !== '' && { code }),
    })),
  };
  expect((await sender.call('POST', '/v2/messages/events', body)).body.errors).toEqual([]);
}

async function make(from: number, to: number): Promise<void> {
  const inputs = Array.from({ length: to - from }, (_, i) => {
    const { campaign_id, creative_ids } = campaigns[below(2)] as Campaign;
    const variant = below(2);
    return {
      ...{ message_id: `d-${from + i}`, contact_id: `c-${from + i}`, campaign_id },
      ...{ variant_id: 'AB'[variant] ?? '', creative_id: creative_ids[variant] ?? '' },
      // Three that name a country in some form, and one that does not.
      fields: { first_name: 'Kim', country: ['DE', ' nz ', 'xy', 'Kiwi'][below(4)] ?? '' },
      sent_at_ms: FROM_MS + below(6) * 50 * 60_000,
    };
  });
  const made = await sender.send(
    inputs.map(({ sent_at_ms, ...input }) => ({ ...input, sent_at: new Date(sent_at_ms).toISOString() })),
  );
  for (const [i, { links }] of made.entries())
    sent.push({ ...(inputs[i] as (typeof inputs)[number]), links });
}

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  campaigns = [await createCampaign(sender, 'One'), await createCampaign(sender, 'Two')];
  for (let round = 0; round < ROUNDS; round++) {
    await tell(EVENTS / ROUNDS);
    await make(Math.floor((round * MESSAGES) / ROUNDS), Math.floor(((round + 1) * MESSAGES) / ROUNDS));
    // What is counted now may be taken back by a later event.
    await new Promise((done) => setTimeout(done, 700));
  }
  await tell(EVENTS / ROUNDS);
});
afterAll(() => system?.destroy());

/** The published order, said another way: the first of these lists that has an event, then the latest. */
const PUBLISHED: EventState[][] = [['delivered'], ['undelivered', 'failed'], ['sent'], ['cancelled']];

function became(message_id: string): { state: EventState | ''; at_ms: number; out_ms: number | undefined } {
  const own = told.filter((one) => one.message_id === message_id);
  const best = PUBLISHED.map((states) => own.filter(({ state }) => states.includes(state))).find(
    (some) => some.length > 0,
  );
  const keyOf = ({ at_ms, state, code }: Told): string => `${at_ms} ${state.padEnd(12)} ${code}`;
  const top = best?.toSorted((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1))[0];
  const outs = own.filter(({ state }) => state === 'opted_out').map(({ at_ms }) => at_ms);
  return {
    state: top?.state ?? '',
    at_ms: top?.at_ms ?? 0,
    out_ms: outs.length === 0 ? undefined : Math.min(...outs),
  };
}

/** The items that a message counts for at the level of a report. */
function itemsOf(
  name: ReportName,
  { links, fields: _, ...message }: Sent,
): Record<string, string | number>[] {
  const level = levelOf(REPORTS[name], []);
  if (level === 'message') return [{ ...message, domain: 'localhost' }];
  const some =
    level === 'link'
      ? links
      : links.filter(({ offer_id }, i) => links.findIndex((one) => one.offer_id === offer_id) === i);
  return some.map(({ link_id, offer_id }) => ({ ...message, link_id, offer_id }));
}

function expected(name: ReportName, range_by: RangeBy, from_ms: number, to_ms: number): Map<string, Counted> {
  const counts = new Map<string, Counted>();
  const add = (item: Record<string, string | number>, at_ms: number, what: keyof Counted): void => {
    const time_ms = range_by === 'sent' ? Number(item['sent_at_ms']) : at_ms;
    if (time_ms < from_ms || time_ms >= to_ms) return;
    const hour = new Date(Math.floor(time_ms / HOUR_MS) * HOUR_MS).toISOString().replace('.000', '');
    const key = REPORTS[name].ids.map((id) => (id === 'hour' ? hour : item[id])).join(' ');
    const sum = counts.get(key) ?? { sent: 0, delivered: 0, failed: 0, opt_outs: 0 };
    counts.set(key, { ...sum, [what]: sum[what] + 1 });
  };
  for (const message of sent) {
    for (const item of itemsOf(name, message)) {
      for (const [what, at_ms] of countsAs(message)) add(item, at_ms, what);
    }
  }
  return counts;
}

/** What a message counts as, and when. */
function countsAs({ message_id, sent_at_ms }: Sent): [keyof Counted, number][] {
  const { state, at_ms, out_ms } = became(message_id);
  const counts: [keyof Counted, number][] = state === 'cancelled' ? [] : [['sent', sent_at_ms]];
  if (state === 'delivered') counts.push(['delivered', at_ms]);
  if (state === 'failed' || state === 'undelivered') counts.push(['failed', at_ms]);
  if (out_ms !== undefined) counts.push(['opt_outs', out_ms]);
  return counts;
}

type Row = Counted & Record<string, unknown>;

async function shown(name: ReportName, range_by: RangeBy, from_ms: number, to_ms: number): Promise<Row[]> {
  const range = `from=${new Date(from_ms).toISOString()}&to=${new Date(to_ms).toISOString()}`;
  const path = `/v2/reports/${name}?${range}&range_by=${range_by}&per_page=1000`;
  const { status, body } = await sender.call('GET', path);
  expect([path, status]).toEqual([path, 200]);
  return (body as unknown as { rows: Row[] }).rows;
}

const COUNTS = ['sent', 'delivered', 'failed', 'opt_outs'] as const;
const countsOf = (row: Counted): Counted =>
  Object.fromEntries(COUNTS.map((name) => [name, row[name]])) as unknown as Counted;

/** By item; one of which nothing is left has no row in the plain computation. */
function byItem(name: ReportName, rows: readonly Row[]): [string, Counted][] {
  return rows
    .map((row): [string, Counted] => [REPORTS[name].ids.map((id) => row[id]).join(' '), countsOf(row)])
    .filter(([, counts]) => COUNTS.some((count) => counts[count] !== 0))
    .sort();
}

const ALL = [FROM_MS - HOUR_MS, FROM_MS + 13 * HOUR_MS] as const;

it('counts in every report what a plain computation counts, by messages and by events', async () => {
  for (const range_by of RANGE_BY) {
    for (const [from_ms, to_ms] of [ALL, [FROM_MS + HOUR_MS, FROM_MS + 3 * HOUR_MS]] as const) {
      for (const name of REPORT_NAMES) {
        const wanted = [...expected(name, range_by, from_ms, to_ms)].sort();
        await untilSeen(
          `${name} by ${range_by}`,
          async () => byItem(name, await shown(name, range_by, from_ms, to_ms)),
          wanted,
        );
      }
    }
  }
});

it('divides by what was sent and by what was delivered, and not at all where a range is of events', async () => {
  const [row] = await shown('domains', 'sent', ...ALL);
  if (row === undefined) throw new Error('no row');
  expect(row['delivery_rate']).toBeCloseTo(row.delivered / row.sent, 5);
  expect(row['click_rate_delivered']).toBe(0);
  const [of_events] = await shown('domains', 'event', ...ALL);
  expect(of_events).toMatchObject({ delivery_rate: null, click_rate_delivered: null });
});

it('says the same in SQL, in the A/B test and in audiences', async () => {
  const [from, to] = ALL.map((at_ms) => new Date(at_ms).toISOString());
  for (const range_by of RANGE_BY) {
    const result = await system.clickhouse.query({
      query: `SELECT campaign_id, ${COUNTS.map((name) => `toInt32(${name}) AS ${name}`).join(', ')}
        FROM report_campaigns_in(from='${from}', to='${to}', tz='UTC', range_by='${range_by}')
        WHERE account_id = {account_id:String} ORDER BY campaign_id`,
      query_params: { account_id: sender.account_id },
      format: 'JSONEachRow',
    });
    expect(byItem('campaigns', await result.json<Row>())).toEqual(
      byItem('campaigns', await shown('campaigns', range_by, ...ALL)),
    );
  }
  const [campaign] = campaigns as [Campaign];
  const path = `/v2/reports/variants?campaign_id=${campaign.campaign_id}&from=${from}&to=${to}`;
  const { experiment } = (await sender.call('GET', path)).body as unknown as {
    experiment: { variants: { variant_id: string; sent: number }[] };
  };
  const variants = expected('variants', 'sent', ...ALL);
  expect(experiment.variants.map(({ variant_id, sent: n }) => [variant_id, n])).toEqual(
    ['A', 'B'].map((id) => [id, variants.get(`${campaign.campaign_id} ${id}`)?.sent]),
  );
  const definition = { was_sent: { campaign_id: campaign.campaign_id } };
  const count = await sender.call('POST', '/v2/audiences/count', { definition });
  expect(count.body).toMatchObject({
    contacts: expected('campaigns', 'sent', ...ALL).get(campaign.campaign_id)?.sent,
  });
});

it('counts the same by the country of the contacts', async () => {
  const countryOf = ({ fields }: Sent): string => {
    const country = fields.country.trim().toUpperCase();
    return country.length === 2 ? country : '';
  };
  const wanted = [...Map.groupBy(sent, countryOf)].map(([country, messages]) => {
    const counts = messages.flatMap(countsAs).map(([what]) => what);
    return [country, ...COUNTS.map((name) => counts.filter((what) => what === name).length)];
  });
  const [from, to] = ALL.map((at_ms) => new Date(at_ms).toISOString());
  for (const range_by of RANGE_BY) {
    const path = `/v2/reports/countries?from=${from}&to=${to}&range_by=${range_by}`;
    const { rows } = (await sender.call('GET', path)).body as unknown as {
      rows: (Row & { country: string })[];
    };
    expect(rows.map((row) => [row.country, ...COUNTS.map((name) => row[name])]).sort()).toEqual(
      wanted.sort(),
    );
  }
  const result = await system.clickhouse.query({
    query: `SELECT country, count() AS n FROM report_deliveries WHERE account_id = {account_id:String}
      GROUP BY country ORDER BY country`,
    query_params: { account_id: sender.account_id },
    format: 'JSONEachRow',
  });
  const by_country = Map.groupBy(sent, countryOf);
  expect(
    (await result.json<{ country: string; n: string }>()).map((row) => [row.country, Number(row.n)]),
  ).toEqual([...by_country].map(([country, messages]) => [country, messages.length]).sort());
});
