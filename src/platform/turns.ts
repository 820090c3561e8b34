/**
 * Limits how much work runs at once, so that the rest of the machine is not slowed down: at most `running_max` run, of
 * these at most `running_each_max` for one owner. Work starts in the order in which it asked; an owner at its limit
 * does not block the others. All is bounded: how many run, how many wait, and for how long.
 */

export interface TurnLimits {
  /** For all owners together. */
  running_max: number;
  /** For one owner. */
  running_each_max: number;
  /** For one owner. */
  waiting_each_max: number;
  wait_ms_max: number;
}

interface Waiting {
  owner: string;
  begin: () => void;
}

export class Turns {
  readonly #limits: TurnLimits;
  readonly #waiting: Waiting[] = [];
  readonly #running = new Map<string, number>();
  #running_total = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /**
   * Resolves with a function that ends the turn (safe to call again), or with undefined if too many wait, the wait is
   * too long, or `signal` aborts.
   */
  async begin(owner: string, signal?: AbortSignal): Promise<(() => void) | undefined> {
    if (this.#mayRun(owner)) this.#count(owner, 1);
    else if (!(await this.#wait(owner, signal))) return undefined;
    let running = true;
    return () => {
      if (running) this.#end(owner);
      running = false;
    };
  }

  #mayRun(owner: string): boolean {
    const { running_max, running_each_max } = this.#limits;
    return this.#running_total < running_max && (this.#running.get(owner) ?? 0) < running_each_max;
  }

  #count(owner: string, change: 1 | -1): void {
    const running = (this.#running.get(owner) ?? 0) + change;
    this.#running_total += change;
    if (running === 0) this.#running.delete(owner);
    else this.#running.set(owner, running);
  }

  #end(owner: string): void {
    this.#count(owner, -1);
    const next = this.#waiting.find((waiting) => this.#mayRun(waiting.owner));
    if (next === undefined) return;
    this.#count(next.owner, 1);
    next.begin();
  }

  /** Waits in the queue. False if it gave up and left the queue. */
  #wait(owner: string, signal: AbortSignal | undefined): Promise<boolean> {
    const { waiting_each_max, wait_ms_max } = this.#limits;
    const ahead = this.#waiting.filter((waiting) => waiting.owner === owner).length;
    if (ahead >= waiting_each_max || signal?.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const leave = (came: boolean) => (): void => {
        clearTimeout(late);
        signal?.removeEventListener('abort', giveUp);
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        resolve(came);
      };
      const waiting: Waiting = { owner, begin: leave(true) };
      const giveUp = leave(false);
      const late = setTimeout(giveUp, wait_ms_max);
      signal?.addEventListener('abort', giveUp);
      this.#waiting.push(waiting);
    });
  }
}
