/**
 * Statements of one account wait for each other, and for nobody else's: each account has so many turns at once, in the
 * order in which they were asked for. Everything is bounded: who runs, who waits, and for how long.
 */

/** A dashboard asks for all its panels at once; these cores are redirects', workers' and the API's, too. */
const RUNNING_MAX = 3;
const WAITING_MAX = 32;
/** Twice the longest that a statement may take (access.ts). */
const WAIT_MS_MAX = 60_000;

interface Account {
  running: number;
  waiting: (() => void)[];
}

export class Turns {
  readonly #accounts = new Map<string, Account>();

  /**
   * Resolves with what ends the turn, to be called once; or with undefined where too many wait, the wait is too long,
   * or `signal` aborts.
   */
  async begin(account_id: string, signal: AbortSignal): Promise<(() => void) | undefined> {
    const account = this.#accounts.get(account_id) ?? { running: 0, waiting: [] };
    this.#accounts.set(account_id, account);
    if (account.running < RUNNING_MAX) account.running++;
    else if (account.waiting.length >= WAITING_MAX || !(await turn(account.waiting, signal)))
      return undefined;
    return () => {
      const next = account.waiting.shift();
      // Whoever is next takes over this one's place.
      if (next !== undefined) return next();
      account.running--;
      if (account.running === 0) this.#accounts.delete(account_id);
    };
  }
}

/** Waits in line. False where it gave up; it is out of the line then. */
function turn(waiting: (() => void)[], signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (came: boolean) => (): void => {
      clearTimeout(late);
      signal.removeEventListener('abort', giveUp);
      if (!came) waiting.splice(waiting.indexOf(begin), 1);
      resolve(came);
    };
    const begin = end(true);
    const giveUp = end(false);
    const late = setTimeout(giveUp, WAIT_MS_MAX);
    signal.addEventListener('abort', giveUp);
    waiting.push(begin);
  });
}
