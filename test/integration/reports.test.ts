import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entityKey } from '../../src/catalog/definitions.ts';
import { BatchedReader } from '../../src/platform/record-cache.ts';
import {
  type Filter,
  LAST_AT,
  REPORT_NAMES,
  REPORTS,
  type ReportName,
} from '../../src/reports/definitions.ts';
import { listPage } from '../../src/reports/list-page.ts';
import { MEASURE_NAMES, RANGE_BY, type RangeBy } from '../../src/reports/measures.ts';
import { readReport, readRows, streamReport } from '../../src/reports/read-report.ts';
import { LONG } from '../support/long.ts';
import {
  type Counts,
  DATA_FROM_MS,
  DATA_TO_MS,
  type Data,
  expectedCounts,
  insertData,
  randomData,
  sumCounts,
} from '../support/report-data.ts';
import {
  expectedMoney,
  expectedRates,
  insertConversions,
  type Kind,
  randomConversions,
} from '../support/report-money.ts';
import { ACCOUNT, type ReportsApi, startReportsApi } from '../support/reports-api.ts';

const OTHER_ACCOUNT = 'acc_other';
const ALL = { from: new Date(DATA_FROM_MS).toISOString(), to: new Date(DATA_TO_MS).toISOString() };

let api: ReportsApi;
let data: Data;

beforeAll(async () => {
  api = await startReportsApi();
  data = randomData(7, ACCOUNT, 3_000);
  const half = (list: unknown[]) => Math.floor(list.length / 2);
  // Two batches, so that rows of one bucket lie in several parts.
  await insertData(
    api.clickhouse,
    { sends: data.sends.slice(0, half(data.sends)), clicks: data.clicks.slice(0, half(data.clicks)) },
    'one',
  );
  await insertData(
    api.clickhouse,
    { sends: data.sends.slice(half(data.sends)), clicks: data.clicks.slice(half(data.clicks)) },
    'two',
  );
  await insertData(api.clickhouse, randomData(8, OTHER_ACCOUNT, 400), 'other');
  await api.redis.set(entityKey('offer', ACCOUNT, 'off_0'), JSON.stringify({ name: '=cmd|"calc"!A0' }));
  await api.redis.set(entityKey('offer', OTHER_ACCOUNT, 'off_1'), JSON.stringify({ name: 'not yours' }));
});

afterAll(() => api.stop());

/** What the reports are to say of taps that brought this. */
const brought = (name: string, value: string): Data => ({
  sends: [],
  clicks: data.clicks.filter(({ query }) => query?.[name] === value),
});

const COUNT_NAMES = ['sent', 'clicks_total', 'clicks_human', 'clicks_bot', 'clicks_unique'] as const;

function countsIn(row: Partial<Record<keyof Counts, unknown>>): Counts {
  return Object.fromEntries(COUNT_NAMES.map((name) => [name, Number(row[name])])) as unknown as Counts;
}

function countsById(name: ReportName, rows: Record<string, unknown>[]): Map<string, Counts> {
  return new Map(rows.map((row) => [REPORTS[name].ids.map((id) => row[id]).join(' '), countsIn(row)]));
}

type ReportRow = Counts & Record<string, unknown>;
type ReportPath = `/v2/reports/${ReportName}`;

/** All pages of a report. */
async function readAll(name: ReportName, query: Record<string, string>) {
  const rows: ReportRow[] = [];
  for (let page = 1; ; page++) {
    const answer = await api.get<ReportPath>(`/v2/reports/${name}`, {
      ...query,
      page: String(page),
      per_page: '1000',
    });
    expect(answer.status, answer.text).toBe(200);
    const body = answer.json();
    rows.push(...body.rows);
    if (body.rows.length < 1_000)
      return { rows, totals: body.totals, total_rows: body.total_rows, range: body.range };
  }
}

