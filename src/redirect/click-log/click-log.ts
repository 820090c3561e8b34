/**
 * Group commit: gathers the clicks of a few milliseconds into one entry a partition, sends all of them in one call
 * and calls back when they are held. One call is in flight at a time; while it is, the next one gathers.
 *
 * hold-entries.ts holds the entries in Redis, or in the local spool while Redis does not take them
 * (spool-fallback.ts). With the spool full or its disk gone as well, a click is refused with NotDurableError.
 */

import type { ClickHouseClient } from '../../clickhouse/client.ts';
import {
  type AppendBounds,
  type Appending,
  appendAll,
  type Entry,
  type Note,
  ROWS_PER_ENTRY_MAX,
} from '../../log/append.ts';
import { lengthsOf } from '../../log/backlog.ts';
import { allPartitions, isCurrent, layoutOf } from '../../log/partitions.ts';
import type { Spool } from '../../log/spool.ts';
import type { Logger } from '../../platform/logger.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { sleep } from '../../platform/sleep.ts';
import { EntryHolder, type Held } from './hold-entries.ts';
import { LedgerNotes } from './ledger-notes.ts';
import { SpoolFallback, type SpoolTrouble } from './spool-fallback.ts';
import { SpoolTeller } from './tell-spool.ts';

/** Gathering time: short against a phone's round trip, long against Redis's. */
const GATHER_MS = 1;
/** With so many there is no more to wait for: a call for these costs little more than for twice as many. */
const GATHERED_ENOUGH = 32;
/** The same while clicks go to the spool: without it each sync of the disk would be for one or two clicks. */
const SPOOL_GATHER_MS = 10;
/** Clicks that may wait in one process; beyond, a click is refused at once. */
export const CLICKS_WAITING_MAX = 50_000;

const placesOf = (log: string) => allPartitions().map((partition) => ({ log, partition }));

/** Neither Redis nor the spool can hold the click. */
export class NotDurableError extends Error {
  readonly code = 'not_durable';
}

/** Called once: with no error when the click is held; `minute` is that of its note for the ledger, 0: not known. */
export type Logged = (error: Error | undefined, minute: number) => void;

/** The clicks of one partition that wait for the next call. It stays for the sequence of the partition's entries. */
interface Gathering {
  partition: number;
  rows: string[];
  logged: Logged[];
  /** Of the last entry that was made of them. */
  sequence: number;
}

/** An entry, and whom to tell when it is held. */
interface Gathered {
  entry: Entry;
  logged: Logged[];
}

export interface ClickLogOptions {
  /** Name of the durable log. */
  log: string;
  /** New for every process start: sequence numbers begin at 1. */
  producer: string;
  /** Name of the process in the ledger. */
  process: string;
  /** When an entry counts as held by Redis. */
  bounds: AppendBounds;
  /** Is told what waits in the spool while Redis is away; undefined: only the log is. */
  clickhouse?: ClickHouseClient | undefined;
  logger: Logger;
}

export class ClickLog {
  waiting = 0;
  /** Clicks that could be held nowhere. */
  refused = 0;
  readonly #options: ClickLogOptions;
  readonly #spool: Spool;
  readonly #fallback: SpoolFallback;
  readonly #holder: EntryHolder;
  readonly #notes: LedgerNotes;
  readonly #partitions = new Map<number, Gathering>();
  /** Those with rows. */
  readonly #gathering = new Set<Gathering>();
  #timer: NodeJS.Timeout | undefined;
  #idle: (() => void)[] = [];
  #sending = false;

  constructor(redis: RedisClient, spool: Spool, options: ClickLogOptions) {
    this.#options = options;
    this.#spool = spool;
    const stream = {
      append: (appending: readonly Appending[]) => appendAll(redis, options.log, appending, options.bounds),
      ping: () => lengthsOf(redis, placesOf(options.log)),
    };
    const teller = new SpoolTeller(spool, {
      redis,
      clickhouse: options.clickhouse,
      process: options.process,
    });
    this.#fallback = new SpoolFallback(spool, stream, teller, options.logger);
    this.#holder = new EntryHolder(stream, this.#fallback);
    this.#notes = new LedgerNotes(redis, options);
  }

