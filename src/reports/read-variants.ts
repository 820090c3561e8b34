/**
 * What became of each message of a campaign, summed up by variant: what A/B figures are computed from. A
 * message counts with what came of it within the range, so that rates are shares of the messages sent.
 * Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '@clickhouse/client';
import { askRows } from './ask-clickhouse.ts';
import type { Query } from './report-query.ts';
import type { Range } from './report-range.ts';

export interface VariantRow {
  variant_id: string;
  /** Messages, with a first human click, with a conversion; and all conversions. */
  sent: number;
  clicked: number;
  converted: number;
  conversions: number;
  /** Start of the quarter hour of the last send, Unix time. */
  last_sent_s: number;
}

/** Revenue of a variant in one currency: net of refunds, by message, with powers for its variance and skewness. */
export interface VariantMoney {
  variant_id: string;
  currency: string;
  /** Messages that earned in it, also where refunds took it back. */
  earning: number;
  /** Decimal string. */
  revenue: string;
  squares: number;
  cubes: number;
}

export interface CampaignQuestion {
  account_id: string;
  campaign_id: string;
  /** Of sends; money counts at the time of its click. */
  range: Range;
  /** Counts verdicts as they were after this judgement; undefined: as they are. */
  judgement_max?: number | undefined;
}

/** A row for each variant that messages were sent under. Bot clicks are in no number. */
export async function readVariants(
  client: ClickHouseClient,
  question: CampaignQuestion,
): Promise<{ variants: VariantRow[]; moneys: VariantMoney[] }> {
  const [variants, moneys] = await Promise.all([
    askRows<VariantRow>(client, variantsQuery(question)),
    askRows<VariantMoney>(client, moneysQuery(question)),
  ]);
  return { variants, moneys };
}

function variantsQuery(question: CampaignQuestion): Query {
  return {
    query: `SELECT variant_id, count() AS sent, countIf(message.clicks > 0) AS clicked,
        countIf(message.conversions > 0) AS converted, sum(message.conversions) AS conversions,
        toUnixTimestamp(max(message.sent_at)) AS last_sent_s
      FROM (
        SELECT variant_id, sum(rollup.first_clicks) AS clicks, sum(rollup.conversions) AS conversions,
          maxIf(rollup.quarter_hour, rollup.messages_sent > 0) AS sent_at
        ${source(question)}
          -- Two rows of three say none of it: links that were sent, and clicks that were not first.
          AND (rollup.messages_sent != 0 OR rollup.first_clicks != 0 OR rollup.conversions != 0)
        GROUP BY variant_id, message_id HAVING sum(rollup.messages_sent) > 0
      ) AS message GROUP BY variant_id ORDER BY variant_id`,
    query_params: params(question),
  };
}

/**
 * Few messages earn, so the powers are of these alone: what earned nothing adds 0 to each. What they earned is in the
 * ledger, which has a hundredth of the rows; only of these it is asked whether they were sent within the range.
 */
function moneysQuery(question: CampaignQuestion): Query {
  return {
    query: `WITH earned AS (
        SELECT ledger.variant_id AS variant_id, ledger.message_id AS message_id, ledger.currency AS currency,
          sum(ledger.sign * (ledger.sales - ledger.refunds)) AS net, sum(ledger.sign * ledger.sales) AS gross
        FROM trackly.conversions AS ledger
        WHERE ledger.account_id = {account_id:String} AND ledger.campaign_id = {campaign_id:String}
          AND ledger.credited_at >= toDateTime({from_s:UInt32}) AND ledger.credited_at < toDateTime({to_s:UInt32})
          AND ledger.status = 'attributed' AND ledger.message_id != ''
        GROUP BY variant_id, message_id, currency HAVING net != 0 OR gross != 0
      )
      SELECT variant_id, currency, count() AS earning, sum(message.net) AS revenue,
        sum(pow(toFloat64(message.net), 2)) AS squares, sum(pow(toFloat64(message.net), 3)) AS cubes
      FROM earned AS message
      WHERE message.message_id IN (
        SELECT message_id ${source(question)} AND rollup.messages_sent > 0
          AND rollup.message_id IN (SELECT message_id FROM earned)
      )
      GROUP BY variant_id, currency ORDER BY variant_id, currency`,
    query_params: params(question),
  };
}

function source({ judgement_max }: CampaignQuestion): string {
  return `FROM trackly.rollup_links AS rollup
    WHERE rollup.account_id = {account_id:String} AND rollup.campaign_id = {campaign_id:String}
      AND rollup.quarter_hour >= toDateTime({from_s:UInt32}) AND rollup.quarter_hour < toDateTime({to_s:UInt32})
      AND rollup.message_id != '' AND rollup.money_by IN ('', 'click')${
        judgement_max === undefined ? '' : ' AND rollup.judgement <= {judgement_max:UInt32}'
      }`;
}

function params({
  account_id,
  campaign_id,
  range,
  judgement_max,
}: CampaignQuestion): Record<string, unknown> {
  return {
    account_id,
    campaign_id,
    from_s: range.from_ms / 1_000,
    to_s: range.to_ms / 1_000,
    ...(judgement_max === undefined ? {} : { judgement_max }),
  };
}