describe('refused, with nothing read', () => {
  const hostile = [
    "' OR 1=1 --",
    "x') UNION ALL SELECT * FROM trackly.clicks --",
    '{account_id:String}',
    '\\',
    "\\'; DROP TABLE trackly.clicks",
    '\u0000',
  ];

  it.each(['from', 'to', 'tz', 'sort', 'page', 'per_page', 'format'])(
    'anything but a value of its kind in %s',
    async (parameter) => {
      for (const text of hostile) {
        const answer = await api.get('/v2/reports/offers', { [parameter]: text });
        expect(answer.status, `${parameter}=${text} ${answer.text}`).toBe(400);
      }
    },
  );

  it('as a filter that matches nothing, and as a parameter that is none', async () => {
    let next = 0;
    const asked = new Set<string>();
    for (const name of REPORT_NAMES) {
      // Each filter in one report, and one in each: a question costs as much as a real one.
      const { filters } = REPORTS[name];
      for (const filter of filters.filter((one, i) => i === 0 || !asked.has(one))) {
        asked.add(filter);
        const text = hostile[next++ % hostile.length] ?? '';
        const answer = await api.get(`/v2/reports/${name}`, { ...ALL, [filter]: text });
        expect(answer.status, answer.text).toBe(200);
        expect(answer.json()).toMatchObject({
          rows: [],
          total_rows: 0,
          totals: { sent: 0, clicks_total: 0 },
        });
      }
      for (const text of hostile) {
        expect((await api.get(`/v2/reports/${name}`, { [text]: 'x' })).status).toBe(400);
      }
      expect((await api.get(`/v2/reports/${name}`, { ...ALL, account_id: OTHER_ACCOUNT })).status).toBe(400);
    }
    for (const text of hostile) {
      const tapped = await api.get('/v2/reports/links', { ...ALL, [`query.${text}`]: text });
      expect(tapped.json()).toMatchObject({ rows: [], totals: { clicks_total: 0 } });
    }
    expect((await readAll('hours', ALL)).totals.clicks_total).toBe(data.clicks.length);
  });

  it('a filter of another report, naming the ones there are', async () => {
    const answer = await api.get('/v2/reports/hours', { message_id: 'msg_7_1' });
    expect(answer.status).toBe(400);
    expect(answer.json().message).toMatch(/use offer_id, creative_id, campaign_id, variant_id/);
  });

  it('money by its own time in a range of messages; money_by alone means a range of events', async () => {
    const answer = await api.get('/v2/reports/offers', { ...ALL, range_by: 'sent', money_by: 'click' });
    expect([answer.status, answer.json().message]).toEqual([
      400,
      expect.stringMatching(/^money_by goes with range_by=event/),
    ]);
    const alone = await api.get('/v2/reports/offers', { ...ALL, money_by: 'conversion' });
    expect(alone.json().range).toMatchObject({ range_by: 'event', unfinished: null });
    expect((await api.get('/v2/reports/offers', { ...ALL, range_by: 'tapped' })).status).toBe(400);
  });

  it('the same parameter twice', async () => {
    expect((await api.get('/v2/reports/offers?offer_id=a&offer_id=b')).status).toBe(400);
  });

  it.each([
    ['page', '0'],
    ['per_page', '1001'],
    ['per_page', '1e9'],
    ['offer_id', ''],
    ['offer_id', 'x'.repeat(201)],
    ['sort', 'name'],
    ['sort', 'sent, clicks_total'],
  ])('%s=%s', async (parameter, value) => {
    expect((await api.get('/v2/reports/offers', { [parameter]: value })).status).toBe(400);
  });
});

