/** The embedded server, run as the supervisor runs it, on a port and in a folder of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseClient, createClickHouse } from '../../src/clickhouse/client.ts';
import { embeddedUrl, keptPasswords, type Passwords } from '../../src/clickhouse/embedded/passwords.ts';
import type { ChildMessage } from '../../src/platform/supervisor-channel.ts';
import { NODE_ARGUMENTS, ROLE_ENVIRONMENT } from '../../src/supervisor/role-process.ts';
import { testPorts } from './ports.ts';

const MAIN = join(import.meta.dirname, '../../src/clickhouse/main.ts');

export interface TestClickHouse {
  /** With the system's user and password. */
  url: string;
  /** Without. */
  origin: string;
  tcp_port: number;
  client: ClickHouseClient;
  passwords: Passwords;
  /** DATA_DIR of the process. */
  data_dir: string;
  process(): ChildProcess;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the milliseconds that it took. The data stays. */
  end(): Promise<number>;
  /** Runs it again on the same data and ports. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Resolves when it answers. `data_dir`, `ports`: others than new ones. */
export async function startClickHouse(
  given: { data_dir?: string; ports?: [http: number, tcp: number] } = {},
): Promise<TestClickHouse> {
  const data_dir = given.data_dir ?? (await mkdtemp(join(tmpdir(), 'trackly-clickhouse-')));
  const [http_port = 0, tcp_port = 0] = given.ports ?? (await testPorts(2));
  let server: ChildProcess;

  async function start(): Promise<void> {
    server = runClickHouse(data_dir, http_port, tcp_port);
    await untilReady(server);
  }

  async function end(signal: NodeJS.Signals): Promise<number> {
    if (server.exitCode !== null || server.signalCode !== null) return 0;
    const started = performance.now();
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
    return performance.now() - started;
  }

  await start();
  const url = await embeddedUrl(data_dir, http_port);
  const client = createClickHouse(url);
  return {
    url,
    origin: `http://127.0.0.1:${http_port}`,
    tcp_port,
    client,
    passwords: await keptPasswords(data_dir),
    data_dir,
    process: () => server,
    async kill() {
      await end('SIGKILL');
    },
    end: () => end('SIGTERM'),
    start,
    async stop() {
      await client.close();
      await end('SIGTERM');
      await rm(data_dir, { recursive: true, force: true });
    },
  };
}

/** Its process, not ready yet. */
export function runClickHouse(data_dir: string, http_port: number, tcp_port: number): ChildProcess {
  const { PATH, HOME } = process.env;
  return fork(MAIN, [], {
    execArgv: [...NODE_ARGUMENTS],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...ROLE_ENVIRONMENT.clickhouse,
      PATH,
      HOME,
      DATA_DIR: data_dir,
      CLICKHOUSE_PORT: String(http_port),
      CLICKHOUSE_TCP_PORT: String(tcp_port),
      LOG_LEVEL: 'silent',
    },
  });
}

/** Rejects with its own sentence where it can't start. */
export function untilReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let reason = 'the ClickHouse process ended without a word';
    server.on('message', (message: ChildMessage) => {
      if (message.type === 'ready') resolve();
      else if (message.type === 'fatal') reason = message.message;
    });
    server.once('exit', () => reject(new Error(reason)));
  });
}
