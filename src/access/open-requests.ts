/**
 * The requests that are being answered, with the records that gave them the right to: a key, a session, a member, an
 * account. When such a record changes or ends, each of its requests is checked again and cut where the right is gone,
 * so that a revoked key ends streams and downloads within a second. With Redis down nothing changes, so nothing is cut;
 * a key that ends at a time ends without Redis.
 */
import type { ChangeListener } from '../platform/change-log.ts';

/** How late a key with an end is noticed. */
const LOOK_EVERY_MS = 250;

export interface OpenRequest {
  /** Keys in Redis of the records on which the right rests. */
  records: readonly string[];
  /** When the right ends by itself; undefined: never. */
  ends_at_ms?: number | undefined;
  /** Whether the caller may still do this; rejects when Redis is down. */
  mayContinue(): Promise<boolean>;
  /** Ends the answer at once. */
  cut(): void;
}

export class OpenRequests implements ChangeListener {
  readonly #byRecord = new Map<string, Set<OpenRequest>>();
  readonly #ending = new Set<OpenRequest>();
  /** Those whose last check failed because Redis was down. */
  readonly #unchecked = new Set<OpenRequest>();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  get size(): number {
    return new Set([...this.#byRecord.values()].flatMap((open) => [...open])).size;
  }

  /** Returns what to call when the request has been answered; safe to call again. Bounded by the connections. */
  add(open: OpenRequest): () => void {
    for (const record of open.records) {
      const others = this.#byRecord.get(record);
      if (others === undefined) this.#byRecord.set(record, new Set([open]));
      else others.add(open);
    }
    if (open.ends_at_ms !== undefined) this.#ending.add(open);
    return () => this.#remove(open);
  }

  changed(record: string): void {
    for (const open of this.#byRecord.get(record) ?? []) void this.#check(open);
  }

  missed(): void {
    for (const open of new Set([...this.#byRecord.values()].flatMap((some) => [...some]))) {
      void this.#check(open);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #check(open: OpenRequest): Promise<void> {
    this.#unchecked.delete(open);
    try {
      if (!(await open.mayContinue())) this.#cut(open);
    } catch {
      if (open.records.some((record) => this.#byRecord.get(record)?.has(open))) this.#unchecked.add(open);
    }
  }

  #look(): void {
    for (const open of this.#unchecked) void this.#check(open);
    const now_ms = Date.now();
    for (const open of this.#ending) {
      if ((open.ends_at_ms ?? Number.POSITIVE_INFINITY) <= now_ms) this.#cut(open);
    }
  }

  #cut(open: OpenRequest): void {
    this.#remove(open);
    open.cut();
  }

  #remove(open: OpenRequest): void {
    this.#ending.delete(open);
    this.#unchecked.delete(open);
    for (const record of open.records) {
      const others = this.#byRecord.get(record);
      others?.delete(open);
      if (others?.size === 0) this.#byRecord.delete(record);
    }
  }
}
