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

export class Watch {
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
      const { pid, beats } = child;
      if (pid === undefined) continue;
      const state = this.#stateOf(pid);
      const last = before.get(pid);
      const seen: Seen = {
        beats,
        stopped_since: state === 'T' ? (last?.stopped_since ?? now) : now,
        // Under a debugger (`t`) it is silent and well.
        silent_since: last?.beats === beats && state !== 't' ? (last?.silent_since ?? now) : now,
      };
      this.#seen.set(pid, seen);
      if (now - seen.stopped_since > STOPPED_MS_MAX) child.kill('it was stopped by a signal');
      else if (beats !== undefined && now - seen.silent_since > SILENT_MS_MAX) {
        child.kill(`its event loop gave no sign of life for ${SILENT_MS_MAX} ms`);
      }
    }
  }
}
