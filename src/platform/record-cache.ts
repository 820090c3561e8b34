/**
 * An in-process LRU cache of records that Redis stores as strings, or in fields of hashes. Concurrent misses of one key
 * cause one read (single flight); all misses of one turn of the event loop share one call. An absent record is remembered
 * for a moment, so that a scan of random ids stays cheap. With Redis down cached records are still served; a miss waits, then asks the
 * second reader or rejects.
 */
import type { LRUCache } from 'lru-cache';
import type { ChangeListener } from './change-log.ts';
import { lruOf } from './lru.ts';
import { Cluster, type Command, type RedisClient, runAll } from './redis.ts';
import { SLOTS, slotOfKey } from './redis-slots.ts';
import { loadScript } from './script.ts';
import { within } from './within.ts';

const ABSENT_TTL_MS = 1_000;
const ABSENT_MAX = 50_000;
/** Keys in one call. */
const READ_KEYS_MAX = 500;
/** Keys that may wait for Redis in one process; beyond, a load rejects at once. */
const WAITING_KEYS_MAX = 50_000;

/** Long enough for a restart of Redis. From when a read is sent it does not wait longer. */
const AWAY_MS_MAX = 700;
/** Redis is away when it has not answered for so long: of a server that is lost, nothing comes, not even an error. */
const SILENT_MS_MAX = 400;
/** Interval at which Redis is asked while it is away, once for all waiting reads, and how long it has to answer. */
const ASK_AGAIN_MS = 50;
const ASK_WITHIN_MS = AWAY_MS_MAX - SILENT_MS_MAX - ASK_AGAIN_MS;

/**
 * Keys read from the second reader that are remembered; with more, all cached records are dropped when Redis is back.
 */
const STOOD_IN_MAX = 100_000;

/** A second source, for records that Redis does not have. */
export interface SecondReader {
  /** Whether it may have this key, which Redis does not have. */
  covers(key: string): boolean;
  /** The string at `key`, or null; it may be some seconds behind Redis. Rejects when the source is down. */
  read(key: string): Promise<string | null>;
}

/** A hash, and a field in it. The hash has the slot of the key that it stands in for. */
export type HashField = readonly [hash: string, field: string];

/** Where a record may be in Redis beside its key. */
export interface Besides {
  /** Where it has a value, that is no older than the key's. On a cluster, which may lose a part of it, the key's is taken. */
  field?: HashField | undefined;
  /** Other keys, asked in this order where neither has it. */
  others?: readonly string[];
}

/** What a call asks for. */
interface Asked {
  key: string;
  field?: HashField | undefined;
}

const READ_VALUES = loadScript(new URL('./lua/read-values.lua', import.meta.url));

interface Waiting extends Asked {
  others: readonly string[];
  resolve(value: string | null): void;
  reject(error: unknown): void;
}

/** The reads of keys that are away together: all of one server, or those of a range of a cluster's slots. */
class RangeReader {
  keys_read = 0;
  readonly #redis: RedisClient;
  readonly #second: SecondReader | undefined;
  /** Among how many of its kind the bounds of a process are divided. */
  readonly #ranges: number;
  /** Keys that wait for an answer, sent or not. */
  #unanswered = 0;
  /** Reads of this turn of the event loop. */
  #gathered: Waiting[] = [];
  /** Since when Redis is away; undefined while it answers. */
  #away_since: number | undefined;
  /** Reads that wait for Redis while it is away. */
  #patient: Waiting[] = [];
  /** Keys that `second` was asked for while Redis was away; Redis may have newer values. */
  #stood_in = new Set<string>();
  #listener: ChangeListener | undefined;

  constructor(redis: RedisClient, second: SecondReader | undefined, ranges: number) {
    this.#redis = redis;
    this.#second = second;
    this.#ranges = ranges;
  }

  tellWhenBack(listener: ChangeListener): void {
    this.#listener = listener;
  }

  read(key: string, { field, others = [] }: Besides): Promise<string | null> {
    return new Promise((resolve, reject) => {
      if (this.#unanswered >= WAITING_KEYS_MAX / this.#ranges) {
        reject(new Error('too many lookups wait for Redis'));
        return;
      }
      this.#unanswered++;
      const waiting = { key, field, others, resolve, reject };
      if (this.#away_since !== undefined) {
        this.#patient.push(waiting);
        return;
      }
      if (this.#gathered.length === 0) setImmediate(() => this.#sendAll(this.#gathered.splice(0)));
      this.#gathered.push(waiting);
    });
  }

  #sendAll(waiting: readonly Waiting[]): void {
    // On a cluster one at a time, so that a key whose primary is away holds up no other.
    const at_once = this.#redis instanceof Cluster ? 1 : READ_KEYS_MAX;
    for (let from = 0; from < waiting.length; from += at_once) {
      const part = waiting.slice(from, from + at_once);
      const sent_at = performance.now();
      void this.#send(part).catch((error) => this.#isAway(part, sent_at, error));
    }
  }

