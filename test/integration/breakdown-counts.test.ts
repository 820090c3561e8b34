/**
 * GET /v2/reports/breakdown over random clicks around a change of the clocks, against plain loops over the rows: every
 * dimension, filter and range, before and after verdicts changed. Over the report routes alone, so that rows may be
 * inserted by hand.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucketsOf } from '../../src/dashboard/app/compared.ts';
import { clockOf } from '../../src/dashboard/app/zone-time.ts';
import {
  BREAKDOWN_FILTERS,
  BREAKDOWN_MEASURES,
  BREAKDOWNS,
  BREAKDOWNS_TOGETHER,
  type Breakdown,
  type BreakdownFilter,
} from '../../src/reports/breakdown-query.ts';
import { GRAINS, type Grain } from '../../src/reports/grains.ts';
import { DATA_FROM_MS, DATA_TO_MS, type DataClick, insertData, randomData } from '../support/report-data.ts';
import { ACCOUNT, type ReportsApi, startReportsApi } from '../support/reports-api.ts';

const OTHER_ACCOUNT = 'acc_other';
const ALL = { from: new Date(DATA_FROM_MS).toISOString(), to: new Date(DATA_TO_MS).toISOString() };
const BERLIN = { tz: 'Europe/Berlin' };
const QUARTER_HOUR_MS = 15 * 60_000;

const VALUES: Record<BreakdownFilter, string> = {
  campaign_id: 'cam_1',
  variant_id: 'a',
  creative_id: 'cre_2',
  offer_id: 'off_1',
  device: 'phone',
  os: 'Android',
  browser: 'Chrome',
  in_app: 'none',
  country: 'DE',
  network: '3320',
  domain: 'go.1.test',
};

let api: ReportsApi;
let clicks: DataClick[];

beforeAll(async () => {
  api = await startReportsApi();
  const data = randomData(11, ACCOUNT, 1_500);
  clicks = data.clicks;
  const half = Math.floor(clicks.length / 2);
  await insertData(api.clickhouse, { sends: [], clicks: clicks.slice(0, half) }, 'one');
  await insertData(api.clickhouse, { sends: [], clicks: clicks.slice(half) }, 'two');
  await insertData(api.clickhouse, randomData(12, OTHER_ACCOUNT, 200), 'other');
  await api.clickhouse.insert({
    table: 'trackly.networks',
    values: [{ asn: 3320, network: 'Deutsche Telekom AG' }],
    format: 'JSONEachRow',
  });
});

afterAll(() => api?.stop());

interface Asked {
  by: Breakdown;
  parameter?: string;
  tz?: string;
  range_by?: 'sent' | 'event';
  from?: string;
  to?: string;
  filters?: Partial<Record<BreakdownFilter, string>>;
  query?: Record<string, string>;
}
type Row = [value: string, clicks_human: number, clicks_unique: number];

const weekdays = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', weekday: 'short' });
const hours = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Berlin',
  hour: '2-digit',
  hourCycle: 'h23',
});

const starts = new Map<string, string>();

/** The start of a period, which begins with a quarter of an hour. */
function startOf(grain: Grain, time_ms: number): string {
  const quarter_ms = time_ms - (time_ms % QUARTER_HOUR_MS);
  const key = `${grain} ${quarter_ms}`;
  const start = starts.get(key) ?? startByConsole(grain, quarter_ms);
  starts.set(key, start);
  return start;
}

/** By the console's own arithmetic, as reports write it. */
function startByConsole(grain: Grain, time_ms: number): string {
  const date = clockOf(new Date(time_ms).toISOString(), BERLIN.tz).slice(0, 10);
  const buckets = bucketsOf(grain, { from: date, to: date }, BERLIN.tz, Number.POSITIVE_INFINITY);
  const { start_ms = 0 } = buckets.findLast((bucket) => bucket.start_ms <= time_ms) ?? {};
  const clock = clockOf(new Date(start_ms).toISOString(), BERLIN.tz);
  const ahead = (Date.parse(`${clock}Z`) - start_ms) / 3_600_000;
  return `${clock}:00+0${ahead}:00`;
}

