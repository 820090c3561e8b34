/**
 * How deliveries to webhooks go, in the whole installation: whether events are made into messages, how many wait, and which
 * webhooks were paused by themselves. Without a webhook nothing is asked of ClickHouse.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { backlogOf, NO_PROGRESS, type Progress, progressKey } from '../webhooks/delivery-progress.ts';
import type { Webhook } from '../webhooks/webhook.ts';
import { allWebhooks, webhookKey } from '../webhooks/webhook-store.ts';

export interface WebhookFinding {
  count: number;
  /** Age of the oldest event that is in no message yet; 0 if none is. */
  behind_s: number;
  /** Messages that wait for webhooks that are not paused. */
  waiting: number;
  /** Paused by themselves, and why. */
  paused: { webhook_id: string; reason: string }[];
}

const NUMBERED = `SELECT shard, toUnixTimestamp64Milli(max(events_to)) AS to_ms
  FROM trackly.webhook_messages WHERE made_at > now() - INTERVAL 2 DAY GROUP BY shard`;

/** Of each shard by itself: one that waits is not hidden by the others. Only a table of a cluster knows its shards. */
const behindOf = (is_cluster: boolean): string =>
  `SELECT if(count() = 0, 0, dateDiff('second', min(inserted_at), now64(3))) AS behind_s
  FROM trackly.webhook_events
  WHERE inserted_at > now() - INTERVAL 1 DAY AND toUnixTimestamp64Milli(inserted_at) >
    transform(${is_cluster ? 'toInt64(_shard_num) - 1' : 'toInt64(0)'}, {shards:Array(Int64)}, {to_ms:Array(Int64)}, toInt64(0))`;

async function findBehind(clickhouse: ClickHouseClient): Promise<number> {
  const numbered = await ask<{ shard: number; to_ms: number }>(clickhouse, NUMBERED);
  // No shard has the number -1: the lists are never empty.
  const query_params = {
    shards: [-1, ...numbered.map(({ shard }) => shard)],
    to_ms: [0, ...numbered.map(({ to_ms }) => to_ms)],
  };
  const [row] = await ask<{ behind_s: number }>(
    clickhouse,
    behindOf(clickhouse.shards !== undefined),
    query_params,
  );
  return row?.behind_s ?? 0;
}

export async function findWebhooks(
  redis: RedisClient,
  clickhouse: ClickHouseClient,
): Promise<WebhookFinding> {
  const places = await allWebhooks(redis);
  if (places.length === 0) return { count: 0, behind_s: 0, waiting: 0, paused: [] };
  const [texts, noted, behind, heads] = await Promise.all([
    runAll(
      redis,
      places.map((place): Command => ['GET', webhookKey(place)]),
    ),
    runAll(
      redis,
      places.map(({ account_id, webhook_id }): Command => ['HGET', progressKey(account_id), webhook_id]),
    ),
    findBehind(clickhouse),
    ask<{ webhook_id: string; head: number }>(
      clickhouse,
      'SELECT webhook_id, max(sequence) AS head FROM trackly.webhook_heads GROUP BY account_id, webhook_id',
    ),
  ]);
  const newest = new Map(heads.map(({ webhook_id, head }) => [webhook_id, head]));
  const found: WebhookFinding = {
    ...{ count: places.length, behind_s: behind, waiting: 0, paused: [] },
  };
  for (const [i, text] of texts.entries()) {
    if (typeof text !== 'string') continue;
    const { webhook_id, paused } = JSON.parse(text) as Webhook;
    if (paused !== null && paused.reason !== 'request')
      found.paused.push({ webhook_id, reason: paused.reason });
    if (paused !== null) continue;
    const progress = typeof noted[i] === 'string' ? (JSON.parse(noted[i]) as Progress) : NO_PROGRESS;
    found.waiting += backlogOf(newest.get(webhook_id) ?? 0, progress);
  }
  return found;
}

async function ask<Row>(
  clickhouse: ClickHouseClient,
  query: string,
  query_params: Record<string, unknown> = {},
): Promise<Row[]> {
  const clickhouse_settings = { output_format_json_quote_64bit_integers: 0 } as const;
  return (
    await clickhouse.query({ query, query_params, format: 'JSONEachRow', clickhouse_settings })
  ).json<Row>();
}
