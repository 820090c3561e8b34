/**
 * What stops a start: one sentence that says what to do, exit status 1, and nothing left behind. And what a full disk
 * stops, on a small file system where this user may mount one.
 */
// Own system: starting is what it is about, and its disk is filled.
import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ANALYST_USER } from '../../src/analysts/access.ts';
import { keptPasswords } from '../../src/clickhouse/embedded/passwords.ts';
import { openClickHouse } from '../../src/clickhouse/open.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { NODE_ARGUMENTS } from '../../src/supervisor/role-process.ts';
import { keptAddresses } from '../../src/supervisor/servers.ts';
import { itIfLong } from '../support/long.ts';
import { testPorts } from '../support/ports.ts';
import { createSender } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

let folder: string;
let system: System;
let other: Server;
let busy_port: number;
let metrics_port: number;
/** What no line of the log may have. */
const forbidden: string[] = [];

const MB = 1_024 * 1_024;
const DISK_MB = 384;
const RESERVE_MB = 96;
/** A file system of its own, so that a full disk is nobody else's; only root may mount one. */
const small = join(tmpdir(), `trackly-small-disk-${process.pid}`);
const mount = (...args: string[]): boolean => spawnSync('mount', args, { stdio: 'ignore' }).status === 0;
const mounted =
  process.platform === 'linux' &&
  spawnSync('mkdir', [small]).status === 0 &&
  mount('-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', small);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trackly-obstacle-'));
  [metrics_port = 0] = await testPorts(1);
  system = await startSystem({
    METRICS_PORT: String(metrics_port),
    DISK_RESERVE_MB: String(RESERVE_MB),
    ...(mounted ? { DATA_DIR: join(small, 'data') } : {}),
  });
  other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  busy_port = (other.address() as { port: number }).port;
});

afterAll(async () => {
  other?.close();
  await system?.destroy();
  if (mounted) spawnSync('umount', [small]);
  await rm(small, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

function tryStart(
  settings: Record<string, string>,
  command = 'serve',
): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    const args = [...NODE_ARGUMENTS, MAIN, command];
    const env = {
      PATH: process.env['PATH'],
      DATA_DIR: join(folder, 'data'),
      LOG_LEVEL: 'silent',
      ...settings,
    };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    // Not at its exit: what it has said may still be on its way then.
    child.once('close', (code) => resolve({ code, said: said.trim() }));
  });
}

it.each([
  ['a wrong setting', () => ({ API_PORT: 'x' }), /API_PORT is "x": set it to a whole number/],
  [
    'a busy public port',
    () => ({ REDIRECT_PORT: String(busy_port) }),
    /Port \d+ .* is in use .* set REDIRECT_PORT/,
  ],
  [
    'the public port of another instance',
    () => ({ REDIRECT_PORT: new URL(system.redirect_url).port }),
    /is in use .* set REDIRECT_PORT/,
  ],
  ['a busy TLS port', () => ({ TLS_PORT: String(busy_port) }), /is in use .* set TLS_PORT/],
  ['a busy API port', () => ({ API_PORT: String(busy_port) }), /is in use .* set API_PORT/],
  [
    'a data folder in use',
    () => ({ DATA_DIR: system.data_dir }),
    /in use by another Trackly Links .* set DATA_DIR/,
  ],
  [
    'a data folder that is a file',
    () => ({ DATA_DIR: join(folder, 'file') }),
    /can't be written .* set DATA_DIR/,
  ],
  [
    'rules of bot detection that can’t be used',
    () => ({ BOT_RULES: join(folder, 'file') }),
    /file is not JSON/,
  ],
  [
    'a data folder below a file',
    () => ({ DATA_DIR: join(folder, 'file', 'below') }),
    /can't be written .* set DATA_DIR/,
  ],
])('%s', async (_name, settings, sentence) => {
  await writeFile(join(folder, 'file'), '');
  const { code, said } = await tryStart(settings());
  expect(code).toBe(1);
  expect(said.split('\n').filter((line) => !line.startsWith('·'))).toEqual([expect.stringMatching(sentence)]);
});

