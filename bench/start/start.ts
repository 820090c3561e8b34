/** How soon does a killed redirect process answer again, how fast, and what does it take at rest? See README.md. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLED, readBundle } from '../../deploy/bundles.mjs';
import { sleep } from '../../src/platform/sleep.ts';
import { testPorts } from '../../test/support/ports.ts';
import { until } from '../../test/support/until.ts';
import type { Bench } from '../bench.ts';
import { end } from '../support/contenders.ts';
import { type LinkBase, startLinkBase } from '../support/links.ts';
import { PHONE_HEADERS } from '../support/load.ts';
import { figure, inRounds, machine, memoryOf, ratio, round, watchCpu } from '../support/measure.ts';

const ROOT = join(import.meta.dirname, '../..');
const TAPS = 1_000;
const TAPS_BETWEEN = 20_000;
const AT_ONCE = 20;
const START_WITHIN_MS = 180_000;
const REST_MS = 10_000;
/** Seconds of rest of which the processor time is measured. */
const REST_CPU_S = 30;
const ASK_EVERY_MS = 2;

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

/** The status of the answer; rejects where nobody answers. */
function tap(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers: PHONE_HEADERS }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
      response.once('error', reject);
    });
    request.once('error', reject);
  });
}

/** Processor time of all threads in µs, to a millionth. Linux only. */
function cpuOf(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  const ns = (task: string): number =>
    Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]);
  return readdirSync(tasks).reduce((sum, task) => sum + ns(task), 0) / 1_000;
}

/** Resident memory that no other process shares, in MB. */
function ownMemoryOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kb = [...text.matchAll(/^Private_\w+:\s+(\d+) kB/gm)].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  );
  return kb / 1_024;
}

/** Node's arguments for a process of that checkout. */
const nodeArguments = (root: string): string[] => [
  '--disable-warning=ExperimentalWarning',
  '--import',
  join(root, 'deploy/quick-start.mjs'),
];

interface Measure {
  answer_ms: number;
  start_cpu_ms: number;
  first_us: number;
  later_us: number;
  redirect_after_mb: number;
}

/** A redirect process of one checkout, which is killed and started again on the same port. */
class Killed {
  readonly #root: string;
  readonly #base: LinkBase;
  readonly #url: string;
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  /** Links that nobody has tapped. */
  #fresh: string[] = [];

