/**
 * Numbers the messages to webhooks: one worker of the installation reads the events that batches have inserted, each
 * insert as a whole, makes messages of them, and gives each its webhook's next number. A block of messages is one insert
 * under a token that has the number of the block; so of two workers that number the same block one is stored, and what is
 * stored is read back before the next one is made, and before anything of it is sent.
 *
 *   find     inserts of events on a shard that no message has yet
 *   number   their events, in order
 *   store    the messages as the next block; read them back; move the heads on, which deliverers follow
 *
 * A shard that is away keeps its events until it is back. With ClickHouse or Redis down it goes on where it was.
 */
import { type ClickHouseClient, ClickHouseError } from '../../src/clickhouse/client.ts';
import { firstNode, nodeOfShard, ShardAwayError, shardCount } from '../../src/clickhouse/shards.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import type { Rounds } from '../../src/platform/sleep.ts';
import { sleep } from '../../src/platform/sleep.ts';
import { type NumberedMessage, numberMessages, type WaitingEvent } from '../../src/webhooks/messages.ts';
import { BATCH_EVENTS_MAX, BATCH_WAIT_S_MAX } from '../../src/webhooks/webhook.ts';
import { ALL_WEBHOOKS } from '../../src/webhooks/webhook-store.ts';
import { columnsOf, insertOnce } from '../batch/insert-rows.ts';
import { runAlone } from '../run-alone.ts';
import type { WorkerContext } from '../worker-context.ts';

const LOCK_KEY = 'webhook_numbering:worker';
/** Shorter than for other work: until then nothing new is sent. */
const LOCK_MS = 3_000;
/** Rest of a round in which there was nothing to number. */
const REST_MS = 200;
/** While clicks come late into the reports: fewer and larger blocks cost less. */
const REST_LATE_MS = 1_000;
/** How far back a round looks for inserts that became visible late: longer than one may take (keep-events.ts). */
const OVERLAP_MS = 60_000;
/** Now and then it looks back further, for what a replica was late with, or a clock that was set. */
const LOOK_BACK_MS = 6 * 3_600_000;
const LOOK_BACK_EVERY_MS = 600_000;
/** Events live as long. */
const EVENTS_KEPT_MS = 30 * 24 * 3_600_000;
/** A block has so many events, and the rest of the insert that reaches it: each takes some 300 bytes while it is numbered. */
const BLOCK_EVENTS = 50_000;
/** Inserts that are looked for together, and about as many are numbered together; the next round goes on. */
const INSERTS_MAX = 500;
/** A batch waits for others for so long, less the round in which that is noticed. */
const BATCH_WAIT_MS = BATCH_WAIT_S_MAX * 1_000 - 2 * REST_MS;
/** Inserts that are remembered as numbered. */
const REMEMBERED_MS = 2 * LOOK_BACK_MS;
/** After this time a block that was accepted and can't be read is given up: an account was removed with all of it. */
const UNREADABLE_MS_MAX = 600_000;
const READ_BACK_EVERY_MS = 1_000;
const LOOK_FOR_WEBHOOKS_MS = 5_000;

const STORED = { output_format_json_quote_64bit_integers: 0, select_sequential_consistency: '1' } as const;

const COLUMNS = columnsOf<NumberedMessage>({
  account_id: (one) => one.account_id,
  webhook_id: (one) => one.webhook_id,
  sequence: (one) => one.sequence,
  message_id: (one) => one.message_id,
  shard: (one) => one.shard,
  event_ids: (one) => one.event_ids,
  types: (one) => one.types,
  batches: (one) => one.batches,
  happened_at: (one) => one.happened_at,
  events_from: (one) => one.events_from,
  events_to: (one) => one.events_to,
  block: (one) => one.block,
});

/** Inserts of events on one shard. */
interface Insert {
  batch: string;
  inserted_at_ms: number;
  events: number;
  /** 1 where webhooks take these in batches. */
  batched: number;
  /** The clock of the shard. */
  now_ms: number;
}

/** Of a block that is stored, one for each webhook. */
interface StoredBlock {
  webhook_id: string;
  sequence: number;
  batches: string[];
}

