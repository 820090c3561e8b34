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

/** Of these a line has one; Google's API refuses two (GBRAID_WBRAID_BOTH_SET). In the order in which they are taken. */
const CLICK_IDS = { gclid: 'Google Click ID', gbraid: 'GBRAID', wbraid: 'WBRAID' } as const;
type ClickIds = Record<keyof typeof CLICK_IDS, string>;

/**
 * As Google's template has them, with its optional Order ID. GBRAID and WBRAID are not in it, and "additional columns" make
 * an upload fail: they are for Data Manager, where columns are matched by hand.
 */
export const googleColumns = (with_braids: boolean): readonly string[] => [
  ...(with_braids ? Object.values(CLICK_IDS) : [CLICK_IDS.gclid]),
  ...['Conversion Name', 'Conversion Time', 'Conversion Value', 'Conversion Currency', 'Order ID'],
  ...['Ad User Data', 'Ad Personalization'],
];
type GoogleRow = Record<string, string>;

export const CONSENTS = ['granted', 'denied'] as const;
type Consent = (typeof CONSENTS)[number];
const CONSENT_WORDS: Record<Consent, string> = { granted: 'Granted', denied: 'Denied' };
/** Empty where the sender says nothing of it. */
const consentWord = (consent: Consent | undefined): string =>
  consent === undefined ? '' : CONSENT_WORDS[consent];

export interface GoogleQuestion {
  account_id: string;
  /** Range of converted_at. */
  range: Range;
  offer_id?: string | undefined;
  event?: string | undefined;
  /** As the conversion action is called in Google Ads. */
  conversion_name: string;
  /** Whether conversions by gbraid and wbraid are in the file too. */
  with_braids: boolean;
  /** Of all contacts. */
  ad_user_data?: Consent | undefined;
  ad_personalization?: Consent | undefined;
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
  question: GoogleQuestion,
  booked: readonly Booked[],
): Promise<GoogleRow[]> {
  const ids = await googleIdsOf(
    client,
    question,
    booked.map(({ click_id }) => click_id),
  );
  const { conversion_name, ad_user_data, ad_personalization } = question;
  return booked.flatMap(({ click_id, conversion_id, txn_id, at, revenue, currency }): GoogleRow[] => {
    const own = ids.get(click_id);
    if (own === undefined) return [];
    return [
      {
        ...own,
        'Conversion Name': conversion_name,
        // With its zone (yyyy-MM-dd HH:mm:ss+0000): Google asks to leave the line Parameters:TimeZone= out then.
        'Conversion Time': `${at}+0000`,
        'Conversion Value': trimMoney(revenue),
        'Conversion Currency': currency,
        // By which Google knows a line that it has.
        'Order ID': txn_id || conversion_id,
        'Ad User Data': consentWord(ad_user_data),
        'Ad Personalization': consentWord(ad_personalization),
      },
    ];
  });
}

/** The columns of the one id that each click has; without those that have none. */
async function googleIdsOf(
  client: ClickHouseClient,
  { account_id, honours_gpc, with_braids }: GoogleQuestion,
  of: readonly string[],
): Promise<Map<string, GoogleRow>> {
  const click_ids = [...new Set(of)];
  const times = click_ids.map((id) => clickIdTime(id) ?? 0);
  const names = Object.keys(CLICK_IDS) as (keyof ClickIds)[];
  const asked = with_braids ? names : names.slice(0, 1);
  const clicks = await askRows<ClickIds & { click_id: string }>(client, {
    query: `SELECT click_id, ${asked.map((name) => `query['${name}'] AS ${name}`).join(', ')} FROM trackly.clicks
      WHERE account_id = {account_id:String} AND click_id IN {click_ids:Array(String)}
        AND (${asked.map((name) => `query['${name}'] != ''`).join(' OR ')})
        AND clicked_at >= fromUnixTimestamp64Milli({from_ms:Int64})
        AND clicked_at <= fromUnixTimestamp64Milli({to_ms:Int64})
        ${honours_gpc ? 'AND is_gpc = 0' : ''}`,
    query_params: { account_id, click_ids, from_ms: Math.min(...times), to_ms: Math.max(...times) },
  });
  return new Map(
    clicks.map((click) => {
      const taken = asked.find((name) => click[name] !== '');
      const columns = asked.map((name) => [CLICK_IDS[name], name === taken ? click[name] : '']);
      return [click.click_id, Object.fromEntries(columns)];
    }),
  );
}
