/**
 * Conversions whose click came from Google Ads, as the file that Google Ads imports ("Import conversions from ad clicks
 * using files", https://support.google.com/google-ads/answer/7014069): in their current state, with the gclid that the
 * tap brought. Within one account. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { clickIdTime } from '../clicks/click-id.ts';
import { askRows, streamRows } from './ask-clickhouse.ts';
import { CONVERSIONS_CSV_MAX } from './list-conversions.ts';
import { ONE_ACCOUNT } from './read-conversions.ts';
import { InvalidReportError, type Range } from './report-range.ts';
import { trimMoney } from './totals.ts';

/** As Google's template has them. */
export const GOOGLE_COLUMNS = [
  'Google Click ID',
  'Conversion Name',
  'Conversion Time',
  'Conversion Value',
  'Conversion Currency',
  'Order ID',
] as const;
type GoogleRow = Record<(typeof GOOGLE_COLUMNS)[number], string>;

export interface GoogleQuestion {
  account_id: string;
  /** Range of converted_at. */
  range: Range;
  offer_id: string | undefined;
  event: string | undefined;
  /** As the conversion action is called in Google Ads. */
  conversion_name: string;
  /** Whether clicks of people who object to the sharing of their data (Sec-GPC: 1) are left out. */
  honours_gpc: boolean;
}

/** Clicks that one query names: their ids are sent in its URL. */
const CLICKS_PER_QUERY = 1_000;

interface Booked {
  click_id: string;
  conversion_id: string;
  txn_id: string;
  at: string;
  revenue: string;
  currency: string;
}

/** In groups, with bounded memory; throws InvalidReportError where there are more than a file holds. */
export async function streamGoogleConversions(
  client: ClickHouseClient,
  question: GoogleQuestion,
): Promise<AsyncGenerator<GoogleRow[]>> {
  const { account_id, range, offer_id, event } = question;
  const where = [
    ONE_ACCOUNT,
    "ledger.status = 'attributed' AND ledger.click_id != '' AND ledger.conversions = 1 AND ledger.import_id = ''",
    'ledger.converted_at >= fromUnixTimestamp64Milli({from_ms:Int64})',
    'ledger.converted_at < fromUnixTimestamp64Milli({to_ms:Int64})',
    ...(offer_id === undefined ? [] : ['ledger.offer_id = {offer_id:String}']),
    ...(event === undefined ? [] : ['ledger.event = {event:String}']),
  ].join(' AND ');
  const query_params = { account_id, from_ms: range.from_ms, to_ms: range.to_ms, offer_id, event };
  const [found] = await askRows<{ count: number }>(client, {
    query: `SELECT sum(toInt64(ledger.sign)) AS count FROM trackly.conversions AS ledger WHERE ${where}`,
    query_params,
  });
  if ((found?.count ?? 0) > CONVERSIONS_CSV_MAX)
    throw new InvalidReportError(
      `There are ${found?.count} conversions and a file holds ${CONVERSIONS_CSV_MAX}: ask for a shorter range, or filter.`,
    );
  const booked = streamRows<Booked>(client, {
    // A conversion counts once, whatever lines it has; its revenue is that of all of them.
    query: `SELECT ledger.click_id AS click_id, ledger.conversion_id AS conversion_id, any(ledger.txn_id) AS txn_id,
        formatDateTime(any(ledger.converted_at), '%Y-%m-%d %H:%i:%S') AS at,
        sum(ledger.sign * (ledger.sales - ledger.refunds)) AS revenue, ledger.currency AS currency
      FROM trackly.conversions AS ledger WHERE ${where}
      GROUP BY click_id, conversion_id, currency HAVING sum(ledger.sign) > 0
      ORDER BY at, conversion_id`,
    query_params,
  });
  return rowsOf(client, question, booked);
}

async function* rowsOf(
  client: ClickHouseClient,
  question: GoogleQuestion,
  booked: AsyncGenerator<Booked[]>,
): AsyncGenerator<GoogleRow[]> {
  const group: Booked[] = [];
  for await (const rows of booked) {
    group.push(...rows);
    while (group.length >= CLICKS_PER_QUERY)
      yield await rowsOfGroup(client, question, group.splice(0, CLICKS_PER_QUERY));
  }
  if (group.length > 0) yield await rowsOfGroup(client, question, group);
}

async function rowsOfGroup(
  client: ClickHouseClient,
  { account_id, conversion_name, honours_gpc }: GoogleQuestion,
  booked: readonly Booked[],
): Promise<GoogleRow[]> {
  const click_ids = [...new Set(booked.map(({ click_id }) => click_id))];
  const times = click_ids.map((id) => clickIdTime(id) ?? 0);
  const clicks = await askRows<{ click_id: string; gclid: string }>(client, {
    query: `SELECT click_id, query['gclid'] AS gclid FROM trackly.clicks
      WHERE account_id = {account_id:String} AND click_id IN {click_ids:Array(String)} AND query['gclid'] != ''
        AND clicked_at >= fromUnixTimestamp64Milli({from_ms:Int64})
        AND clicked_at <= fromUnixTimestamp64Milli({to_ms:Int64})
        ${honours_gpc ? 'AND is_gpc = 0' : ''}`,
    query_params: { account_id, click_ids, from_ms: Math.min(...times), to_ms: Math.max(...times) },
  });
  const gclids = new Map(clicks.map(({ click_id, gclid }) => [click_id, gclid]));
  return booked.flatMap(({ click_id, conversion_id, txn_id, at, revenue, currency }): GoogleRow[] => {
    const gclid = gclids.get(click_id);
    if (gclid === undefined) return [];
    return [
      {
        'Google Click ID': gclid,
        'Conversion Name': conversion_name,
        // With its zone (yyyy-MM-dd HH:mm:ss+0000): Google asks to leave the line Parameters:TimeZone= out then.
        'Conversion Time': `${at}+0000`,
        'Conversion Value': trimMoney(revenue),
        'Conversion Currency': currency,
        // By which Google knows a line that it has.
        'Order ID': txn_id || conversion_id,
      },
    ];
  });
}
