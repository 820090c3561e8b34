/**
 * Group commit: gathers the clicks of a few milliseconds into one entry a partition, sends all of them in one call
 * and calls back when Redis holds them. One call is in flight at a time; while it is, the next one gathers.
 *
 * Where Redis does not take an entry within SPOOL_AFTER_MS (away, frozen, full), it goes to the local spool,
 * synced, under the same producer and sequence number: whether Redis has it after all is then of no
 * matter. From there on everything goes to the spool, so that order is kept, until the spool was drained.
 * With the spool full or its disk gone as well, a click is refused with NotDurableError.
 */

import {
  type Appending,
  append,
  appendAll,
  type Entry,
  type Note,
  ROWS_PER_ENTRY_MAX,
} from '../log/append.ts';
import { PARTITIONS } from '../log/partitions.ts';
import type { Spool } from '../log/spool.ts';
import type { Logger } from '../platform/logger.ts';
import type { RedisClient } from '../platform/redis.ts';
import { sleep } from '../platform/sleep.ts';
import { within } from '../platform/within.ts';

/** Gathering time: short against a phone's round trip, long against Redis's. */
const GATHER_MS = 1;
/** With so many there is no more to wait for: a call for these costs little more than for twice as many. */
const GATHERED_ENOUGH = 32;
/** The same while clicks go to the spool: without it each sync of the disk would be for one or two clicks. */
const SPOOL_GATHER_MS = 10;
/** Clicks that may wait in one process; beyond, a click is refused at once. */
export const CLICKS_WAITING_MAX = 50_000;
/** Redis restarts within a fraction of this; a recipient hardly notices it. */
const SPOOL_AFTER_MS = 500;
const RETRY_MS_MIN = 10;
const RETRY_MS_MAX = 200;
const DRAIN_RETRY_MS = 250;
/**
 * Rest between two groups of entries that are drained, so that taps find the processor and Redis free. With groups of
 * up to 256 kB a process still drains 20 MB/s, more than its taps can write.
 */
const DRAIN_REST_MS = 10;
/** What is left when the clicks stop to gather until it is drained: some ten milliseconds. */
const LAST_BYTES_MAX = 256 * 1024;
const TAKE_OVER_EVERY_MS = 5_000;
const NOTES_EVERY_MS = 1_000;
/** A process that ends gives the rest of its spool to Redis, if that is quick. */
const CLOSING_DRAIN_MS = 2_000;

/** Neither Redis nor the spool can hold the click. */
export class NotDurableError extends Error {
  readonly code = 'not_durable';
}

/** Called once: with no error when the click is held; `minute` is that of its note for the ledger, 0: not known. */
export type Logged = (error: Error | undefined, minute: number) => void;

interface Lane {
  partition: number;
  rows: string[];
  logged: Logged[];
  sequence: number;
}

/** What one call takes of a lane. */
interface Taken {
  entry: Entry;
  logged: Logged[];
}

export interface ClickLogOptions {
  log: string;
  /** New for every process start: sequence numbers begin at 1. */
  producer: string;
  /** Name of the process in the ledger. */
  process: string;
  /** Bytes of payload that a partition of the log may hold. */
  partition_bytes_max: number;
  logger: Logger;
}

export class ClickLog {
  waiting = 0;
  appended = 0;
  entries = 0;
  retries = 0;
  /** Clicks that went to the spool, and those that could be held nowhere. */
  spooled = 0;
  refused = 0;
  readonly #redis: RedisClient;
  readonly #spool: Spool;
  readonly #options: ClickLogOptions;
  readonly #lanes: Lane[];
  #timer: NodeJS.Timeout | undefined;
  #idle: (() => void)[] = [];
  #sending = false;
  /** While this is set every entry goes to the spool. */
  #spooling = false;
  /** While this is set, what was gathered waits for the last of the spool. */
  #held: Promise<void> | undefined;
  #draining: Promise<void> | undefined;
  #closing = false;
  #why: string | undefined;
  #notes = new Map<string, Note>();
  #last_note: Note | undefined;
  #unsent: { sequence: number; notes: Note[] } | undefined;
  #unsent_sequence = 0;
  #noting_now = false;
  readonly #takingOver: NodeJS.Timeout;
  readonly #noting: NodeJS.Timeout;

