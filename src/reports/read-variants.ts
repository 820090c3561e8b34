/**
 * Sums the clicks and conversions of a campaign's messages by variant, as input for the A/B statistics. In both kinds of
 * range the messages are those sent in it, so that rates are shares of them: with all that came of them until now, or,
 * in a range of events, with what came of them within it. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { IS_CANCELLED } from '../messages/delivery-state.ts';
import { askRows } from './ask-clickhouse.ts';
import type { WeightedSums } from './experiments/weighted-rate.ts';
import type { RangeBy } from './measures.ts';
import { type Query, within } from './report-query.ts';
import type { Range } from './report-range.ts';

export interface VariantRow {
  variant_id: string;
  /** Messages; messages with a first human click; messages with a conversion; all conversions. */
  sent: number;
  clicked: number;
  converted: number;
  conversions: number;
  /** Sums over messages of the powers of their conversions. */
  conversion_squares: number;
  conversion_cubes: number;
  /** Start of the quarter hour of the last send, Unix time. */
  last_sent_s: number;
}

/**
 * Revenue of a variant in one currency, minus refunds: sums over messages, with the powers for variance and skewness.
 */
export interface VariantMoney {
  variant_id: string;
  currency: string;
  /** Messages that earned in this currency, even if refunds took everything back. */
  earning: number;
  /** Decimal string. */
  revenue: string;
  squares: number;
  cubes: number;
}

export interface CampaignQuestion {
  account_id: string;
  campaign_id: string;
  /** The range of sent_at. */
  range: Range;
  /** `event`: clicks, and money at the time of its click, count only within the range too. */
  range_by: RangeBy;
  /** Counts verdicts as of this rejudgement; undefined: current verdicts. */
  rejudgement_max?: number | undefined;
}

/** One row for each variant with sent messages. No number includes bot clicks. */
export async function readVariants(
  client: ClickHouseClient,
  question: CampaignQuestion,
): Promise<{ variants: VariantRow[]; moneys: VariantMoney[] }> {
  const [counts, earned] = await Promise.all([
    askRows<Counts>(client, countsQuery(question)),
    askRows<Earned>(client, earnedQuery(question)),
  ]);
  const converted = new Map(
    earned.filter((row) => row.every_currency === 1).map((row) => [row.variant_id, row]),
  );
  return {
    variants: counts.map((row) => {
      const of = converted.get(row.variant_id);
      const { messages = 0, conversions = 0, conversion_squares = 0, conversion_cubes = 0 } = of ?? {};
      return { ...row, converted: messages, conversions, conversion_squares, conversion_cubes };
    }),
    moneys: earned.filter((row) => row.every_currency === 0 && row.earning > 0),
  };
}

/**
 * The sums for weighted-rate.ts, by variant: of the messages in the range whose variant the campaign chose. A message
 * counts by one over the probability of its choice. GLOBAL by hand: of an IN with two tables ClickHouse makes none by itself.
 */
export async function readWeighted(
  client: ClickHouseClient,
  question: CampaignQuestion,
): Promise<Map<string, WeightedSums>> {
  const rows = await askRows<WeightedSums & { variant_id: string }>(client, {
    query: `SELECT variant_id, count() AS count, sum(weight) AS w, sum(weight * weight) AS ww,
        sumIf(weight, clicked) AS wx, sumIf(weight * weight, clicked) AS wwx, wwx AS wwxx
      FROM (
        SELECT send.variant_id AS variant_id, 1 / send.variant_probability AS weight, send.message_id GLOBAL IN (
          SELECT message_id FROM (
            SELECT message_id, toInt64(is_first) AS one FROM trackly.clicks
            WHERE account_id = {account_id:String} AND campaign_id = {campaign_id:String}
            UNION ALL
            SELECT message_id, toInt64(sign) * is_first FROM trackly.verdicts
            WHERE account_id = {account_id:String} AND campaign_id = {campaign_id:String}
          ) GROUP BY message_id HAVING sum(one) > 0
        ) AS clicked
        FROM trackly.sends AS send
        WHERE send.account_id = {account_id:String} AND send.campaign_id = {campaign_id:String}
          AND send.variant_probability > 0 AND ${within('send.sent_at')} AND NOT ${IS_CANCELLED}
      ) GROUP BY variant_id`,
    query_params: params(question),
  });
  return new Map(rows.map(({ variant_id, ...sums }) => [variant_id, sums]));
}

