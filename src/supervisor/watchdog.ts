/**
 * Kills processes that neither work nor die, so that they are restarted: a stopped process (SIGSTOP) still has its
 * listen socket, so the kernel keeps giving it connections; a process whose event loop hangs answers nothing. Time in
 * which the supervisor itself did not run (stopped, or the machine asleep) does not count. Without /proc, as on macOS,
 * only heartbeats are checked.
 */
import { stateOfProcess } from '../platform/process-mark.ts';
import type { Child } from './child.ts';

const LOOK_EVERY_MS = 500;
/** A process may be stopped for a moment, for example by a debugger that attaches. */
const STOPPED_MS_MAX = 1_000;
/** Twenty heartbeats of platform/process.ts: no statement and no garbage collection blocks an event loop that long. */
const SILENT_MS_MAX = 10_000;
/** If more time passed since the last check, the supervisor itself did not run. */
const LATE_MS_MAX = 1_000;

export type Watched = Pick<Child, 'pid' | 'beats' | 'kill'>;

interface Seen {
  beats: number | undefined;
  stopped_since: number;
  silent_since: number;
}

export class Watchdog {
  readonly #children: () => Iterable<Watched>;
  readonly #stateOf: (pid: number) => string;
  /** By process id, as of the last check. */
  #seen = new Map<number, Seen>();
  #looked_at = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(children: () => Iterable<Watched>, stateOf = stateOfProcess) {
    this.#children = children;
    this.#stateOf = stateOf;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(performance.now()), LOOK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** `now` is in milliseconds on the monotonic clock, which stops while the machine sleeps. */
  look(now: number): void {
    const before = now - this.#looked_at > LOOK_EVERY_MS + LATE_MS_MAX ? new Map<number, Seen>() : this.#seen;
    this.#looked_at = now;
    this.#seen = new Map();
    for (const child of this.#children()) {
      if (child.pid === undefined) continue;
      const seen = this.#see(child.pid, child.beats, before.get(child.pid), now);
      this.#seen.set(child.pid, seen);
      const trouble = troubleOf(seen, now);
      if (trouble !== undefined) child.kill(trouble);
    }
  }

  #see(pid: number, beats: number | undefined, last: Seen | undefined, now: number): Seen {
    const state = this.#stateOf(pid);
    // Under a debugger (`t`) a process sends no heartbeats, but is not broken.
    const silent = last?.beats === beats && state !== 't';
    return {
      beats,
      stopped_since: state === 'T' ? (last?.stopped_since ?? now) : now,
      silent_since: silent ? (last?.silent_since ?? now) : now,
    };
  }
}

/** Why a process must be killed; undefined if it need not be. */
function troubleOf({ beats, stopped_since, silent_since }: Seen, now: number): string | undefined {
  if (now - stopped_since > STOPPED_MS_MAX) return 'it was stopped by a signal';
  if (beats === undefined || now - silent_since <= SILENT_MS_MAX) return undefined;
  return `its event loop gave no sign of life for ${SILENT_MS_MAX} ms`;
}
