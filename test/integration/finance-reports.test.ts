/**
 * On the running system: every option of every report is used or refused; lists page by a total order; money by network,
 * channel and day of click; alerts. The rows are written into the money ledger, with ties on purpose.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../../src/platform/sleep.ts';
import { REPORT_NAMES, REPORTS } from '../../src/reports/definitions.ts';
import { CONVERSION_SORTS } from '../../src/reports/list-conversions.ts';
import { MONEY_FILTERS, MONEY_REPORT_NAMES } from '../../src/reports/money-report.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
let system: System;
let account_id: string;
let key: string;

/** Waits while the account asks for more than its limits allow at once. */
async function get(path: string, api_key = key) {
  for (let tries = 0; ; tries++) {
    const response = await fetch(`${system.api_url}${path}`, { headers: { 'x-api-key': api_key } });
    const text = await response.text();
    if (response.status !== 429 || tries === 50) {
      return { status: response.status, text, json: () => JSON.parse(text) };
    }
    await sleep(100);
  }
}

/** A booked line of the ledger. */
const line = (n: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  account_id,
  conversion_id: `cnv_${n}`,
  transaction: `txn:${n}`,
  txn_id: String(n),
  offer_id: 'off_1',
  event: 'sale',
  channel: 'offer',
  network: 'everflow',
  currency: 'USD',
  converted_at: Date.parse('2026-03-29T12:00:00Z'),
  received_at: Date.parse('2026-03-29T12:00:00Z'),
  credited_at: Date.parse('2026-03-28T12:00:00Z'),
  sign: 1,
  status: 'attributed',
  line: `line ${n}`,
  conversions: 1,
  sales: '10',
  payout: '2',
  ...more,
});

beforeAll(async () => {
  system = await sharedSystem();
  const response = await fetch(`${system.api_url}/v2/accounts`, {
    method: 'POST',
    headers: { 'x-api-key': system.admin_key, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'finance' }),
  });
  ({ account_id, api_key: key } = (await response.json()) as { account_id: string; api_key: string });
  const refund = { conversion_id: 'cnv_refund', event: 'refund', conversions: 0, sales: '0', payout: '0' };
  const values = [
    line(1),
    line(2, { network: '', channel: 'pixel', converted_at: Date.parse('2026-03-29T22:30:00Z') }),
    line(3, { currency: 'EUR', sales: '7.5' }),
    // Reversed: nothing of it is left.
    line(4, { network: 'cake' }),
    line(4, { network: 'cake', sign: -1 }),
    line(5, { status: 'unattributed', reason: 'no_click', conversions: 0, sales: '0', payout: '0' }),
    // One refund of sales of two contacts: two lines of one conversion.
    line(1, { ...refund, contact_id: 'a', refunds: '1', line: 'refund of a' }),
    line(1, { ...refund, contact_id: 'b', refunds: '1', line: 'refund of b' }),
    line(2, { ...refund, contact_id: 'c', refunds: '1', line: 'refund of a' }),
  ];
  await system.clickhouse.insert({ table: 'trackly.conversions', values, format: 'JSONEachRow' });
});

afterAll(() => system?.destroy());

const RANGE = 'from=2026-03-01&to=2026-04-30';

