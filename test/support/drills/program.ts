/**
 * A program of a drill: in a process group of its own, on the machine that the drill says (a network namespace, a control group),
 * with what it wrote. It is ended with the drill whatever happens.
 */
import { spawn } from 'node:child_process';
import { until } from '../until.ts';
import type { LeftBehind } from './left-behind.ts';

const OUTPUT_CHARACTERS_MAX = 400_000;
const ENDED_WITHIN_MS = 30_000;
/** What it wrote last is read after its end. */
const LAST_WORDS_MS = 50;

/** Where a program runs; this machine as it is, unless told otherwise. */
export interface Place {
  /** A network namespace of `ip netns`. */
  namespace?: string;
  /** Folders of control groups (version 1) that it joins before it starts. */
  groups?: string[];
  /** A host name of its own. */
  host_name?: string;
  /** A file that it sees as /etc/resolv.conf. */
  resolver?: string;
}

export interface Program {
  name: string;
  pid: number;
  output(): string;
  runs(): boolean;
  /** The exit code once it has ended; null after a signal. */
  code(): number | null | undefined;
  /** To every process of its group. */
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM to the program alone, as an operator ends it. */
  stop(): Promise<void>;
  /** SIGKILL to every process of its group. */
  kill(): Promise<void>;
}

export interface ProgramOptions {
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  place?: Place | undefined;
  cwd?: string;
}

/** The words that start `command` in its place, as the same process. */
function placed({ command, args }: ProgramOptions, place: Place): [string, ...string[]] {
  let words: [string, ...string[]] = [command, ...args];
  if (place.host_name !== undefined) {
    words = ['unshare', '--uts', 'sh', '-c', 'hostname "$0" && exec "$@"', place.host_name, ...words];
  }
  if (place.resolver !== undefined) {
    const binds = 'mount --bind "$0" /etc/resolv.conf && exec "$@"';
    words = ['unshare', '--mount', 'sh', '-c', binds, place.resolver, ...words];
  }
  if (place.groups !== undefined && place.groups.length > 0) {
    const joins = place.groups.map((group) => `echo $$ > ${group}/cgroup.procs`).join(' && ');
    words = ['sh', '-c', `${joins} && exec "$@"`, 'sh', ...words];
  }
  if (place.namespace !== undefined) words = ['ip', 'netns', 'exec', place.namespace, ...words];
  return words;
}

export function startProgram(options: ProgramOptions, left: LeftBehind): Program {
  const [command, ...args] = placed(options, options.place ?? {});
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${options.name} can not be started: ${command}`);
  left.noteProcess(pid);
  let output = '';
  let ended: { code: number | null } | undefined;
  const note = (text: Buffer): void => {
    output = `${output}${text}`.slice(-OUTPUT_CHARACTERS_MAX);
  };
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  child.on('exit', (code) => {
    setTimeout(() => {
      ended = { code };
    }, LAST_WORDS_MS);
  });
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(-pid, name);
    } catch {
      // The whole group is gone.
    }
  };
  const gone = (): Promise<void> =>
    until(
      () => ended !== undefined,
      ENDED_WITHIN_MS,
      () => `${options.name} does not end\n${output.slice(-4_000)}`,
    );
  return {
    name: options.name,
    pid,
    output: () => output,
    runs: () => ended === undefined,
    code: () => ended?.code,
    signal,
    async stop() {
      if (ended !== undefined) return;
      child.kill('SIGTERM');
      await gone();
    },
    async kill() {
      signal('SIGCONT');
      signal('SIGKILL');
      await gone();
    },
  };
}
