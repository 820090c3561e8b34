/**
 * Limits how much work runs at once, so that the rest of the machine is not slowed down, and shares it fairly between
 * owners. What runs is divided as in shares.ts: no owner can take all. When a turn ends, the next one goes to the owner
 * that runs least, and among equals to the one whose last turn is longest ago; work of one owner starts in the order in
 * which it asked. So an owner that runs nothing waits for the end of one turn, however much the others have waiting.
 * All is bounded: how many run, how many wait, and for how long.
 */
import { Shares } from './shares.ts';

export interface TurnLimits {
  /** For all owners together. */
  running_max: number;
  /** For one owner. */
  running_each_max: number;
  /** For all owners together. */
  waiting_max: number;
  /** For one owner. */
  waiting_each_max: number;
  wait_ms_max: number;
}

interface Waiting {
  begin: (end: () => void) => void;
}

export class Turns {
  readonly #limits: TurnLimits;
  readonly #shares: Shares;
  /** By owner: the one whose last turn is longest ago comes first. */
  readonly #waiting = new Map<string, Waiting[]>();
  /** Places to wait in. */
  readonly #queue: Shares;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
    this.#shares = sharesOf(limits.running_max, limits.running_each_max);
    this.#queue = sharesOf(limits.waiting_max, limits.waiting_each_max);
  }

  /**
   * Resolves with a function that ends the turn (safe to call again), or with undefined if too many wait, the wait is
   * too long, or `signal` aborts.
   */
  async begin(owner: string, signal?: AbortSignal): Promise<(() => void) | undefined> {
    return this.#take(owner) ?? this.#wait(owner, signal);
  }

  #take(owner: string): (() => void) | undefined {
    const end = this.#shares.take(owner);
    return end === undefined
      ? undefined
      : () => {
          end();
          this.#beginNext();
        };
  }

  #beginNext(): void {
    for (let owner = this.#nextOwner(); owner !== undefined; owner = this.#nextOwner()) {
      const queue = this.#waiting.get(owner) ?? [];
      // Its next turn comes after those of all that wait now.
      this.#waiting.delete(owner);
      this.#waiting.set(owner, queue);
      const end = this.#take(owner);
      if (end !== undefined) queue[0]?.begin(end);
    }
  }

  #nextOwner(): string | undefined {
    let next: string | undefined;
    for (const owner of this.#waiting.keys()) {
      if (this.#shares.left(owner) === 0) continue;
      if (next === undefined || this.#shares.held(owner) < this.#shares.held(next)) next = owner;
    }
    return next;
  }

  /** Undefined if it gave up and left the queue. */
  #wait(owner: string, signal: AbortSignal | undefined): Promise<(() => void) | undefined> {
    const place = signal?.aborted ? undefined : this.#queue.take(owner);
    if (place === undefined) return Promise.resolve(undefined);
    const queue = this.#waiting.get(owner) ?? [];
    return new Promise((resolve) => {
      const leave = (end: (() => void) | undefined): void => {
        clearTimeout(late);
        signal?.removeEventListener('abort', giveUp);
        queue.splice(queue.indexOf(waiting), 1);
        place();
        if (queue.length === 0) this.#waiting.delete(owner);
        resolve(end);
      };
      const giveUp = (): void => leave(undefined);
      const waiting: Waiting = { begin: leave };
      const late = setTimeout(giveUp, this.#limits.wait_ms_max);
      signal?.addEventListener('abort', giveUp);
      queue.push(waiting);
      this.#waiting.set(owner, queue);
    });
  }
}

const sharesOf = (places: number, each_max: number): Shares =>
  new Shares({ places, each_max, part_max: each_max });
