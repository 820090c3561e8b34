/**
 * What the clicks of a day, week or month earned, by the days since the click: of the money ledger, folded from the
 * report of conversion days, with the unique clicks of each period beside it. Says which cells may still rise. Errors: see
 * ask-clickhouse.ts, and InvalidReportError where a range has too many rows.
 */
import { formatDecimal, parseDecimal } from '../platform/decimal.ts';
import { REPORTS } from './definitions.ts';
import { type MoneyRow, readMoneyReport } from './money-report.ts';
import { endOfPeriod, type Period } from './period.ts';
import { type ReportSources, readReport } from './read-report.ts';
import { readRipeness } from './read-ripeness.ts';
import { formatInZone, InvalidReportError, type Range, startOfDate } from './report-range.ts';

export const COHORT_FILTERS = ['campaign_id', 'variant_id', 'creative_id', 'offer_id', 'domain'] as const;
export type CohortFilter = (typeof COHORT_FILTERS)[number];
export const COHORT_PERIODS = ['day', 'week', 'month'] as const satisfies Period[];
export type CohortPeriod = (typeof COHORT_PERIODS)[number];

/** First days of the columns: each of the first week, then wider ones; the last is open. */
export const AGES = [0, 1, 2, 3, 4, 5, 6, 7, 14, 30, 60] as const;
/** Rows of an answer: more than two years of days. */
const COHORTS_MAX = 1_000;
const DAY_MS = 24 * 3_600_000;

export interface CohortsQuestion {
  account_id: string;
  by: CohortPeriod;
  /** Of the clicks. */
  range: Range;
  filters: Partial<Record<CohortFilter, string>>;
  /** undefined: that in which most conversions earned. */
  currency?: string | undefined;
  now_ms: number;
}

/**
 * Whether a cell's numbers still rise.
 *   finished  all its days are over for all clicks of the row
 *   rising    some are not
 *   ahead     none has begun
 */
export const CELL_STATES = ['finished', 'rising', 'ahead'] as const;

export interface CohortCell {
  conversions: number;
  revenue: string;
  state: (typeof CELL_STATES)[number];
}

export interface CohortRow {
  /** First day of the period, in tz. */
  cohort: string;
  /** The range has not all of the period. */
  partial: boolean;
  clicks_unique: number;
  conversions: number;
  revenue: string;
  /** One for each of AGES. */
  cells: CohortCell[];
}

export interface Cohorts {
  rows: CohortRow[];
  /** '' without money. */
  currency: string;
  /** All in which clicks of the range earned, most conversions first. */
  currencies: string[];
}

/** Oldest first; periods without clicks and money are left out. */
export async function readClickCohorts(sources: ReportSources, question: CohortsQuestion): Promise<Cohorts> {
  const { account_id, by, range, filters, now_ms } = question;
  const [clicked, earned, { rises_ms }] = await Promise.all([
    readReport(
      sources,
      {
        ...{ report: REPORTS.hours, account_id, range, filters, period: by },
        ...{ range_by: 'event', money_by: 'click', sort: { column: 'hour', descending: false } },
      },
      1,
      COHORTS_MAX,
    ),
    readMoneyReport(
      sources.clickhouse,
      {
        ...{ name: 'conversion-days', account_id, range, money_by: 'click', filters },
        sort: { column: 'click_day', descending: false },
      },
      now_ms,
    ),
    readRipeness(sources.clickhouse, { account_id, range_by: 'sent', filters }, now_ms),
  ]);
  if (clicked.total_rows > COHORTS_MAX) {
    throw new InvalidReportError(
      `This is more than ${COHORTS_MAX} rows: ask for a shorter range, or by week or month.`,
    );
  }
  const currencies = earned.totals
    .toSorted((a, b) => b.conversions - a.conversions || (a.currency < b.currency ? -1 : 1))
    .map(({ currency }) => currency);
  const currency = question.currency ?? currencies[0] ?? '';
  const clicks = new Map(
    clicked.rows.map((row) => [String(row['hour']).slice(0, 10), Number(row.clicks_unique)]),
  );
  const rows = cohortsOf(
    clicks,
    // Conversions of every currency count; of amounts one currency is shown.
    earned.rows.map((row) => (row.currency === currency ? row : { ...row, revenue: '0' })),
    {
      ...{ by, tz: range.tz, from_ms: range.from_ms, to_ms: range.to_ms, now_ms, rises_ms },
    },
  );
  return { rows, currency, currencies };
}

interface Clock {
  by: CohortPeriod;
  tz: string;
  /** The range of the clicks. */
  from_ms: number;
  to_ms: number;
  now_ms: number;
  /** For how long after a click a conversion still counts. */
  rises_ms: number;
}

/** `clicks`: unique clicks by the first day of the period; `earned`: amounts of one currency. Pure. */
export function cohortsOf(
  clicks: ReadonlyMap<string, number>,
  earned: readonly MoneyRow[],
  clock: Clock,
): CohortRow[] {
  const by_cohort = Map.groupBy(earned, (row) => firstDayOf(clock.by, String(row['click_day'])));
  const cohorts = [...new Set([...clicks.keys(), ...by_cohort.keys()])].sort();
  return cohorts
    .map((cohort) => rowOf(cohort, clicks.get(cohort) ?? 0, by_cohort.get(cohort) ?? [], clock))
    .filter((row) => row.clicks_unique !== 0 || row.conversions !== 0 || Number(row.revenue) !== 0);
}

function rowOf(cohort: string, clicks_unique: number, earned: readonly MoneyRow[], clock: Clock): CohortRow {
  const start_ms = startOfDate(Date.parse(`${cohort}T00:00:00Z`), clock.tz);
  const end_ms = endOfPeriod(clock.by, start_ms, clock.tz);
  const cells = AGES.map((from, i): CohortCell => {
    const next = AGES[i + 1];
    const of = earned.filter((row) => ageOf(row) >= from && (next === undefined || ageOf(row) < next));
    // A cell's last day is over once the clicks of the period's last day are that old; in the open column, once nothing more counts.
    const over_ms =
      end_ms + (next === undefined ? Math.max(clock.rises_ms, from * DAY_MS) : (next - 1) * DAY_MS);
    const state =
      start_ms + from * DAY_MS > clock.now_ms ? 'ahead' : over_ms > clock.now_ms ? 'rising' : 'finished';
    return { ...sumOf(of), state };
  });
  return {
    cohort,
    partial: start_ms < clock.from_ms || (end_ms > clock.to_ms && clock.to_ms < clock.now_ms),
    clicks_unique,
    ...sumOf(earned),
    cells,
  };
}

/** Days since the click; a report may give an earlier time than its click's. */
const ageOf = (row: MoneyRow): number => Math.max(0, Number(row['days']));

function sumOf(rows: readonly MoneyRow[]): Pick<CohortCell, 'conversions' | 'revenue'> {
  return {
    conversions: rows.reduce((total, row) => total + row.conversions, 0),
    revenue: formatDecimal(rows.reduce((total, row) => total + (parseDecimal(row.revenue) ?? 0n), 0n)),
  };
}

/** The first day of the period of a day; weeks start on Monday. */
export function firstDayOf(by: CohortPeriod, day: string): string {
  if (by === 'day') return day;
  if (by === 'month') return `${day.slice(0, 7)}-01`;
  const at_ms = Date.parse(`${day}T00:00:00Z`);
  const since_monday = (new Date(at_ms).getUTCDay() + 6) % 7;
  return formatInZone(at_ms - since_monday * DAY_MS, 'UTC').slice(0, 10);
}
