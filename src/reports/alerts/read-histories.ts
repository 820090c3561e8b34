/**
 * Reads what alerts are judged by, for all offers of an account or of the installation: the hours of four weeks from the
 * rollup, and the reports with their problems from the money ledger; one query each. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { askRows, streamRows } from '../ask-clickhouse.ts';
import { within } from '../report-query.ts';
import type { Reports } from './problem-share.ts';
import { HISTORY_CONVERSIONS_MIN, HISTORY_HOURS, type OfferHistory } from './silence.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Those with most conversions, or reports. */
const OFFERS_MAX = 10_000;
/** Of the reports of an offer, this share has come by `report_lag_s` after the conversion. */
const LAG_QUANTILE = 0.95;

/** The account that is asked for; undefined: all. */
type Whose = string | undefined;

export interface HistoryRow {
  account_id: string;
  offer_id: string;
  history: OfferHistory;
}

/** Since when the recent reports are: midnight UTC before yesterday's end, as refusals are counted by day. */
export const recentFrom = (now_ms: number): number => Math.floor(now_ms / DAY_MS - 1) * DAY_MS;

/** The complete hours before `now_ms`. */
const hoursBefore = (now_ms: number): { from_s: number; to_s: number } => {
  const to_s = Math.floor(now_ms / HOUR_MS) * 3_600;
  return { from_s: to_s - HISTORY_HOURS * 3_600, to_s };
};

const ofAccount = (whose: Whose): string =>
  whose === undefined ? '' : 'account_id = {account_id:String} AND ';

/** Offers with enough conversions to be judged. */
export async function* readHistories(
  client: ClickHouseClient,
  whose: Whose,
  now_ms: number,
): AsyncGenerator<HistoryRow[]> {
  const groups = streamRows<Sparse>(client, {
    query: `SELECT account_id, offer_id, groupArray(hour) AS hours, groupArray(clicks) AS clicks,
        groupArray(converted) AS converted, groupArray(earned) AS earned
      FROM (
        SELECT account_id, offer_id, intDiv(toUnixTimestamp(rollup.quarter_hour) - {from_s:UInt32}, 3600) AS hour,
          sumIf(rollup.first_offer_clicks, rollup.money_by = '') AS clicks,
          sumIf(rollup.conversions, rollup.money_by = 'conversion') AS converted,
          sumIf(rollup.conversions, rollup.money_by = 'click') AS earned
        FROM trackly.rollup_quarter_hours AS rollup
        WHERE ${ofAccount(whose)}${within('rollup.quarter_hour')} AND offer_id != '' AND rollup.import_id = ''
        GROUP BY account_id, offer_id, hour
        HAVING clicks != 0 OR converted != 0 OR earned != 0
      )
      GROUP BY account_id, offer_id
      HAVING arraySum(converted) >= {conversions_min:UInt32}
      ORDER BY arraySum(converted) DESC, account_id, offer_id LIMIT {limit:UInt32}`,
    query_params: {
      ...(whose === undefined ? {} : { account_id: whose }),
      ...hoursBefore(now_ms),
      conversions_min: HISTORY_CONVERSIONS_MIN,
      limit: OFFERS_MAX,
    },
  });
  for await (const rows of groups) {
    yield rows.map((row) => ({
      account_id: row.account_id,
      offer_id: row.offer_id,
      history: {
        clicks: byHour(row.hours, row.clicks),
        converted: byHour(row.hours, row.converted),
        earned: byHour(row.hours, row.earned),
      },
    }));
  }
}

interface Sparse extends Record<'hours' | 'clicks' | 'converted' | 'earned', number[]> {
  account_id: string;
  offer_id: string;
}

function byHour(hours: readonly number[], counts: readonly number[]): number[] {
  const all = new Array<number>(HISTORY_HOURS).fill(0);
  hours.forEach((hour, i) => {
    all[hour] = Math.max(0, counts[i] ?? 0);
  });
  return all;
}

export interface ReportedRow {
  account_id: string;
  offer_id: string;
  usual: Reports;
  recent: Reports;
  /** Seconds from a conversion to its report. */
  report_lag_s: number;
}

/** The reports of each offer in four weeks, as they stand now; `offer_id` is '' where none is known. */
export async function readReportedProblems(
  client: ClickHouseClient,
  whose: Whose,
  now_ms: number,
): Promise<ReportedRow[]> {
  const { from_s, to_s } = hoursBefore(now_ms + HOUR_MS);
  const counted = (since: string, condition: string): string =>
    `toInt64(sumIf(ledger.sign, ledger.received_at ${since} toDateTime({recent_s:UInt32})${condition}))`;
  const problem = " AND (ledger.status = 'unattributed' OR ledger.problem != '')";
  const rows = await askRows<Flat>(client, {
    query: `SELECT account_id, offer_id, ${counted('<', '')} AS usual, ${counted('<', problem)} AS usual_problems,
        ${counted('>=', '')} AS recent, ${counted('>=', problem)} AS recent_problems,
        quantile(${LAG_QUANTILE})(greatest(0, dateDiff('second', ledger.converted_at, ledger.received_at))) AS report_lag_s
      FROM trackly.conversions AS ledger
      WHERE ${ofAccount(whose)}${within('ledger.received_at')} AND ledger.reason != 'test' AND ledger.import_id = ''
      GROUP BY account_id, offer_id
      ORDER BY usual + recent DESC, account_id, offer_id LIMIT {limit:UInt32}`,
    query_params: {
      ...(whose === undefined ? {} : { account_id: whose }),
      ...{ from_s, to_s, recent_s: recentFrom(now_ms) / 1_000, limit: OFFERS_MAX },
    },
  });
  return rows.map(
    ({ account_id, offer_id, usual, usual_problems, recent, recent_problems, report_lag_s }) => ({
      account_id,
      offer_id,
      usual: { reports: usual, problems: usual_problems },
      recent: { reports: recent, problems: recent_problems },
      report_lag_s,
    }),
  );
}

interface Flat {
  account_id: string;
  offer_id: string;
  usual: number;
  usual_problems: number;
  recent: number;
  recent_problems: number;
  report_lag_s: number;
}
