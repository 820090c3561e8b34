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