  /** Clicks that Redis has acknowledged, the entries that carried them, and appends that were sent again. */
  get appended(): number {
    return this.#holder.appended;
  }
  get entries(): number {
    return this.#holder.entries;
  }
  get retries(): number {
    return this.#holder.retries;
  }
  /** Clicks that went to the spool. */
  get spooled(): number {
    return this.#holder.spooled;
  }
  get spool_bytes(): number {
    return this.#spool.bytes;
  }
  get spool_bytes_max(): number {
    return this.#spool.bytes_max;
  }

  /** Why clicks go to the spool, and how that goes; undefined where Redis takes them. */
  get trouble(): SpoolTrouble | undefined {
    return this.#fallback.trouble;
  }

  /** Takes one row. `logged` is called later, never from here, unless the bound is reached. */
  add(partition: number, row: string, logged: Logged): void {
    if (this.waiting >= CLICKS_WAITING_MAX) {
      this.refused++;
      logged(new NotDurableError('too many clicks wait'), 0);
      return;
    }
    let gathering = this.#partitions.get(partition);
    if (gathering === undefined) {
      gathering = { partition, rows: [], logged: [], sequence: 0 };
      this.#partitions.set(partition, gathering);
    }
    if (gathering.rows.length === 0) this.#gathering.add(gathering);
    gathering.rows.push(row);
    gathering.logged.push(logged);
    this.waiting++;
    if (this.#sending) return;
    if (this.waiting >= GATHERED_ENOUGH) void this.#send();
    else this.#timer ??= setTimeout(() => void this.#send(), GATHER_MS);
  }

  /** Counts for the ledger: what became of a click that was logged in `minute`. */
  note(minute: number, stage: Note['stage']): void {
    this.#notes.add(minute, stage);
  }

  /** Resolves when nothing waits any more: all of it is in Redis, in the spool, or was refused. */
  async drained(): Promise<void> {
    if (this.waiting === 0) return;
    void this.#send();
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /**
   * After the last click. What is left in the spool stays there for another process, or the next start; it says so,
   * because answered clicks are lost with a folder that is thrown away.
   */
  async close(): Promise<void> {
    this.#notes.stop();
    this.#fallback.stopTakingOver();
    await this.drained();
    await this.#fallback.close();
    await this.#notes.send();
    const { bytes, rows: clicks, root: folder } = this.#spool;
    if (bytes > 0) {
      this.#options.logger.error(
        { clicks, spool_bytes: bytes, folder },
        'answered clicks are left in the spool: keep this folder, and start a redirect process on it, or send them with trackly spool import',
      );
    }
    await this.#spool.close();
  }

  /** Until nothing waits any more. */
  async #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#sending) return;
    this.#sending = true;
    while (this.waiting > 0) {
      if (this.#fallback.active && this.waiting < GATHERED_ENOUGH) {
        await sleep(SPOOL_GATHER_MS);
      }
      await this.#fallback.drainingLast;
      const gathered = this.#oldest().map((one) => this.#take(one));
      this.#tell(gathered, await this.#holder.hold(gathered.map(({ entry }) => entry)));
    }
    this.#sending = false;
    for (const done of this.#idle.splice(0)) done();
  }

  /** What is to be sent next: while clicks wait that came under an earlier layout of partitions, only these. */
  #oldest(): Gathering[] {
    const all = [...this.#gathering];
    const earlier = all.filter(({ partition }) => !isCurrent(partition));
    if (earlier.length === 0) return all;
    const [first] = earlier.toSorted((a, b) => a.partition - b.partition);
    const layout = layoutOf(first?.partition ?? 0);
    return earlier.filter(({ partition }) => layoutOf(partition) === layout);
  }

  #take(gathering: Gathering): Gathered {
    const rows = gathering.rows.splice(0, ROWS_PER_ENTRY_MAX);
    const logged = gathering.logged.splice(0, ROWS_PER_ENTRY_MAX);
    if (gathering.rows.length === 0) this.#gathering.delete(gathering);
    const { producer, process } = this.#options;
    const entry: Entry = {
      partition: gathering.partition,
      producer,
      sequence: ++gathering.sequence,
      rows: rows.length,
      payload: rows.join('\n'),
      process,
    };
    return { entry, logged };
  }

  #tell(gathered: readonly Gathered[], held: Held): void {
    for (const { entry, logged } of gathered) {
      this.waiting -= entry.rows;
      const minute = held.get(entry);
      if (minute === undefined) {
        this.refused += entry.rows;
        for (const done of logged) done(new NotDurableError(this.trouble?.failure), 0);
      } else for (const done of logged) done(undefined, minute);
    }
  }
}
