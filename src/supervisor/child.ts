/**
 * One process under the supervisor: started, told apart by name, restarted with backoff when it dies,
 * and stopped in order. Node roles say over IPC when they are ready or why they can't start.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Log } from '../platform/log.ts';
import type { ChildMessage } from '../platform/process.ts';

const RESTART_MS_MIN = 50;
/** A process that can't start tries again this often: it is back within two seconds of when it could. */
const RESTART_MS_MAX = 1_000;
/** A process that was ready for this long starts again without delay when it dies. */
const STEADY_MS = 1_000;

export interface ChildOptions {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Node roles report over IPC; another program is ready when this resolves. */
  ready?: () => Promise<void>;
  /** Called with the process id whenever it was started. */
  spawned: (name: string, pid: number) => void;
  /** Signal that asks for an orderly end. */
  stop_signal?: NodeJS.Signals;
  log: Log;
}

export class Child {
  readonly name: string;
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #stopping = false;
  /** Failures in a row. */
  #failures = 0;
  #restart: NodeJS.Timeout | undefined;
  /** When it last said that its event loop turns; undefined for another program, and until it is ready. */
  #heard_at: number | undefined;

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** How long it has said nothing; 0 for a program that never does. */
  get silent_ms(): number {
    return this.#heard_at === undefined ? 0 : performance.now() - this.#heard_at;
  }

  /** Counts its silence anew. */
  heard(): void {
    if (this.#heard_at !== undefined) this.#heard_at = performance.now();
  }

  /** Ends it at once; it is started anew. */
  kill(): void {
    this.#process?.kill('SIGKILL');
  }

  /** Ends it in order and starts it anew; resolves when it is ready. Rejects where it can't start, or is to stop. */
  async restart(within_ms: number): Promise<void> {
    await this.stop(within_ms);
    this.#stopping = false;
    await this.start();
  }

  /** Starts it the first time. Rejects with its own sentence when it ends before it is ready. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => this.#spawn({ resolve, reject }));
  }

  /** `first` waits for the first start; a later one nobody waits for. */
  #spawn(first: { resolve: () => void; reject: (error: Error) => void } | undefined): void {
    const { name, command, args, env, log } = this.#options;
    const ipc = this.#options.ready === undefined;
    let settled = false;
    let reason = '';
    const child = spawn(command, args, {
      env,
      stdio: ipc ? ['ignore', 'inherit', 'inherit', 'ipc'] : ['ignore', 'ignore', 'pipe'],
      // Another program would take a Ctrl-C for its own and end before those who still need it.
      detached: !ipc,
    });
    this.#process = child;
    if (child.pid !== undefined) this.#options.spawned(name, child.pid);
    let ready_at = 0;
    const isReady = (): void => {
      settled = true;
      ready_at = Date.now();
      first?.resolve();
    };
    child.stderr?.on('data', (text) => {
      reason = `${reason}${text}`.slice(-2_000);
    });
    child.on('message', (message: ChildMessage) => {
      this.#heard_at = performance.now();
      if (message.type === 'ready') isReady();
      else if (message.type === 'fatal') reason = message.message;
    });
    child.on('error', (error) => {
      reason = error.message;
    });
    this.#options.ready?.().then(isReady, (error: Error) => {
      reason ||= error.message;
      child.kill('SIGKILL');
    });
    const ended = (code: number | null, signal: string | null): void => {
      if (this.#process !== child) return;
      this.#process = undefined;
      this.#heard_at = undefined;
      if (this.#stopping) return;
      if (!settled && first !== undefined) {
        first.reject(new Error(reason.trim() || `${name} ended with ${signal ?? `exit code ${code}`}`));
        return;
      }
      this.#failures = settled && Date.now() - ready_at > STEADY_MS ? 0 : this.#failures + 1;
      const wait_ms = Math.min(RESTART_MS_MIN * 2 ** this.#failures, RESTART_MS_MAX);
      log.warn({ child: name, code, signal, reason, restart_in_ms: wait_ms }, 'process ended, restarting');
      this.#restart = setTimeout(() => this.#spawn(undefined), wait_ms);
    };
    child.once('exit', ended);
    child.once('error', () => ended(null, null));
  }

  /** Ends it in order; kills it after `within_ms`. Resolves when it is gone. */
  async stop(within_ms: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const kill = setTimeout(() => {
        this.#options.log.error({ child: this.name }, 'did not stop in time and was killed');
        child.kill('SIGKILL');
      }, within_ms);
      child.once('exit', () => {
        clearTimeout(kill);
        resolve();
      });
      child.kill(this.#options.stop_signal ?? 'SIGTERM');
    });
  }
}
