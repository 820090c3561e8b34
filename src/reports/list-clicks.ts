/**
 * Lists single clicks of a range, newest first, by what is known of them now: a verdict that was changed later counts, not
 * the first one. From raw clicks, for as long as the account keeps them; tests are not among them. Names in SQL come only
 * from this file. Errors: see ask-clickhouse.ts.
 */

import type { ClickHouseClient } from '../clickhouse/client.ts';
import { pickColumns, type ShownAnswer, type ShownRow } from '../clickhouse/columns.ts';
import { CLICK_FIELDS } from '../clicks/click-fields.ts';
import { DELAYS_S, delaySql } from '../clicks/delay.ts';
import { askRows } from './ask-clickhouse.ts';
import { NO_VALUE } from './breakdown-query.ts';
import { matches, matchParams } from './filter-values.ts';
import { InvalidReportError, type Range } from './report-range.ts';

/** Filters on what no rejudgement changes, by their columns. */
const FIXED = {
  campaign_id: 'campaign_id',
  creative_id: 'creative_id',
  offer_id: 'offer_id',
  message_id: 'message_id',
  contact_id: 'contact_id',
  domain: 'domain',
  device: 'device',
  os: 'os',
  browser: 'browser',
  in_app: 'in_app',
} as const;

export const CLICK_FILTERS = [
  ...(Object.keys(FIXED) as (keyof typeof FIXED)[]),
  'country',
  'network',
  'verdict',
  'kind',
  'reason',
  'delay',
] as const;
export type ClickFilter = (typeof CLICK_FILTERS)[number];

/** The columns of a click that a list shows. */
export const LISTED_CLICK = pickColumns(CLICK_FIELDS, [
  'click_id',
  'clicked_at',
  'sent_at',
  'link_id',
  'message_id',
  'contact_id',
  'offer_id',
  'creative_id',
  'campaign_id',
  'domain',
  'asn',
  'country',
  'user_agent',
  'device',
  'os',
  'browser',
  'in_app',
  'verdict',
  'score',
  'bot_reasons',
  'is_first',
]);
export type ListedClick = ShownAnswer<typeof LISTED_CLICK>;
type StoredClick = ShownRow<typeof LISTED_CLICK>;

/** What a rejudgement changes. */
const JUDGED = ['verdict', 'score', 'bot_reasons', 'is_first', 'asn', 'country'] as const;

export interface ClicksQuestion {
  account_id: string;
  /** Of clicked_at. */
  range: Range;
  filters: Partial<Record<ClickFilter, string>>;
  /** Only clicks before this one, in the order of the list. */
  before: { clicked_at_ms: number; click_id: string } | undefined;
  limit: number;
}

const CLICKED_IN_RANGE = `account_id = {account_id:String} AND clicked_at >= fromUnixTimestamp64Milli({from_ms:Int64})
  AND clicked_at < fromUnixTimestamp64Milli({to_ms:Int64})`;
const BEFORE =
  '(clicked_at, click_id) < (fromUnixTimestamp64Milli({clicked_at_ms:Int64}), {click_id:String})';
/** The verdict of each click that was rejudged, as it is now. */
const nowOf = (condition = ''): string =>
  `SELECT * FROM trackly.verdicts WHERE ${CLICKED_IN_RANGE} AND sign = 1${condition} ORDER BY change DESC LIMIT 1 BY click_id`;

/** At most `limit`; `more` tells that there are others. Throws InvalidReportError for a filter that can't be read. */
export async function listClicks(
  client: ClickHouseClient,
  { account_id, range, filters, before, limit }: ClicksQuestion,
): Promise<{ rows: ListedClick[]; more: boolean }> {
  const given = CLICK_FILTERS.filter((name) => filters[name] !== undefined);
  const fixed = given
    .filter((name) => name in FIXED || name === 'delay')
    .map((name) => conditionOf(name, filters[name] ?? ''));
  const judged = given
    .filter((name) => !(name in FIXED) && name !== 'delay')
    .map((name) => conditionOf(name, filters[name] ?? ''));
  const query_params = {
    account_id,
    from_ms: range.from_ms,
    to_ms: range.to_ms,
    ...before,
    limit: limit + 1,
    ...Object.assign({}, ...given.map((name) => paramsOf(name, filters[name] ?? ''))),
  };
  const columns = Object.keys(LISTED_CLICK).join(', ');
  const among = (...conditions: string[]): string =>
    `SELECT ${columns} FROM trackly.clicks
      WHERE ${[CLICKED_IN_RANGE, ...fixed, ...(before === undefined ? [] : [BEFORE]), ...conditions].join(' AND ')}
      ORDER BY clicked_at DESC, click_id DESC LIMIT {limit:UInt32}`;
  const rows = await askRows<StoredClick>(client, {
    query: judged.length === 0 ? among() : byVerdict(among, judged),
    query_params,
  });
  const shown = rows.slice(0, limit);
  return { rows: await asJudgedNow(client, query_params, shown), more: rows.length > limit };
}