describe('the numbers', () => {
  it.each(REPORT_NAMES)('of %s equal a count by hand, row by row and in total', async (name) => {
    const expected = expectedCounts(name, data);
    const { rows, totals, total_rows } = await readAll(name, ALL);
    expect(countsById(name, rows)).toEqual(expected);
    expect(rows.length).toBe(total_rows);
    expect(countsIn(totals)).toEqual(sumCounts(expected));
    for (const row of [...rows, totals]) {
      expect(row.click_rate).toBeCloseTo(row.sent === 0 ? 0 : row.clicks_unique / row.sent, 5);
      expect(row).toMatchObject({
        conversions: 0,
        revenue: '0.00',
        payout: '0.00',
        epc: '0.00',
        cvr: 0,
        message_cvr: 0,
        rpm: '0.00',
      });
    }
  });

  it.each(REPORT_NAMES)('of %s are those of taps that brought a parameter', async (name) => {
    const expected = expectedCounts(name, brought('utm_source', 'qr'));
    const { rows, totals, total_rows } = await readAll(name, { ...ALL, 'query.utm_source': 'qr' });
    expect(countsById(name, rows)).toEqual(expected);
    expect(rows.length).toBe(total_rows);
    expect(countsIn(totals)).toEqual(sumCounts(expected));
  });

  it('are those of taps that brought several, beside other filters', async () => {
    const filters = { creative_id: 'cre_1' } as const;
    const query = { ...ALL, ...filters, 'query.utm_source': 'qr', 'query.k y': 'v1' };
    const { rows } = await readAll('links', query);
    expect(countsById('links', rows)).toEqual(expectedCounts('links', brought('k y', 'v1'), { filters }));
    expect((await readAll('links', { ...ALL, 'query.__proto__': 'x' })).rows).toEqual([]);
  });

  const COUNTED = { output_format_json_quote_64bit_integers: 0, date_time_output_format: 'iso' } as const;
  async function viewRows(view: string, query_params: Record<string, string> = {}) {
    const result = await api.clickhouse.query({
      query: `SELECT * FROM trackly.${view} WHERE account_id = {account_id:String}`,
      query_params: { account_id: ACCOUNT, ...query_params },
      format: 'JSONEachRow',
      clickhouse_settings: COUNTED,
    });
    return result.json<Record<string, unknown>>();
  }

  it.each(REPORT_NAMES)('of the view report_%s equal the same count', async (name) => {
    const rows = await viewRows(`report_${name}`);
    expect(countsById(name, rows)).toEqual(expectedCounts(name, data));
    for (const row of rows) {
      const { sent, clicks_unique } = countsIn(row);
      expect(Number(row['click_rate'])).toBeCloseTo(sent === 0 ? 0 : clicks_unique / sent, 9);
      expect(row).toMatchObject({ conversions: 0, message_cvr: 0, revenue: {}, rpm: {} });
    }
  });

  interface RangeOf {
    name: ReportName;
    range_by: RangeBy;
    from: string;
    to: string;
  }
  const INDIA = 'Asia/Calcutta';

  /** The totals of a report over a range, which equals a count by hand. */
  async function checkedTotals({ name, range_by, from, to }: RangeOf): Promise<Counts> {
    const range = { from_ms: Date.parse(from), to_ms: Date.parse(to), tz: INDIA, range_by };
    const expected = expectedCounts(name, data, range);
    const report = await readAll(name, { from, to, tz: INDIA, range_by });
    expect(report.range).toMatchObject({ range_by, tz: INDIA });
    expect(countsById(name, report.rows)).toEqual(expected);
    expect(countsIn(report.totals)).toEqual(sumCounts(expected));
    for (const { sent, clicks_unique, click_rate, message_cvr, rpm } of [...report.rows, report.totals]) {
      if (range_by === 'event') expect([click_rate, message_cvr, rpm]).toEqual([null, null, null]);
      else expect(click_rate).toBeCloseTo(sent === 0 ? 0 : clicks_unique / sent, 5);
    }
    await checkView({ name, range_by, from, to }, expected);
    return sumCounts(expected);
  }

  async function checkView({ name, range_by, from, to }: RangeOf, expected: Map<string, Counts>) {
    const rows = await viewRows(
      `report_${name}_in(from='${from}', to='${to}', tz='${INDIA}', range_by='${range_by}')`,
    );
    const nulls = rows.filter((row) => row['click_rate'] === null).length;
    expect(nulls).toBe(range_by === 'event' ? rows.length : 0);
    const found = countsById(name, rows);
    // With date_time_output_format=iso an hour is in UTC.
    const keyOf = (key: string): string => (name === 'hours' ? String(Date.parse(key)) : key);
    const byKey = (counts: Map<string, Counts>) =>
      new Map([...counts].map(([key, one]) => [keyOf(key), one]));
    expect(byKey(found)).toEqual(byKey(expected));
  }

  it.each(REPORT_NAMES.flatMap((name) => RANGE_BY.map((range_by) => [name, range_by] as const)))(
    'of %s by %s over a range equal a count by hand, in the API and in SQL, and adjacent ranges add up',
    async (name, range_by) => {
      // The cut between them is within a local day, on a quarter hour.
      const [start, cut, end] = [
        '2026-10-24T00:00:00+05:30',
        '2026-10-26T13:15:00+05:30',
        '2026-10-28T00:00:00+05:30',
      ];
      const whole = await checkedTotals({ name, range_by, from: start, to: end });
      const first = await checkedTotals({ name, range_by, from: start, to: cut });
      const second = await checkedTotals({ name, range_by, from: cut, to: end });
      expect(sumCounts(new Map(Object.entries({ first, second })))).toEqual(whole);
    },
  );

  it.each<[ReportName, Partial<Record<Filter, string>>]>([
    ['messages', { offer_id: 'off_1' }],
    ['messages', { link_key: 'link2' }],
    ['messages', { message_id: 'msg_7_4' }],
    ['messages', { campaign_id: 'cam_1', variant_id: 'a' }],
    ['offers', { creative_id: 'cre_3' }],
    ['creatives', { offer_id: 'off_2' }],
    ['campaigns', { offer_id: 'off_2', variant_id: 'b' }],
    ['variants', { campaign_id: 'cam_2' }],
    ['links', { link_key: 'link3', offer_id: 'off_0' }],
    ['links', { message_id: 'msg_7_4' }],
    ['hours', { offer_id: 'off_0', campaign_id: 'cam_3' }],
  ])('of %s filtered by %j equal a count by hand', async (name, filters) => {
    const expected = expectedCounts(name, data, { filters });
    const { rows, totals } = await readAll(name, { ...ALL, ...filters });
    expect(countsById(name, rows)).toEqual(expected);
    expect(countsIn(totals)).toEqual(sumCounts(expected));
  });

  it.each<[ReportName, Filter, ReportName]>([
    ['hours', 'campaign_id', 'campaigns'],
    ['campaigns', 'domain', 'domains'],
    ['offers', 'offer_id', 'offers'],
    ['messages', 'creative_id', 'creatives'],
    ['links', 'campaign_id', 'campaigns'],
  ])(
    'of %s with several values of %s are the sums of each, and without them the rest',
    async (name, filter, list) => {
      const [a = '', b = ''] = [...countsById(list, (await readAll(list, ALL)).rows).keys()];
      const totalsWith = async (value: string | undefined): Promise<Counts> =>
        countsIn((await readAll(name, { ...ALL, ...(value !== undefined && { [filter]: value }) })).totals);
      const [one, other, both, rest, all] = await Promise.all(
        [a, b, `${a},${b}`, `!${a},${b}`, undefined].map(totalsWith),
      );
      const sum = (...of: (Counts | undefined)[]) =>
        Object.fromEntries(
          COUNT_NAMES.map((count) => [
            count,
            of.reduce((total, counts) => total + (counts?.[count] ?? 0), 0),
          ]),
        );
      expect(one?.clicks_unique).toBeGreaterThan(0);
      expect(rest?.clicks_unique).toBeGreaterThan(0);
      expect(both).toEqual(sum(one, other));
      expect(all).toEqual(sum(both, rest));
    },
  );

  it.each([
    [-1, 'period'],
    [2, 'conversions'],
    [400, null],
  ])('that end %i days ago say whether they still rise', async (days, unfinished) => {
    const at = (days_ago: number) => new Date(Date.now() - days_ago * 24 * 3_600_000).toISOString();
    const { range } = (await api.get('/v2/reports/messages', { from: at(days + 1), to: at(days) })).json();
    expect(range.unfinished).toBe(unfinished);
  });

  it('are of the range alone, in whole quarter hours, and say which', async () => {
    const { rows, range } = await readAll('messages', {
      from: '2026-10-24T10:07:00Z',
      to: '2026-10-25T20:31:00Z',
    });
    const [from, to] = ['2026-10-24T10:00:00.000Z', '2026-10-25T20:45:00.000Z'];
    expect(range).toMatchObject({ from, to, tz: 'UTC', range_by: 'sent' });
    expect(countsById('messages', rows)).toEqual(
      expectedCounts('messages', data, { from_ms: Date.parse(from), to_ms: Date.parse(to) }),
    );
  });

  it.each([
    ...['Europe/Berlin', 'Australia/Lord_Howe'],
    ...(LONG ? ['Asia/Kolkata', 'Asia/Kathmandu', 'America/St_Johns'] : []),
  ])('by hour and by day are those of the clocks in %s', async (tz) => {
    const all = await readAll('hours', { ...ALL, tz });
    expect(countsById('hours', all.rows)).toEqual(
      expectedCounts('hours', data, { from_ms: DATA_FROM_MS, to_ms: DATA_TO_MS, tz }),
    );
    const day = await readAll('hours', { from: '2026-10-25', to: '2026-10-25', tz });
    expect(day.rows.every((row) => String(row['hour']).startsWith('2026-10-25T'))).toBe(true);
    const hours = (Date.parse(day.range.to) - Date.parse(day.range.from)) / 3_600_000;
    expect(hours).toBe(tz === 'Europe/Berlin' ? 25 : 24);
    const of_day = [...countsById('hours', all.rows)].filter(([hour]) => hour.startsWith('2026-10-25T'));
    expect(countsIn(day.totals)).toEqual(sumCounts(new Map(of_day)));
  });

  it("are the caller's own", async () => {
    for (const name of REPORT_NAMES) {
      const answer = await api.get(`/v2/reports/${name}`, ALL, 'acc_third');
      expect(answer.json()).toMatchObject({ rows: [], total_rows: 0, totals: { sent: 0, clicks_total: 0 } });
    }
  });
});

