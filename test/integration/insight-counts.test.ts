/**
 * The reports on times of sending, on cohorts and on bots, and the list of clicks, over random sends, clicks and money
 * around a change of the clocks, against plain loops over the rows. Over the report routes alone, so that rows may be
 * inserted by hand.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DELAYS_S } from '../../src/clicks/delay.ts';
import { AGES, firstDayOf } from '../../src/reports/read-click-cohorts.ts';
import {
  DATA_FROM_MS,
  DATA_TO_MS,
  type Data,
  type DataClick,
  insertData,
  randomData,
} from '../support/report-data.ts';
import { type DataConversion, insertConversions, randomConversions } from '../support/report-money.ts';
import { ACCOUNT, type ReportsApi, startReportsApi } from '../support/reports-api.ts';

const TZ = 'Europe/Berlin';
const ALL = { from: new Date(DATA_FROM_MS).toISOString(), to: new Date(DATA_TO_MS).toISOString(), tz: TZ };
const DAY_MS = 24 * 3_600_000;

let api: ReportsApi;
let data: Data;
let conversions: DataConversion[];

beforeAll(async () => {
  api = await startReportsApi();
  data = randomData(21, ACCOUNT, 800);
  conversions = randomConversions(22, data);
  await insertData(api.clickhouse, data, 'own');
  await insertConversions(api.clickhouse, conversions);
  const other = randomData(23, 'acc_other', 100);
  await insertData(api.clickhouse, other, 'other');
});

afterAll(() => api?.stop());

async function read<Path extends string>(path: Path, query: Record<string, string> = {}) {
  const answer = await api.get(path, { ...ALL, ...query });
  expect(answer.status, answer.text).toBe(200);
  return answer.json();
}

const weekdays = new Intl.DateTimeFormat('en-GB', { timeZone: TZ, weekday: 'short' });
const hours = new Intl.DateTimeFormat('en-GB', { timeZone: TZ, hour: '2-digit', hourCycle: 'h23' });
const days = new Intl.DateTimeFormat('en-CA', { timeZone: TZ });
const hourOfWeek = (at_ms: number): string => `${weekdays.format(at_ms)} ${hours.format(at_ms)}`;

type Filters = Partial<Record<'campaign_id' | 'creative_id' | 'offer_id', string>>;
const fits = (row: object, filters: Filters): boolean =>
  Object.entries(filters).every(([name, value]) => (row as Record<string, unknown>)[name] === value);

describe('times of sending', () => {
  interface Hour {
    sent: number;
    clicks_unique: number;
    days: number;
    conversions: number;
    cents: number;
  }

  /** A link outside a message was sent at no time. */
  const counts = (click: DataClick, filters: Filters): boolean =>
    fits(click, filters) && click.message_id !== '';
  const none = (): Hour => ({ sent: 0, clicks_unique: 0, days: 0, conversions: 0, cents: 0 });

  function counted(filters: Filters): Record<string, Hour> {
    const found: Record<string, Hour> = {};
    const at = (sent_at_ms: number): Hour => {
      found[hourOfWeek(sent_at_ms)] ??= none();
      return found[hourOfWeek(sent_at_ms)] as Hour;
    };
    const { offer_id, ...others } = filters;
    const sends = data.sends.filter(
      (send) =>
        fits(send, others) &&
        (offer_id === undefined || send.links.some((link) => link.offer_id === offer_id)),
    );
    for (const { sent_at_ms } of sends) at(sent_at_ms).sent++;
    for (const [value, of] of Map.groupBy(sends, ({ sent_at_ms }) => hourOfWeek(sent_at_ms)))
      (found[value] as Hour).days = new Set(of.map(({ sent_at_ms }) => days.format(sent_at_ms))).size;
    const first = offer_id === undefined ? 'is_first' : 'is_first_for_offer';
    for (const click of data.clicks.filter((one) => counts(one, filters)))
      at(click.sent_at_ms).clicks_unique += Number(click[first]);
    for (const { click, currency, cents } of conversions) {
      if (!counts(click, filters)) continue;
      at(click.sent_at_ms).conversions += Number(cents >= 0);
      at(click.sent_at_ms).cents += Number(currency === 'EUR') * cents;
    }
    return found;
  }

  it.each([{}, { campaign_id: 'cam_1' }, { offer_id: 'off_1' }, { creative_id: 'cre_2' }] as Filters[])(
    'count what came of the messages of each hour of the week, of %j',
    async (filters) => {
      const { rows, totals, currency, currencies } = await read('/v2/reports/send-times', filters);
      expect(rows).toHaveLength(168);
      const shown = rows.filter((row) => row.sent !== 0 || row.clicks_unique !== 0 || row.conversions !== 0);
      expect(
        Object.fromEntries(
          shown.map((row) => [
            row.value,
            {
              ...{ sent: row.sent, clicks_unique: row.clicks_unique, days: row.days },
              ...{ conversions: row.conversions, cents: Math.round(Number(row.revenue) * 100) },
            },
          ]),
        ),
      ).toEqual(counted(filters));
      expect([currency, currencies]).toEqual(['EUR', ['EUR', 'USD']]);
      expect(totals.sent).toBe(rows.reduce((sum, row) => sum + row.sent, 0));
      const [first] = shown;
      expect(first?.click_rate).toBeCloseTo((first?.clicks_unique ?? 0) / (first?.sent || 1), 5);
      expect(first?.too_few).toBe(true);
    },
  );

  it('leave out messages whose clicks still come', async () => {
    const answer = await read('/v2/reports/send-times', { from: '2026-10-01', to: '2099-01-01' });
    expect(Date.parse(answer.range.to)).toBeLessThanOrEqual(Date.now() - DAY_MS);
    const nothing = await read('/v2/reports/send-times', { from: '2098-01-01', to: '2099-01-01' });
    expect(nothing.totals).toMatchObject({ sent: 0, click_rate: 0, revenue: '0.00' });
    expect(nothing.best).toBeNull();
  });
});

