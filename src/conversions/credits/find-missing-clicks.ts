/**
 * Finds why a conversion has no first click to credit: only bots opened the link, nobody did, or the reported click id
 * is unknown. Shown to people who look for the mistake. Asks ClickHouse in parts of bounded size; rejects when it is
 * down.
 */
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { parameterChunks } from '../../clickhouse/parameter-chunks.ts';
import type { Conversion, Reason } from '../conversion.ts';

/** All that it finds. */
export const MISSING_CLICK = ['no_click', 'bot_click', 'unknown_click'] as const satisfies Reason[];

/** Tolerates differences between the senders' clocks and ours. */
const BEFORE_SEND_MS = 24 * 3_600_000;

/** One reason for each conversion id. */
export async function findMissingClicks(
  clickhouse: ClickHouseClient,
  conversions: readonly Conversion[],
): Promise<Map<string, Reason>> {
  const reasons = new Map<string, Reason>();
  for (const [account_id, ofAccount] of Map.groupBy(conversions, (one) => one.account_id)) {
    for (const part of parameterChunks(ofAccount, ({ subject }) => subject.link_id)) {
      const opened = await readOpened(clickhouse, account_id, part);
      for (const { conversion_id, click_id, subject } of part) {
        const none = click_id === '' ? 'no_click' : 'unknown_click';
        reasons.set(conversion_id, opened.has(subject.link_id) ? 'bot_click' : none);
      }
    }
  }
  return reasons;
}

/** The links that were opened at all. Since no click has the claim, only bots opened them. */
async function readOpened(
  clickhouse: ClickHouseClient,
  account_id: string,
  conversions: readonly Conversion[],
): Promise<Set<string>> {
  const link_ids = [...new Set(conversions.map(({ subject }) => subject.link_id))];
  const sent_ms = Math.min(...conversions.map(({ subject }) => subject.sent_at_ms));
  const result = await clickhouse.query({
    query: `SELECT DISTINCT link_id FROM trackly.clicks
      WHERE account_id = {account_id:String} AND import_id = '' AND link_id IN {link_ids:Array(String)}
        AND clicked_at >= fromUnixTimestamp64Milli({from_ms:Int64})`,
    query_params: { account_id, link_ids, from_ms: Math.max(0, sent_ms - BEFORE_SEND_MS) },
    format: 'JSONEachRow',
  });
  return new Set((await result.json<{ link_id: string }>()).map(({ link_id }) => link_id));
}