describe('an option', () => {
  const values: Record<string, string> = {
    from: '2026-03-01',
    to: '2026-04-30',
    tz: 'Africa/Casablanca',
    money_by: 'conversion',
    search: 'x',
    by: 'day',
    page: '2',
    per_page: '1',
    format: 'csv',
    'query.utm_source': 'qr',
    limit: '5',
    recipients_min: '2',
    nonsense: '1',
    ...Object.fromEntries([...MONEY_FILTERS, 'message_id', 'link_id', 'link_key'].map((name) => [name, 'x'])),
  };
  const STANDARD = ['from', 'to', 'tz', 'money_by', 'page', 'per_page', 'format'];
  const taken: Record<string, readonly string[]> = {
    ...Object.fromEntries(
      REPORT_NAMES.map((name) => [
        name,
        [...STANDARD, 'query.utm_source', name === 'hours' ? 'by' : 'search', ...REPORTS[name].filters],
      ]),
    ),
    ...Object.fromEntries(MONEY_REPORT_NAMES.map((name) => [name, [...STANDARD, ...MONEY_FILTERS]])),
    unattributed: ['from', 'to', 'tz', 'offer_id'],
    suspicious: ['from', 'to', 'tz', 'limit'],
    addresses: ['from', 'to', 'tz', 'limit', 'recipients_min'],
  };

  it.each(Object.keys(taken))('of the report %s is used, or refused with a sentence', async (report) => {
    const answers = await Promise.all(
      Object.entries(values).map(async ([name, value]) => {
        const { status, text } = await get(`/v2/reports/${report}?${new URLSearchParams({ [name]: value })}`);
        if (status === 400) expect(JSON.parse(text)).toMatchObject({ error: 'invalid_request' });
        return [name, status] as const;
      }),
    );
    expect(Object.fromEntries(answers)).toEqual(
      Object.fromEntries(
        Object.keys(values).map((name) => [name, taken[report]?.includes(name) ? 200 : 400]),
      ),
    );
  });

  it('that no list has is refused by every one', async () => {
    const { paths } = (await get('/openapi.json')).json() as {
      paths: Record<string, { get?: { parameters?: { in: string }[] } }>;
    };
    const lists = Object.keys(paths).filter(
      (path) => !path.includes('{') && paths[path]?.get?.parameters?.some((each) => each.in === 'query'),
    );
    expect(lists.length).toBeGreaterThan(15);
    const answers = await Promise.all(
      lists.map(async (path) => {
        const admin = (await get(`${path}?nonsense=1`, system.admin_key)).status;
        return [path, admin === 400 ? 400 : (await get(`${path}?nonsense=1`)).status] as const;
      }),
    );
    expect(answers.filter(([, status]) => status !== 400)).toEqual([]);
  });

  it('of a page has no place in a file', async () => {
    for (const path of ['reports/offers', 'reports/networks', 'conversions']) {
      const { status, text } = await get(`/v2/${path}?format=csv&page=2`);
      expect([status, text]).toEqual([400, expect.stringContaining('A file has all rows')]);
    }
  });
});

describe('a list', () => {
  /** Every row by pages of one, against one page of all. */
  async function walk(path: string, rows_of: string, total_of: string): Promise<number> {
    const answer = await get(`${path}&per_page=1000`);
    expect(answer.status, `${path} ${answer.text}`).toBe(200);
    const all = answer.json();
    const rows: unknown[] = [];
    for (let page = 1; page <= all[total_of]; page++) {
      rows.push(...(await get(`${path}&per_page=1&page=${page}`)).json()[rows_of]);
    }
    expect(rows, path).toEqual(all[rows_of]);
    return rows.length;
  }

  it('of conversions has each line of a refund of several sales once, by every order', async () => {
    for (const sort of CONVERSION_SORTS.flatMap((column) => [column, `-${column}`])) {
      expect(await walk(`/v2/conversions?${RANGE}&sort=${sort}`, 'rows', 'total_rows')).toBe(7);
    }
  });

  it('of every report has each row once', async () => {
    let longest = 0;
    for (const name of [...REPORT_NAMES, ...MONEY_REPORT_NAMES]) {
      const walked = await Promise.all(
        ['currency', '-revenue'].map((sort) =>
          walk(`/v2/reports/${name}?${RANGE}&sort=${sort}`, 'rows', 'total_rows'),
        ),
      );
      longest = Math.max(longest, ...walked);
    }
    expect(longest).toBeGreaterThan(2);
  });

  it('of the catalog, keys, members and the audit log has each item once', async () => {
    for (let i = 0; i < 4; i++) {
      await fetch(`${system.api_url}/v2/offers`, {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        body: JSON.stringify({ name: `offer ${i}`, destination_url: 'https://shop.example/' }),
      });
    }
    expect(await walk('/v2/offers?', 'offers', 'total')).toBe(4);
    // The last change is in the audit log, and with it all before it.
    await expect
      .poll(async () => (await get('/v2/audit?action=offer.created')).json().total, { timeout: 30_000 })
      .toBe(4);
    for (const [path, rows_of] of [
      ['campaigns', 'campaigns'],
      ['creatives', 'creatives'],
      ['members', 'members'],
      ['audit', 'entries'],
    ] as const) {
      await walk(`/v2/${path}?`, rows_of, 'total');
    }
  });
});

