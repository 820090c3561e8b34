/** Waiting for a time to pass. Nothing else in src and workers makes a promise of a timer, so a test can own them all. */

/** Resolves after `ms`. */
export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** A sleep that whoever ends the loop around it can cut short. One sleep at a time. */
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

  /** Ends the sleep that is under way; without one it does nothing. */
  wake(): void {
    this.#wake();
  }
}
