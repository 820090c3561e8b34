/**
 * What waits for one webhook in the memory of the worker that delivers it: which message is sent next, and which after a
 * failure waits for its time. Messages begin in the order of their numbers, some at once. After many failures in a row
 * only one message is tried, at the pauses of its schedule, and the others wait without a try. Bounded by what it takes;
 * what it does not take stays in ClickHouse. Pure, but for its memory: it is passed the time.
 */

/** Requests to one webhook at a time. */
export const AT_ONCE_MAX = 16;
/** After so many failures in a row only one message at a time is tried. */
export const FAILURES_MAX = 10;
/** Messages that wait for their next try; with as many nothing new is begun. */
export const RETRIES_MAX = 1_000;

export interface Waiting<Message> {
  sequence: number;
  message: Message;
  /** Tries before. */
  tries: number;
  /** Not before this time. */
  due_ms: number;
}

export class DeliveryQueue<Message> {
  /** In the order of their numbers. */
  readonly #fresh: Waiting<Message>[] = [];
  readonly #retries = new Map<number, Waiting<Message>>();
  readonly #sending = new Map<number, Waiting<Message>>();
  #failures: number;
  /** The receiver asked to be left alone until then. */
  #not_before_ms = 0;

  /** `failures`: in a row, as the worker before has noted. */
  constructor(failures = 0) {
    this.#failures = failures;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Taken, and neither delivered nor given up. */
  get open(): number {
    return this.#fresh.length + this.#retries.size + this.#sending.size;
  }

  get sending(): number {
    return this.#sending.size;
  }

  /** Whether it would begin more messages than it has. */
  get isShort(): boolean {
    return this.#fresh.length === 0 && this.#retries.size < RETRIES_MAX;
  }

  /** Nothing is being sent, and nothing may be begun at this time: it only waits. */
  isResting(now_ms: number): boolean {
    return this.#sending.size === 0 && this.#first(now_ms) === undefined;
  }

  /** In the order of their numbers, after all that it has taken before. */
  take(messages: readonly Waiting<Message>[]): void {
    for (const one of messages) {
      if (one.tries === 0) this.#fresh.push(one);
      else this.#retries.set(one.sequence, one);
    }
  }

  /** What is to be sent now; it counts as being sent from then on. */
  next(now_ms: number): Waiting<Message> | undefined {
    const next = this.#first(now_ms);
    if (next === undefined) return undefined;
    if (next === this.#fresh[0]) this.#fresh.shift();
    else this.#retries.delete(next.sequence);
    this.#sending.set(next.sequence, next);
    return next;
  }

  #first(now_ms: number): Waiting<Message> | undefined {
    const is_trying = this.#failures >= FAILURES_MAX;
    if (now_ms < this.#not_before_ms || this.#sending.size >= (is_trying ? 1 : AT_ONCE_MAX)) return undefined;
    return is_trying ? this.#probe(now_ms) : (this.#dueRetry(now_ms) ?? this.#firstFresh());
  }

  #firstFresh(): Waiting<Message> | undefined {
    return this.#retries.size < RETRIES_MAX ? this.#fresh[0] : undefined;
  }

  /** The one message that is tried: the first that failed. */
  #probe(now_ms: number): Waiting<Message> | undefined {
    const first = lowest(this.#retries.values());
    if (first === undefined) return this.#fresh[0];
    return first.due_ms <= now_ms ? first : undefined;
  }

  #dueRetry(now_ms: number): Waiting<Message> | undefined {
    return lowest([...this.#retries.values()].filter(({ due_ms }) => due_ms <= now_ms));
  }

  delivered(sequence: number): void {
    this.#sending.delete(sequence);
    this.#failures = 0;
  }

  /** It failed. `due_ms`: when it is tried again; undefined: never. */
  failed(sequence: number, due_ms: number | undefined): void {
    const one = this.#sending.get(sequence);
    this.#sending.delete(sequence);
    this.#failures++;
    if (one !== undefined && due_ms !== undefined)
      this.#retries.set(sequence, { ...one, tries: one.tries + 1, due_ms });
  }

  /** It was not tried: its events can't be read now. */
  putBack(sequence: number, due_ms: number): void {
    const one = this.#sending.get(sequence);
    this.#sending.delete(sequence);
    if (one !== undefined) this.#retries.set(sequence, { ...one, due_ms });
  }

  /** Nothing is sent before this time. */
  leaveAlone(until_ms: number): void {
    this.#not_before_ms = Math.max(this.#not_before_ms, until_ms);
  }

  /** Somebody has changed the webhook: everything is tried now. */
  tryAll(now_ms: number): void {
    this.#failures = 0;
    this.#not_before_ms = 0;
    for (const one of this.#retries.values()) one.due_ms = Math.min(one.due_ms, now_ms);
  }

  /** The number up to which everything is delivered or given up; `taken`: the last number that it was given. */
  doneTo(taken: number): number {
    const open = [...this.#retries.keys(), ...this.#sending.keys()];
    const [first] = this.#fresh;
    if (first !== undefined) open.push(first.sequence);
    return open.length === 0 ? taken : Math.min(...open) - 1;
  }
}

function lowest<Message>(messages: Iterable<Waiting<Message>>): Waiting<Message> | undefined {
  let found: Waiting<Message> | undefined;
  for (const one of messages) if (found === undefined || one.sequence < found.sequence) found = one;
  return found;
}
