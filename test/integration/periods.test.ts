/**
 * The hours report by hour, day, week and month, against a computation by hand: random times around every
 * change of the clocks in 2026, in zones that change by an hour, by half an hour, at midnight and never.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { periodExpression, periodParams } from '../../src/reports/period.ts';
import { insertData, seededRandom } from '../support/report-data.ts';
import { type ReportsApi, startReportsApi } from '../support/reports-api.ts';
import { DAY_MS, daysNearChanges, ZONES } from '../support/zone-days.ts';

let api: ReportsApi;
const ACCOUNT_CLOCKS = 'acc_clocks';
const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const [FIRST_MS, LAST_MS] = [Date.parse('2025-12-01T00:00:00Z'), Date.parse('2026-12-31T00:00:00Z')];
const times: number[] = [];

/** When clocks change in 2026, and how many minutes they are then ahead of UTC; written out, so that no calendar is trusted. */
const CLOCKS: Record<string, [from: string, offset_minutes: number][]> = {
  'Europe/Berlin': [
    ['', 60],
    ['2026-03-29T01:00:00Z', 120],
    ['2026-10-25T01:00:00Z', 60],
  ],
  'America/New_York': [
    ['', -300],
    ['2026-03-08T07:00:00Z', -240],
    ['2026-11-01T06:00:00Z', -300],
  ],
  // Half an hour.
  'Australia/Lord_Howe': [
    ['', 660],
    ['2026-04-04T15:00:00Z', 630],
    ['2026-10-03T15:30:00Z', 660],
  ],
  'Asia/Kolkata': [['', 330]],
  // At a quarter to the hour.
  'Pacific/Chatham': [
    ['', 825],
    ['2026-04-04T14:00:00Z', 765],
    ['2026-09-26T14:00:00Z', 825],
  ],
  // A day without its midnight, and one with two of them.
  'Africa/Cairo': [
    ['', 120],
    ['2026-04-23T22:00:00Z', 180],
    ['2026-10-29T21:00:00Z', 120],
  ],
  'America/Havana': [
    ['', -300],
    ['2026-03-08T05:00:00Z', -240],
    ['2026-11-01T05:00:00Z', -300],
  ],
};
const PERIODS = ['hour', 'day', 'week', 'month'] as const;

function offsetMinutes(tz: string, time_ms: number): number {
  const held = CLOCKS[tz]?.findLast(([from]) => from === '' || Date.parse(from) <= time_ms);
  return held?.[1] ?? Number.NaN;
}

/** What all instants of a period, and no others, have in common. */
function periodOf(period: (typeof PERIODS)[number], tz: string, time_ms: number): string {
  const offset = offsetMinutes(tz, time_ms);
  const local = new Date(time_ms + offset * MINUTE_MS);
  if (period === 'hour') return `${local.toISOString().slice(0, 13)} ${offset}`;
  if (period === 'month') return local.toISOString().slice(0, 7);
  if (period === 'week') local.setUTCDate(local.getUTCDate() - ((local.getUTCDay() + 6) % 7));
  return local.toISOString().slice(0, 10);
}