  async #send(waiting: readonly Waiting[]): Promise<void> {
    this.keys_read += waiting.length;
    const values = await within(SILENT_MS_MAX, () => this.#readWaiting(waiting));
    this.#unanswered -= waiting.length;
    for (const [i, { key, resolve, reject }] of waiting.entries()) {
      const value = values[i] ?? null;
      if (value === null && this.#second?.covers(key)) this.#second.read(key).then(resolve, reject);
      else resolve(value);
    }
  }

  async #readWaiting(waiting: readonly Waiting[]): Promise<(string | null)[]> {
    const values = await this.#readMany(waiting);
    const others = waiting.flatMap((one, i) => (values[i] === null ? one.others : []));
    if (others.length === 0) return values;
    const texts = await this.#readMany(others.map((key) => ({ key })));
    const found = new Map(texts.map((value, i) => [others[i], value]));
    return values.map((value, i) => {
      const elsewhere =
        value === null ? waiting[i]?.others.find((key) => found.get(key) !== null) : undefined;
      return elsewhere === undefined ? value : (found.get(elsewhere) ?? null);
    });
  }

  #isAway(waiting: readonly Waiting[], sent_at: number, error: unknown): void {
    this.#patient.push(...waiting);
    if (this.#away_since !== undefined) return;
    this.#away_since = sent_at;
    setTimeout(() => void this.#askAgain(error), ASK_AGAIN_MS);
  }

  /** Asks Redis for one key until it answers; then sends all waiting reads. */
  async #askAgain(error: unknown): Promise<void> {
    const [first] = this.#patient;
    try {
      await within(ASK_WITHIN_MS, () => this.#readMany([{ key: first?.key ?? '' }]));
      this.#away_since = undefined;
      this.#forgetStandIns();
      this.#sendAll(this.#patient.splice(0));
      return;
    } catch (still) {
      error = still;
    }
    // There is no time to ask once more.
    if (performance.now() + ASK_AGAIN_MS > (this.#away_since ?? 0) + AWAY_MS_MAX) {
      for (const waiting of this.#patient.splice(0)) this.#standIn(waiting, error);
    }
    setTimeout(() => void this.#askAgain(error), ASK_AGAIN_MS);
  }

  #standIn({ key, resolve, reject }: Waiting, error: unknown): void {
    this.#unanswered--;
    if (this.#second === undefined) {
      reject(error);
      return;
    }
    if (this.#stood_in.size < STOOD_IN_MAX / this.#ranges) this.#stood_in.add(key);
    this.#second.read(key).then((value) => {
      if (value === null) reject(error);
      else resolve(value);
    }, reject);
  }

  #forgetStandIns(): void {
    if (this.#stood_in.size >= STOOD_IN_MAX / this.#ranges) this.#listener?.missed();
    else for (const key of this.#stood_in) this.#listener?.changed(key);
    this.#stood_in.clear();
  }

  #readMany(asked: readonly Asked[]): Promise<(string | null)[]> {
    if (this.#redis instanceof Cluster) return this.#readEach(asked);
    const [first] = asked;
    if (asked.length === 1 && first?.field !== undefined) return this.#readOne(first.key, first.field);
    if (asked.every(({ field }) => field === undefined)) return this.#redis.mget(asked.map(({ key }) => key));
    const keys = asked.map(({ key }) => key);
    const hashes = asked.map(({ key, field }) => field?.[0] ?? key);
    const fields = asked.map(({ field }) => field?.[1] ?? '');
    return READ_VALUES.run(this.#redis, [...keys, ...hashes], fields) as Promise<(string | null)[]>;
  }

  /** A command costs Redis half of what a script does. */
  async #readOne(key: string, [hash, field]: HashField): Promise<(string | null)[]> {
    return [(await this.#redis.hget(hash, field)) ?? (await this.#redis.get(key))];
  }

  /** On a cluster single commands: keys of one call must share a slot, and one that moves answers only such. */
  async #readEach(asked: readonly Asked[]): Promise<(string | null)[]> {
    const fields = asked.flatMap(({ field }) => (field === undefined ? [] : [field]));
    const values = (await runAll(this.#redis, [
      ...asked.map(({ key }): Command => ['GET', key]),
      ...fields.map((field): Command => ['HGET', ...field]),
    ])) as (string | null)[];
    const of_fields = new Map(fields.map((field, i) => [field, values[asked.length + i] ?? null]));
    return asked.map(({ field }, i) => values[i] ?? (field && of_fields.get(field)) ?? null);
  }
}

/** With more primaries than that, several are taken for away together. */
const RANGES = 64;

/**
 * Combines the reads of one turn of the event loop, and asks `second` for records that Redis does not have. While Redis
 * is away, reads wait for as long as a restart takes; then `second` answers instead. A record that `second` has is
 * served; for one that it lacks the read rejects, because the record may be too new for it. Of a Redis Cluster only what
 * a primary served is away with it.
 */
export class BatchedReader {
  readonly #ranges: readonly RangeReader[];
  readonly #second: SecondReader | undefined;

  constructor(redis: RedisClient, second?: SecondReader) {
    const ranges = redis instanceof Cluster ? RANGES : 1;
    this.#ranges = Array.from({ length: ranges }, () => new RangeReader(redis, second, ranges));
    this.#second = second;
  }

  /** Keys that Redis was asked for. */
  get keys_read(): number {
    return this.#ranges.reduce((sum, { keys_read }) => sum + keys_read, 0);
  }

  /** The listener is told, once Redis is back, which records may be older than those in Redis. */
  tellWhenBack(listener: ChangeListener): void {
    for (const range of this.#ranges) range.tellWhenBack(listener);
  }

  /**
   * The string at `key`, or where Redis has none what it has besides, or null. Rejects when neither Redis nor `second`
   * can answer.
   */
  read(key: string, besides: Besides = {}): Promise<string | null> {
    const { length } = this.#ranges;
    const range = length === 1 ? 0 : Math.floor((slotOfKey(key) * length) / SLOTS);
    return (this.#ranges[range] as RangeReader).read(key, besides);
  }

  /**
   * The value of `second` at `key`, or null: for a record that Redis holds only in part. Rejects when `second` is down.
   */
  readElsewhere(key: string): Promise<string | null> {
    return this.#second?.read(key) ?? Promise.resolve(null);
  }
}

/** A read in progress. It is no longer `current` once a change was announced, because its answer may be old. */
interface Load<T> {
  current: boolean;
  record: Promise<T | null>;
}

/** Makes a record from its text; it may load other records that belong to it. */
type Decode<T> = (key: string, text: string) => T | Promise<T>;

export class RecordCache<T extends object> {
  hits = 0;
  misses = 0;
  /** Changes with every change of a record: results derived under the same version are still valid. */
  version = 0;
  readonly #reader: BatchedReader;
  readonly #prefix: string;
  readonly #fieldOf: ((key: string) => HashField) | undefined;
  readonly #decode: Decode<T>;
  readonly #records: LRUCache<string, T>;
  readonly #absent = lruOf<true>(ABSENT_MAX, ABSENT_TTL_MS);
  readonly #loading = new Map<string, Load<T>>();

  /**
   * `entries_max` bounds the cached records. Callers pass keys without `prefix`. `fieldOf` says which field of a hash
   * may have a record that is not at its key.
   */
  constructor(
    reader: BatchedReader,
    entries_max: number,
    decode: Decode<T>,
    prefix = '',
    fieldOf?: (key: string) => HashField,
  ) {
    this.#reader = reader;
    this.#decode = decode;
    this.#prefix = prefix;
    this.#fieldOf = fieldOf;
    this.#records = lruOf(entries_max);
  }

  /** Without a read: the record if cached, null if known to be absent, else undefined. */
  peek(key: string): T | null | undefined {
    const record = this.#records.get(key);
    if (record !== undefined) {
      this.hits++;
      return record;
    }
    return this.#absent.has(key) ? null : undefined;
  }

  /** The record or null, from the cache or from the reader. Rejects when the reader does. */
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
      const text = await this.#reader.read(this.#prefix + key, { field: this.#fieldOf?.(key) });
      const record = text === null ? null : await this.#decode(key, text);
      if (load.current) {
        if (record === null) this.#absent.set(key, true);
        else this.#records.set(key, record);
      }
      return record;
    } finally {
      if (load.current) this.#loading.delete(key);
    }
  }

  /** Drops one record, because it has changed. */
  changed(full_key: string): void {
    if (!full_key.startsWith(this.#prefix)) return;
    const key = full_key.slice(this.#prefix.length);
    this.version++;
    this.#records.delete(key);
    this.#absent.delete(key);
    const load = this.#loading.get(key);
    if (load !== undefined) {
      load.current = false;
      this.#loading.delete(key);
    }
  }

  /** Drops all records, because changes may have been missed. */
  missed(): void {
    this.version++;
    this.#records.clear();
    this.#absent.clear();
    for (const load of this.#loading.values()) load.current = false;
    this.#loading.clear();
  }

  get size(): number {
    return this.#records.size;
  }
}