type Ground = Pick<WorkerContext, 'redis' | 'clickhouse' | 'lateness' | 'logger'>;

/** `looked` is called after each round that found all shards, every LOOK_FOR_WEBHOOKS_MS at most. */
export function numberAllMessages(ground: Ground, looked: () => Promise<void>): Rounds {
  const { redis, lateness, logger } = ground;
  return runAlone<object>(
    redis,
    {
      lock_key: LOCK_KEY,
      next: async () => ((await hasWebhooks(redis)) ? {} : undefined),
      keyOf: () => LOCK_KEY,
      async work(_, turn) {
        const numbering = new Numbering(ground, turn.hold);
        await numbering.begin();
        for (let looked_at = performance.now(); ; ) {
          await turn.hold();
          const numbered = await numbering.round();
          if (lateness.isLate(Date.now())) await sleep(REST_LATE_MS);
          else if (!numbered) await sleep(REST_MS);
          if (performance.now() - looked_at < LOOK_FOR_WEBHOOKS_MS) continue;
          if (!(await hasWebhooks(redis))) return;
          await looked();
          looked_at = performance.now();
        }
      },
      // ClickHouse's messages quote rows.
      interrupted: (error) =>
        logger.warn({ error: codeOf(error) }, 'messages to webhooks are numbered shortly'),
    },
    LOCK_MS,
  );
}

const codeOf = (error: Error): string =>
  error instanceof ClickHouseError ? (error.type ?? error.code) : error.name;

const hasWebhooks = async (redis: RedisClient): Promise<boolean> => (await redis.zcard(ALL_WEBHOOKS)) > 0;

class Numbering {
  readonly #ground: Ground;
  readonly #hold: () => Promise<void>;
  /** The last number of each webhook. */
  #last = new Map<string, number>();
  #block = 0;
  /** Inserts that are numbered, each with the time at which it was, by the clock of its shard. */
  readonly #numbered = new Map<string, number>();
  /** By shard: up to which inserted_at all inserts are numbered that could be seen. */
  readonly #since = new Map<number, number>();
  #looked_back_at = Number.NEGATIVE_INFINITY;

  /** `hold` throws once this worker no longer does the work. */
  constructor(ground: Ground, hold: () => Promise<void>) {
    this.#ground = ground;
    this.#hold = hold;
  }

  async begin(): Promise<void> {
    // What a worker stored and could not tell of: of these blocks the heads may be missing.
    await this.#moveHeads('made_at >= now() - INTERVAL 1 DAY');
    const heads = await ask<{ webhook_id: string; sequence: number }>(
      this.#first,
      'SELECT webhook_id, max(sequence) AS sequence FROM webhook_heads GROUP BY account_id, webhook_id',
    );
    this.#last = new Map(heads.map(({ webhook_id, sequence }) => [webhook_id, sequence]));
    this.#block = this.#last.get('') ?? 0;
  }

