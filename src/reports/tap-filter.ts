/**
 * Reports of what came of taps that brought certain parameters (`query.utm_source=qr`). The rollups do not know them: the
 * raw rows of these clicks, their verdicts and their conversions take the place of a rollup, under its columns. They are
 * there for the account's click_retention_days; nothing was sent by them, so `sent` is 0. Names and values are query
 * parameters. Pure.
 */
import { TAPPED_WITH, tappedWith } from '../clicks/tapped-with.ts';
import type { RangeBy } from './measures.ts';

/** A parameter's name with its value, as the click has it in `query`. */
export type TapFilters = readonly (readonly [name: string, value: string])[];

export const TAP_FILTERS_MAX = 5;

const DIMENSIONS = [
  'account_id',
  'message_id',
  'link_id',
  'link_key',
  'offer_id',
  'creative_id',
  'campaign_id',
  'variant_id',
  'domain',
] as const;
const COUNTED = [
  'messages_sent',
  'offers_sent',
  'links_sent',
  'messages_delivered',
  'messages_failed',
  'messages_opted_out',
  'offers_delivered',
  'offers_failed',
  'offers_opted_out',
  'links_delivered',
  'links_failed',
  'links_opted_out',
  'clicks_total',
  'clicks_human',
  'clicks_bot',
  'first_clicks',
  'first_offer_clicks',
  'conversions',
  // What was credited to a view has no click.
  'view_conversions',
] as const;
const MONEYS = ['sales', 'refunds', 'payout', 'view_revenue'] as const;

interface Part {
  table: 'clicks' | 'verdicts' | 'conversions';
  time: string;
  /** Whether a row is there for each of the two times of money. */
  money: boolean;
  rejudgement?: string;
  sums: Partial<Record<(typeof COUNTED)[number] | (typeof MONEYS)[number], string>>;
  where: string;
}

/** A subquery with the columns of both rollups. The question's own conditions stand around it. */
export function tapSource(filters: TapFilters, range_by: RangeBy): string {
  const { in_range, of_click, matches } = conditions(filters, range_by);
  const its_click = `tap.click_id IN (SELECT tap.click_id FROM trackly.clicks AS tap WHERE ${[OF_ACCOUNT, of_click, ...matches].join(' AND ')})`;
  const own = [in_range, ...matches].join(' AND ');
  const signed = (column: string): string => `toInt64(tap.sign) * (${column})`;
  const parts: Part[] = [
    {
      table: 'clicks',
      time: 'tap.clicked_at',
      money: false,
      where: own,
      sums: { clicks_total: '1', ...verdict((column) => column) },
    },
    {
      table: 'clicks',
      time: 'tap.clicked_at',
      money: true,
      where: `${own} AND tap.payout != 0`,
      sums: { payout: 'tap.payout' },
    },
    {
      table: 'verdicts',
      time: 'tap.clicked_at',
      money: false,
      rejudgement: 'tap.rejudgement',
      where: `${in_range} AND ${its_click}`,
      sums: verdict(signed),
    },
    {
      table: 'verdicts',
      time: 'tap.clicked_at',
      money: true,
      where: `${in_range} AND ${its_click} AND tap.payout != 0`,
      sums: { payout: 'tap.sign * tap.payout' },
    },
    {
      table: 'conversions',
      time: "if(money_by = 'click', tap.credited_at, tap.converted_at)",
      money: true,
      where: `tap.status = 'attributed' AND ${its_click}`,
      sums: {
        conversions: signed('tap.conversions'),
        sales: 'tap.sign * tap.sales',
        refunds: 'tap.sign * tap.refunds',
        payout: 'tap.sign * tap.payout',
      },
    },
  ];
  return `(\n${parts.map(selectOf).join('\nUNION ALL\n')}\n)`;
}

/** `of_click`: of the clicks that an event of the range may have come of. */
function conditions(
  filters: TapFilters,
  range_by: RangeBy,
): { in_range: string; of_click: string; matches: string[] } {
  const matches = filters.map((_, i) => `tap.query[{tap_name_${i}:String}] = {tap_value_${i}:String}`);
  const time = range_by === 'sent' ? 'tap.sent_at' : 'tap.clicked_at';
  const before_end = `${time} < toDateTime({to_s:UInt32})`;
  const in_range = `${time} >= toDateTime({from_s:UInt32}) AND ${before_end}`;
  return { in_range, of_click: range_by === 'sent' ? in_range : before_end, matches };
}