it.skipIf(process.getuid?.() === 0)('a data folder without permission', async () => {
  const closed = join(folder, 'closed');
  await mkdir(closed);
  await chmod(closed, 0o500);
  expect((await tryStart({ DATA_DIR: closed })).said).toMatch(/can't be written \(EACCES\)/);
});

it('a user of ClickHouse that lacks rights is told which', async () => {
  const { analyst } = await keptPasswords(system.data_dir);
  const url = new URL((await keptAddresses(system.data_dir)).clickhouse_url);
  Object.assign(url, { username: ANALYST_USER, password: analyst });
  await expect(openClickHouse(String(url), createLogger('test', 'silent'))).rejects.toThrow(
    /^CLICKHOUSE_URL .*: this user lacks SELECT, INSERT ON trackly\*\.\*; .*deploy\/clickhouse-user\.sql lists$/,
  );
});

it('SIGUSR2 to the supervisor changes the level of every process, and back', async () => {
  const changed = (): string[] =>
    [...system.output().matchAll(/"process":"([a-z]+)[^"]*","pid":\d+,"log_level":"debug"/g)].map(
      ([, name = '']) => name,
    );
  system.signal('SIGUSR2');
  const all = ['api', 'clickhouse', 'redirect', 'trackly', 'worker'];
  await untilSeen('who changed its level', () => changed().toSorted(), all);
});

describe.skipIf(!mounted)('a disk that is nearly full (skipped where no file system may be mounted)', () => {
  const ballast = join(small, 'ballast');
  /** Leaves so much. */
  async function leave(megabytes: number): Promise<void> {
    await rm(ballast, { force: true });
    const { bavail, bsize } = await statfs(small);
    await writeFile(ballast, Buffer.alloc(bavail * bsize - megabytes * MB));
  }
  afterEach(() => rm(ballast, { force: true }));

  it('refuses links early, goes on answering and counting taps, and heals by itself', async () => {
    const sender = await createSender(system);
    const shorten = async (): Promise<{
      status: number;
      body: { error?: string; link_id?: string; message?: string };
    }> => {
      const answer = await fetch(`${system.api_url}/v2/links/shorten`, {
        method: 'POST',
        headers: { 'x-api-key': sender.api_key, 'content-type': 'application/json' },
        body: JSON.stringify({ url: 'https://example.com/', contact_id: 'contact-of-the-log' }),
      });
      return { status: answer.status, body: await answer.json() };
    };
    const { body: link } = await shorten();
    forbidden.push(sender.api_key, 'contact-of-the-log', 'iPhone OS 18_1');
    let taps = 0;
    const tap = async (): Promise<void> => {
      const headers = { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)' };
      const { status } = await fetch(`${system.redirect_url}/${link.link_id}`, {
        headers,
        redirect: 'manual',
      });
      expect(status).toBe(302);
      taps++;
    };
    const counted = async (): Promise<number> => {
      const query = 'SELECT count() AS n FROM clicks WHERE link_id = {link_id:String}';
      const query_params = { link_id: link.link_id };
      const found = await system.clickhouse.query({ query, query_params, format: 'JSONEachRow' });
      return Number((await found.json<{ n: string }>())[0]?.n);
    };
    const ready = async (url: string) => {
      const answer = await fetch(url);
      return { status: answer.status, text: await answer.text() };
    };
    await tap();
    await untilSeen('clicks', counted, 1);

    await leave(RESERVE_MB * 0.75);
    await untilSeen('a link', async () => (await shorten()).body.error, 'disk_full_soon');
    expect(await shorten()).toEqual({
      status: 503,
      body: {
        error: 'disk_full_soon',
        message: expect.stringMatching(
          /^nothing was stored, because the disk of DATA_DIR has \d+ MiB left.*make room$/,
        ),
      },
    });
    const api = await ready(`${system.api_url}/readyz`);
    expect([api.status, JSON.parse(api.text)]).toEqual([
      503,
      {
        ready: false,
        can: ['change settings and take conversions', 'answer reports', 'tell the right time'],
        cannot: [
          {
            what: 'make links',
            why: expect.stringMatching(/DISK_RESERVE_MB/),
            do: expect.stringMatching(/^make room/),
          },
          { what: 'take uploads', why: expect.any(String), do: expect.any(String) },
        ],
      },
    ]);
    expect((await ready(`${system.redirect_url}/readyz`)).text).toContain('"ready":true');
    await tap();
    await untilSeen('clicks', counted, 2);

    // Below half of the reserve inserts wait, and the log keeps what is left.
    await leave(RESERVE_MB * 0.3);
    const machine = (): Promise<{ text: string }> => ready(`http://127.0.0.1:${metrics_port}/readyz`);
    await untilSeen('the worker', async () => /rows wait in the logs/.test((await machine()).text), true);
    for (let i = 0; i < 20; i++) await tap();
    expect(await counted()).toBe(2);

    await rm(ballast);
    await untilSeen('clicks', counted, taps);
    await untilSeen('a link', async () => (await shorten()).status, 201);
    await untilSeen('the machine', async () => JSON.parse((await machine()).text).ready, true);
  });
});

it('every line of the log is JSON with the same fields, and none has a key, a contact or a browser', () => {
  const lines = system
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.length).toBeGreaterThan(5);
  expect(
    lines.filter(({ time, level, process, pid, msg }) => !(time && level && process && pid && msg)),
  ).toEqual([]);
  for (const secret of [system.admin_key, ...forbidden]) expect(system.output()).not.toContain(secret);
});

// Every obstacle above starts on one folder.
itIfLong('leaves no lock behind: the same folder starts once the obstacle is gone', async () => {
  const again = await startSystem({ DATA_DIR: join(folder, 'data') }).catch((error: Error) => error);
  expect(again).not.toBeInstanceOf(Error);
  await (again as System).destroy();
});

it('a supervisor that was killed leaves nothing that stops the next start', async () => {
  const { readFile } = await import('node:fs/promises');
  const pid = Number(await readFile(join(system.data_dir, 'trackly.pid'), 'utf8'));
  process.kill(pid, 'SIGKILL');
  await system.start();
  expect((await fetch(`${system.api_url}/readyz`)).status).toBe(200);
});
