/**
 * One process under the supervisor: started under its name, started again when it dies, and stopped in
 * order. Node roles say over IPC when they are ready or why they can't start, and then that they are alive.
 * What was ready and dies is back at once; only what does not get that far, or no further, waits longer
 * every time.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { getPriority, setPriority } from 'node:os';
import type { Logger } from '../platform/logger.ts';
import type { ChildMessage } from '../platform/process.ts';

const RESTART_MS_MIN = 50;
/** With the second or less that a start takes, whatever was killed is back within about 2 s. */
const RESTART_MS_MAX = 1_500;
/** A process that was ready for this long has not failed by itself: it starts again without delay. */
const STEADY_MS = 1_000;
const NICE_MAX = 19;
/** Where the log of a quiet process goes. */
export const LOG_FD = 4;

export interface ChildOptions {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** How far it yields to the supervisor and what else is started: added to the supervisor's own niceness. */
  yields?: number;
  /** Its standard output goes nowhere, and LOG_FD is the supervisor's: a library of its own writes there what is no log. */
  quiet?: boolean;
  /** Node roles report over IPC; another program is ready when this resolves. */
  ready?: () => Promise<void>;
  /** Called with the process id whenever it was started, with undefined once it was stopped in order. */
  noted: (name: string, pid: number | undefined) => void;
  logger: Logger;
}

/** Who waits for the process to be ready. Without `reject` it is tried again until it is. */
interface Waiting {
  resolve: () => void;
  reject?: (error: Error) => void;
}

/** How a process ended, and what it said of it. */
interface End {
  code: number | null;
  signal: string | null;
  reason: string;
}

const sentenceOf = (name: string, { code, signal, reason }: End): string =>
  reason.trim() || `${name} ended with ${signal ?? `exit code ${code}`}`;

const nodeStreams = (quiet: boolean): StdioOptions =>
  quiet ? ['ignore', 'ignore', 'inherit', 'ipc', process.stdout.fd] : ['ignore', 'inherit', 'inherit', 'ipc'];

export class Child {
  readonly name: string;
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  /** Being stopped, for good or to start anew: its end is expected. */
  #stopping = false;
  #stopped = false;
  /** Starts in a row that came to nothing. */
  #failures = 0;
  #restart: NodeJS.Timeout | undefined;
  #beats: number | undefined;

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Signs of life so far; undefined before it is ready, and for a program that gives none. */
  get beats(): number | undefined {
    return this.#beats;
  }

  /** Starts it the first time. Rejects with its own sentence when it ends before it is ready. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => this.#spawn({ resolve, reject }));
  }

  /** Stops it in order and starts it anew. Resolves when it is ready, however often that is tried. */
  async restart(stop_within_ms: number): Promise<void> {
    await this.#end(stop_within_ms);
    if (this.#stopped) return;
    this.#stopping = false;
    await new Promise<void>((resolve) => this.#spawn({ resolve }));
  }

  /** Ends it in order; kills it after `within_ms`. Resolves when it is gone, for good. Safe to call again. */
  async stop(within_ms: number): Promise<void> {
    this.#stopped = true;
    await this.#end(within_ms);
    this.#options.noted(this.name, undefined);
  }

  /** Ends it at once, since it does not work any more; it is then started again. */
  kill(reason: string): void {
    this.#options.logger.error({ child: this.name, pid: this.pid, reason }, 'process is killed');
    this.#process?.kill('SIGKILL');
  }

  #spawn(waiting?: Waiting): void {
    const { name, command, args, env, yields = 0, quiet = false } = this.#options;
    const ipc = this.#options.ready === undefined;
    let ready_at: number | undefined;
    let reason = '';
    const child = spawn(command, args, {
      env,
      stdio: ipc ? nodeStreams(quiet) : ['ignore', 'ignore', 'pipe'],
      // Another program would take a Ctrl-C for its own and end before those who still need it.
      detached: !ipc,
    });
    this.#process = child;
    if (child.pid !== undefined) {
      this.#options.noted(name, child.pid);
      // Less than its own, nobody but root may ask for.
      if (yields > 0) setPriority(child.pid, Math.min(getPriority() + yields, NICE_MAX));
    }
    const isReady = (): void => {
      if (this.#process !== child) return;
      ready_at = performance.now();
      if (ipc) this.#beats = 0;
      waiting?.resolve();
    };
    child.stderr?.on('data', (text) => {
      reason = `${reason}${text}`.slice(-2_000);
    });
    child.on('message', (message: ChildMessage) => {
      if (message.type === 'ready') isReady();
      else if (message.type === 'fatal') reason = message.message;
      else if (this.#beats !== undefined) this.#beats++;
    });
    child.on('error', (error) => {
      reason = error.message;
    });
    this.#options.ready?.().then(isReady, (error: Error) => {
      reason ||= error.message;
      child.kill('SIGKILL');
    });
    const ended = (code: number | null, signal: string | null): void => {
      if (this.#process === child) this.#ended({ code, signal, reason }, ready_at, waiting);
    };
    child.once('exit', ended);
    child.once('error', () => ended(null, null));
  }

  /** It ended by itself, or as it was told to. */
  #ended(end: End, ready_at: number | undefined, waiting: Waiting | undefined): void {
    const { name, logger } = this.#options;
    this.#process = undefined;
    this.#beats = undefined;
    if (this.#stopping) return;
    const still = ready_at === undefined ? waiting : undefined;
    if (still?.reject !== undefined) {
      still.reject(new Error(sentenceOf(name, end)));
      return;
    }
    const steady = ready_at !== undefined && performance.now() - ready_at > STEADY_MS;
    this.#failures = steady ? 0 : this.#failures + 1;
    const wait_ms = steady ? 0 : Math.min(RESTART_MS_MIN * 2 ** this.#failures, RESTART_MS_MAX);
    logger.warn({ child: name, ...end, restart_in_ms: wait_ms }, 'process ended, restarting');
    this.#restart = setTimeout(() => this.#spawn(still), wait_ms);
  }

  async #end(within_ms: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const kill = setTimeout(() => this.kill('did not stop in time'), within_ms);
    child.kill('SIGTERM');
    await exited;
    clearTimeout(kill);
  }
}
