/**
 * The time in which Redis does not take clicks. From `begin` on every entry goes to the local spool, so that order is
 * kept, until the spool was drained into Redis. It also takes over and drains the spools of processes that are gone.
 * While Redis is away nothing is read from the disk. A write to a full or broken disk rejects.
 */

import { notesOfSpooled } from '../../clicks/spools.ts';
import type { Appending, Entry } from '../../log/append.ts';
import type { Spool } from '../../log/spool.ts';
import type { Logger } from '../../platform/logger.ts';
import { sleep } from '../../platform/sleep.ts';
import { within } from '../../platform/within.ts';
import type { SpoolTeller } from './tell-spool.ts';

const DRAIN_RETRY_MS = 250;
const PING_WITHIN_MS = 1_000;
/**
 * Rest between two groups of entries that are drained, so that taps find the processor and Redis free. With groups of
 * up to 256 kB a process still drains 20 MB/s, more than its taps can write.
 */
const DRAIN_REST_MS = 10;
/** What is left when the clicks stop to gather until it is drained: some ten milliseconds. */
const LAST_BYTES_MAX = 256 * 1024;
/** Taps wait for the last of it: where Redis does not take that in time, they go to the spool again. */
const LAST_WITHIN_MS = 500;
const TAKE_OVER_EVERY_MS = 5_000;
/** A process that ends gives the rest of its spool to Redis, if that is quick. */
const CLOSING_DRAIN_MS = 2_000;

/** The durable log of the clicks, in Redis. */
export interface ClickStream {
  /** As appendAll of log/append.ts. */
  append(appending: readonly Appending[]): Promise<(number | Error)[]>;
  /** Rejects while Redis is away, or one of the servers that have its partitions. */
  ping(): Promise<unknown>;
}

export interface SpoolTrouble {
  /** The last error of Redis. */
  cause: unknown;
  /** What the spool holds. */
  bytes: number;
  /** Why the spool does not take clicks either: taps are refused. Undefined while it does. */
  failure: string | undefined;
}

export class SpoolFallback {
  /** While this is set every entry goes to the spool. */
  active = false;
  /** While this is set, what was gathered waits for the last of the spool. */
  drainingLast: Promise<void> | undefined;
  readonly #spool: Spool;
  readonly #stream: ClickStream;
  readonly #teller: SpoolTeller;
  readonly #logger: Logger;
  readonly #takingOver: NodeJS.Timeout;
  #draining: Promise<void> | undefined;
  #drained_rows = 0;
  /** No taps come any more: no rest between groups. */
  #hurrying = false;
  #closing = false;
  #cause: unknown;

  constructor(spool: Spool, stream: ClickStream, teller: SpoolTeller, logger: Logger) {
    this.#spool = spool;
    this.#stream = stream;
    this.#teller = teller;
    this.#logger = logger;
    this.#takingOver = setInterval(() => void this.#takeOver(), TAKE_OVER_EVERY_MS);
    void this.#takeOver();
  }

  /** Why clicks go to the spool, and how that goes; undefined where Redis takes them. */
  get trouble(): SpoolTrouble | undefined {
    if (!this.active) return undefined;
    const { failure, bytes } = this.#spool;
    return { cause: this.#cause, bytes, failure };
  }

  /** Resolves when the disk has the entry. Rejects with SpoolError where it is not kept. */
  write(entry: Entry): Promise<void> {
    return this.#spool.write(entry);
  }

  /** From now on every entry goes to the spool, because of `error`. */
  begin(error: unknown): void {
    this.#cause = error;
    if (this.active) return;
    this.active = true;
    this.#logger.error({ why: textOf(error) }, 'Redis does not take clicks: they go to the spool');
    this.#drainSoon();
  }

  stopTakingOver(): void {
    clearInterval(this.#takingOver);
  }

  /** Drains for CLOSING_DRAIN_MS at most; what is left stays for another process, or the next start. */
  async close(): Promise<void> {
    if (!this.#spool.empty) await this.#teller.tell();
    this.#hurrying = true;
    await within(CLOSING_DRAIN_MS, async () => this.#draining).catch(() => {});
    this.#closing = true;
    await this.#draining;
    await this.#teller.close();
  }

  async #takeOver(): Promise<void> {
    await this.#spool.beat();
    const owners = await this.#spool.takeOver();
    if (owners.length === 0) return;
    this.#teller.tookOver(owners);
    this.#drainSoon();
  }

  #drainSoon(): void {
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = undefined;
      if (this.active && !this.#closing) this.#drainSoon();
    });
  }

  /** Until nothing is left, or this process ends. */
  async #drain(): Promise<void> {
    this.#drained_rows = 0;
    const send = (entries: readonly Entry[]): Promise<void> => this.#send(entries);
    while (!this.#closing) {
      try {
        // While Redis is away nothing is read from the disk, and no click is held back for the last of it.
        if (this.active) await within(PING_WITHIN_MS, () => this.#stream.ping());
        await this.#teller.tell();
        if (this.#spool.bytes > LAST_BYTES_MAX && (await this.#spool.drainSegment(send))) continue;
        if (await this.#drainLast(send)) break;
      } catch (error) {
        this.#cause = error;
        await sleep(DRAIN_RETRY_MS);
      }
    }
    await this.#teller.tell();
    if (this.#drained_rows > 0)
      this.#logger.warn({ clicks: this.#drained_rows }, 'the spool was drained into Redis');
  }

  /** Sends one group of spooled entries to Redis. Rejects where one of them was not added. */
  async #send(entries: readonly Entry[]): Promise<void> {
    // Another process takes over the rest of the segment.
    if (this.#closing) throw new Error('this process ends');
    // Whether the recipient was still there is not known any more; what is spooled was answered.
    const appending = entries.map((entry): Appending => ({ entry, notes: notesOfSpooled }));
    const add = () => this.#stream.append(appending);
    const answers = await (this.drainingLast === undefined ? add() : within(LAST_WITHIN_MS, add));
    const failed = answers.find((answer) => typeof answer !== 'number');
    if (failed !== undefined) throw failed;
    for (const { rows } of entries) this.#drained_rows += rows;
    // Taps wait for the last of it: no rest then.
    if (this.drainingLast === undefined && !this.#hurrying) await sleep(DRAIN_REST_MS);
  }

  /** The last of it, while new clicks gather; then they go to Redis again. False where more had come. */
  async #drainLast(send: (entries: readonly Entry[]) => Promise<void>): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.drainingLast = promise;
    try {
      while (await this.#spool.drainSegment(send));
      if (!this.#spool.empty) return false;
      this.active = false;
      this.#cause = undefined;
      return true;
    } finally {
      this.drainingLast = undefined;
      resolve();
    }
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
