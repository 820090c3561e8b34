/**
 * The contenders of a benchmark: redirect processes of this or another checkout, bare uWebSockets.js, nginx. Each has
 * its own port, runs on the given core, and is stopped by its process id.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { ClickAck } from '../../src/config.ts';
import { argumentsOf } from '../../src/supervisor/role-process.ts';
import { testPorts } from '../../test/support/ports.ts';
import { until } from '../../test/support/until.ts';

const ROOT = join(import.meta.dirname, '../..');
const START_WITHIN_MS = 20_000;

/** The address to which every contender redirects; this project appends the click id. */
export const DESTINATION = 'https://shop.example/spring?click=';

export interface Contender {
  name: string;
  url: string;
  /** The processes that answer. */
  pids: number[];
  stop(): Promise<void>;
}

/** The core on which a contender runs; undefined: any core. */
export type Core = number | undefined;

/**
 * The core of the answering processes, and the core of the load generator and Redis; undefined on a machine with one
 * core.
 */
const SEVERAL = cpus().length > 1;
export const OWN_CORE: Core = SEVERAL ? 0 : undefined;
export const OTHER_CORE: Core = SEVERAL ? 1 : undefined;

/** The command with its arguments that runs a program on that core. */
export const pinned = (core: Core, command: string, args: string[]): [string, string[]] =>
  core === undefined || process.platform !== 'linux'
    ? [command, args]
    : ['taskset', ['-c', String(core), command, ...args]];

/** Finds the program of this name, also in folders that are only on root's PATH. */
export function findProgram(name: string): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin'];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(`${name} was not found: start with "npm run bench", which installs it`);
  return found;
}

export function start(
  core: Core,
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): ChildProcess {
  const [program, words] = pinned(core, command, args);
  return spawn(program, words, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

const answers = (url: string): Promise<boolean> =>
  fetch(url, { redirect: 'manual' }).then(
    ({ status }) => status < 500,
    () => false,
  );

async function untilItAnswers(name: string, url: string, child: ChildProcess): Promise<void> {
  await until(
    () => {
      if (child.exitCode !== null) throw new Error(`${name} ended with exit code ${child.exitCode}`);
      return answers(url);
    },
    START_WITHIN_MS,
    () => `${name} does not answer`,
  );
}

/** A fixed 302 from uWebSockets.js in one process. */
export async function startBare(core: Core): Promise<Contender> {
  const [port = 0] = await testPorts(1);
  const child = start(core, process.execPath, [
    join(import.meta.dirname, 'bare-server.ts'),
    String(port),
    DESTINATION,
  ]);
  const url = `http://127.0.0.1:${port}`;
  await untilItAnswers('bare uWebSockets.js', `${url}/abc1234`, child);
  return { name: 'bare', url, pids: [child.pid ?? 0], stop: () => end(child) };
}

/** `return 302` in one worker with a buffered access log (64 kB): nginx's fast configuration. */
export async function startNginx(core: Core): Promise<Contender> {
  const [port = 0] = await testPorts(1);
  const dir = await mkdtemp(join(tmpdir(), 'trackly-nginx-'));
  await mkdir(join(dir, 'logs'));
  const conf = `daemon off; master_process off; worker_processes 1; pid ${dir}/nginx.pid; error_log ${dir}/logs/error.log;
events { worker_connections 4096; }
http {
  access_log ${dir}/logs/access.log combined buffer=64k flush=1s;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi; scgi_temp_path ${dir}/scgi;
  keepalive_requests 1000000000; keepalive_timeout 75s; server_tokens off;
  server { listen 127.0.0.1:${port} backlog=4096; location / { return 302 ${DESTINATION}$uri; } }
}`;
  await writeFile(join(dir, 'nginx.conf'), conf);
  const child = start(core, findProgram('nginx'), ['-p', dir, '-c', join(dir, 'nginx.conf')]);
  const url = `http://127.0.0.1:${port}`;
  await untilItAnswers('nginx', `${url}/abc1234`, child);
  return {
    name: 'nginx',
    url,
    pids: [child.pid ?? 0],
    async stop() {
      await end(child);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export interface RedirectOptions {
  name: string;
  redis_url: string;
  click_ack?: ClickAck;
  processes?: number;
  core?: Core;
  /** Another checkout with its packages installed, to compare with this one. */
  root?: string;
  settings?: NodeJS.ProcessEnv;
}

/** Only redirect processes, started like by the supervisor; no worker takes the clicks from Redis. */
export async function startRedirects(options: RedirectOptions): Promise<Contender> {
  const { name, redis_url, click_ack = 'durable', processes = 1, core, root = ROOT, settings = {} } = options;
  const [port = 0] = await testPorts(1);
  const dir = await mkdtemp(join(tmpdir(), 'trackly-bench-'));
  const children = Array.from({ length: processes }, (_, i) =>
    start(
      core,
      process.execPath,
      [
        ...(root === ROOT ? argumentsOf('redirect') : ['--disable-warning=ExperimentalWarning']),
        join(root, 'src/redirect/main.ts'),
      ],
      {
        REDIS_URL: redis_url,
        REDIRECT_PORT: String(port),
        DATA_DIR: dir,
        CLICK_ACK: click_ack,
        LOG_LEVEL: 'warn',
        LOG_MB: '16384',
        TRACKLY_PROCESS: `redirect-${i + 1}`,
        ...settings,
      },
    ),
  );
  const url = `http://127.0.0.1:${port}`;
  for (const child of children) await untilItAnswers(name, `${url}/healthz`, child);
  return {
    name,
    url,
    pids: children.map(({ pid }) => pid ?? 0),
    async stop() {
      await Promise.all(children.map(end));
      await rm(dir, { recursive: true, force: true });
    },
  };
}