describe('money and rates over random histories', () => {
  const RATES_ACCOUNT = 'acc_rates';
  const [from_ms, to_ms] = [DATA_FROM_MS + 20 * 3_600_000, DATA_TO_MS - 20 * 3_600_000];
  const range = { from: new Date(from_ms).toISOString(), to: new Date(to_ms).toISOString() };
  const history = randomData(11, RATES_ACCOUNT, 400);
  const conversions = randomConversions(12, history);
  const NOTHING = { conversions: 0, cents: 0 };
  const NO_COUNTS: Counts = { sent: 0, clicks_total: 0, clicks_human: 0, clicks_bot: 0, clicks_unique: 0 };

  beforeAll(async () => {
    await insertData(api.clickhouse, history, 'rates');
    await insertConversions(api.clickhouse, conversions);
    const variants = ['a', 'b'].map((variant_id) => ({ variant_id, creative_id: 'cre_1', percent: 50 }));
    const selection = { method: 'planned', metric: 'click_rate', control_percent: 10 };
    const named = { campaign_id: 'cam_1', account_id: RATES_ACCOUNT, name: '' };
    const campaign = JSON.stringify({ ...named, variants, selection });
    await api.redis.set(entityKey('campaign', RATES_ACCOUNT, 'cam_1'), campaign);
  });

  const read = async (name: ReportName, query: Record<string, string>) => {
    const path: ReportPath = `/v2/reports/${name}`;
    const answer = await api.get<ReportPath>(path, { ...range, per_page: '1000', ...query }, RATES_ACCOUNT);
    expect(answer.status, answer.text).toBe(200);
    return answer.json();
  };

  const ratesIn = (row: Record<string, unknown>) =>
    Object.fromEntries(
      ['click_rate', 'message_cvr', 'rpm', 'cvr', 'epc'].map((rate) => [
        rate,
        row[rate] === null ? null : Number(row[rate]).toFixed(4),
      ]),
    );
  const rounded = (rates: Record<string, number | null>) =>
    Object.fromEntries(
      // Amounts are cut off at the sixth decimal.
      Object.entries(rates).map(([rate, value]) => [rate, value === null ? null : value.toFixed(4)]),
    );
  const close = (a: Record<string, string | null>, b: Record<string, string | null>): void => {
    for (const [rate, value] of Object.entries(b)) {
      if (value === null) expect(a[rate], rate).toBeNull();
      else expect(Number(a[rate]), rate).toBeCloseTo(Number(value), 3);
    }
  };

  const KINDS: readonly Kind[] = [
    { range_by: 'sent', money_by: 'click' },
    { range_by: 'event', money_by: 'click' },
    { range_by: 'event', money_by: 'conversion' },
  ];
  const cases = REPORT_NAMES.flatMap((name) => KINDS.map((kind) => ({ name, ...kind })));

  it.each(cases)(
    'of $name by $range_by and $money_by equal a plain computation',
    async ({ name, ...kind }) => {
      const counts = expectedCounts(name, history, { from_ms, to_ms, range_by: kind.range_by });
      const money = expectedMoney(name, conversions, { ...kind, from_ms, to_ms });
      const by = kind.range_by === 'sent' ? { range_by: 'sent' } : kind;
      const { rows, totals, total_rows } = await read(name, by);
      const keys = new Set([...counts.keys(), ...money.keys()]);
      expect(rows).toHaveLength(total_rows);
      expect(rows).toHaveLength([...keys].reduce((sum, key) => sum + (money.get(key)?.size || 1), 0));
      for (const row of rows as ReportRow[]) {
        const key = REPORTS[name].ids.map((id) => row[id]).join(' ');
        const counted = counts.get(key) ?? NO_COUNTS;
        const earned = money.get(key)?.get(String(row['currency'])) ?? NOTHING;
        expect(countsIn(row)).toEqual(counted);
        expect([row['conversions'], Number(row['revenue'])]).toEqual([
          earned.conversions,
          earned.cents / 100,
        ]);
        close(ratesIn(row), rounded(expectedRates(counted, earned, kind)));
      }
      const whole = sumCounts(counts);
      expect(countsIn(totals)).toEqual(whole);
      const every = [...money.values()].flatMap((one) => [...one]);
      for (const one of totals.currencies) {
        const own = every.filter(([currency]) => currency === one.currency).map(([, earned]) => earned);
        const earned = {
          conversions: own.reduce((sum, each) => sum + each.conversions, 0),
          cents: own.reduce((sum, each) => sum + each.cents, 0),
        };
        expect([one.conversions, Number(one.revenue)]).toEqual([earned.conversions, earned.cents / 100]);
        const { epc, rpm } = expectedRates(whole, earned, kind);
        close(ratesIn({ epc: one.epc, rpm: one.rpm }), rounded({ epc, rpm }));
      }
    },
  );

  it.each(REPORT_NAMES.flatMap((name) => RANGE_BY.map((range_by) => [name, range_by] as const)))(
    'of report_%s_in by %s are the same, and plain sums of its columns are those of the history',
    async (name, range_by) => {
      const kind = { range_by, money_by: 'click' } as const;
      const counts = expectedCounts(name, history, { from_ms, to_ms, range_by });
      const money = expectedMoney(name, conversions, { ...kind, from_ms, to_ms });
      const view = `trackly.report_${name}_in(from='${range.from}', to='${range.to}', tz='UTC', range_by='${range_by}')`;
      const result = await api.clickhouse.query({
        query: `SELECT sum(v.sent) AS sent, sum(v.clicks_total) AS clicks_total, sum(v.clicks_human) AS clicks_human,
            sum(v.clicks_bot) AS clicks_bot, sum(v.clicks_unique) AS clicks_unique, sum(v.conversions) AS conversions,
            sumMap(v.revenue) AS revenue, sum(v.revenue['EUR']) AS euros
          FROM ${view} AS v WHERE account_id = '${RATES_ACCOUNT}'`,
        format: 'JSONEachRow',
        clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
      });
      const [row] = await result.json<ReportRow & { revenue: Record<string, number>; euros: number }>();
      if (row === undefined) throw new Error('no sums');
      expect(countsIn(row)).toEqual(sumCounts(counts));
      const every = [...money.values()].flatMap((one) => [...one]);
      expect(row['conversions']).toBe(every.reduce((sum, [, earned]) => sum + earned.conversions, 0));
      const cents = (currency: string): number =>
        every.filter(([of]) => of === currency).reduce((sum, [, earned]) => sum + earned.cents, 0);
      expect(row.revenue).toEqual({ EUR: cents('EUR') / 100, USD: cents('USD') / 100 });
      expect(row.euros).toBe(cents('EUR') / 100);
    },
  );

  it.each([
    ['messages', 'message_id'],
    ['links', 'link_id'],
    ['links', 'message_id'],
  ] as const)('of %s of one %s are those that the list of all has', async (name, filter) => {
    let several = 0;
    for (const [i, kind] of KINDS.entries()) {
      const by = kind.range_by === 'sent' ? { range_by: 'sent' as const } : kind;
      const sort = String(['-revenue', '-sent_at', 'last_at', 'currency', 'click_rate'][i]);
      const { rows } = await read(name, { ...by, sort });
      const of_one = (rows as ReportRow[]).filter((row) => row[filter] !== '');
      const items = Map.groupBy(of_one, (row) => String(row[filter]));
      const some = [...items].toSorted(([, a], [, b]) => b.length - a.length).slice(0, 20);
      for (const [id, own] of some) {
        const alone = await read(name, { ...by, sort, [filter]: id });
        expect(alone.rows).toEqual(own);
        expect(alone.total_rows).toBe(own.length);
        const ids = new Set(own.map((row) => row[REPORTS[name].ids[0] as string]));
        const first = [...ids].map((one) => own.find((row) => row[REPORTS[name].ids[0] as string] === one));
        const sent = first.reduce((sum, row) => sum + Number(row?.sent), 0);
        expect(alone.totals.sent).toBe(sent);
        several += Number(own.length > ids.size);
      }
    }
    expect(several).toBeGreaterThan(0);
  });

  it('of an A/B test are those of its rows', async () => {
    const variants = async (more: Record<string, string>) => {
      const query = { ...range, campaign_id: 'cam_1', ...more };
      return (await api.get('/v2/reports/variants', query, RATES_ACCOUNT)).json();
    };
    const { rows, experiment } = await variants({ currency: 'EUR' });
    expect(experiment?.variants).toHaveLength(2);
    const all = await variants({});
    for (const variant of experiment?.variants ?? []) {
      const row = rows.find(({ variant_id }) => variant_id === variant.variant_id);
      const of_all = all.rows.filter(({ variant_id }) => variant_id === variant.variant_id);
      const converted = of_all.reduce((sum, one) => sum + one.conversions, 0);
      expect(variant).toMatchObject({
        sent: row?.sent,
        clicks_unique: row?.clicks_unique,
        revenue: row?.revenue,
        conversions: converted,
      });
      expect(variant.click_rate.value).toBe(row?.click_rate);
      expect(variant.message_cvr.value).toBeCloseTo(converted / variant.sent, 6);
      expect(variant.revenue_per_message.value).toBeCloseTo(Number(row?.rpm) / 1_000, 5);
    }
  });
});

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byMessage = (a: ReportRow, b: ReportRow): number =>
  compare(String(a['message_id']), String(b['message_id']));

