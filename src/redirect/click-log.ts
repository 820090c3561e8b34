/**
 * Group commit: gathers the clicks of a few milliseconds into one entry a partition and calls back when
 * Redis holds them. One entry of a partition is in flight at a time; while it is, the next one gathers.
 * With Redis down entries wait, in order, and are sent again under the same sequence number until they
 * are acknowledged: the log counts an entry once however often it is sent.
 */

import type { RedisClient } from '../platform/redis.ts';
import { append, PARTITIONS, ROWS_PER_ENTRY_MAX } from '../platform/stream-log.ts';

/** Gathering time: short against a phone's round trip, long against Redis's. */
const GATHER_MS = 1;
/** Clicks that may wait in one process; beyond, a click is refused at once. */
export const CLICKS_WAITING_MAX = 50_000;
const RETRY_MS_MIN = 10;
const RETRY_MS_MAX = 200;

/** Called once: with no error when the click is held by Redis. */
export type Logged = (error?: Error) => void;

interface Lane {
  partition: number;
  rows: string[];
  logged: Logged[];
  sequence: number;
  busy: boolean;
}

export class ClickLog {
  waiting = 0;
  appended = 0;
  entries = 0;
  retries = 0;
  readonly #redis: RedisClient;
  readonly #log: string;
  readonly #producer: string;
  readonly #lanes: Lane[];
  #timer: NodeJS.Timeout | undefined;
  #idle: (() => void)[] = [];

  /** `producer` must be new for every process start: sequence numbers begin at 1. */
  constructor(redis: RedisClient, log: string, producer: string) {
    this.#redis = redis;
    this.#log = log;
    this.#producer = producer;
    this.#lanes = Array.from({ length: PARTITIONS }, (_, partition) => ({
      partition,
      rows: [],
      logged: [],
      sequence: 0,
      busy: false,
    }));
  }

  /** Takes one row. `logged` is called later, never from here, unless the bound is reached. */
  add(partition: number, row: string, logged: Logged): void {
    if (this.waiting >= CLICKS_WAITING_MAX) {
      logged(new Error('too many clicks wait for Redis'));
      return;
    }
    const lane = this.#lanes[partition] as Lane;
    lane.rows.push(row);
    lane.logged.push(logged);
    this.waiting++;
    if (!lane.busy) this.#timer ??= setTimeout(() => this.#sendAll(), GATHER_MS);
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    if (this.waiting === 0) return;
    this.#sendAll();
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #sendAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const lane of this.#lanes) {
      if (!lane.busy && lane.rows.length > 0) void this.#send(lane);
    }
  }

  async #send(lane: Lane): Promise<void> {
    lane.busy = true;
    while (lane.rows.length > 0) {
      const rows = lane.rows.splice(0, ROWS_PER_ENTRY_MAX);
      const logged = lane.logged.splice(0, ROWS_PER_ENTRY_MAX);
      await this.#untilAppended(lane, rows.length, rows.join('\n'));
      this.waiting -= rows.length;
      this.appended += rows.length;
      this.entries++;
      for (const done of logged) done();
    }
    lane.busy = false;
    if (this.waiting === 0) for (const done of this.#idle.splice(0)) done();
  }

  async #untilAppended(lane: Lane, rows: number, payload: string): Promise<void> {
    const sequence = ++lane.sequence;
    for (let wait_ms = RETRY_MS_MIN; ; wait_ms = Math.min(wait_ms * 2, RETRY_MS_MAX)) {
      try {
        await append(this.#redis, this.#log, lane.partition, this.#producer, sequence, rows, payload);
        return;
      } catch {
        // Whatever the reason, the entry may or may not be there: only a resend of this number can tell.
        this.retries++;
        await new Promise((done) => setTimeout(done, wait_ms));
      }
    }
  }
}