  /** Whether there was something to number. What one shard fails with does not hold up those after it. */
  async round(): Promise<boolean> {
    const look_back = performance.now() - this.#looked_back_at > LOOK_BACK_EVERY_MS;
    let numbered = false;
    const failed: unknown[] = [];
    for (let shard = 0; shard < shardCount(this.#ground.clickhouse); shard++) {
      try {
        numbered = (await this.#numberShard(shard, look_back)) || numbered;
      } catch (error) {
        // Without the first shard nothing can be stored.
        if (error instanceof ShardAwayError && error.shard === 1) throw error;
        if (!(error instanceof ShardAwayError)) failed.push(error);
      }
    }
    if (failed.length > 0) throw failed[0];
    if (look_back) this.#looked_back_at = performance.now();
    return numbered;
  }

  get #first(): ClickHouseClient {
    return firstNode(this.#ground.clickhouse).client;
  }

  async #numberShard(shard: number, look_back: boolean): Promise<boolean> {
    const { client } = nodeOfShard(this.#ground.clickhouse, shard);
    const since_ms = this.#since.get(shard) ?? (await this.#sinceOf(shard));
    const from_ms = since_ms - (look_back ? LOOK_BACK_MS : OVERLAP_MS);
    const inserts = await this.#findInserts(client, from_ms);
    const ready = readyInserts(inserts);
    if (ready.length > 0) {
      const events = await readEvents(client, ready);
      await this.#store(events, shard);
      for (const { batch, now_ms } of ready) this.#numbered.set(batch, now_ms);
    }
    this.#since.set(shard, movedOn(since_ms, inserts, ready));
    return ready.length > 0;
  }

  /** Of the messages that are stored; of a shard that has none, as far back as events are kept. */
  async #sinceOf(shard: number): Promise<number> {
    const [found] = await ask<{ to_ms: number }>(
      this.#first,
      'SELECT toUnixTimestamp64Milli(max(events_to)) AS to_ms FROM webhook_messages WHERE shard = {shard:UInt16}',
      { shard },
    );
    return Math.max(found?.to_ms ?? 0, Date.now() - EVENTS_KEPT_MS);
  }

  /** Inserts that are not numbered yet, oldest first. */
  async #findInserts(client: ClickHouseClient, from_ms: number): Promise<Insert[]> {
    const found = await ask<Insert>(
      client,
      `SELECT batch, toUnixTimestamp64Milli(min(inserted_at)) AS inserted_at_ms, count() AS events,
          max(events_max > 1) AS batched, toUnixTimestamp64Milli(now64(3)) AS now_ms
        FROM webhook_events WHERE inserted_at >= fromUnixTimestamp64Milli({from_ms:Int64})
        GROUP BY batch ORDER BY inserted_at_ms, batch`,
      { from_ms },
    );
    const [newest] = found.slice(-1);
    for (const [batch, at_ms] of this.#numbered) {
      if (newest === undefined || at_ms > newest.now_ms - REMEMBERED_MS) break;
      this.#numbered.delete(batch);
    }
    const fresh = found.filter(({ batch }) => !this.#numbered.has(batch));
    const open: Insert[] = [];
    for (let from = 0; from < fresh.length && open.length < INSERTS_MAX; from += INSERTS_MAX) {
      const part = fresh.slice(from, from + INSERTS_MAX);
      const stored = await this.#storedOf(part);
      for (const { batch, now_ms } of part) if (stored.has(batch)) this.#numbered.set(batch, now_ms);
      open.push(...part.filter(({ batch }) => !stored.has(batch)));
    }
    return open;
  }

  /** Which of them messages have already: this worker may be new to the work. */
  async #storedOf(inserts: readonly Insert[]): Promise<Set<string>> {
    const [first] = inserts;
    if (first === undefined) return new Set();
    const found = await ask<{ batch: string }>(
      this.#first,
      `SELECT DISTINCT arrayJoin(batches) AS batch FROM webhook_messages
        WHERE hasAny(batches, {batches:Array(String)})
          AND made_at >= fromUnixTimestamp64Milli({from_ms:Int64}) - INTERVAL 1 DAY`,
      { batches: inserts.map(({ batch }) => batch), from_ms: first.inserted_at_ms },
    );
    return new Set(found.map(({ batch }) => batch));
  }

