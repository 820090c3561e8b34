/**
 * Records that Redis does not know, looked up in ClickHouse: links that have left Redis because of their age, and all
 * records while Redis has lost its data. Lookups are bounded, because anybody can request made-up ids: one query at a
 * time per process, with a maximum of keys, after a pause; lookups that would wait too long reject. With ClickHouse
 * down every lookup rejects.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import type { SecondReader } from '../platform/record-cache.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { sleep } from '../platform/sleep.ts';
import { within } from '../platform/within.ts';
import type { CompletenessWatch } from './completeness.ts';

/** Keys in one query. */
const KEYS_PER_QUERY_MAX = 200;
/** Keys that may wait in one process; with more, a lookup rejects at once. */
const WAITING_KEYS_MAX = 2_000;
/** Pause that gathers keys and leaves ClickHouse capacity for other work. */
const PAUSE_MS = 10;
const ANSWER_WITHIN_MS = 2_000;

/** Where records of one kind are stored in ClickHouse. */
export interface ArchiveSource {
  /** Prefix of their keys. */
  prefix: string;
  /** Whether they leave Redis because of their age; others are missing only when Redis lost its data. */
  leaves: boolean;
  /** How long a found record is stored in Redis again; 0: it is not stored. */
  bring_back_s: number;
  /** The existing records of `keys`. */
  read(clickhouse: ClickHouseClient, keys: readonly string[]): Promise<Map<string, string>>;
}

interface Waiting {
  key: string;
  resolve(value: string | null): void;
  reject(error: unknown): void;
}

export class Archive implements SecondReader {
  /** Keys that were looked up, and that were found. */
  asked = 0;
  found = 0;
  readonly #redis: RedisClient;
  readonly #clickhouse: ClickHouseClient;
  readonly #watch: CompletenessWatch;
  readonly #sources: readonly ArchiveSource[];
  #waiting: Waiting[] = [];
  #asking = false;

  /** If several sources match the prefix of a key, the first is asked. */
  constructor(
    redis: RedisClient,
    clickhouse: ClickHouseClient,
    watch: CompletenessWatch,
    sources: readonly ArchiveSource[],
  ) {
    this.#redis = redis;
    this.#clickhouse = clickhouse;
    this.#watch = watch;
    this.#sources = sources;
  }

  covers(key: string): boolean {
    if (!this.#watch.may_have_left) return false;
    return this.#watch.lost || this.#sourceOf(key)?.leaves === true;
  }

  read(key: string): Promise<string | null> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length >= WAITING_KEYS_MAX) {
        reject(new Error('too many lookups wait for ClickHouse'));
        return;
      }
      this.#waiting.push({ key, resolve, reject });
      if (!this.#asking) void this.#askAll();
    });
  }

  async #askAll(): Promise<void> {
    this.#asking = true;
    while (this.#waiting.length > 0) {
      await sleep(PAUSE_MS);
      const group = this.#waiting.splice(0, KEYS_PER_QUERY_MAX);
      try {
        const found = await within(ANSWER_WITHIN_MS, () => this.#ask(group.map(({ key }) => key)));
        for (const { key, resolve } of group) resolve(found.get(key) ?? null);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#asking = false;
  }

  async #ask(keys: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    this.asked += keys.length;
    for (const [source, part] of Map.groupBy(new Set(keys), (key) => this.#sourceOf(key))) {
      if (source === undefined) continue;
      const records = await source.read(this.#clickhouse, part);
      for (const [key, value] of records) found.set(key, value);
      if (source.bring_back_s > 0) this.#bringBack(records, source.bring_back_s);
    }
    this.found += found.size;
    return found;
  }

  /**
   * Runs in the background. Never overwrites, because a change may have been faster. With Redis down a later click
   * tries again.
   */
  #bringBack(records: ReadonlyMap<string, string>, keep_s: number): void {
    const commands = [...records].map(([key, value]): Command => ['SET', key, value, 'EX', keep_s, 'NX']);
    runAll(this.#redis, commands).catch(() => {});
  }

  #sourceOf(key: string): ArchiveSource | undefined {
    return this.#sources.find(({ prefix }) => key.startsWith(prefix));
  }
}
