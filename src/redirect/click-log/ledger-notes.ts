/**
 * Notes for the click ledger: how many clicks of a minute were answered, aborted or lost. Added up in memory and sent
 * once a second. Notes have a producer of their own, and what was not acknowledged is sent again as it was, so that
 * each counts once. With Redis down they wait; a killed process forgets the last second.
 */
import { append, type Note } from '../../log/append.ts';
import { currentLayout } from '../../log/partitions.ts';
import type { RedisClient } from '../../platform/redis.ts';

const SEND_EVERY_MS = 1_000;

export interface LedgerNotesOptions {
  /** Name of the durable log. */
  log: string;
  /** New for every process start. */
  producer: string;
  /** Name of the process in the ledger. */
  process: string;
}

export class LedgerNotes {
  readonly #redis: RedisClient;
  readonly #options: LedgerNotesOptions;
  readonly #timer: NodeJS.Timeout;
  /** One for each minute and stage since the last time. */
  #notes = new Map<string, Note>();
  #last: Note | undefined;
  #unsent: { partition: number; sequence: number; notes: Note[] } | undefined;
  #sequence = 0;
  #sending = false;

  constructor(redis: RedisClient, options: LedgerNotesOptions) {
    this.#redis = redis;
    this.#options = options;
    this.#timer = setInterval(() => void this.send(), SEND_EVERY_MS);
  }

  add(minute: number, stage: Note['stage']): void {
    // Nearly every click has the minute and the stage of the one before.
    const last = this.#last;
    if (last !== undefined && last.minute === minute && last.stage === stage) {
      last.rows++;
      return;
    }
    const key = `${minute} ${stage}`;
    const note = this.#notes.get(key) ?? { minute, stage, rows: 0 };
    note.rows++;
    this.#notes.set(key, note);
    this.#last = note;
  }

  /** Nothing is sent any more but by a call of `send`. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Sends what was noted. Does nothing while another call sends. Never rejects: what failed is sent the next time. */
  async send(): Promise<void> {
    if (this.#sending) return;
    if (this.#unsent === undefined) {
      if (this.#notes.size === 0) return;
      // Counts alone are taken by a closed partition too, and collected.
      const { first: partition } = currentLayout();
      this.#unsent = { partition, sequence: ++this.#sequence, notes: [...this.#notes.values()] };
      this.#notes.clear();
      this.#last = undefined;
    }
    const { partition, sequence, notes } = this.#unsent;
    const { log, producer, process } = this.#options;
    this.#sending = true;
    try {
      const entry = { partition, producer: `${producer}-notes`, sequence, rows: 0, payload: '', process };
      await append(this.#redis, log, entry, notes);
      this.#unsent = undefined;
    } catch {
      // Redis is away; the next time.
    } finally {
      this.#sending = false;
    }
  }
}
