/** The whole system, as `npm start` runs it, on ports and in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseClient, createClickHouse } from '../../src/clickhouse/client.ts';
import { nodeAddresses } from '../../src/clickhouse/node-addresses.ts';
import { NODE_ARGUMENTS } from '../../src/supervisor/role-process.ts';
import { dealingClient, startCluster, TEST_SHARDS, type TestCluster } from './clickhouse-cluster.ts';
import { testPorts } from './ports.ts';
import { HANGS_AFTER_MS, until } from './until.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const START_WITHIN_MS = 120_000;
const FREEZE_CHECK_MS = 20;

export interface System {
  redirect_url: string;
  api_url: string;
  clickhouse: ClickHouseClient;
  admin_key: string;
  data_dir: string;
  /** Address of its Redis. */
  redis_url(): Promise<string>;
  /** What the supervisor and its children wrote. */
  output(): string;
  /** Kills the process of this name with SIGKILL; resolves when the supervisor runs a new one. */
  kill(name: string): Promise<void>;
  /** Process id of what runs under this name now. */
  pid(name: string): Promise<number>;
  /** Process ids by name, as the supervisor notes them. */
  pids(): Promise<Record<string, number>>;
  /** To the supervisor. */
  signal(signal: NodeJS.Signals): void;
  /** Holds the process of this name still with SIGSTOP while `during` runs; a replacement too. */
  freeze(name: string, during: () => Promise<void>): Promise<void>;
  /** SIGTERM to the supervisor; resolves with the milliseconds that it took. The data stays. */
  stop(): Promise<number>;
  /** Runs it again on the same data and ports after stop(). */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  destroy(): Promise<void>;
}

/** A client of the ClickHouse whose address a system has noted in its folder. */
export async function connectClickHouse(data_dir: string): Promise<ClickHouseClient> {
  const url = (await readFile(join(data_dir, 'clickhouse.url'), 'utf8')).trim();
  const nodes = nodeAddresses(url) ?? [];
  return nodes.length > 1 ? dealingClient(nodes) : createClickHouse(url, { database: 'trackly' });
}

/**
 * Starts it with one process of each kind: every further one takes a second of processor time. A file that kills or
 * rolls a second redirect process, or that compares two, asks for REDIRECT_PROCESSES 2.
 */
export async function startSystem(settings: Record<string, string> = {}): Promise<System> {
  const data_dir = settings['DATA_DIR'] ?? (await mkdtemp(join(tmpdir(), 'trackly-test-')));
  const [redirect_port, api_port, clickhouse_port] = await testPorts(3);
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DATA_DIR: data_dir,
    REDIRECT_PORT: String(redirect_port),
    API_PORT: String(api_port),
    CLICKHOUSE_PORT: String(clickhouse_port),
    REDIRECT_PROCESSES: '1',
    LOG_LEVEL: 'warn',
    ...settings,
  };
  const cluster: TestCluster | undefined =
    TEST_SHARDS > 0 && settings['CLICKHOUSE_URL'] === undefined ? await startCluster(TEST_SHARDS) : undefined;
  Object.assign(env, cluster?.settings);
  let supervisor: ChildProcess | undefined;
  let output = '';

  async function start(): Promise<void> {
    const child = spawn(process.execPath, [...NODE_ARGUMENTS, MAIN, 'serve'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    supervisor = child;
    let ready = false;
    const note = (text: Buffer): void => {
      output = `${output}${text}`.slice(-200_000);
      if (String(text).includes('is ready.')) ready = true;
    };
    child.stdout?.on('data', note);
    child.stderr?.on('data', note);
    await until(
      () => {
        if (child.exitCode !== null) throw new Error(`the system did not start:\n${output}`);
        return ready;
      },
      START_WITHIN_MS,
      () => `the system did not start in time:\n${output}`,
    ).catch((error) => {
      child.kill('SIGTERM');
      throw error;
    });
  }

  async function stop(): Promise<number> {
    const child = supervisor;
    if (child === undefined || child.exitCode !== null) return 0;
    const started = performance.now();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    return performance.now() - started;
  }

  async function pids(): Promise<Record<string, number>> {
    return JSON.parse(await readFile(join(data_dir, 'processes.json'), 'utf8'));
  }

  await start();
  return {
    redirect_url: `http://127.0.0.1:${redirect_port}`,
    api_url: `http://127.0.0.1:${api_port}`,
    clickhouse: await connectClickHouse(data_dir),
    admin_key: (await readFile(join(data_dir, 'admin.key'), 'utf8')).trim(),
    data_dir,
    async redis_url() {
      if (settings['REDIS_URL'] !== undefined) return settings['REDIS_URL'];
      const conf = await readFile(join(data_dir, 'redis.conf'), 'utf8');
      const [port, password] = [/^port (\d+)/m, /^requirepass (\w+)/m].map(
        (pattern) => pattern.exec(conf)?.[1],
      );
      return `redis://:${password}@127.0.0.1:${port}`;
    },
    output: () => output,
    start,
    stop,
    async kill(name) {
      const pid = (await pids())[name];
      if (pid === undefined) throw new Error(`no process ${name} runs`);
      process.kill(pid, 'SIGKILL');
      await until(
        async () => (await pids())[name] !== pid,
        HANGS_AFTER_MS,
        () => `${name} did not come back`,
      );
    },
    async pid(name) {
      const pid = (await pids())[name];
      if (pid === undefined) throw new Error(`no process ${name} runs`);
      return pid;
    },
    pids,
    signal: (signal) => void supervisor?.kill(signal),
    async freeze(name, during) {
      const stopped = new Set<number>();
      const hold = async (): Promise<void> => {
        const pid = (await pids())[name];
        if (pid === undefined || stopped.has(pid)) return;
        stopped.add(pid);
        process.kill(pid, 'SIGSTOP');
      };
      await hold().catch(() => {});
      const holding = setInterval(() => void hold().catch(() => {}), FREEZE_CHECK_MS);
      try {
        await during();
      } finally {
        clearInterval(holding);
        for (const pid of stopped) {
          try {
            process.kill(pid, 'SIGCONT');
          } catch {
            // The supervisor has replaced it.
          }
        }
      }
    },
    async destroy() {
      await stop();
      await cluster?.stop();
      await rm(data_dir, { recursive: true, force: true });
    },
  };
}
