/**
 * Reads the reports on bots. From rollups: bot clicks by reason, kind, time after the send, network, country, hour, or what
 * was sent, and the share of suspicious first clicks by campaign. From raw clicks: addresses that opened many recipients'
 * links, and what is filtered by offer or creative. Errors: see ask-clickhouse.ts.
 */

import type { ClickHouseClient } from '../clickhouse/client.ts';
import { DELAYS_S, delayStepSql } from '../clicks/delay.ts';
import { askRows } from './ask-clickhouse.ts';
import { matches, matchParams } from './filter-values.ts';
import { periodExpression, periodParams } from './period.ts';
import { within } from './report-query.ts';
import { InvalidReportError, type Range } from './report-range.ts';

/** What was sent, and led to: with the name of the catalog, if it has one. */
export const BOT_ITEMS = ['campaign_id', 'creative_id', 'offer_id', 'domain'] as const;
export type BotItem = (typeof BOT_ITEMS)[number];
export const BOT_DIMENSIONS = ['reason', 'kind', 'asn', 'country', 'hour', 'delay', ...BOT_ITEMS] as const;
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
   * The value of the dimension `by`: a reason, a kind, a network's number, a country, the hour's start in Unix time, one of
   * DELAYS_S, or an id or domain.
   */
  value: string;
  /** Who runs a network. */
  name?: string | null;
  clicks_bot: number;
  /** Not set for reasons and kinds. */
  clicks_total?: number;
}

/** Filters of the clicks; the rollups of reasons and networks have only the campaign. */
const BOT_FILTERS = ['campaign_id', 'offer_id', 'creative_id'] as const;
export type BotFilters = Partial<Record<(typeof BOT_FILTERS)[number], string | undefined>>;

export interface BotQuestion {
  by: BotDimension;
  filters: BotFilters;
  /** Maximum number of rows. */
  limit: number;
}

/**
 * Most bot clicks first; hours and delays in order of time, and all delays. A click counts under each of its reasons and
 * kinds. Throws InvalidReportError for a filter on an offer or a creative where `by` is asn, country or hour.
 */
export function readBots(
  client: ClickHouseClient,
  account_id: string,
  range: Range,
  { by, filters, limit }: BotQuestion,
): Promise<BotRow[]> {
  const given = BOT_FILTERS.filter((name) => filters[name] !== undefined);
  const query_params = { ...params(account_id, range), limit, ...matchParams(filters, given) };
  const filtered = given.map((name) => ` AND ${matches(name, name, filters[name] ?? '')}`).join('');
  const of_rollup = given.every((name) => name === 'campaign_id');
  if (by === 'reason' || by === 'kind') {
    const source = of_rollup
      ? `(SELECT value, clicks_bot FROM trackly.rollup_bots WHERE ${IN_RANGE}${filtered} AND counted_by = '${by}')`
      : reasonsOfClicks(by, filtered);
    return askRows<BotRow>(client, {
      query: `SELECT value, sum(counted.clicks_bot) AS clicks_bot FROM ${source} AS counted
        GROUP BY value HAVING clicks_bot != 0 ORDER BY clicks_bot DESC, value LIMIT {limit:UInt32}`,
      query_params,
    });
  }
  if (by === 'delay') return readDelays(client, of_rollup, filtered, query_params);
  if (isItem(by)) {
    return askRows<BotRow>(client, {
      query: `SELECT rollup.${by} AS value, sum(rollup.clicks_bot) AS clicks_bot, sum(rollup.clicks_total) AS clicks_total
        FROM trackly.rollup_quarter_hours AS rollup WHERE ${IN_RANGE}${filtered} AND rollup.money_by = ''
        GROUP BY value HAVING clicks_bot != 0 ORDER BY clicks_bot DESC, value LIMIT {limit:UInt32}`,
      query_params,
    });
  }
  if (!of_rollup) {
    throw new InvalidReportError(
      'offer_id and creative_id can not be used with by=asn, by=country or by=hour: ask by another one, or for the campaign.',
    );
  }
  const named = by === 'asn';
  const value = { asn: 'asn', country: 'country', hour: periodExpression('rollup.quarter_hour') }[by];
  return askRows<BotRow>(client, {
    query: `SELECT toString(counted.value) AS value, ${named ? "nullIf(named.network, '') AS name, " : ''}clicks_bot, clicks_total
      FROM (
        SELECT ${value} AS value, sum(rollup.clicks_bot) AS clicks_bot, sum(rollup.clicks_total) AS clicks_total
        FROM trackly.rollup_networks AS rollup WHERE ${IN_RANGE}${filtered}
        GROUP BY value HAVING clicks_bot != 0
      ) AS counted
      ${named ? 'LEFT ANY JOIN (SELECT asn AS number, network FROM trackly.networks FINAL) AS named ON named.number = counted.value' : ''}
      ORDER BY ${by === 'hour' ? 'counted.value' : 'clicks_bot DESC, value'} LIMIT {limit:UInt32}`,
    query_params: { ...query_params, ...(by === 'hour' ? periodParams('hour', range) : {}) },
  });
}

const isItem = (by: BotDimension): by is BotItem => (BOT_ITEMS as readonly string[]).includes(by);

/** Of clicks on messages. */
async function readDelays(
  client: ClickHouseClient,
  of_rollup: boolean,
  filtered: string,
  query_params: Record<string, unknown>,
): Promise<BotRow[]> {
  const source = of_rollup
    ? `(SELECT value, clicks_bot, clicks_total FROM trackly.rollup_bots WHERE ${IN_RANGE}${filtered} AND counted_by = 'delay')`
    : delaysOfClicks(filtered);
  const rows = await askRows<BotRow>(client, {
    query: `SELECT value, sum(counted.clicks_bot) AS clicks_bot, sum(counted.clicks_total) AS clicks_total
      FROM ${source} AS counted GROUP BY value`,
    query_params,
  });
  const found = new Map(rows.map((row) => [Number(row.value), row]));
  return DELAYS_S.map((from_s) => ({
    value: String(from_s),
    clicks_bot: found.get(from_s)?.clicks_bot ?? 0,
    clicks_total: found.get(from_s)?.clicks_total ?? 0,
  }));
}

/** The same counts, read from raw clicks: their first verdicts and all changes. */
function delaysOfClicks(filtered: string): string {
  const part = (table: string, bots: string, all: string): string =>
    `SELECT toString(${delayStepSql(table)}) AS value, toInt64(${bots}) AS clicks_bot, toInt64(${all}) AS clicks_total
      FROM trackly.${table} WHERE ${CLICKED_IN_RANGE}${filtered} AND message_id != '' GROUP BY value`;
  return `(${part('clicks', "countIf(verdict = 'bot')", 'count()')}
    UNION ALL ${part('verdicts', "sumIf(toInt64(sign), verdict = 'bot')", '0')})`;
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
