/**
 * Rows of an account as workers would have inserted them, with times of storing of their own: sends of which some are
 * cancelled, clicks of which some get a second verdict later, conversions of which some are reversed later.
 */
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';

const EXPIRES_S = 4_000_000_000;
const HOUR_MS = 3_600_000;

export interface ExportData {
  account_id: string;
  /** Of messages, each with one click; every third click gets a second verdict, every fourth message is cancelled. */
  messages: number;
  /** When what happened first was stored; what changes it, an hour later. */
  stored_ms: number;
  /** When it happened. */
  happened_ms: number;
  /** Ends ids, so that two calls for one account make different rows. */
  mark: string;
}

export async function insertExportData(client: ClickHouseClient, data: ExportData): Promise<void> {
  const { account_id, messages, stored_ms, happened_ms, mark } = data;
  const all = Array.from({ length: messages }, (_, i) => i);
  const some = (every: number): number[] => all.filter((i) => i % every === 0);
  const of = (i: number) => ({
    account_id,
    message_id: `m${i}-${mark}`,
    contact_id: `c${i % 50}-${mark}`,
    creative_id: 'cre_1',
    campaign_id: `cam_${i % 3}`,
    variant_id: 'A',
    domain: 'go.example',
    sent_at: happened_ms + i,
    logged_at: happened_ms + i,
    batch: `b-${mark}`,
    expires_at: EXPIRES_S,
  });
  const links = (i: number) => ({ link_keys: ['link1'], link_ids: [linkOf(i)], offer_ids: [`off_${i % 2}`] });
  const linkOf = (i: number): string => `L${i.toString(36).padStart(5, '0')}${mark.slice(-1)}`;
  const click = (i: number) => ({
    ...of(i),
    click_id: `k${i}-${mark}`,
    clicked_at: happened_ms + 60_000 + i,
    link_id: linkOf(i),
    link_key: 'link1',
    offer_id: `off_${i % 2}`,
    device: 'phone',
  });
  const first = {
    verdict: 'human',
    score: 0,
    bot_reasons: [],
    rules_version: '1',
    is_first: 1,
    is_first_for_offer: 1,
  };
  const second = {
    ...first,
    verdict: 'bot',
    score: 100,
    bot_reasons: ['agent:x'],
    is_first: 0,
    is_first_for_offer: 0,
  };
  const paid = { payout: '0.25', currency: 'EUR', asn: 64_500, country: 'DE' };
  const unpaid = { ...paid, payout: '0', currency: '' };
  const conversion = (i: number) => ({
    ...of(i),
    conversion_id: `v${i}-${mark}`,
    event: 'sale',
    offer_id: `off_${i % 2}`,
    transaction: `txn:${i}-${mark}`,
    txn_id: `${i}-${mark}`,
    channel: 'api',
    amount: '10.5',
    converted_at: happened_ms + 120_000 + i,
    received_at: happened_ms + 120_000 + i,
    credited_at: happened_ms + 60_000 + i,
    click_id: `k${i}-${mark}`,
    link_id: linkOf(i),
    link_key: 'link1',
    currency: 'EUR',
  });
  const booked = {
    status: 'attributed',
    reason: '',
    conversions: 1,
    sales: '10.5',
    refunds: '0',
    payout: '1.5',
  };
  const voided = {
    status: 'voided',
    reason: 'voided_by:x',
    conversions: 0,
    sales: '0',
    refunds: '0',
    payout: '0',
  };
  const later_ms = stored_ms + HOUR_MS;
  const tables: Record<string, object[]> = {
    sends: all.map((i) => ({ ...of(i), ...links(i), inserted_at: stored_ms })),
    clicks: all.map((i) => ({
      ...click(i),
      ...first,
      ...paid,
      method: 'GET',
      ip: '::ffff:192.0.2.7',
      user_agent: 'a "quoted", agent\nof two lines',
      query: { sub1: `s${i % 4}` },
      inserted_at: stored_ms,
    })),
    verdicts: some(3).flatMap((i) => [
      { ...click(i), ...first, ...paid, change: 1, sign: -1, rejudgement: 1, judged_at: later_ms },
      { ...click(i), ...second, ...unpaid, change: 1, sign: 1, rejudgement: 1, judged_at: later_ms },
    ]),
    deliveries: some(4).map((i) => ({
      ...of(i),
      ...links(i),
      ...{ state: 'cancelled', at: happened_ms + 1, code: '', sign: 1, inserted_at: later_ms },
    })),
    conversions: some(2).flatMap((i) => [
      { ...conversion(i), ...booked, sign: 1, inserted_at: stored_ms },
      ...(i % 10 === 0
        ? [
            { ...conversion(i), ...booked, sign: -1, inserted_at: later_ms },
            { ...conversion(i), ...voided, sign: 1, inserted_at: later_ms },
          ]
        : []),
    ]),
  };
  for (const [table, values] of Object.entries(tables)) {
    await client.insert({
      table: `trackly.${table}`,
      values,
      format: 'JSONEachRow',
      clickhouse_settings: {
        input_format_skip_unknown_fields: 1,
        insert_deduplicate: 1,
        insert_deduplication_token: `${table}-${account_id}-${mark}`,
        deduplicate_blocks_in_dependent_materialized_views: 1,
        async_insert: 0,
      },
    });
  }
}

/** The counts of reports, by the lines of files that were read into tables of this database; by currency the money. */
export const SUMS = `SELECT
  (SELECT sum(sign) FROM {db}.sends) AS sent,
  (SELECT sum(sign) FROM {db}.clicks) AS clicks_total,
  (SELECT sum(sign) FROM {db}.clicks WHERE verdict = 'human') AS clicks_human,
  (SELECT sum(sign) FROM {db}.clicks WHERE verdict = 'bot') AS clicks_bot,
  (SELECT sum(sign * is_first) FROM {db}.clicks) AS clicks_unique,
  (SELECT sum(sign * conversions) FROM {db}.conversions WHERE status IN ('attributed', 'view_through')) AS conversions,
  (SELECT toString(sum(sign * (sales - refunds))) FROM {db}.conversions WHERE status IN ('attributed', 'view_through')) AS revenue,
  (SELECT toString((SELECT sum(sign * payout) FROM {db}.clicks) + sum(sign * payout)) FROM {db}.conversions WHERE status IN ('attributed', 'view_through')) AS payout`;
