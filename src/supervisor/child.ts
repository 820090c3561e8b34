/**
 * One process under the supervisor: started under its name, restarted when it dies, and stopped in order. Node roles
 * report over IPC when they are ready or why they cannot start, and then send heartbeats. A process that was ready for
 * a while restarts at once; one that fails before that, or soon after, waits longer each time.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { getPriority, setPriority } from 'node:os';
import type { Family } from '../platform/exposition.ts';
import type { Logger } from '../platform/logger.ts';
import type { Readiness } from '../platform/readiness.ts';
import type { ChildMessage, SupervisorMessage } from '../platform/supervisor-channel.ts';

const RESTART_MS_MIN = 50;
/** A start takes up to a second, so a killed process is back within about 2 s. */
const RESTART_MS_MAX = 1_500;
/** A process that was ready for this long restarts without delay. */
const STEADY_MS = 1_000;
const NICE_MAX = 19;
/** A process whose event loop does not get to it within this time has no metrics this time. */
const METRICS_WITHIN_MS = 1_000;
/** Where the log of a quiet process goes. */
export const LOG_FD = 4;

export interface ChildOptions {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Added to the supervisor's own niceness, so that the process yields to others. */
  yields?: number;
  /** Its standard output goes nowhere, and LOG_FD is the supervisor's: a library of its own writes there what is no log. */
  quiet?: boolean;
  /** For programs other than Node roles, which report over IPC: ready when this resolves. */
  ready?: () => Promise<void>;
  /** Called with the process id after each start, and with undefined after it was stopped in order. */
  noted: (name: string, pid: number | undefined) => void;
  /** The metrics of all processes of the supervisor, as text, for a process that wants them. */
  machineMetrics?: () => Promise<string>;
  logger: Logger;
}

/** A caller that waits for the process to be ready. Without `reject` starts are repeated until it is. */
interface Waiting {
  resolve: () => void;
  reject?: (error: Error) => void;
}

/** How a process ended, and the reason that it reported. */
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
  /** Being stopped, for good or for a restart, so its end is expected. */
  #stopping = false;
  #stopped = false;
  /** Failed starts in a row. */
  #failures = 0;
  #restart: NodeJS.Timeout | undefined;
  #beats: number | undefined;
  #readiness: Readiness | undefined;
  #starts = 0;
  /** A question for metrics that is not answered yet: everybody who asks meanwhile waits for the same answer. */
  #asked:
    | { answer: Promise<Family[] | undefined>; resolve(families: Family[] | undefined): void }
    | undefined;

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Number of heartbeats; undefined before it is ready, and for a program that sends none. */
  get beats(): number | undefined {
    return this.#beats;
  }

  /** Whether it is a Node role, which can be asked for its metrics. */
  get is_role(): boolean {
    return this.#options.ready === undefined;
  }

  /** What it can do, as it said last; undefined where it is not ready yet, or does not say. */
  get readiness(): Readiness | undefined {
    return this.#beats === undefined ? undefined : this.#readiness;
  }

  /** How often it was started again, whatever the reason. */
  get restarts(): number {
    return Math.max(0, this.#starts - 1);
  }

  /** What it counts now; undefined where it is not ready, or does not answer within METRICS_WITHIN_MS. */
  metrics(): Promise<Family[] | undefined> {
    if (this.#beats === undefined || !this.is_role) return Promise.resolve(undefined);
    if (this.#asked === undefined) {
      const { promise, resolve } = Promise.withResolvers<Family[] | undefined>();
      const late = setTimeout(() => resolve(undefined), METRICS_WITHIN_MS);
      this.#asked = { answer: promise, resolve };
      void promise.then(() => {
        clearTimeout(late);
        this.#asked = undefined;
      });
      this.#send({ type: 'metrics_wanted' });
    }
    return this.#asked.answer;
  }

  /** Starts it the first time. Rejects with the process's own sentence if it ends before it is ready. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => this.#spawn({ resolve, reject }));
  }

  /** Stops it in order and starts it again. Resolves when it is ready, after as many starts as it takes. */
  async restart(stop_within_ms: number): Promise<void> {
    await this.#end(stop_within_ms);
    if (this.#stopped) return;
    this.#stopping = false;
    await new Promise<void>((resolve) => this.#spawn({ resolve }));
  }

  /** Stops it in order for good; kills it after `within_ms`. Resolves when it has ended. Safe to call again. */
  async stop(within_ms: number): Promise<void> {
    this.#stopped = true;
    await this.#end(within_ms);
    this.#options.noted(this.name, undefined);
  }

  /** Switches the level of its log; a process that starts is at the level that was set. */
  changeLevel(): void {
    if (this.is_role && this.#beats !== undefined) this.#process?.kill('SIGUSR2');
  }

  /** Kills it because it no longer works; it is then restarted. */
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
      // Another program must not get a Ctrl-C of the terminal, or it would end before the processes that need it.
      detached: !ipc,
    });
    this.#process = child;
    this.#starts++;
    if (child.pid !== undefined) {
      this.#options.noted(name, child.pid);
      // Only root may lower the niceness.
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
      else this.#hear(message);
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

  #hear(message: ChildMessage): void {
    if (message.type === 'beat' && this.#beats !== undefined) {
      this.#beats++;
      this.#readiness = message.readiness;
    } else if (message.type === 'metrics') this.#asked?.resolve(message.families);
    else if (message.type === 'machine_metrics_wanted') {
      const { id } = message;
      this.#options.machineMetrics?.().then(
        (text) => this.#send({ type: 'machine_metrics', id, text }),
        () => {},
      );
    }
  }

  #send(message: SupervisorMessage): void {
    // What can't be sent is not answered: the process has just ended.
    if (this.#process?.connected) this.#process.send(message, () => {});
  }

  /** Handles its end, expected or not. */
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
