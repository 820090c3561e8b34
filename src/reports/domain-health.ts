/**
 * How a tracking domain does beside the account's others: carriers that filter a domain show in its click rate first.
 * From the rollup of messages sent in the last HEALTH_DAYS; those of the last day are left out, because their clicks are
 * still coming.
 * Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';

const HEALTH_DAYS = 8;
const DAY_S = 24 * 3_600;

export interface DomainRate {
  sent: number;
  clicks_unique: number;
  /** clicks_unique / sent; 0 when nothing was sent. */
  click_rate: number;
}

export interface DomainHealth {
  /** Of links on this domain. */
  own: DomainRate;
  /** Of links on all other domains of the account, taken together. */
  others: DomainRate;
}

/** Safe to repeat. */
export async function readDomainHealth(
  client: ClickHouseClient,
  account_id: string,
  domain: string,
  now_ms: number,
): Promise<DomainHealth> {
  const to_s = Math.floor(now_ms / 1_000) - DAY_S;
  const rows = await askRows<{ is_own: number; sent: number; clicks_unique: number }>(client, {
    query: `SELECT rollup.domain = {domain:String} AS is_own, sum(rollup.messages_sent) AS sent,
        sum(rollup.first_clicks) AS clicks_unique
      FROM trackly.rollup_quarter_hours AS rollup
      WHERE rollup.account_id = {account_id:String} AND rollup.money_by = '' AND rollup.domain != ''
        AND rollup.sent_quarter_hour >= toDateTime({from_s:UInt32}) AND rollup.sent_quarter_hour < toDateTime({to_s:UInt32})
      GROUP BY is_own`,
    query_params: { account_id, domain, from_s: to_s - (HEALTH_DAYS - 1) * DAY_S, to_s },
  });
  const rate = (is_own: number): DomainRate => {
    const { sent = 0, clicks_unique = 0 } = rows.find((row) => row.is_own === is_own) ?? {};
    return { sent, clicks_unique, click_rate: sent === 0 ? 0 : clicks_unique / sent };
  };
  return { own: rate(1), others: rate(0) };
}