  constructor(redis: RedisClient, spool: Spool, options: ClickLogOptions) {
    this.#redis = redis;
    this.#spool = spool;
    this.#options = options;
    this.#lanes = Array.from({ length: PARTITIONS }, (_, partition) => ({
      partition,
      rows: [],
      logged: [],
      sequence: 0,
    }));
    this.#takingOver = setInterval(() => void this.#takeOver(), TAKE_OVER_EVERY_MS);
    this.#noting = setInterval(() => void this.#sendNotes(), NOTES_EVERY_MS);
    void this.#takeOver();
  }

  /** Why clicks go to the spool, or why even that fails; undefined where Redis takes them. */
  get trouble(): { why: string; durable: boolean } | undefined {
    const { failure, bytes } = this.#spool;
    if (failure !== undefined && this.#spooling)
      return { why: `Redis: ${this.#why}; spool: ${failure}`, durable: false };
    if (!this.#spooling) return undefined;
    return { why: `clicks go to the spool (${bytes} bytes): ${this.#why}`, durable: true };
  }

  get spool_bytes(): number {
    return this.#spool.bytes;
  }

  /** Takes one row. `logged` is called later, never from here, unless the bound is reached. */
  add(partition: number, row: string, logged: Logged): void {
    if (this.waiting >= CLICKS_WAITING_MAX) {
      this.refused++;
      logged(new NotDurableError('too many clicks wait'), 0);
      return;
    }
    const lane = this.#lanes[partition] as Lane;
    lane.rows.push(row);
    lane.logged.push(logged);
    this.waiting++;
    if (this.#sending) return;
    if (this.waiting >= GATHERED_ENOUGH) void this.#send();
    else this.#timer ??= setTimeout(() => void this.#send(), GATHER_MS);
  }

  /** Counts for the ledger: what became of a click that was logged in `minute`. */
  note(minute: number, stage: Note['stage']): void {
    // Nearly every click has the minute and the end of the one before.
    const same = this.#last_note;
    if (same !== undefined && same.minute === minute && same.stage === stage) {
      same.rows++;
      return;
    }
    const key = `${minute} ${stage}`;
    const note = this.#notes.get(key) ?? { minute, stage, rows: 0 };
    note.rows++;
    this.#notes.set(key, note);
    this.#last_note = note;
  }

  /** Resolves when nothing waits any more: all of it is in Redis, in the spool, or was refused. */
  async drained(): Promise<void> {
    if (this.waiting === 0) return;
    void this.#send();
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** After the last click. What is left in the spool stays there for another process, or the next start. */
  async close(): Promise<void> {
    clearInterval(this.#takingOver);
    clearInterval(this.#noting);
    await this.drained();
    await within(CLOSING_DRAIN_MS, async () => this.#draining).catch(() => {});
    this.#closing = true;
    await this.#draining;
    await this.#sendNotes();
    await this.#spool.close();
  }

  /** Until nothing waits any more. */
  async #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#sending) return;
    this.#sending = true;
    while (this.waiting > 0) {
      if (this.#spooling && this.waiting < GATHERED_ENOUGH) {
        await sleep(SPOOL_GATHER_MS);
      }
      await this.#held;
      const taken = this.#lanes.filter(({ rows }) => rows.length > 0).map((lane) => this.#take(lane));
      const minutes = await this.#hold(taken.map(({ entry }) => entry));
      for (const { entry, logged } of taken) {
        this.waiting -= entry.rows;
        const minute = minutes.get(entry);
        if (minute === undefined) {
          this.refused += entry.rows;
          for (const done of logged) done(new NotDurableError(this.trouble?.why), 0);
        } else for (const done of logged) done(undefined, minute);
      }
    }
    this.#sending = false;
    for (const done of this.#idle.splice(0)) done();
  }

  #take(lane: Lane): Taken {
    const rows = lane.rows.splice(0, ROWS_PER_ENTRY_MAX);
    const logged = lane.logged.splice(0, ROWS_PER_ENTRY_MAX);
    const { producer, process } = this.#options;
    const entry: Entry = {
      partition: lane.partition,
      producer,
      sequence: ++lane.sequence,
      rows: rows.length,
      payload: rows.join('\n'),
      process,
    };
    return { entry, logged };
  }

  /** The minute in which each was logged, 0 where that is not known; those that nothing holds are missing. */
  async #hold(entries: readonly Entry[]): Promise<Map<Entry, number>> {
    const held = new Map<Entry, number>();
    let left = entries;
    const until = performance.now() + SPOOL_AFTER_MS;
    for (let wait_ms = RETRY_MS_MIN; !this.#spooling; wait_ms = Math.min(wait_ms * 2, RETRY_MS_MAX)) {
      let why: unknown;
      try {
        const asked = left;
        const { log, partition_bytes_max } = this.#options;
        const appending = asked.map((entry) => ({ entry }));
        const answers = await within(until - performance.now(), () =>
          appendAll(this.#redis, log, appending, partition_bytes_max),
        );
        left = asked.filter((entry, i) => {
          const answer = answers[i];
          if (typeof answer !== 'number') {
            why = answer;
            return true;
          }
          held.set(entry, answer);
          this.appended += entry.rows;
          this.entries++;
          return false;
        });
        if (left.length === 0) return held;
      } catch (error) {
        why = error;
      }
      // Whatever the reason, an entry may or may not be there: only its number can tell.
      this.retries++;
      if (performance.now() + wait_ms >= until) this.#beginSpooling(why);
      else await sleep(wait_ms);
    }
    const spooled = left.map(async (entry) => {
      try {
        await this.#spool.write(entry);
        held.set(entry, 0);
        this.spooled += entry.rows;
      } catch {
        // Held nowhere.
      }
    });
    await Promise.all(spooled);
    return held;
  }

  #append(entry: Entry, notes: readonly Note[] = []): Promise<number> {
    return append(this.#redis, this.#options.log, entry, notes);
  }

  #beginSpooling(error: unknown): void {
    this.#why = error instanceof Error ? error.message : String(error);
    if (this.#spooling) return;
    this.#spooling = true;
    this.#options.logger.error({ why: this.#why }, 'Redis does not take clicks: they go to the spool');
    this.#drainSoon();
  }

  async #takeOver(): Promise<void> {
    if ((await this.#spool.takeOver()) > 0) this.#drainSoon();
  }

  #drainSoon(): void {
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = undefined;
      if (this.#spooling && !this.#closing) this.#drainSoon();
    });
  }

  /** Until nothing is left, or this process ends. */
  async #drain(): Promise<void> {
    let drained = 0;
    const send = async (entries: readonly Entry[]): Promise<void> => {
      // Another process takes over the rest of the segment.
      if (this.#closing) throw new Error('this process ends');
      // Whether the recipient was still there is not known any more; what is spooled was answered.
      const appending = entries.map(
        (entry): Appending => ({ entry, notes: [{ minute: 0, stage: 'answered', rows: entry.rows }] }),
      );
      const { log, partition_bytes_max } = this.#options;
      const answers = await appendAll(this.#redis, log, appending, partition_bytes_max);
      const failed = answers.find((answer) => typeof answer !== 'number');
      if (failed !== undefined) throw failed;
      for (const { rows } of entries) drained += rows;
      // Taps wait for the last of it: no rest then.
      if (this.#held === undefined) await sleep(DRAIN_REST_MS);
    };
    while (!this.#closing) {
      try {
        // While Redis is away nothing is read from the disk, and no click is held back for the last of it.
        if (this.#spooling) await this.#redis.ping();
        if (this.#spool.bytes > LAST_BYTES_MAX && (await this.#spool.drainSegment(send))) continue;
        if (await this.#drainLast(send)) break;
      } catch (error) {
        this.#why = error instanceof Error ? error.message : String(error);
        await sleep(DRAIN_RETRY_MS);
      }
    }
    if (drained > 0) this.#options.logger.warn({ clicks: drained }, 'the spool was drained into Redis');
  }

  /** The last of it, while new clicks gather; then they go to Redis again. False where more had come. */
  async #drainLast(send: (entries: readonly Entry[]) => Promise<void>): Promise<boolean> {
    let release = (): void => {};
    this.#held = new Promise((resolve) => {
      release = resolve;
    });
    try {
      while (await this.#spool.drainSegment(send));
      if (!this.#spool.empty) return false;
      this.#spooling = false;
      this.#why = undefined;
      return true;
    } finally {
      this.#held = undefined;
      release();
    }
  }

  /** Notes have a producer of their own; what was not acknowledged is sent again as it was. */
  async #sendNotes(): Promise<void> {
    if (this.#noting_now) return;
    if (this.#unsent === undefined) {
      if (this.#notes.size === 0) return;
      this.#unsent = { sequence: ++this.#unsent_sequence, notes: [...this.#notes.values()] };
      this.#notes.clear();
      this.#last_note = undefined;
    }
    const { sequence, notes } = this.#unsent;
    const { producer, process } = this.#options;
    this.#noting_now = true;
    try {
      const entry = { partition: 0, producer: `${producer}-notes`, sequence, rows: 0, payload: '', process };
      await this.#append(entry, notes);
      this.#unsent = undefined;
    } catch {
      // Redis is away; the next time.
    } finally {
      this.#noting_now = false;
    }
  }
}
