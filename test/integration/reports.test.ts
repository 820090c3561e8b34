import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entityKey } from '../../src/catalog/definitions.ts';
import { BatchedReader } from '../../src/platform/record-cache.ts';
import {
  type Filter,
  MEASURE_NAMES,
  REPORT_NAMES,
  REPORTS,
  type ReportName,
} from '../../src/reports/definitions.ts';
import { readReport, streamReport } from '../../src/reports/read-report.ts';
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
    for (const name of REPORT_NAMES) {
      for (const filter of REPORTS[name].filters) {
        // Each text several times, in other filters: a question costs as much as a real one.
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

  it.each(REPORT_NAMES)('of the view report_%s equal the same count', async (name) => {
    const result = await api.clickhouse.query({
      query: `SELECT * FROM trackly.report_${name} WHERE account_id = {account_id:String}`,
      query_params: { account_id: ACCOUNT },
      format: 'JSONEachRow',
      clickhouse_settings: { date_time_output_format: 'iso' },
    });
    const rows = await result.json<Record<string, unknown>>();
    expect(countsById(name, rows)).toEqual(expectedCounts(name, data));
    for (const row of rows) {
      expect(Object.keys(row).slice(-MEASURE_NAMES.length)).toEqual(MEASURE_NAMES);
      expect(Number(row['click_rate'])).toBeCloseTo(
        Number(row['sent']) === 0 ? 0 : Number(row['clicks_unique']) / Number(row['sent']),
        9,
      );
    }
  });

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

  it('are of the range alone, in whole quarter hours, and say which', async () => {
    const { rows, range } = await readAll('messages', {
      from: '2026-10-24T10:07:00Z',
      to: '2026-10-25T20:31:00Z',
    });
    const [from, to] = ['2026-10-24T10:00:00.000Z', '2026-10-25T20:45:00.000Z'];
    expect(range).toEqual({ from, to, tz: 'UTC' });
    expect(countsById('messages', rows)).toEqual(
      expectedCounts('messages', data, { from_ms: Date.parse(from), to_ms: Date.parse(to) }),
    );
  });

  it.each(['Europe/Berlin', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Lord_Howe'])(
    'by hour and by day are those of the clocks in %s',
    async (tz) => {
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
    },
  );

  it("are the caller's own", async () => {
    for (const name of REPORT_NAMES) {
      const answer = await api.get(`/v2/reports/${name}`, ALL, 'acc_third');
      expect(answer.json()).toMatchObject({ rows: [], total_rows: 0, totals: { sent: 0, clicks_total: 0 } });
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
    for (const sort of ['-clicks_total', 'click_rate', 'campaign_id', '-revenue', '-message_id']) {
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

  /** When each message or link was last sent or clicked, in a range, by quarter hours: the list by time, by hand. */
  function lastAt(name: 'messages' | 'links', from_ms: number, to_ms: number): Map<string, number> {
    const times = new Map<string, number>();
    const seen = (id: string, time_ms: number): void => {
      if (id === '' || time_ms < from_ms || time_ms >= to_ms) return;
      times.set(id, Math.max(times.get(id) ?? 0, time_ms - (time_ms % 900_000)));
    };
    for (const send of data.sends) {
      if (name === 'messages') seen(send.message_id, send.sent_at_ms);
      else for (const { link_id } of send.links) seen(link_id, send.sent_at_ms);
    }
    for (const click of data.clicks) {
      seen(name === 'messages' ? click.message_id : click.link_id, click.clicked_at_ms);
    }
    return times;
  }

  it.each<['messages' | 'links', string]>([
    ['messages', '-last_at'],
    ['messages', 'last_at'],
    ['links', '-last_at'],
    ['links', 'last_at'],
  ])('of %s are listed by time, %s, the first pages without a look at the others', async (name, sort) => {
    const id = name === 'messages' ? 'message_id' : 'link_id';
    const [from_ms, to_ms] = [DATA_FROM_MS + 7 * 3_600_000, DATA_TO_MS - 12 * 3_600_000];
    const range = { from: new Date(from_ms).toISOString(), to: new Date(to_ms).toISOString() };
    const messages = new Map(data.clicks.map((click) => [click.link_id, click.message_id]));
    for (const send of data.sends)
      for (const { link_id } of send.links) messages.set(link_id, send.message_id);
    const keys = [...lastAt(name, from_ms, to_ms)].map(([one, time_ms]) => ({
      one,
      key: `${time_ms} ${name === 'messages' ? '' : messages.get(one)} ${one}`,
    }));
    keys.sort((a, b) => (a.key < b.key ? -1 : 1));
    if (sort.startsWith('-')) keys.reverse();
    const expected = expectedCounts(name, data, { from_ms, to_ms });
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
          money_by: 'click',
          sort: { column: 'last_at', descending: true },
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
                money_by,
                sort: { column: 'last_at', descending: true },
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
    expect(text).toBe(`hour,${MEASURE_NAMES.join(',')}\r\n`);
  });

  it('that would be too long is refused, not cut', async () => {
    const question = {
      report: REPORTS.messages,
      account_id: ACCOUNT,
      range: { from_ms: DATA_FROM_MS, to_ms: DATA_TO_MS, tz: 'UTC' },
      filters: {},
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

it('answers 503 while ClickHouse is down', async () => {
  await api.stopClickHouse();
  for (const format of ['json', 'csv']) {
    const answer = await api.get('/v2/reports/offers', { format });
    expect([answer.status, answer.json().error]).toEqual([503, 'unavailable']);
  }
});