/**
 * The clicks whose verdict never changed, and those that meet the conditions by the one that they have now: with both in
 * one condition, no index could tell where a rare reason is.
 */
const byVerdict = (among: (...conditions: string[]) => string, judged: readonly string[]): string =>
  `SELECT * FROM (
    (${among(...judged, `click_id NOT IN (SELECT click_id FROM trackly.verdicts WHERE ${CLICKED_IN_RANGE})`)})
    UNION ALL
    (${among(`(clicked_at, click_id) IN (SELECT clicked_at, click_id FROM (${nowOf()}) WHERE ${judged.join(' AND ')})`)})
  ) ORDER BY clicked_at DESC, click_id DESC LIMIT {limit:UInt32}`;

async function asJudgedNow(
  client: ClickHouseClient,
  query_params: Record<string, unknown>,
  rows: readonly StoredClick[],
): Promise<ListedClick[]> {
  if (rows.length === 0) return [];
  const lines = await askRows<Pick<StoredClick, 'click_id' | (typeof JUDGED)[number]>>(client, {
    query: `SELECT click_id, ${JUDGED.join(', ')} FROM (${nowOf(' AND click_id IN {click_ids:Array(String)}')})`,
    query_params: { ...query_params, click_ids: rows.map(({ click_id }) => click_id) },
  });
  const now = new Map(lines.map((line) => [line.click_id, line]));
  return rows.map((row) => {
    const judged = { ...row, ...now.get(row.click_id) };
    return { ...judged, is_first: judged.is_first === 1 };
  });
}

function conditionOf(name: ClickFilter, text: string): string {
  switch (name) {
    case 'network':
      return matches('asn', name, text, 'UInt32');
    case 'kind':
      return "arrayExists(one -> startsWith(toString(one), concat({kind:String}, ':')), bot_reasons)";
    case 'reason':
      return 'has(bot_reasons, {reason:String})';
    case 'delay':
      return `message_id != '' AND ${delaySql('clicks')} BETWEEN {delay_from:Int64} AND {delay_to:Int64}`;
    default:
      return matches(name, name, text);
  }
}

function storedValue(name: string, value: string): string | number {
  if (name !== 'network') return value === NO_VALUE && EMPTY_MAY_BE.includes(name) ? '' : value;
  const asn = value === NO_VALUE ? 0 : Number(value);
  if (!Number.isInteger(asn) || asn < 0 || asn > ASN_MAX)
    throw new InvalidReportError(`network is a number, such as 3320, or ${NO_VALUE}.`);
  return asn;
}

const EMPTY_MAY_BE = ['domain', 'device', 'os', 'browser', 'in_app', 'country'];
const ASN_MAX = 2 ** 32 - 1;
/** In the last step of DELAYS_S. */
const DELAY_MAX = 2 ** 53 - 1;

function paramsOf(name: ClickFilter, value: string): Record<string, unknown> {
  if (name === 'delay') {
    const at = (DELAYS_S as readonly number[]).indexOf(Number(value));
    if (value === '' || at < 0)
      throw new InvalidReportError(`delay is where a step begins, one of ${DELAYS_S.join(', ')}.`);
    return { delay_from: DELAYS_S[at] ?? 0, delay_to: (DELAYS_S[at + 1] ?? DELAY_MAX) - 1 };
  }
  if (name === 'kind' || name === 'reason') return { [name]: value };
  return matchParams({ [name]: value }, [name], storedValue);
}