describe('cohorts', () => {
  it.each(['day', 'week', 'month'] as const)('add up to the money of the clicks, by %s', async (by) => {
    for (const currency of ['EUR', 'USD']) {
      const { rows, ages } = await read('/v2/reports/cohorts', { by, currency });
      expect(ages).toHaveLength(AGES.length);
      const expected: Record<string, number[]> = {};
      for (const { click, converted_at_ms, currency: of, cents } of conversions) {
        if (of !== currency) continue;
        const [clicked, converted] = [days.format(click.clicked_at_ms), days.format(converted_at_ms)];
        const cohort = firstDayOf(by, clicked);
        const age = (Date.parse(converted) - Date.parse(clicked)) / DAY_MS;
        const cell = AGES.findLastIndex((from) => from <= age);
        expected[cohort] ??= AGES.map(() => 0);
        (expected[cohort] as number[])[cell] = (expected[cohort]?.[cell] ?? 0) + cents;
      }
      const shown = rows.filter((row) => row.conversions !== 0 || Number(row.revenue) !== 0);
      expect(
        Object.fromEntries(
          shown.map((row) => [row.cohort, row.cells.map((cell) => Math.round(Number(cell.revenue) * 100))]),
        ),
      ).toEqual(expected);
      const clicks = data.clicks.filter(
        ({ clicked_at_ms }) => clicked_at_ms >= DATA_FROM_MS && clicked_at_ms < DATA_TO_MS,
      );
      expect(rows.reduce((sum, row) => sum + row.clicks_unique, 0)).toBe(
        clicks.filter((click) => click.is_first).length,
      );
    }
  });

  it('are of one campaign where it is asked for', async () => {
    const { rows } = await read('/v2/reports/cohorts', { by: 'day', campaign_id: 'cam_2', currency: 'EUR' });
    const of = conversions.filter(({ click }) => click.campaign_id === 'cam_2');
    expect(rows.reduce((sum, row) => sum + row.conversions, 0)).toBe(
      of.filter(({ cents }) => cents >= 0).length,
    );
  });
});

/** The verdicts of now: each fifth click was judged again, and some of them turned. */
const turned = (click: DataClick, i: number): DataClick =>
  i % 5 !== 0
    ? click
    : {
        ...click,
        verdict: click.verdict === 'bot' ? 'human' : 'bot',
        is_first: false,
        is_first_for_offer: false,
      };