describe('money', () => {
  it('is reported by network, with the share of problems, each currency on its own', async () => {
    const { rows, totals } = (await get(`/v2/reports/networks?${RANGE}`)).json();
    expect(rows).toEqual([
      expect.objectContaining({
        network: '',
        currency: 'USD',
        conversions: 1,
        revenue: '10.00',
        payout: '2.00',
      }),
      expect.objectContaining({ network: 'everflow', currency: 'EUR', revenue: '7.50' }),
      expect.objectContaining({
        ...{ network: 'everflow', currency: 'USD', reports: 5, attributed: 4, problems: 1 },
        ...{ problem_share: 0.2, conversions: 1, revenue: '7.00', sales: '10.00', refunds: '3.00' },
      }),
    ]);
    expect(totals).toEqual([
      { currency: 'EUR', conversions: 1, revenue: '7.50', payout: '2.00', sales: '7.50', refunds: '0.00' },
      { currency: 'USD', conversions: 2, revenue: '17.00', payout: '4.00', sales: '20.00', refunds: '3.00' },
    ]);
  });

  it('is reported by channel, and filtered by network', async () => {
    const { rows } = (await get(`/v2/reports/channels?${RANGE}&sort=channel&currency=USD`)).json();
    expect(rows.map(({ channel, revenue }: Record<string, string>) => [channel, revenue])).toEqual([
      ['offer', '7.00'],
      ['pixel', '10.00'],
    ]);
    expect((await get(`/v2/reports/channels?${RANGE}&network=`)).json().total_rows).toBe(1);
  });

  it('is reported by offer and network, with the name of the offer where the catalog has it', async () => {
    const { rows } = (await get(`/v2/reports/payouts?${RANGE}&sort=-payout&currency=USD`)).json();
    expect(
      rows.map((row: Record<string, string>) => [
        row['offer_id'],
        row['name'],
        row['network'],
        row['payout'],
      ]),
    ).toEqual([
      ['off_1', '', '', '2.00'],
      ['off_1', '', 'everflow', '2.00'],
    ]);
  });

  it('is reported by day of click and day of conversion, in the time zone', async () => {
    const rowsIn = async (tz: string) =>
      (await get(`/v2/reports/conversion-days?${RANGE}&currency=USD&tz=${tz}`))
        .json()
        .rows.map((row: Record<string, unknown>) => [
          row['click_day'],
          row['conversion_day'],
          row['days'],
          row['revenue'],
        ]);
    expect(await rowsIn('UTC')).toEqual([['2026-03-28', '2026-03-29', 1, '17.00']]);
    expect(await rowsIn('Europe/Berlin')).toEqual([
      ['2026-03-28', '2026-03-29', 1, '7.00'],
      ['2026-03-28', '2026-03-30', 2, '10.00'],
    ]);
  });

  it('comes as a file', async () => {
    const { text } = await get(`/v2/reports/conversion-days?${RANGE}&currency=EUR&format=csv`);
    expect(text).toBe(
      'click_day,conversion_day,days,currency,conversions,revenue,payout,sales,refunds\r\n2026-03-28,2026-03-29,1,EUR,1,7.50,2.00,7.50,0.00\r\n',
    );
  });
});

describe('alerts', () => {
  it('name the offer that used to convert and has gone silent, and the one whose problems rise', async () => {
    expect((await get('/v2/alerts')).json().alerts).toEqual([]);
    const now_ms = Date.now();
    const values: Record<string, unknown>[] = [];
    const clicks: Record<string, unknown>[] = [];
    for (let hour = 27 * 24; hour > 1; hour--) {
      const at_ms = now_ms - hour * HOUR_MS;
      clicks.push({
        ...{ account_id, offer_id: 'off_silent', quarter_hour: Math.floor(at_ms / 900_000) * 900 },
        ...{ clicks_total: 20, clicks_human: 20, first_offer_clicks: 20 },
      });
      const times = { converted_at: at_ms, received_at: at_ms, credited_at: at_ms - HOUR_MS };
      if (hour > 48) values.push(line(10_000 + hour, { offer_id: 'off_silent', ...times }));
      const bad = hour < 20 ? { status: 'unattributed', reason: 'unknown_click', conversions: 0 } : {};
      values.push(line(20_000 + hour, { offer_id: 'off_bad', ...times, ...bad }));
    }
    await system.clickhouse.insert({
      table: 'trackly.rollup_quarter_hours',
      values: clicks,
      format: 'JSONEachRow',
    });
    await system.clickhouse.insert({ table: 'trackly.conversions', values, format: 'JSONEachRow' });
    const { alerts } = (await get('/v2/alerts')).json();
    expect(alerts.map(({ kind, offer_id }: Record<string, string>) => [kind, offer_id]).sort()).toEqual([
      ['offer_silent', 'off_silent'],
      ['problems_rising', 'off_bad'],
    ]);
    const silent = alerts.find(({ kind }: { kind: string }) => kind === 'offer_silent');
    expect(silent).toMatchObject({
      seen: 0,
      hint: expect.stringContaining('GET /v2/offers/off_silent/postbacks'),
    });
    expect(silent.expected).toBeGreaterThan(30);
    expect(Math.abs(Date.parse(silent.since) - (now_ms - 2 * DAY_MS))).toBeLessThan(2 * HOUR_MS);
    expect((await get('/v2/alerts?offer_id=off_bad')).json().alerts).toHaveLength(1);
  });
});