const OF_ACCOUNT = 'tap.account_id = {account_id:String}';

/**
 * The same of human clicks, with the columns of rollup_breakdowns, the parts of tapped_with and `parameter`: what the tap
 * brought under the name that the query parameter `parameter` gives; '' where it brought none. Without filters only taps
 * that brought it: an index finds these.
 */
export function tappedBreakdown(filters: TapFilters | undefined, range_by: RangeBy): string {
  const { in_range, matches } = conditions(filters ?? [], range_by);
  const brought = filters === undefined ? ['mapContains(tap.query, {parameter:String})'] : matches;
  const own = [OF_ACCOUNT, in_range, ...brought].join(' AND ');
  const PARAMETER = 'tap.query[{parameter:String}] AS parameter';
  const columns = (row: 'tap' | 'line', rejudgement: string, sign: string): string =>
    [
      ...[...DIMENSIONS, ...TAPPED_WITH, 'asn'].map((name) => `${row}.${name} AS ${name}`),
      `${tappedWith(row)} AS tapped_with`,
      `toStartOfFifteenMinutes(${row}.sent_at) AS sent_quarter_hour`,
      `toStartOfFifteenMinutes(${row}.clicked_at) AS quarter_hour`,
      `toUInt32(${rejudgement}) AS rejudgement`,
      `toInt64(${sign}) AS clicks_human`,
      `toInt64(${sign} * ${row}.is_first) AS first_clicks`,
      `toInt64(${sign} * ${row}.is_first_for_offer) AS first_offer_clicks`,
    ].join(', ');
  // On the right, which is kept in memory and sent to every shard, what is little: lines of clicks that were judged again.
  return `(
SELECT ${columns('tap', '0', '1')}, ${PARAMETER}
FROM trackly.clicks AS tap WHERE ${own} AND tap.verdict = 'human'
UNION ALL
SELECT ${columns('line', 'line.rejudgement', 'line.sign')}, ${PARAMETER}
FROM trackly.clicks AS tap
INNER JOIN (SELECT tap.* FROM trackly.verdicts AS tap
  WHERE ${OF_ACCOUNT} AND ${in_range} AND tap.verdict = 'human') AS line ON line.click_id = tap.click_id
WHERE ${own}
)`;
}

const verdict = (signed: (column: string) => string): Part['sums'] => ({
  clicks_human: signed("tap.verdict = 'human'"),
  clicks_bot: signed("tap.verdict = 'bot'"),
  first_clicks: signed('tap.is_first'),
  first_offer_clicks: signed('tap.is_first_for_offer'),
});

function selectOf({ table, time, money, rejudgement = '0', sums, where }: Part): string {
  const columns = [
    ...DIMENSIONS.map((name) => `tap.${name} AS ${name}`),
    'toStartOfFifteenMinutes(tap.sent_at) AS sent_quarter_hour',
    `toStartOfFifteenMinutes(${time}) AS quarter_hour`,
    `${money ? 'money_by' : "''"} AS money_by`,
    `${money ? 'tap.currency' : "''"} AS currency`,
    `toUInt32(${rejudgement}) AS rejudgement`,
    ...COUNTED.map((name) => `toInt64(${sums[name] ?? '0'}) AS ${name}`),
    ...MONEYS.map((name) => `CAST(${sums[name] ?? '0'} AS Decimal(38, 6)) AS ${name}`),
  ];
  return [
    `SELECT ${columns.join(', ')}`,
    `FROM trackly.${table} AS tap`,
    money ? "ARRAY JOIN ['click', 'conversion'] AS money_by" : '',
    `WHERE ${OF_ACCOUNT} AND ${where}`,
  ].join(' ');
}

/** The values of the subquery's parameters. */
export function tapParams(filters: TapFilters): Record<string, string> {
  return Object.fromEntries(
    filters.flatMap(([name, value], i) => [
      [`tap_name_${i}`, name],
      [`tap_value_${i}`, value],
    ]),
  );
}