type Counts = Pick<VariantRow, 'variant_id' | 'sent' | 'clicked' | 'last_sent_s'>;

/** A variant in one currency, or in all if `every_currency` is 1; then only messages and conversions are meaningful. */
interface Earned extends VariantMoney {
  every_currency: 0 | 1;
  /** Messages with a conversion, and all conversions with the sums of their powers. */
  messages: number;
  conversions: number;
  conversion_squares: number;
  conversion_cubes: number;
}

function countsQuery(question: CampaignQuestion): Query {
  return {
    query: `SELECT variant_id, sent.messages AS sent, clicked.messages AS clicked, sent.last_s AS last_sent_s
      FROM (
        SELECT rollup.variant_id AS variant_id, sum(rollup.messages_sent) AS messages,
          toUnixTimestamp(max(rollup.sent_quarter_hour)) AS last_s
        FROM trackly.rollup_quarter_hours AS rollup
        WHERE ${OF_CAMPAIGN} AND ${within('rollup.sent_quarter_hour')} AND rollup.messages_sent != 0
        GROUP BY variant_id
      ) AS sent
      LEFT JOIN (
        SELECT rollup.variant_id AS variant_id, sum(rollup.first_clicks) AS messages
        FROM trackly.rollup_variants AS rollup
        WHERE ${OF_CAMPAIGN} AND ${within('rollup.sent_quarter_hour')}${happened(question, 'rollup.quarter_hour')}${
          question.rejudgement_max === undefined ? '' : ' AND rollup.rejudgement <= {rejudgement_max:UInt32}'
        }
        GROUP BY variant_id
      ) AS clicked USING (variant_id)
      ORDER BY variant_id`,
    query_params: params(question),
  };
}

/**
 * Reads only messages that earned, from the money ledger: messages that earned nothing add 0 to each sum.
 */
function earnedQuery(question: CampaignQuestion): Query {
  return {
    query: `SELECT variant_id, currency, every_currency,
        countIf(message.conversions > 0) AS messages, sum(message.conversions) AS conversions,
        sum(pow(message.conversions, 2)) AS conversion_squares, sum(pow(message.conversions, 3)) AS conversion_cubes,
        countIf(message.net != 0 OR message.gross != 0) AS earning, sum(message.net) AS revenue,
        sum(pow(toFloat64(message.net), 2)) AS squares, sum(pow(toFloat64(message.net), 3)) AS cubes
      FROM (
        SELECT ledger.variant_id AS variant_id, ledger.message_id AS message_id, ledger.currency AS currency,
          grouping(currency) AS every_currency,
          sum(toInt64(ledger.sign) * ledger.conversions) AS conversions,
          sum(ledger.sign * (ledger.sales - ledger.refunds)) AS net, sum(ledger.sign * ledger.sales) AS gross
        FROM trackly.conversions AS ledger
        WHERE ledger.account_id = {account_id:String} AND ledger.campaign_id = {campaign_id:String}
          AND ${within('ledger.sent_at')}${happened(question, 'ledger.credited_at')} AND ledger.status = 'attributed' AND ledger.message_id != ''
          -- Voids, and payouts in another currency than their sale's, are no money of that currency.
          AND (ledger.conversions, ledger.sales, ledger.refunds) != (0, 0, 0)
        GROUP BY GROUPING SETS ((variant_id, message_id, currency), (variant_id, message_id))
      ) AS message
      GROUP BY variant_id, currency, every_currency ORDER BY variant_id, currency`,
    query_params: params(question),
  };
}

/** The condition on the time of what came of a message. */
const happened = ({ range_by }: CampaignQuestion, time: string): string =>
  range_by === 'sent' ? '' : ` AND ${within(time)}`;

const OF_CAMPAIGN = 'rollup.account_id = {account_id:String} AND rollup.campaign_id = {campaign_id:String}';

function params({
  account_id,
  campaign_id,
  range,
  rejudgement_max,
}: CampaignQuestion): Record<string, unknown> {
  return {
    account_id,
    campaign_id,
    from_s: range.from_ms / 1_000,
    to_s: range.to_ms / 1_000,
    ...(rejudgement_max === undefined ? {} : { rejudgement_max }),
  };
}
