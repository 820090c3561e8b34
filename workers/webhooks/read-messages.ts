/**
 * Reads the messages to a webhook that are still to be sent, and their events. With ClickHouse down every call rejects;
 * a message whose shard is away, or late, is told apart from one whose events are gone.
 */
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { parameterChunks } from '../../src/clickhouse/parameter-chunks.ts';
import { firstNode, nodeOfShard, ShardAwayError } from '../../src/clickhouse/shards.ts';
import { type StoredEvent, sentText } from '../../src/webhooks/wanted-events.ts';
import type { WebhookPlace } from '../../src/webhooks/webhook-store.ts';

/** Numbers of messages that one read goes through. */
const WINDOW = 10_000;
const STORED = { output_format_json_quote_64bit_integers: 0 } as const;
/** After that a message's events are not just late: they have expired, or a table has lost them. */
const EVENTS_LATE_MS_MAX = 3_600_000;
const FINAL = "('delivered', 'failed', 'ended')";

/** A message as it is stored, without its events. */
export interface StoredMessage {
  sequence: number;
  message_id: string;
  shard: number;
  event_ids: string[];
  /** The inserts that its events came with. */
  batches: string[];
  from_ms: number;
  to_ms: number;
  made_ms: number;
  happened_ms: number;
}

const MESSAGE = `sequence, message_id, shard, event_ids, batches, toUnixTimestamp64Milli(events_from) AS from_ms,
  toUnixTimestamp64Milli(events_to) AS to_ms, toUnixTimestamp64Milli(made_at) AS made_ms,
  toUnixTimestamp64Milli(happened_at) AS happened_ms`;

/** What is known of earlier tries of a message. */
export interface Tried {
  tries: number;
  last_ms: number;
  next_ms: number;
}

async function ask<Row>(
  client: ClickHouseClient,
  query: string,
  query_params: Record<string, unknown> = {},
): Promise<Row[]> {
  const result = await client.query({
    query,
    query_params,
    format: 'JSONEachRow',
    clickhouse_settings: STORED,
  });
  return result.json<Row>();
}

/** The number of the newest message of each webhook. */
export async function readHeads(clickhouse: ClickHouseClient): Promise<Map<string, number>> {
  const rows = await ask<{ webhook_id: string; head: number }>(
    firstNode(clickhouse).client,
    'SELECT webhook_id, max(sequence) AS head FROM webhook_heads GROUP BY account_id, webhook_id',
  );
  return new Map(rows.map(({ webhook_id, head }) => [webhook_id, head]));
}

/** The number before the oldest message that is kept; undefined where none is. */
export async function beforeFirst(
  clickhouse: ClickHouseClient,
  { webhook_id }: WebhookPlace,
): Promise<number | undefined> {
  const [row] = await ask<{ first: number }>(
    firstNode(clickhouse).client,
    'SELECT min(sequence) AS first FROM webhook_messages WHERE webhook_id = {webhook_id:String}',
    { webhook_id },
  );
  return row === undefined || row.first === 0 ? undefined : row.first - 1;
}

export interface Page {
  messages: { stored: StoredMessage; tried: Tried | undefined }[];
  /** Up to which number they were read. */
  taken: number;
  /** Numbers that were gone through and have no message: a replica is behind, or they have expired. */
  missing: number;
}

/** The messages after `after`, up to `head`, that are neither delivered nor given up; in order, at most `limit`. */
export async function readPage(
  clickhouse: ClickHouseClient,
  { webhook_id }: WebhookPlace,
  { after, head, limit }: { after: number; head: number; limit: number },
): Promise<Page> {
  const to = Math.min(head, after + WINDOW);
  const { client } = firstNode(clickhouse);
  const within = 'webhook_id = {webhook_id:String} AND sequence > {after:UInt64} AND sequence <= {to:UInt64}';
  const query_params = { webhook_id, after, to, limit };
  // Before they are read: a replica that catches up meanwhile then has more of them than were counted, never fewer.
  const [counted] = await ask<{ there: number }>(
    client,
    `SELECT uniqExact(sequence) AS there FROM webhook_messages WHERE ${within}`,
    query_params,
  );
  const [stored, tried] = await Promise.all([
    ask<StoredMessage>(
      client,
      `SELECT ${MESSAGE} FROM webhook_messages WHERE ${within}
          AND sequence NOT IN (SELECT sequence FROM webhook_attempts WHERE ${within}
            AND outcome IN ${FINAL} AND (replay = '' OR outcome = 'delivered'))
        ORDER BY webhook_messages.sequence LIMIT {limit:UInt32}`,
      query_params,
    ),
    ask<Tried & { sequence: number }>(
      client,
      `SELECT sequence, max(n) AS tries, toUnixTimestamp64Milli(max(at)) AS last_ms,
          toUnixTimestamp64Milli(argMax(next_at, n)) AS next_ms
        FROM webhook_attempts WHERE ${within} AND replay = '' GROUP BY sequence`,
      query_params,
    ),
  ]);
  const tries = new Map(tried.map(({ sequence, ...one }) => [sequence, one]));
  return {
    messages: stored.map((one) => ({ stored: one, tried: tries.get(one.sequence) })),
    taken: stored.length === limit ? (stored.at(-1)?.sequence ?? to) : to,
    missing: Math.max(0, to - after - (counted?.there ?? 0)),
  };
}

