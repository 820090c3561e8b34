/** Sleeping. Nothing else in src and workers makes a promise from a timer, so that a test can control all of them. */

/** Resolves after `ms`. */
export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** A sleep that can be cut short when the loop around it must end. One sleep at a time. */
export class Sleeper {
  #wake = (): void => {};

  /** Resolves after `ms`, or when it is woken. */
  async sleep(ms: number): Promise<void> {
    await new Promise<void>((done) => {
      const timer = setTimeout(done, ms);
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  /** Ends the current sleep; without one it does nothing. */
  wake(): void {
    this.#wake();
  }
}

export interface Rounds {
  /** True from the call of close() on: the last round goes to its end. */
  readonly closed: boolean;
  /** Ends the rest between two rounds; resolves after the round that goes on. */
  close(): Promise<void>;
}

/**
 * Runs `round` again and again until it is closed; first after `first_after_ms`, once this has returned. A round never rejects, and resolves with
 * the rest before the next one, in ms.
 */
export function runRounds(round: () => Promise<number>, first_after_ms = 0): Rounds {
  const sleeper = new Sleeper();
  let closed = false;

  async function run(): Promise<void> {
    await (first_after_ms > 0 ? sleeper.sleep(first_after_ms) : undefined);
    while (!closed) {
      const rest_ms = await round();
      if (!closed && rest_ms > 0) await sleeper.sleep(rest_ms);
    }
  }

  const running = run();
  return {
    get closed() {
      return closed;
    },
    async close() {
      closed = true;
      sleeper.wake();
      await running;
    },
  };
}