function valueOfClick(click: DataClick, { by, parameter = '', range_by }: Asked): string {
  const { clicked_at_ms, sent_at_ms } = click;
  const grain = GRAINS.find((one) => one === by);
  if (grain !== undefined) return startOf(grain, range_by === 'event' ? clicked_at_ms : sent_at_ms);
  if (by === 'hour_of_week') return `${weekdays.format(clicked_at_ms)} ${hours.format(clicked_at_ms)}`;
  if (by === 'parameter') return click.query?.[parameter] ?? '';
  return String(click[(by === 'network' ? 'asn' : by) as keyof DataClick] ?? '');
}

function fits(click: DataClick, { filters = {}, query = {} }: Asked): boolean {
  const own = Object.entries(filters).every(([name, text]) => {
    const of = String(click[(name === 'network' ? 'asn' : name) as keyof DataClick] ?? '');
    const values = text.replace('!', '').split(',');
    const found = values.some((value) => (value === 'none' ? of === '' || of === '0' : of === value));
    return found !== text.startsWith('!');
  });
  return own && Object.entries(query).every(([name, value]) => click.query?.[name] === value);
}

/** Rows with a click, most first. */
function counted(asked: Asked, of: readonly DataClick[] = clicks): Row[] {
  const [from_ms, to_ms] = [asked.from ?? ALL.from, asked.to ?? ALL.to].map((time) => Date.parse(time)) as [
    number,
    number,
  ];
  const rows = new Map<string, Row>();
  for (const click of of) {
    const time_ms = asked.range_by === 'event' ? click.clicked_at_ms : click.sent_at_ms;
    const quarter_ms = Math.floor(time_ms / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
    if (click.verdict === 'bot' || quarter_ms < from_ms || quarter_ms >= to_ms || !fits(click, asked))
      continue;
    const value = valueOfClick(click, asked);
    const row = rows.get(value) ?? [value, 0, 0];
    row[1] += 1;
    const of_offer = asked.filters?.offer_id !== undefined || asked.by === 'offer_id';
    row[2] += Number(of_offer ? click.is_first_for_offer : click.is_first);
    rows.set(value, row);
  }
  return sorted([...rows.values()]);
}

const sorted = (rows: Row[]): Row[] => rows.toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));

const read = async ({ filters, query = {}, ...asked }: Asked, more: Record<string, string> = {}) => {
  const brought = Object.fromEntries(Object.entries(query).map(([name, value]) => [`query.${name}`, value]));
  const answer = await api.get('/v2/reports/breakdown', {
    ...{ ...ALL, ...BERLIN, limit: '1000' },
    ...{ ...asked, ...filters, ...brought, ...more },
  });
  expect(answer.status, answer.text).toBe(200);
  return answer.json();
};

/** The rows with a click, checked against the totals. */
async function rowsOf(asked: Asked, more: Record<string, string> = {}): Promise<Row[]> {
  const { rows, totals, total_rows } = await read(asked, more);
  expect(total_rows).toBe(rows.length);
  for (const name of ['clicks_human', 'clicks_unique'] as const)
    expect(rows.reduce((sum, row) => sum + row[name], 0)).toBe(totals[name]);
  for (const row of rows) {
    const share = totals.clicks_human === 0 ? 0 : row.clicks_human / totals.clicks_human;
    expect(row.share).toBeCloseTo(share, 5);
  }
  return sorted(
    rows
      .filter((row) => row.clicks_human !== 0 || row.clicks_unique !== 0)
      .map((row): Row => [row.value, row.clicks_human, row.clicks_unique]),
  );
}

const whole: Asked[] = BREAKDOWNS.map((by) => (by === 'parameter' ? { by, parameter: 'k y' } : { by }));