function iso(tz: string, time_ms: number): string {
  const offset = offsetMinutes(tz, time_ms);
  const local = new Date(time_ms + offset * MINUTE_MS).toISOString().slice(0, 19);
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `${local}${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}

/** Sends by the start of their period: the first quarter hour that has the same in common. */
function expected(period: (typeof PERIODS)[number], tz: string): [string, number][] {
  const starts = new Map<string, number>();
  for (let at_ms = FIRST_MS; at_ms < LAST_MS; at_ms += QUARTER_MS) {
    const key = periodOf(period, tz, at_ms);
    if (!starts.has(key)) starts.set(key, at_ms);
  }
  const counts = new Map<number, number>();
  for (const time_ms of times) {
    const start_ms = starts.get(periodOf(period, tz, time_ms)) ?? Number.NaN;
    counts.set(start_ms, (counts.get(start_ms) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([start_ms, count]) => [iso(tz, start_ms), count]);
}

async function answered(period: string, tz: string): Promise<[string, number][]> {
  const rows: { hour: string; sent: number }[] = [];
  for (let page = 1; ; page++) {
    const query = {
      from: '2026-01-05',
      to: '2026-12-20',
      tz,
      by: period,
      per_page: '1000',
      page: String(page),
    };
    const answer = await api.get('/v2/reports/hours', query, ACCOUNT_CLOCKS);
    expect(answer.status, answer.text).toBe(200);
    rows.push(...answer.json().rows);
    if (rows.length >= answer.json().total_rows) return rows.map(({ hour, sent }) => [hour, sent]);
  }
}

beforeAll(async () => {
  api = await startReportsApi();
  const random = seededRandom(26);
  const changes = Object.values(CLOCKS).flatMap((held) =>
    held.flatMap(([from]) => (from === '' ? [] : [Date.parse(from)])),
  );
  for (const change_ms of changes) {
    for (let i = 0; i < 120; i++) times.push(change_ms + Math.floor((random() - 0.5) * 4 * 3_600_000));
    for (let i = 0; i < 60; i++) times.push(change_ms + Math.floor((random() - 0.5) * 6 * 24 * 3_600_000));
  }
  const [from_ms, to_ms] = [Date.parse('2026-01-10T00:00:00Z'), Date.parse('2026-12-15T00:00:00Z')];
  for (let i = 0; i < 500; i++) times.push(from_ms + Math.floor(random() * (to_ms - from_ms)));
  const sends = times.map((sent_at_ms, i) => ({
    account_id: ACCOUNT_CLOCKS,
    message_id: `clock${i}`,
    contact_id: '',
    creative_id: '',
    campaign_id: '',
    variant_id: '',
    sent_at_ms,
    links: [],
  }));
  await insertData(api.clickhouse, { sends, clicks: [] }, 'clocks');
});

afterAll(() => api?.stop());

it.each(Object.keys(CLOCKS))(
  'is that of the clocks and the calendar in %s, across every change',
  async (tz) => {
    for (const period of PERIODS) expect(await answered(period, tz)).toEqual(expected(period, tz));
  },
);

it('has the day of 25 hours as one row, and sums that are the same however they are cut', async () => {
  const query = { from: '2026-10-25', to: '2026-10-25', tz: 'Europe/Berlin', by: 'day' };
  const { rows, totals, range } = (await api.get('/v2/reports/hours', query, ACCOUNT_CLOCKS)).json();
  expect(rows).toHaveLength(1);
  expect(rows[0]?.hour).toBe('2026-10-25T00:00:00+02:00');
  expect(rows[0]?.sent).toBe(totals.sent);
  expect(Date.parse(range.to) - Date.parse(range.from)).toBe(25 * 3_600_000);
});

it('starts the first date with its first midnight of two, and without one when the clocks are put forward', async () => {
  const rangeOf = async (date: string, tz: string) =>
    (await api.get('/v2/reports/hours', { from: date, to: date, tz }, ACCOUNT_CLOCKS)).json().range;
  expect(await rangeOf('2026-11-01', 'America/Havana')).toMatchObject({
    from: '2026-11-01T04:00:00.000Z',
    to: '2026-11-02T05:00:00.000Z',
  });
  expect(await rangeOf('2026-04-24', 'Africa/Cairo')).toMatchObject({
    from: '2026-04-23T22:00:00.000Z',
    to: '2026-04-24T21:00:00.000Z',
  });
});

it('takes `by` in a CSV, and refuses it elsewhere and for what is no period', async () => {
  const csv = await api.get(
    '/v2/reports/hours',
    { from: '2026-10-25', to: '2026-10-25', tz: 'Europe/Berlin', by: 'month', format: 'csv' },
    ACCOUNT_CLOCKS,
  );
  expect(csv.text.split('\r\n')[1]).toMatch(/^"2026-10-01T00:00:00\+02:00",(?:conversions)?,\d+/);
  expect((await api.get('/v2/reports/hours', { by: 'year' })).status).toBe(400);
  expect((await api.get('/v2/reports/offers', { by: 'day' })).status).toBe(400);
});

/** Queries of so many zones at once. */
const ZONES_A_QUERY = 60;

// With time zones of 2026c these are Africa/Casablanca, Africa/El_Aaiun, America/Edmonton and America/Vancouver.
it('has the days of its ranges in every time zone, whatever ClickHouse knows of it', async () => {
  const [from_ms, to_ms] = [Date.parse('2025-12-20T00:00:00Z'), Date.parse('2028-01-10T00:00:00Z')];
  // Zones whose days begin at the same times are one question.
  const zones_of_days = new Map<string, string[]>();
  for (const tz of ZONES) {
    const { period_starts, period_lengths } = periodParams('day', { from_ms, to_ms, tz });
    const start = periodExpression("toDateTime(at_s, 'UTC')")
      .replaceAll('{period_starts:Array(UInt32)}', `CAST([${period_starts}], 'Array(UInt32)')`)
      .replaceAll('{period_lengths:Array(UInt32)}', `CAST([${period_lengths}], 'Array(UInt32)')`);
    zones_of_days.set(start, [...(zones_of_days.get(start) ?? []), tz]);
  }
  const asked = [...zones_of_days].map(([start, zones]) => ({
    ...{ start, zones, tz: zones[0] as string },
    days: daysNearChanges(zones[0] as string, from_ms + DAY_MS, to_ms),
  }));
  const wrong: string[] = [];
  const differ: string[] = [];
  for (let i = 0; i < asked.length; i += ZONES_A_QUERY) {
    const parts = asked.slice(i, i + ZONES_A_QUERY).map(({ start, tz, days }) => {
      const times = days.map(({ at_ms }) => at_ms / 1_000);
      return `SELECT '${tz}' AS tz, groupArray(toInt64(${start})) AS starts, groupArray(toString(toDate(toDateTime(at_s, 'UTC'), '${tz}'))) AS dates
        FROM (SELECT arrayJoin(CAST([${times}], 'Array(UInt32)')) AS at_s)`;
    });
    const answer = await api.clickhouse.query({ query: parts.join(' UNION ALL '), format: 'JSONEachRow' });
    for (const row of await answer.json<{ tz: string; starts: string[]; dates: string[] }>()) {
      const { days = [], zones = [] } = asked.find(({ tz }) => tz === row.tz) ?? {};
      const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: row.tz });
      if (days.some(({ start_ms }, at) => Number(row.starts[at]) * 1_000 !== start_ms)) wrong.push(...zones);
      if (days.some(({ at_ms }, at) => row.dates[at] !== calendar.format(at_ms))) differ.push(row.tz);
    }
  }
  expect(asked.flatMap(({ zones }) => zones)).toHaveLength(ZONES.length);
  process.stdout.write(
    `The runtime (${process.versions['tz']}) and ClickHouse have other days in: ${differ.join(', ') || 'no zone'}\n`,
  );
  expect(wrong).toEqual([]);
});
