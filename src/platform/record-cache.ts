/**
 * An in-process LRU over records that live in Redis as strings: links, offers, accounts, domains.
 * A miss is read once however many ask (single flight), all misses of one turn of the event loop in one
 * MGET; an absent record is remembered for a moment, so that a scan of random ids stays cheap.
 * With Redis down what is cached is served on and a miss rejects.
 */
import { LRUCache } from 'lru-cache';
import { Cluster, type RedisClient, runAll } from './redis.ts';

const ABSENT_TTL_MS = 1_000;
const ABSENT_MAX = 50_000;
/** Keys in one MGET. */
const READ_KEYS_MAX = 500;
/** Keys that may wait for Redis in one process; beyond, a load rejects at once. */
const WAITING_KEYS_MAX = 50_000;

/** A Redis that restarts is back within this; one that is away for longer is not waited for. */
const READ_WITHIN_MS = 700;
const READ_RETRY_MS = 50;

/** Where a record may be that Redis does not have. */
export interface SecondReader {
  /** Whether it is worth asking for this key now. */
  covers(key: string): boolean;
  /** The string at `key`, or null. Rejects when it can't be asked. */
  read(key: string): Promise<string | null>;
}

interface Waiting {
  key: string;
  resolve(value: string | null): void;
  reject(error: unknown): void;
}

/**
 * Gathers the reads of one turn of the event loop, and asks `second` for what Redis does not have. `keys_read`
 * counts what Redis was asked for.
 */
export class BatchedReader {
  keys_read = 0;
  readonly #redis: RedisClient;
  readonly #second: SecondReader | undefined;
  /** Keys that wait for an answer, sent or not. */
  #unanswered = 0;
  #waiting: Waiting[] = [];

  constructor(redis: RedisClient, second?: SecondReader) {
    this.#redis = redis;
    this.#second = second;
  }

  /** The string at `key`, or null. Rejects when Redis can't be asked. */
  read(key: string): Promise<string | null> {
    return new Promise((resolve, reject) => {
      if (this.#unanswered >= WAITING_KEYS_MAX) {
        reject(new Error('too many lookups wait for Redis'));
        return;
      }
      if (this.#waiting.length === 0) setImmediate(() => this.#send());
      this.#unanswered++;
      this.#waiting.push({ key, resolve, reject });
    });
  }

  #send(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < waiting.length; from += READ_KEYS_MAX) {
      const part = waiting.slice(from, from + READ_KEYS_MAX);
      this.keys_read += part.length;
      this.#readPatiently(part.map((entry) => entry.key)).then(
        (values) => {
          this.#unanswered -= part.length;
          for (const [i, entry] of part.entries()) this.#answer(entry, values[i] ?? null);
        },
        (error) => {
          this.#unanswered -= part.length;
          for (const entry of part) entry.reject(error);
        },
      );
    }
  }

  #answer({ key, resolve, reject }: Waiting, value: string | null): void {
    if (value === null && this.#second?.covers(key)) this.#second.read(key).then(resolve, reject);
    else resolve(value);
  }

  async #readPatiently(keys: string[]): Promise<(string | null)[]> {
    const until = performance.now() + READ_WITHIN_MS;
    for (;;) {
      try {
        return await this.#readMany(keys);
      } catch (error) {
        if (performance.now() + READ_RETRY_MS > until) throw error;
        await new Promise((done) => setTimeout(done, READ_RETRY_MS));
      }
    }
  }

  #readMany(keys: string[]): Promise<(string | null)[]> {
    // The keys of one MGET must share a slot on a cluster; there, one GET each.
    if (this.#redis instanceof Cluster) {
      return runAll(
        this.#redis,
        keys.map((key) => ['GET', key]),
      ) as Promise<(string | null)[]>;
    }
    return this.#redis.mget(keys);
  }
}

/** A read on its way; no longer `current` once a change was announced: its answer may be old. */
interface Load<T> {
  current: boolean;
  record: Promise<T | null>;
}

export class RecordCache<T extends object> {
  hits = 0;
  misses = 0;
  readonly #reader: BatchedReader;
  readonly #decode: (key: string, text: string) => T;
  readonly #records: LRUCache<string, T>;
  readonly #absent = new LRUCache<string, true>({ max: ABSENT_MAX, ttl: ABSENT_TTL_MS });
  readonly #loading = new Map<string, Load<T>>();

  /** `entries_max` bounds the records held. */
  constructor(reader: BatchedReader, entries_max: number, decode: (key: string, text: string) => T) {
    this.#reader = reader;
    this.#decode = decode;
    this.#records = new LRUCache({ max: entries_max });
  }

  /** What is known without asking: the record, null where it is known to be absent, else undefined. */
  peek(key: string): T | null | undefined {
    const record = this.#records.get(key);
    if (record !== undefined) {
      this.hits++;
      return record;
    }
    return this.#absent.has(key) ? null : undefined;
  }

  /** The record or null, from the cache or from Redis. Rejects when Redis can't be asked. */
  load(key: string): Promise<T | null> {
    const known = this.peek(key);
    if (known !== undefined) return Promise.resolve(known);
    const running = this.#loading.get(key);
    if (running !== undefined) return running.record;
    this.misses++;
    const load: Load<T> = { current: true, record: Promise.resolve(null) };
    this.#loading.set(key, load);
    load.record = this.#load(key, load);
    return load.record;
  }

  async #load(key: string, load: Load<T>): Promise<T | null> {
    try {
      const text = await this.#reader.read(key);
      const record = text === null ? null : this.#decode(key, text);
      if (load.current) {
        if (record === null) this.#absent.set(key, true);
        else this.#records.set(key, record);
      }
      return record;
    } finally {
      if (load.current) this.#loading.delete(key);
    }
  }

  /** Forget one record: it has changed. */
  changed(key: string): void {
    this.#records.delete(key);
    this.#absent.delete(key);
    const load = this.#loading.get(key);
    if (load !== undefined) {
      load.current = false;
      this.#loading.delete(key);
    }
  }

  /** Forget everything. */
  missed(): void {
    this.#records.clear();
    this.#absent.clear();
    for (const load of this.#loading.values()) load.current = false;
    this.#loading.clear();
  }

  get size(): number {
    return this.#records.size;
  }
}
