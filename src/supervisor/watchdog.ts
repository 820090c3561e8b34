/**
 * Looks after processes that neither work nor die: one that somebody stopped (SIGSTOP) still has its listen
 * socket, so the kernel goes on handing it connections; one whose event loop hangs answers nothing. Either
 * is killed, and so started anew. Nothing is judged by a time in which the supervisor itself did not run
 * (stopped, or the machine asleep). Without /proc, as on macOS, only the signs of life tell.
 */
import { stateOfProcess } from '../platform/process-mark.ts';
import type { Child } from './child.ts';

const LOOK_EVERY_MS = 250;
/** A process may be stopped for a moment, by a debugger that attaches, say. */
const STOPPED_MS_MAX = 1_000;
/** Twenty beats of platform/process.ts: no statement and no garbage collection holds a loop that long. */
const SILENT_MS_MAX = 10_000;
/** A look that comes later than this says that the supervisor did not run. */
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
  /** By process id, as of the last look. */
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

  /** `now` is in milliseconds on the monotonic clock, which stands still while the machine sleeps. */
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
    // Under a debugger (`t`) it is silent and well.
    const silent = last?.beats === beats && state !== 't';
    return {
      beats,
      stopped_since: state === 'T' ? (last?.stopped_since ?? now) : now,
      silent_since: silent ? (last?.silent_since ?? now) : now,
    };
  }
}

/** Why a process is to be killed; undefined where it is not. */
function troubleOf({ beats, stopped_since, silent_since }: Seen, now: number): string | undefined {
  if (now - stopped_since > STOPPED_MS_MAX) return 'it was stopped by a signal';
  if (beats === undefined || now - silent_since <= SILENT_MS_MAX) return undefined;
  return `its event loop gave no sign of life for ${SILENT_MS_MAX} ms`;
}
