/** What stops a start: one sentence that says what to do, exit status 1, and nothing left behind. */
// Own system: starting is what it is about.
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NODE_ARGUMENTS } from '../../src/supervisor/role-process.ts';
import { type System, startSystem } from '../support/system.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

let folder: string;
let system: System;
let other: Server;
let busy_port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trackly-obstacle-'));
  system = await startSystem();
  other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  busy_port = (other.address() as { port: number }).port;
});

afterAll(async () => {
  other?.close();
  await system?.destroy();
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
    child.once('exit', (code) => resolve({ code, said: said.trim() }));
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

it('leaves no lock behind: the same folder starts once the obstacle is gone', async () => {
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