/** By a column, with - the largest first; ties by message. */
function inOrderOf(sort: string): (a: ReportRow, b: ReportRow) => number {
  const column = sort.replace('-', '');
  const direction = sort.startsWith('-') ? -1 : 1;
  return (a, b) => direction * compare(a[column] as string, b[column] as string) || byMessage(a, b);
}

describe('rows', () => {
  it('are sorted by any column, ties by id, and cut into pages without a gap', async () => {
    const sorts = [
      '-clicks_total',
      'click_rate',
      '-revenue',
      ...(LONG ? ['campaign_id', '-payout', '-message_id', 'clicks_human'] : []),
    ];
    for (const sort of sorts) {
      const paged: unknown[] = [];
      const { rows: whole } = await readAll('messages', { ...ALL, sort });
      for (let page = 1; page <= 5; page++) {
        const answer = await api.get('/v2/reports/messages', {
          ...ALL,
          sort,
          per_page: '600',
          page: String(page),
        });
        expect(answer.json()).toMatchObject({ page, per_page: 600, total_rows: 3_000 });
        paged.push(...answer.json().rows);
      }
      expect(paged).toEqual(whole);
      expect(whole).toEqual(whole.toSorted(inOrderOf(sort)));
    }
  });

  /** When each message or link was sent, or last sent or clicked, in a range of events, by quarter hours, by hand. */
  function timesOf(
    name: 'messages' | 'links',
    column: string,
    [from_ms, to_ms]: readonly [number, number],
  ): Map<string, number> {
    const times = new Map<string, number>();
    const seen = (id: string, sent_at_ms: number, event_ms = sent_at_ms): void => {
      if (id === '' || event_ms < from_ms || event_ms >= to_ms) return;
      const time_ms = column === 'sent_at' ? sent_at_ms : event_ms;
      times.set(id, Math.max(times.get(id) ?? 0, time_ms - (time_ms % 900_000)));
    };
    for (const send of data.sends) {
      if (name === 'messages') seen(send.message_id, send.sent_at_ms);
      else for (const { link_id } of send.links) seen(link_id, send.sent_at_ms);
    }
    for (const click of data.clicks) {
      const id = name === 'messages' ? click.message_id : click.link_id;
      seen(id, click.sent_at_ms, click.clicked_at_ms);
    }
    return times;
  }

  it.each<['messages' | 'links', string]>([
    ['messages', '-sent_at'],
    ['messages', 'sent_at'],
    ['messages', 'last_at'],
    ['links', '-sent_at'],
    ['links', 'sent_at'],
    ['links', 'last_at'],
  ])('of %s are listed by time, %s, the first pages without a look at the others', async (name, sort) => {
    const id = name === 'messages' ? 'message_id' : 'link_id';
    const [from_ms, to_ms] = [DATA_FROM_MS + 7 * 3_600_000, DATA_TO_MS - 12 * 3_600_000];
    const range = {
      from: new Date(from_ms).toISOString(),
      to: new Date(to_ms).toISOString(),
      range_by: 'event',
    };
    const messages = new Map(data.clicks.map((click) => [click.link_id, click.message_id]));
    for (const send of data.sends)
      for (const { link_id } of send.links) messages.set(link_id, send.message_id);
    const column = sort.replace('-', '');
    const times = timesOf(name, column, [from_ms, to_ms]);
    const keys = [...times].map(([one, time_ms]) => ({
      one,
      key: `${time_ms} ${name === 'messages' || column === 'last_at' ? '' : messages.get(one)} ${one}`,
    }));
    keys.sort((a, b) => (a.key < b.key ? -1 : 1));
    if (sort.startsWith('-')) keys.reverse();
    const expected = expectedCounts(name, data, { from_ms, to_ms, range_by: 'event' });
    // Pages of 400: two are found by time alone, those after them among all things.
    for (let page = 1; page <= 4; page++) {
      const answer = await api.get<ReportPath>(`/v2/reports/${name}`, {
        ...range,
        sort,
        page: String(page),
        per_page: '400',
      });
      const rows: ReportRow[] = answer.json().rows;
      const ids = keys.slice((page - 1) * 400, page * 400).map(({ one }) => one);
      expect(rows.map((row) => row[id])).toEqual(ids);
      for (const row of rows) expect(countsIn(row)).toEqual(expected.get(String(row[id])));
    }
  });

  it.each(['messages', 'links'] as const)(
    'of %s in any order are the same whether all are grouped at once or stretch by stretch',
    async (name) => {
      const report = REPORTS[name];
      const columns = [...MEASURE_NAMES, LAST_AT, ...report.ids];
      const range = { from_ms: DATA_FROM_MS, to_ms: DATA_TO_MS, tz: 'UTC' };
      let found = 0;
      for (const [i, column] of columns.entries()) {
        const question = {
          ...{ report, account_id: ACCOUNT, range, money_by: 'click' as const },
          range_by: RANGE_BY[Math.floor(i / 2) % 2] ?? 'sent',
          filters: i % 3 === 0 ? { campaign_id: 'cam_1' } : {},
          sort: { column, descending: i % 2 === Number(name === 'links') },
        };
        const [whole, stretched] = await Promise.all(
          [undefined, 300].map((rows) => listPage(api.clickhouse, question, 120, rows)),
        );
        expect(stretched?.ids, column).toEqual(whole?.ids);
        found += whole?.ids.length ?? 0;
      }
      expect(found).toBeGreaterThan(8 * 120);
    },
  );

  it('listed by time may be filtered, searched and few', async () => {
    for (const query of [
      { campaign_id: 'cam_2' },
      { search: '99' },
      { search: 'msg_7_1234' },
      { link_key: 'link3' },
    ]) {
      const { rows: by_time } = await readAll('messages', { ...ALL, ...query });
      const { rows: by_id } = await readAll('messages', { ...ALL, ...query, sort: 'message_id' });
      expect(by_time.length).toBeGreaterThan(0);
      expect(by_time.toSorted(byMessage)).toEqual(by_id);
    }
  });

  it('of a short report are those of a long one, which ClickHouse joins and sorts', async () => {
    const sorts = ['clicks_unique', 'rpm', 'currency', 'click_rate', 'revenue', 'cvr', 'sent', 'payout'];
    const sources = { clickhouse: api.clickhouse, redis: api.redis, reader: new BatchedReader(api.redis) };
    for (const [i, name] of REPORT_NAMES.filter((one) => REPORTS[one].listed === undefined).entries()) {
      for (const [j, range_by] of RANGE_BY.entries()) {
        const question = {
          ...{
            report: REPORTS[name],
            account_id: ACCOUNT,
            filters: {},
            range_by,
            money_by: 'click' as const,
          },
          range: { from_ms: DATA_FROM_MS, to_ms: DATA_TO_MS, tz: 'Europe/Berlin' },
          sort: { column: String(sorts[(i + 4 * j) % sorts.length]), descending: i % 2 === 0 },
          period: 'day' as const,
        };
        const { rows, total_rows } = await readReport(sources, question, 1, 1_000);
        expect(total_rows).toBe(rows.length);
        const long = [];
        for await (const some of await streamReport(sources, question)) long.push(...some);
        expect(rows).toEqual(long);
        expect(await readRows(sources, question, 2, 5)).toEqual(rows.slice(5, 10));
      }
    }
  });

  it('are not counted to the end where they are too many, and the totals are still those of all', async () => {
    const asked = (['messages', 'links'] as const).flatMap((name) =>
      [{}, { campaign_id: 'cam_1' }, { offer_id: 'off_1' }, { link_key: 'link1' }].map(
        (filters) => [name, filters] as const,
      ),
    );
    for (const [name, filters] of asked) {
      const page = await readReport(
        { clickhouse: api.clickhouse, redis: api.redis, reader: new BatchedReader(api.redis) },
        {
          report: REPORTS[name],
          account_id: ACCOUNT,
          range: { from_ms: DATA_FROM_MS, to_ms: DATA_TO_MS, tz: 'UTC' },
          filters,
          range_by: 'event',
          money_by: 'click',
          sort: { column: 'sent_at', descending: true },
        },
        1,
        50,
        100,
      );
      expect(page).toMatchObject({ total_rows: 100, more_rows: true });
      expect(countsIn(page.totals as never)).toEqual(sumCounts(expectedCounts(name, data, { filters })));
    }
  });

  it('beyond the last page are none, with the totals still there', async () => {
    const body = (await api.get('/v2/reports/offers', { ...ALL, page: '9' })).json();
    expect(body.rows).toEqual([]);
    expect(body.totals.sent).toBeGreaterThan(0);
  });

  it('carry the name from the catalog, null where there is none', async () => {
    const { rows } = await readAll('offers', { ...ALL, sort: 'offer_id' });
    expect(rows.map((row) => row['name'])).toEqual(['=cmd|"calc"!A0', null, null]);
  });
});