describe('bots and clicks', () => {
  let now: DataClick[];

  beforeAll(async () => {
    now = data.clicks.map(turned);
    const line = (click: DataClick, sign: 1 | -1) => ({
      ...click,
      ...{ sign, change: 1, rejudgement: 3, rules_version: '2', batch: 'turned', expires_at: 4_070_908_800 },
      bot_reasons: click.verdict === 'bot' ? ['rate:links'] : [],
      clicked_at: click.clicked_at_ms,
      sent_at: click.sent_at_ms,
      is_first: Number(click.is_first),
      is_first_for_offer: Number(click.is_first_for_offer),
    });
    await api.clickhouse.insert({
      table: 'trackly.verdicts',
      values: data.clicks.flatMap((click, i) =>
        now[i] === click ? [] : [line(click, -1), line(now[i] as DataClick, 1)],
      ),
      format: 'JSONEachRow',
      clickhouse_settings: { input_format_skip_unknown_fields: 1 },
    });
  });

  const inRange = (filters: Filters = {}): DataClick[] =>
    now.filter(
      (click) =>
        click.clicked_at_ms >= DATA_FROM_MS && click.clicked_at_ms < DATA_TO_MS && fits(click, filters),
    );
  const delayOf = (click: DataClick): number =>
    DELAYS_S.findLast((from_s) => from_s <= Math.floor((click.clicked_at_ms - click.sent_at_ms) / 1_000)) ??
    -1;
  const bots = (clicks: readonly DataClick[]): number =>
    clicks.filter(({ verdict }) => verdict === 'bot').length;

  it.each([{}, { campaign_id: 'cam_1' }, { offer_id: 'off_2' }] as Filters[])(
    'by the time after the send, of %j',
    async (filters) => {
      const { rows } = await read('/v2/reports/bots', { by: 'delay', ...filters });
      const of = inRange(filters).filter(({ message_id }) => message_id !== '');
      expect(rows).toEqual(
        DELAYS_S.map((delay) => {
          const clicks = of.filter((click) => delayOf(click) === delay);
          return { delay, clicks_bot: bots(clicks), clicks_total: clicks.length };
        }),
      );
    },
  );

  it.each(['campaign_id', 'creative_id', 'offer_id', 'domain'] as const)('by %s', async (by) => {
    const filters: Filters = by === 'offer_id' ? {} : { offer_id: 'off_1' };
    const { rows } = await read('/v2/reports/bots', { by, ...filters });
    const groups = Map.groupBy(inRange(filters), (click) => click[by] ?? '');
    expect(Object.fromEntries(rows.map((row) => [row[by], [row.clicks_bot, row.clicks_total]]))).toEqual(
      Object.fromEntries(
        [...groups].filter(([, of]) => bots(of) > 0).map(([value, of]) => [value, [bots(of), of.length]]),
      ),
    );
  });

  const ids = (clicks: readonly DataClick[]): string[] => clicks.map(({ click_id }) => click_id).toSorted();

  it.each([
    ['of one verdict', { verdict: 'bot' }, (click: DataClick) => click.verdict === 'bot'],
    [
      'with a reason that a rejudgement gave',
      { reason: 'rate:links' },
      (click: DataClick) => click.verdict === 'bot' && !data.clicks.includes(click),
    ],
    [
      'of a kind',
      { kind: 'rate' },
      (click: DataClick) => click.verdict === 'bot' && !data.clicks.includes(click),
    ],
    [
      'of a time after the send, people only',
      { delay: '21600', verdict: 'human' },
      (click: DataClick) => delayOf(click) === 21_600 && click.message_id !== '' && click.verdict === 'human',
    ],
    [
      'of a place and a device',
      { country: 'none', device: 'phone', network: '3320' },
      (click: DataClick) => click.country === '' && click.device === 'phone' && click.asn === 3320,
    ],
    [
      'of a campaign and an app',
      { campaign_id: 'cam_3', in_app: 'TikTok' },
      (click: DataClick) => click.campaign_id === 'cam_3' && click.in_app === 'TikTok',
    ],
  ] as const)('are listed %s', async (_name, filters, wanted) => {
    const { clicks, more } = await read('/v2/clicks', { limit: '1000', ...filters } as Record<
      string,
      string
    >);
    const expected = inRange().filter(wanted);
    expect(expected.length).toBeGreaterThan(3);
    expect(more).toBe(false);
    expect(clicks.map(({ click_id }) => click_id).toSorted()).toEqual(ids(expected));
    const verdicts = new Map(now.map(({ click_id, verdict }) => [click_id, verdict]));
    for (const { click_id, verdict } of clicks) expect(verdict).toBe(verdicts.get(click_id));
  });

  it('are listed newest first, and say that there are more', async () => {
    const { clicks, more } = await read('/v2/clicks', { limit: '5' });
    const newest = inRange().toSorted((a, b) => b.clicked_at_ms - a.clicked_at_ms);
    expect(clicks.map(({ clicked_at }) => Date.parse(clicked_at))).toEqual(
      newest.slice(0, 5).map(({ clicked_at_ms }) => clicked_at_ms),
    );
    expect(more).toBe(true);
  });

  it.each([
    ['all', {}, () => true],
    [
      'bots, some of which were people first',
      { verdict: 'bot' },
      ({ verdict }: DataClick) => verdict === 'bot',
    ],
  ] as const)('are read to the last one, each once: %s', async (_name, filters, wanted) => {
    const seen: string[] = [];
    const page = (after: string) =>
      read('/v2/clicks', { limit: '7', ...filters, ...(after !== '' && { after }) });
    for (let after = ''; ; ) {
      const { clicks, next } = await page(after);
      seen.push(...clicks.map(({ click_id }) => click_id));
      if (next === null) break;
      after = next;
    }
    expect(seen.length).toBeGreaterThan(14);
    expect(seen.toSorted()).toEqual(ids(inRange().filter(wanted)));
  });

  it.each([
    ['/v2/reports/bots', { by: 'country', offer_id: 'off_1' }, 'can not be used with by=asn'],
    ['/v2/clicks', { delay: '7' }, 'delay is where a step begins'],
    ['/v2/clicks', { network: 'Telekom' }, 'network is a number'],
    ['/v2/clicks', { shoe_size: '43' }, 'shoe_size'],
    ['/v2/reports/cohorts', { by: 'hour' }, 'by'],
    ['/v2/reports/send-times', { shoe_size: '43' }, 'shoe_size'],
  ] as const)('%s refuses %j', async (path, query, message) => {
    const answer = await api.get(path, { ...ALL, ...query } as Record<string, string>);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(message);
  });
});