describe('counts', () => {
  it.each(whole)('by $by', async (asked) => {
    const expected = counted(asked);
    // All of it is of one month.
    expect(expected.length).toBeGreaterThan(asked.by === 'month' ? 0 : 1);
    expect(await rowsOf(asked)).toEqual(expected);
  });

  it.each(whole)('of the clicks in a range, by $by', async (asked) => {
    const range = {
      from: '2026-10-24T22:00:00.000Z',
      to: '2026-10-25T11:15:00.000Z',
      range_by: 'event',
    } as const;
    expect(await rowsOf({ ...asked, ...range })).toEqual(counted({ ...asked, ...range }));
  });

  it.each(BREAKDOWN_FILTERS)('of the clicks that %s fits', async (name) => {
    const asked: Asked = { by: 'hour_of_week', filters: { [name]: VALUES[name] } };
    const expected = counted(asked);
    expect(expected.length).toBeGreaterThan(1);
    expect(await rowsOf(asked)).toEqual(expected);
  });

  it.each(whole)('of what several filters and parameters fit, by $by', async (asked) => {
    const { campaign_id, device, country } = VALUES;
    const several = { ...asked, filters: { campaign_id, device, country }, query: { utm_source: 'qr' } };
    expect(await rowsOf(several)).toEqual(counted(several));
  });

  it.each<Asked['filters']>([
    { country: 'DE,none' },
    { country: '!DE' },
    { network: '3320,none', device: '!phone' },
    { campaign_id: 'cam_1,cam_2', creative_id: '!cre_2' },
    { offer_id: 'off_1,off_2' },
  ])('of several values, and of all but some: %j', async (filters) => {
    const asked: Asked = { by: 'os', filters: filters ?? {} };
    const expected = counted(asked);
    expect(expected.length).toBeGreaterThan(0);
    expect(await rowsOf(asked)).toEqual(expected);
  });

  it('of any range, by anything, whatever filters fit', async () => {
    const quarters = (DATA_TO_MS - DATA_FROM_MS) / QUARTER_HOUR_MS;
    const timeOf = (quarter: number): string =>
      new Date(DATA_FROM_MS + quarter * QUARTER_HOUR_MS).toISOString();
    const any = fc.record({
      one: fc.constantFrom(...whole),
      ends: fc.uniqueArray(fc.nat(quarters), { minLength: 2, maxLength: 2 }),
      range_by: fc.constantFrom('sent' as const, 'event' as const),
      names: fc.subarray([...BREAKDOWN_FILTERS], { maxLength: 2 }),
    });
    const check = async ({
      one,
      ends,
      range_by,
      names,
    }: typeof any extends fc.Arbitrary<infer T> ? T : never) => {
      const [from = '', to = ''] = ends.toSorted((a, b) => a - b).map(timeOf);
      const filters = Object.fromEntries(names.map((name) => [name, VALUES[name]]));
      const asked: Asked = { ...one, from, to, range_by, filters };
      expect(await rowsOf(asked)).toEqual(counted(asked));
    };
    await fc.assert(fc.asyncProperty(any, check), { numRuns: 80 });
  });

  it('by parameter only of clicks whose rows are kept', async () => {
    const day_ms = 86_400_000;
    api.click_retention_days = (Date.now() - Date.parse('2026-10-25T10:30:00Z')) / day_ms;
    for (const asked of [
      { by: 'parameter', parameter: 'k y' },
      { by: 'parameter', parameter: 'k y', range_by: 'event', filters: { device: 'phone' } },
    ] as const) {
      const expected = counted({ ...asked, from: '2026-10-25T11:00:00Z' });
      expect(expected.length).toBeGreaterThan(1);
      expect(expected).not.toEqual(counted(asked));
      expect(await rowsOf(asked)).toEqual(expected);
    }
    api.click_retention_days = 1;
    expect(await rowsOf({ by: 'parameter', parameter: 'k y' })).toEqual([]);
    api.click_retention_days = 3_650;
  });

  it('of what is unknown', async () => {
    const asked: Asked = { by: 'device', filters: { country: 'none', network: 'none' } };
    expect(await rowsOf(asked)).toEqual(counted(asked));
    expect(await rowsOf({ ...asked, filters: { country: 'ZZ' } })).toEqual([]);
  });
});