describe('money', () => {
  it('of all that is too many to be counted is the same as of all that was', async () => {
    const other = randomData(8, OTHER_ACCOUNT, 400);
    const [first, second] = other.clicks.filter((click) => click.message_id !== '');
    const [outside] = other.clicks.filter((click) => click.message_id === '');
    // Of a link of a message, of a link without one, of a coupon of a message, and of nothing but the offer.
    const about = [first, second, outside, { ...first, link_id: '', link_key: '' }, { offer_id: 'off_1' }];
    const lines = about.map((click, n) => ({
      account_id: OTHER_ACCOUNT,
      offer_id: click?.offer_id,
      ...(click && 'click_id' in click
        ? {
            click_id: click.click_id,
            message_id: click.message_id,
            link_id: click.link_id,
            link_key: click.link_key,
            creative_id: click.creative_id,
            campaign_id: click.campaign_id,
            variant_id: click.variant_id,
          }
        : {}),
      transaction: `txn:${n}`,
      conversion_id: `cnv_${n}`,
      event: 'sale',
      sign: 1,
      status: 'attributed',
      converted_at: DATA_FROM_MS + 50 * 3_600_000,
      received_at: DATA_FROM_MS + 50 * 3_600_000,
      credited_at: DATA_FROM_MS + 40 * 3_600_000,
      conversions: 1,
      currency: n === 1 ? 'USD' : 'EUR',
      sales: String(10 ** n),
    }));
    await api.clickhouse.insert({ table: 'trackly.conversions', values: lines, format: 'JSONEachRow' });
    const revenues: Record<string, unknown> = {};
    for (const name of ['messages', 'links'] as const) {
      for (const money_by of ['click', 'conversion'] as const) {
        for (const filters of [{}, { creative_id: first?.creative_id ?? '' }, { currency: 'EUR' }]) {
          const read = (rows_max: number) =>
            readReport(
              { clickhouse: api.clickhouse, redis: api.redis, reader: new BatchedReader(api.redis) },
              {
                report: REPORTS[name],
                account_id: OTHER_ACCOUNT,
                range: { from_ms: DATA_FROM_MS, to_ms: DATA_TO_MS, tz: 'UTC' },
                filters,
                range_by: 'event',
                money_by,
                sort: { column: 'sent_at', descending: true },
              },
              1,
              50,
              rows_max,
            );
          const [counted, uncounted] = [await read(10_000), await read(0)];
          expect([counted.more_rows, uncounted.more_rows]).toEqual([false, true]);
          expect(uncounted.totals).toEqual(counted.totals);
          if (Object.keys(filters).length === 0) {
            revenues[name] = counted.totals.currencies.map(
              ({ currency, revenue }) => `${revenue} ${currency}`,
            );
          }
        }
      }
    }
    expect(revenues).toEqual({ messages: ['1001.00 EUR', '10.00 USD'], links: ['101.00 EUR', '10.00 USD'] });
  });
});