/** The messages of a replay that it has not sent yet; in order, at most `limit`. */
export async function readReplayed(
  clickhouse: ClickHouseClient,
  { webhook_id }: WebhookPlace,
  replay: { replay_id: string; ids: string[] | null; from_ms: number; to_ms: number },
  { after, limit }: { after: number; limit: number },
): Promise<StoredMessage[]> {
  const { replay_id, ids, from_ms, to_ms } = replay;
  const which =
    ids === null
      ? `made_at >= fromUnixTimestamp64Milli({from_ms:Int64}) AND made_at < fromUnixTimestamp64Milli({to_ms:Int64})`
      : '(message_id IN {ids:Array(String)} OR hasAny(event_ids, {ids:Array(String)}))';
  return ask<StoredMessage>(
    firstNode(clickhouse).client,
    `SELECT ${MESSAGE} FROM webhook_messages
      WHERE webhook_id = {webhook_id:String} AND sequence > {after:UInt64} AND ${which}
        AND sequence NOT IN (SELECT sequence FROM webhook_attempts
          WHERE webhook_id = {webhook_id:String} AND replay = {replay_id:String} AND outcome IN ${FINAL})
      ORDER BY webhook_messages.sequence LIMIT {limit:UInt32}`,
    { webhook_id, replay_id, from_ms, to_ms, ids: ids ?? [], after, limit },
  );
}

/** As they are sent; `late`: they can't be read now; `gone`: they are kept no longer. */
export type Events = string[] | 'late' | 'gone';

/** The events of each message, by its number. */
export async function readEvents(
  clickhouse: ClickHouseClient,
  { webhook_id }: WebhookPlace,
  messages: readonly StoredMessage[],
): Promise<Map<number, Events>> {
  const found = new Map<string, string>();
  const away = new Set<number>();
  for (const [shard, of_shard] of Map.groupBy(messages, (one) => one.shard)) {
    try {
      const { client } = nodeOfShard(clickhouse, shard);
      await readInto(found, client, 'webhook_events', webhook_id, of_shard);
    } catch (error) {
      if (!(error instanceof ShardAwayError)) throw error;
      away.add(shard);
    }
  }
  let all_asked = true;
  const missing = messages.filter(({ event_ids }) => event_ids.some((id) => !found.has(id)));
  // A restore, or a cluster that has grown, may have put them elsewhere.
  if (missing.length > 0 && clickhouse.shards !== undefined)
    await readInto(found, clickhouse, 'trackly.webhook_events', webhook_id, missing).catch(() => {
      all_asked = false;
    });
  return new Map(
    messages.map(({ sequence, event_ids, made_ms, shard }): [number, Events] => {
      const events = event_ids.flatMap((id) => found.get(id) ?? []);
      if (events.length === event_ids.length) return [sequence, events];
      // However old it is, what was not asked for is not gone.
      const is_late = away.has(shard) || !all_asked || Date.now() - made_ms < EVENTS_LATE_MS_MAX;
      return [sequence, is_late ? 'late' : 'gone'];
    }),
  );
}

/** With more events their inserts are read as a whole, for this webhook: of a page nearly all of them are asked for. */
const IDS_ASKED_MAX = 1_000;

async function readInto(
  found: Map<string, string>,
  client: ClickHouseClient,
  table: string,
  webhook_id: string,
  messages: readonly StoredMessage[],
): Promise<void> {
  const ids = messages.flatMap(({ event_ids }) => event_ids);
  const inserts = [...new Set(messages.flatMap(({ batches }) => batches))];
  const [column, values] = ids.length > IDS_ASKED_MAX ? ['batch', inserts] : ['event_id', ids];
  const asked = new Set(ids);
  const from_ms = Math.min(...messages.map((one) => one.from_ms));
  const to_ms = Math.max(...messages.map((one) => one.to_ms));
  for (const part of parameterChunks(values, (value) => value)) {
    const rows = await ask<StoredEvent>(
      client,
      `SELECT event_id, type, toUnixTimestamp64Milli(happened_at) AS happened_at_ms, contact_id, body, private
        FROM ${table}
        WHERE inserted_at >= fromUnixTimestamp64Milli({from_ms:Int64})
          AND inserted_at <= fromUnixTimestamp64Milli({to_ms:Int64})
          AND webhook_id = {webhook_id:String} AND ${column} IN {values:Array(String)}`,
      { webhook_id, values: part, from_ms, to_ms },
    );
    for (const row of rows) if (asked.has(row.event_id)) found.set(row.event_id, sentText(row));
  }
}