describe('several at once', () => {
  const isPeriod = (by: Breakdown): boolean => (GRAINS as readonly string[]).includes(by);
  const several = fc
    .shuffledSubarray(BREAKDOWNS_TOGETHER, { minLength: 2, maxLength: 5 })
    .filter((by) => by.filter(isPeriod).length <= 1);

  it('are what each of them is alone', async () => {
    const asked = fc.record({
      by: several,
      measure: fc.constantFrom(...BREAKDOWN_MEASURES),
      range_by: fc.constantFrom('sent' as const, 'event' as const),
      limit: fc.constantFrom('1', '3', '1000'),
      filters: fc.subarray([...BREAKDOWN_FILTERS], { maxLength: 2 }),
      tapped: fc.boolean(),
    });
    const check = async ({
      by,
      filters,
      tapped,
      ...rest
    }: typeof asked extends fc.Arbitrary<infer T> ? T : never) => {
      const query = {
        ...{ ...ALL, ...BERLIN, ...rest },
        ...Object.fromEntries(filters.map((name) => [name, VALUES[name]])),
        ...(tapped && { 'query.utm_source': 'qr' }),
      };
      const together = await api.get('/v2/reports/breakdowns', { ...query, by: by.join() });
      expect(together.status, together.text).toBe(200);
      const { breakdowns, ...shown } = together.json();
      expect(breakdowns.map((one) => one.by)).toEqual(by);
      for (const one of breakdowns) {
        // A map has all countries.
        const limit = one.by === 'country' ? '1000' : query.limit;
        const alone = await api.get('/v2/reports/breakdown', { ...query, by: one.by, limit });
        expect({ ...one, ...shown }).toEqual(alone.json());
      }
    };
    await fc.assert(fc.asyncProperty(asked, check), { numRuns: 25 });
  });

  it('are all but periods where none are named', async () => {
    const { breakdowns } = (await api.get('/v2/reports/breakdowns', ALL)).json();
    expect(breakdowns.map(({ by }) => by)).toEqual(BREAKDOWNS_TOGETHER.filter((by) => !isPeriod(by)));
  });

  it.each([
    ['device,shoe_size', 'by=shoe_size is not among'],
    ['parameter', 'a route of its own'],
    ['device,os,device', 'one breakdown twice'],
    ['day,week', 'one of hour, day, week, month at most'],
    ['', 'is not among'],
  ])('refuse by=%s', async (by, message) => {
    const answer = await api.get('/v2/reports/breakdowns', { ...ALL, by });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(message);
  });
});

describe('answers', () => {
  it('name networks', async () => {
    const { rows } = await read({ by: 'network' });
    expect(rows.find(({ value }) => value === '3320')).toMatchObject({ name: 'Deutsche Telekom AG' });
    expect(rows.find(({ value }) => value === '0')).toMatchObject({ name: null });
  });

  it('rank and share by unique clicks where they are asked for', async () => {
    const { rows, totals } = await read({ by: 'country' }, { measure: 'clicks_unique' });
    const unique = rows.map((row) => row.clicks_unique);
    expect(unique).toEqual(unique.toSorted((a, b) => b - a));
    for (const row of rows) expect(row.share).toBeCloseTo(row.clicks_unique / totals.clicks_unique, 5);
  });

  it('have every hour of the week, in order', async () => {
    const { rows } = await read({ by: 'hour_of_week', filters: { campaign_id: 'nobody' } });
    expect(rows).toHaveLength(168);
    expect([rows[0], rows[26], rows[167]].map((row) => row?.value)).toEqual(['Mon 00', 'Tue 02', 'Sun 23']);
    expect(rows[0]).toEqual({ value: 'Mon 00', name: null, clicks_human: 0, clicks_unique: 0, share: 0 });
  });

  it('have periods in their order', async () => {
    const { rows } = await read({ by: 'day' });
    const values = rows.map(({ value }) => value);
    expect(values.length).toBeGreaterThan(1);
    expect(values).toEqual(values.toSorted());
  });

  it('say how many rows are beyond the limit, and count these', async () => {
    const all = await read({ by: 'country' });
    const { rows, totals, total_rows } = await read({ by: 'country' }, { limit: '2' });
    expect(rows).toEqual(all.rows.slice(0, 2));
    expect({ totals, total_rows }).toEqual({ totals: all.totals, total_rows: all.rows.length });
  });

  it('are files too', async () => {
    const { text, headers } = await api.get('/v2/reports/breakdown', {
      ...ALL,
      by: 'network',
      format: 'csv',
    });
    const lines = text.trimEnd().split('\r\n');
    expect(lines[0]).toBe('network,name,clicks_human,clicks_unique,share');
    expect(lines[1]).toMatch(/^3320,Deutsche Telekom AG,\d+,\d+,0\.\d+$/);
    expect(headers['content-disposition']).toBe('attachment; filename="network_2026-10-23_2026-10-28.csv"');
  });

  it.each([
    [{ by: 'shoe_size' }, 'by'],
    [{ by: 'parameter' }, 'by=parameter goes with parameter=<name>'],
    [{ by: 'device', parameter: 'utm_source' }, 'by=parameter goes with parameter=<name>'],
    [{ by: 'device', shoe_size: '43' }, 'shoe_size is not a filter of the breakdown report: use campaign_id'],
    [{ by: 'device', network: 'Telekom' }, 'network is a number'],
    [{ by: 'device', network: '4294967296' }, 'network is a number'],
    [{ by: 'device', country: 'DE,' }, 'country=DE, has an empty value'],
    [{ by: 'device', rules_version: '99' }, 'No click of this range was judged under rules_version 99'],
  ] as const)('refuse %j', async (query, message) => {
    const answer = await api.get('/v2/reports/breakdown', { ...ALL, ...query } as Record<string, string>);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(message);
  });
});