describe('a CSV', () => {
  it('has every row of the report, with its header, as a file', async () => {
    const answer = await api.get('/v2/reports/links', { ...ALL, format: 'csv' });
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).toBe(
      'attachment; filename="links_2026-10-23_2026-10-28.csv"',
    );
    const lines = answer.text.split('\r\n');
    const { rows } = await readAll('links', ALL);
    expect(lines[0]).toBe(Object.keys(rows[0] ?? {}).join(','));
    expect(lines.slice(1, -1)).toEqual(rows.map((row) => Object.values(row).join(',')));
  });

  it('is safe to open in a spreadsheet', async () => {
    const { text } = await api.get('/v2/reports/offers', { ...ALL, format: 'csv', sort: 'offer_id' });
    expect(text.split('\r\n')[1]).toMatch(/^off_0,"'=cmd\|""calc""!A0",\d/);
  });

  it('has its header alone when there is nothing', async () => {
    const { text } = await api.get('/v2/reports/hours', { ...ALL, format: 'csv' }, 'acc_third');
    expect(text).toBe(`hour,unfinished,${MEASURE_NAMES.join(',')}\r\n`);
  });

  it('that would be too long is refused, not cut', async () => {
    const question = {
      report: REPORTS.messages,
      account_id: ACCOUNT,
      range: { from_ms: DATA_FROM_MS, to_ms: DATA_TO_MS, tz: 'UTC' },
      filters: {},
      range_by: 'sent' as const,
      money_by: 'click' as const,
      sort: { column: 'sent', descending: true },
    };
    await expect(
      streamReport(
        { clickhouse: api.clickhouse, redis: api.redis, reader: new BatchedReader(api.redis) },
        question,
        2_999,
      ),
    ).rejects.toThrow(/has more than 2999 rows and a file holds no more/);
  });
});

it('answers 503 while ClickHouse is down, and no other query of the report is left to fail alone', async () => {
  await api.stopClickHouse();
  for (const format of ['json', 'csv']) {
    for (const path of ['/v2/reports/offers', '/v2/reports/hours'] as const) {
      for (const more of [{}, { rules_version: '1' }]) {
        const answer = await api.get(path, { format, ...more });
        expect([answer.status, answer.json().error]).toEqual([503, 'unavailable']);
      }
    }
  }
});
