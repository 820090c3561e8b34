/**
 * Ends processes that run and do nothing, so that they are started anew: one that was stopped (SIGSTOP), whose
 * listener would still be handed connections that nobody answers, and one whose event loop hangs. Where there is
 * no /proc only the latter is seen.
 */
import { readFileSync } from 'node:fs';
import type { Log } from '../platform/log.ts';
import type { Child } from './child.ts';

const LOOK_EVERY_MS = 250;
/** Somebody who stops a process to look at it uses a debugger, whose state is another one. */
const STOPPED_MS_MAX = 1_000;
/** Far longer than any honest pause on a busy machine. */
const SILENT_MS_MAX = 15_000;
/** This process itself, or the machine, stood still: nothing can be said of the others. */
const OWN_PAUSE_MS = 1_000;

export class HangWatch {
  readonly #log: Log;
  readonly #children: readonly Child[][];
  /** By process id: since when it was seen stopped. */
  #stopped = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;
  #looked_at = performance.now();

  constructor(children: readonly Child[][], log: Log) {
    this.#children = children;
    this.#log = log;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    const paused = now - this.#looked_at > OWN_PAUSE_MS;
    this.#looked_at = now;
    if (paused) {
      this.#stopped.clear();
      for (const child of this.#children.flat()) child.heard();
      return;
    }
    const stopped = new Map<number, number>();
    for (const child of this.#children.flat()) {
      const { pid } = child;
      if (pid === undefined) continue;
      if (isStopped(pid)) {
        const since = this.#stopped.get(pid) ?? now;
        stopped.set(pid, since);
        if (now - since >= STOPPED_MS_MAX) this.#end(child, 'it was stopped');
      } else if (child.silent_ms > SILENT_MS_MAX) this.#end(child, 'it hangs');
    }
    this.#stopped = stopped;
  }

  #end(child: Child, why: string): void {
    this.#log.error({ child: child.name, why }, 'process is killed, to be started anew');
    child.kill();
  }
}

/** State T of proc_pid_stat(5): stopped by a signal. */
function isStopped(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.charAt(stat.lastIndexOf(')') + 2) === 'T';
  } catch {
    return false;
  }
}