describe('after verdicts changed', () => {
  /** As a rejudgement books it: each third click turns, another third is seen elsewhere and is no first one any more. */
  let turned: DataClick[];

  beforeAll(async () => {
    turned = clicks.map((click, i): DataClick => {
      if (i % 3 === 1 && click.verdict === 'human') return { ...click, country: 'CH', is_first: false };
      if (i % 3 !== 0) return click;
      return click.verdict === 'bot'
        ? { ...click, verdict: 'human', country: 'FR', asn: 64_500 }
        : { ...click, verdict: 'bot', is_first: false, is_first_for_offer: false };
    });
    const line = (click: DataClick, sign: 1 | -1) => ({
      ...click,
      ...{ sign, change: 1, rejudgement: 7, rules_version: '2', batch: 'turned', expires_at: 4_070_908_800 },
      clicked_at: click.clicked_at_ms,
      sent_at: click.sent_at_ms,
      is_first: Number(click.is_first),
      is_first_for_offer: Number(click.is_first_for_offer),
    });
    await api.clickhouse.insert({
      table: 'trackly.verdicts',
      values: clicks.flatMap((click, i) => {
        const now = turned[i] as DataClick;
        return now === click ? [] : [line(click, -1), line(now, 1)];
      }),
      format: 'JSONEachRow',
      clickhouse_settings: { input_format_skip_unknown_fields: 1 },
    });
    await api.clickhouse.insert({
      table: 'trackly.rejudgements',
      values: [
        {
          ...{ account_id: ACCOUNT, rejudgement: 7, rules_version: '2', clicks: clicks.length, changed: 1 },
          ...{ from_at: DATA_FROM_MS / 1_000, to_at: DATA_TO_MS / 1_000 + 86_400, finished_at: DATA_TO_MS },
        },
      ],
      format: 'JSONEachRow',
    });
  });

  it.each(whole)('it counts those of now, by $by', async (asked) => {
    expect(await rowsOf(asked)).toEqual(counted(asked, turned));
    const tapped = { ...asked, query: { utm_source: 'qr' } };
    expect(await rowsOf(tapped)).toEqual(counted(tapped, turned));
  });

  it.each(whole)('and those under the rules before, by $by', async (asked) => {
    expect(await rowsOf(asked, { rules_version: '1' })).toEqual(counted(asked));
    expect((await read(asked)).rules_versions).toEqual(['2']);
  });

  it('the view for analysts counts the same', async () => {
    const result = await api.clickhouse.query({
      query: `SELECT device, sum(clicks_human) AS human, sum(first_clicks) AS firsts
        FROM trackly.report_breakdowns WHERE account_id = {account_id:String} GROUP BY device`,
      query_params: { account_id: ACCOUNT },
      format: 'JSONEachRow',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    });
    const rows = await result.json<{ device: string; human: number; firsts: number }>();
    expect(sorted(rows.map(({ device, human, firsts }): Row => [device, human, firsts]))).toEqual(
      counted({ by: 'device' }, turned),
    );
  });
});
