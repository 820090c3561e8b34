/**
 * Reads the reports on bots. From rollups: bot clicks by reason, kind, network, country or hour, and the share of
 * suspicious first clicks by campaign. From raw clicks: addresses that opened many recipients' links. Errors: see
 * ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';
import { periodExpression, periodParams } from './period.ts';
import { within } from './report-query.ts';
import { InvalidReportError, type Range } from './report-range.ts';

export const BOT_DIMENSIONS = ['reason', 'kind', 'asn', 'country', 'hour'] as const;
export type BotDimension = (typeof BOT_DIMENSIONS)[number];

const ONE_ACCOUNT = 'account_id = {account_id:String}';
const IN_RANGE = `${ONE_ACCOUNT} AND ${within('quarter_hour')}`;
const CLICKED_IN_RANGE = `${ONE_ACCOUNT} AND ${within('clicked_at')}`;

const params = (account_id: string, { from_ms, to_ms }: Range): Record<string, unknown> => ({
  account_id,
  from_s: from_ms / 1_000,
  to_s: to_ms / 1_000,
});

export interface BotRow {
  /**
   * The value of the dimension `by`: a reason, a kind, a network's number, a country, or the hour's start in Unix time.
   */
  value: string;
  clicks_bot: number;
  /** Set only for networks, countries and hours. */
  clicks_total?: number;
}

/** Filters of the clicks; the rollups have only the campaign. */
export interface BotFilters {
  campaign_id?: string | undefined;
  offer_id?: string | undefined;
  creative_id?: string | undefined;
}

export interface BotQuestion {
  by: BotDimension;
  filters: BotFilters;
  /** Maximum number of rows. */
  limit: number;
}

/**
 * Most bot clicks first; hours in order of time. A click counts under each of its reasons and kinds. Throws
 * InvalidReportError for a filter on an offer or a creative unless `by` is reason or kind.
 */
export function readBots(
  client: ClickHouseClient,
  account_id: string,
  range: Range,
  { by, filters, limit }: BotQuestion,
): Promise<BotRow[]> {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  const query_params = { ...params(account_id, range), limit, ...Object.fromEntries(given) };
  const filtered = given.map(([name]) => ` AND ${name} = {${name}:String}`).join('');
  const of_rollup = given.every(([name]) => name === 'campaign_id');
  if (by === 'reason' || by === 'kind') {
    const source = of_rollup
      ? `(SELECT ${by} AS value, clicks_bot FROM trackly.rollup_bot_reasons
          WHERE ${IN_RANGE}${filtered} AND reason ${by === 'reason' ? '!=' : '='} '')`
      : reasonsOfClicks(by, filtered);
    return askRows<BotRow>(client, {
      query: `SELECT value, sum(counted.clicks_bot) AS clicks_bot FROM ${source} AS counted
        GROUP BY value HAVING clicks_bot != 0 ORDER BY clicks_bot DESC, value LIMIT {limit:UInt32}`,
      query_params,
    });
  }
  if (!of_rollup) {
    throw new InvalidReportError('offer_id and creative_id can be used only with by=reason or by=kind.');
  }
  const value = { asn: 'asn', country: 'country', hour: periodExpression('rollup.quarter_hour') }[by];
  return askRows<BotRow>(client, {
    query: `SELECT toString(${value}) AS value, sum(rollup.clicks_bot) AS clicks_bot, sum(rollup.clicks_total) AS clicks_total
      FROM trackly.rollup_networks AS rollup WHERE ${IN_RANGE}${filtered}
      GROUP BY value HAVING clicks_bot != 0 ORDER BY ${by === 'hour' ? 'value' : 'clicks_bot DESC, value'} LIMIT {limit:UInt32}`,
    query_params: { ...query_params, ...(by === 'hour' ? periodParams('hour', range) : {}) },
  });
}

/** The same counts, read from raw clicks: their first verdicts and all changes. */
function reasonsOfClicks(by: 'reason' | 'kind', filtered: string): string {
  const kinds = "arrayDistinct(arrayMap(one -> splitByChar(':', toString(one))[1], bot_reasons))";
  const part = (table: string, counted: string): string =>
    `SELECT ${by === 'reason' ? 'toString(arrayJoin(bot_reasons))' : `arrayJoin(${kinds})`} AS value, toInt64(${counted}) AS clicks_bot
      FROM trackly.${table} WHERE ${CLICKED_IN_RANGE}${filtered} AND verdict = 'bot' GROUP BY value`;
  return `(${part('clicks', 'count()')} UNION ALL ${part('verdicts', 'sum(sign)')})`;
}

export interface SuspiciousRow {
  campaign_id: string;
  clicks_unique: number;
  suspicious: number;
  share: number;
}

/** First clicks by campaign, and how many of them were suspicious (one weak reason). */
export function readSuspicious(
  client: ClickHouseClient,
  account_id: string,
  range: Range,
  limit: number,
): Promise<SuspiciousRow[]> {
  return askRows<SuspiciousRow>(client, {
    query: `SELECT campaign_id, sum(first_clicks) AS clicks_unique, sum(suspicious_first_clicks) AS suspicious,
        round(suspicious / clicks_unique, 6) AS share
      FROM trackly.rollup_networks WHERE ${IN_RANGE}
      GROUP BY campaign_id HAVING clicks_unique > 0 ORDER BY share DESC, clicks_unique DESC, campaign_id LIMIT {limit:UInt32}`,
    query_params: { ...params(account_id, range), limit },
  });
}

export interface AddressRow {
  ip: string;
  asn: number;
  country: string;
  recipients: number;
  links: number;
  clicks_total: number;
  clicks_bot: number;
  user_agents: number;
  first_at: string;
  last_at: string;
}

/** Addresses, or their networks where only these are stored, that opened links of at least `recipients_min` recipients, those with most recipients first. */
export function readAddresses(
  client: ClickHouseClient,
  account_id: string,
  range: Range,
  recipients_min: number,
  limit: number,
): Promise<AddressRow[]> {
  return askRows<AddressRow>(client, {
    query: `SELECT replaceOne(toString(click.ip), '::ffff:', '') AS ip, any(click.asn) AS asn, any(click.country) AS country,
        uniqExact(if(click.contact_id = '', click.link_id, click.contact_id)) AS recipients,
        uniqExact(click.link_id) AS links, count() AS clicks_total,
        countIf(if(line.change = 0, click.verdict, line.verdict) = 'bot') AS clicks_bot,
        uniqExact(click.user_agent) AS user_agents, min(click.clicked_at) AS first_at, max(click.clicked_at) AS last_at
      FROM (SELECT * FROM trackly.clicks WHERE ${CLICKED_IN_RANGE} AND ip_storage != 'none') AS click
      LEFT ANY JOIN (
        SELECT click_id, change, verdict FROM trackly.verdicts WHERE ${CLICKED_IN_RANGE} AND sign = 1
        ORDER BY change DESC LIMIT 1 BY click_id
      ) AS line ON line.click_id = click.click_id
      GROUP BY click.ip HAVING recipients >= {recipients_min:UInt32}
      ORDER BY recipients DESC, ip LIMIT {limit:UInt32}`,
    query_params: { ...params(account_id, range), recipients_min, limit },
  });
}
