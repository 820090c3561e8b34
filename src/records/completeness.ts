/**
 * Tells whether Redis holds all records: notes in Redis say so, written once they are all there. A Redis that came
 * back without its data lacks them; then nothing is counted, created or reported until `npm run restore` has restored the
 * records, because repeated clicks would count as first clicks again. A cluster has a note in every range of slots, so
 * that the loss of any of its shards is seen.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { Cluster, type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { keysOfSlotRanges } from './slot-ranges.ts';

/** Hash: since, when all records were there, in ms; link_days, the shortest time for which links stayed since. */
const KEY = 'records:complete';
const KEYS_OF_CLUSTER = keysOfSlotRanges(KEY);
const notesIn = (redis: RedisClient): readonly string[] =>
  redis instanceof Cluster ? KEYS_OF_CLUSTER : [KEY];

const DAY_MS = 24 * 3_600_000;
const LOOK_EVERY_MS = 1_000;

const DECLARE = loadScript(new URL('./lua/declare-complete.lua', import.meta.url));

export interface Completeness {
  since_ms: number;
  link_days: number;
}

/** Thrown when Redis has lost its records; nothing can be decided without them. */
export class RecordsLostError extends Error {
  readonly code = 'records_lost';
  constructor() {
    super('Redis has lost its data: run "npm run restore", which brings it back from ClickHouse');
  }
}

/** Reads the notes; undefined if any of them is missing. */
export async function readCompleteness(redis: RedisClient): Promise<Completeness | undefined> {
  const commands = notesIn(redis).map((key): Command => ['HMGET', key, 'since', 'link_days']);
  const notes = (await runAll(redis, commands)) as [since: string | null, link_days: string][];
  if (notes.some(([since]) => since === null)) return undefined;
  return {
    since_ms: Math.min(...notes.map(([since]) => Number(since))),
    link_days: Math.min(...notes.map(([, link_days]) => Number(link_days))),
  };
}

/** Notes that all records are there. `since_ms` 0: older links may be only in ClickHouse. Safe to repeat. */
export async function declareComplete(
  redis: RedisClient,
  since_ms: number,
  link_days: number,
): Promise<void> {
  await Promise.all(notesIn(redis).map((key) => DECLARE.run(redis, [key], [since_ms, link_days])));
}

/** Rejects with RecordsLostError when records are missing. */
export async function assertComplete(redis: RedisClient): Promise<void> {
  if ((await readCompleteness(redis)) === undefined) throw new RecordsLostError();
}

/**
 * Called at the start of every process that writes records; marks a new installation as complete. Resolves with false
 * when ClickHouse has records and Redis does not. Rejects when either is down. Safe to repeat.
 */
export async function openRecords(
  redis: RedisClient,
  clickhouse: ClickHouseClient,
  link_days: number,
): Promise<boolean> {
  if ((await readCompleteness(redis)) === undefined) {
    const result = await clickhouse.query({
      query: 'SELECT 1 FROM trackly.records LIMIT 1',
      format: 'JSONCompactEachRow',
    });
    if ((await result.json()).length > 0) return false;
  }
  await declareComplete(redis, Date.now(), link_days);
  return true;
}

/** Checks every second. With Redis down the last result remains. */
export class CompletenessWatch {
  /** Redis has lost its records. */
  lost = false;
  /** The time in ms from which on a link may have left Redis because of its age. */
  #expiring_from_ms = Number.MAX_SAFE_INTEGER;
  readonly #redis: RedisClient;
  readonly #timer: NodeJS.Timeout;

  constructor(redis: RedisClient) {
    this.#redis = redis;
    this.#timer = setInterval(() => void this.look().catch(() => {}), LOOK_EVERY_MS);
  }

  async look(): Promise<void> {
    const complete = await readCompleteness(this.#redis);
    this.lost = complete === undefined;
    if (complete !== undefined) {
      this.#expiring_from_ms = complete.since_ms + complete.link_days * DAY_MS;
    }
  }

  /** Whether a link or a message that Redis does not know may be in ClickHouse. */
  get may_have_left(): boolean {
    return this.lost || Date.now() >= this.#expiring_from_ms;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