  private constructor(root: string, base: LinkBase, port: number, data_dir: string) {
    this.#root = root;
    this.#base = base;
    this.#url = `http://127.0.0.1:${port}`;
    this.#env = {
      ...{ PATH: process.env['PATH'], HOME: process.env['HOME'], LOG_LEVEL: 'error', LOG_MB: '16384' },
      ...{
        REDIS_URL: base.url,
        REDIRECT_PORT: String(port),
        DATA_DIR: data_dir,
        TRACKLY_PROCESS: 'redirect-1',
      },
    };
  }

  static async open(root: string, base: LinkBase, data_dir: string): Promise<Killed> {
    const [port = 0] = await testPorts(1);
    const one = new Killed(root, base, port, data_dir);
    await one.#fill();
    await one.#startUntilAnswered();
    return one;
  }

  async #fill(): Promise<void> {
    this.#fresh = await this.#base.add(2 * TAPS + 1);
  }

  async #startUntilAnswered(): Promise<void> {
    const path = this.#fresh.pop() ?? '';
    const args = [...nodeArguments(this.#root), join(this.#root, 'src/redirect/main.ts')];
    this.#child = spawn(process.execPath, args, {
      env: this.#env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const started = performance.now();
    // More often than a wait of the tests would ask.
    while ((await tap(this.#url + path).catch(() => 0)) !== 302) {
      if (performance.now() - started > START_WITHIN_MS)
        throw new Error('the redirect process does not answer');
      await sleep(ASK_EVERY_MS);
    }
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async measure(): Promise<Measure> {
    const ended = new Promise((resolve) => this.#child?.once('exit', resolve));
    const killed_at = performance.now();
    this.#child?.kill('SIGKILL');
    await ended;
    await this.#startUntilAnswered();
    const answer_ms = performance.now() - killed_at;
    const start_cpu_ms = cpuOf(this.pid) / 1_000;
    const some = this.#fresh.slice(0, TAPS);
    const first_us = await this.#costOf(this.#fresh.splice(0, TAPS));
    for (let tapped = 0; tapped < TAPS_BETWEEN; tapped += TAPS) await this.#costOf(some);
    const later_us = await this.#costOf(this.#fresh.splice(0, TAPS));
    const redirect_after_mb = memoryOf(this.pid);
    await this.#base.forgetClicks();
    await this.#fill();
    return { answer_ms, start_cpu_ms, first_us, later_us, redirect_after_mb };
  }

  /** Processor time for each of these taps, in µs. */
  async #costOf(paths: readonly string[]): Promise<number> {
    const before = cpuOf(this.pid);
    for (let from = 0; from < paths.length; from += AT_ONCE) {
      await Promise.all(paths.slice(from, from + AT_ONCE).map((path) => tap(this.#url + path)));
    }
    return (cpuOf(this.pid) - before) / paths.length;
  }

  async stop(): Promise<void> {
    if (this.#child !== undefined) await end(this.#child);
  }
}

/** What each role of a whole system takes at rest: memory in MB, and processor time in ms a second. */
async function atRest(
  root: string,
  folder: string,
): Promise<Record<string, Record<string, number> | number>> {
  const [redirect_port = 0, api_port = 0] = await testPorts(2);
  const child = spawn(process.execPath, [...nodeArguments(root), join(root, 'src/main.ts'), 'serve'], {
    env: {
      ...{ PATH: process.env['PATH'], HOME: process.env['HOME'], LOG_LEVEL: 'error' },
      ...{ DATA_DIR: folder, REDIRECT_PROCESSES: '1' },
      ...{ REDIRECT_PORT: String(redirect_port), API_PORT: String(api_port) },
    },
    stdio: 'ignore',
  });
  try {
    await until(
      () =>
        fetch(`http://127.0.0.1:${api_port}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      START_WITHIN_MS,
      () => 'the system does not start',
    );
    await sleep(REST_MS);
    const pids = JSON.parse(readFileSync(join(folder, 'processes.json'), 'utf8')) as Record<string, number>;
    const roles = Object.entries(pids).filter(([name]) => name !== 'redis');
    const cpuEach = watchCpu({ supervisor: child.pid ?? 0, ...pids });
    await sleep(REST_CPU_S * 1_000);
    const rest_cpu_ms_per_s = cpuEach(REST_CPU_S * 1_000);
    return {
      rest_cpu_ms_per_s,
      rest_cpu_ms_per_s_all: round(Object.values(rest_cpu_ms_per_s).reduce((sum, one) => sum + one, 0)),
      rest_mb: Object.fromEntries(roles.map(([name, pid]) => [name, round(memoryOf(pid), 0)])),
      rest_own_mb: Object.fromEntries(roles.map(([name, pid]) => [name, round(ownMemoryOf(pid), 0)])),
    };
  } finally {
    await end(child);
  }
}

/** `--against <folder>`: another checkout of this project with its packages installed, measured in turn with this one. */
export const bench: Bench = async ({ quick, options: { against } }) => {
  const base = await startLinkBase();
  const folder = await mkdtemp(join(tmpdir(), 'trackly-bench-start-'));
  const roots = { ours: ROOT, ...(against === undefined ? {} : { against }) };
  const killed: Record<string, Killed> = {};
  try {
    for (const [name, root] of Object.entries(roots)) {
      killed[name] = await Killed.open(root, base, join(folder, name));
    }
    const measures = await inRounds(
      quick ? 3 : 9,
      Object.fromEntries(Object.entries(killed).map(([name, one]) => [name, () => one.measure()])),
      (name, { answer_ms, start_cpu_ms, first_us, later_us, redirect_after_mb }) =>
        `${name} answers after ${round(answer_ms, 0)} ms, ${round(start_cpu_ms, 0)} ms of processor time; a tap ${round(first_us, 0)} µs, later ${round(later_us, 0)} µs; ${round(redirect_after_mb, 0)} MB`,
    );
    for (const one of Object.values(killed)) await one.stop();
    const of = (name: string, what: keyof Measure): number[] =>
      (measures[name] ?? []).map((one) => one[what]);
    const figures: Record<string, object> = {};
    for (const [name, root] of Object.entries(roots)) {
      figures[name] = {
        bundled: BUNDLED.every((entry) => readBundle(root, entry) !== undefined),
        answer_ms: figure(of(name, 'answer_ms'), 0),
        start_cpu_ms: figure(of(name, 'start_cpu_ms'), 0),
        first_us: figure(of(name, 'first_us'), 0),
        later_us: figure(of(name, 'later_us'), 0),
        first_to_later: ratio(of(name, 'first_us'), of(name, 'later_us')),
        redirect_after_mb: figure(of(name, 'redirect_after_mb'), 0),
        ...(await atRest(root, join(folder, `${name}-system`))),
      };
    }
    const to = (what: keyof Measure): object => ratio(of('ours', what), of('against', what));
    return {
      ...machine(),
      ...figures,
      ...(against === undefined
        ? {}
        : {
            start_cpu_to_against: to('start_cpu_ms'),
            answer_to_against: to('answer_ms'),
            first_to_against: to('first_us'),
          }),
    };
  } finally {
    for (const one of Object.values(killed)) await one.stop();
    await base.close();
    await rm(folder, { recursive: true, force: true });
  }
};