  /** Throws, for the round to be repeated, where another worker stored the block. */
  async #store(events: readonly WaitingEvent[], shard: number): Promise<void> {
    const block = this.#block + 1;
    const rows = numberMessages(events, { shard, block, last: new Map(this.#last) });
    await this.#hold();
    await insertOnce({ clickhouse: this.#first }, `webhook-messages-${block}`, {
      table: 'webhook_messages',
      columns: COLUMNS,
      rows,
    });
    const stored = await this.#readBack(block);
    await this.#moveHeads('block = {block:UInt64}', { block });
    this.#block = block;
    for (const { webhook_id, sequence } of stored) this.#last.set(webhook_id, sequence);
    const batches = new Set(stored.flatMap((one) => one.batches));
    if (events.some(({ batch }) => !batches.has(batch))) throw new OtherBlockError();
  }

  /** What the block has. Waits for a replica that is late; a block that stays unreadable is given up. */
  async #readBack(block: number): Promise<StoredBlock[]> {
    for (const began_at = performance.now(); performance.now() - began_at < UNREADABLE_MS_MAX; ) {
      const stored = await ask<StoredBlock>(
        this.#first,
        `SELECT webhook_id, max(sequence) AS sequence, groupUniqArrayArray(batches) AS batches
          FROM webhook_messages WHERE block = {block:UInt64} GROUP BY webhook_id`,
        { block },
      );
      if (stored.length > 0) return stored;
      await sleep(READ_BACK_EVERY_MS);
      await this.#hold();
    }
    this.#ground.logger.error({ block }, 'a block of messages to webhooks is given up: it can not be read');
    await this.#first.command({
      query: "INSERT INTO webhook_heads (account_id, webhook_id, sequence) SELECT '', '', {block:UInt64}",
      query_params: { block },
      clickhouse_settings: { async_insert: 0, wait_end_of_query: 1 },
    });
    this.#block = block;
    throw new OtherBlockError();
  }

  async #moveHeads(where: string, query_params: Record<string, unknown> = {}): Promise<void> {
    await this.#first.command({
      query: `INSERT INTO webhook_heads (account_id, webhook_id, sequence)
        SELECT account_id, webhook_id, max(sequence) FROM webhook_messages WHERE ${where}
          GROUP BY account_id, webhook_id
        UNION ALL SELECT '', '', max(block) FROM webhook_messages WHERE ${where} HAVING count() > 0`,
      query_params,
      clickhouse_settings: { async_insert: 0, wait_end_of_query: 1 },
    });
  }
}

/** The block has other messages than this worker has made: another one was at it, or a replica is late. */
class OtherBlockError extends Error {
  override name = 'OtherBlockError';
}

/** Those that can be numbered now. Batches wait for others, until they are full or the first has waited for long enough. */
function readyInserts(inserts: readonly Insert[]): Insert[] {
  const batched = inserts.filter((one) => one.batched === 1);
  const [first] = batched;
  const wait =
    first !== undefined &&
    first.now_ms - first.inserted_at_ms < BATCH_WAIT_MS &&
    sumOf(batched) < BATCH_EVENTS_MAX;
  const ready = wait ? inserts.filter((one) => one.batched === 0) : inserts;
  let events = 0;
  return ready.filter((one) => {
    const fits = events < BLOCK_EVENTS;
    events += one.events;
    return fits;
  });
}

const sumOf = (inserts: readonly Insert[]): number => inserts.reduce((sum, { events }) => sum + events, 0);

/** Where the next look begins, less its overlap: nothing that waits is older. */
function movedOn(since_ms: number, inserts: readonly Insert[], ready: readonly Insert[]): number {
  const taken = new Set(ready);
  const waiting = inserts.find((one) => !taken.has(one));
  const newest = ready.at(-1)?.inserted_at_ms ?? since_ms;
  return Math.max(since_ms, Math.min(newest, waiting?.inserted_at_ms ?? newest));
}

/** Of an insert that is there twice, each event once. */
async function readEvents(client: ClickHouseClient, inserts: readonly Insert[]): Promise<WaitingEvent[]> {
  const times = inserts.map(({ inserted_at_ms }) => inserted_at_ms);
  return ask<WaitingEvent>(
    client,
    `SELECT account_id, webhook_id, events_max, event_id, type, toUnixTimestamp64Milli(happened_at) AS happened_at_ms,
        toUnixTimestamp64Milli(inserted_at) AS inserted_at_ms, batch
      FROM webhook_events
      WHERE inserted_at >= fromUnixTimestamp64Milli({from_ms:Int64})
        AND inserted_at <= fromUnixTimestamp64Milli({to_ms:Int64}) AND batch IN {batches:Array(String)}
      ORDER BY inserted_at, batch, position, webhook_id
      LIMIT 1 BY batch, webhook_id, event_id`,
    {
      from_ms: Math.min(...times),
      to_ms: Math.max(...times),
      batches: inserts.map(({ batch }) => batch),
    },
  );
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
