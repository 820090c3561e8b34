/**
 * The README's examples, as a reader pastes them: every `sh` block in its order, in one shell, against a running
 * system. An answer of 400 or more fails, and so does a command.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testPorts } from '../support/ports.ts';
import { callApi } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const ROOT = join(import.meta.dirname, '../..');
const REPORT_WITHIN_MS = 20_000;
const ALL_WITHIN_MS = 180_000;

/**
 * What the shell is given beside the blocks. The system runs already, the whole suite is this one, and what
 * `backup` and `restore` do is told by test/chaos/backup.test.ts and redis-lost.test.ts.
 */
const PRELUDE = `set -o pipefail
failed() { echo "$*" >> failures; return 1; }
# 23: who reads the answer, such as head, has had enough of it.
curl() { command curl --fail-with-body "$@" || [ $? = 23 ] || failed "curl $*"; }
npm() { case "$*" in start*|test*|'run backup'*|'run restore'*) ;; *) (cd "$ROOT" && command npm "$@") || failed "npm $*" ;; esac; }
`;

/** A month of a network, as its export has it. */
const EXPORT = 'txn_id,event,revenue,time\norder-1,sale,49.90,2026-11-20T10:00:00Z\n';

let system: System;
let folder: string;
let ports: Record<string, string>;

beforeAll(async () => {
  const [analyst = 0] = await testPorts(1);
  system = await startSystem({ ANALYST_PORT: String(analyst) });
  ports = {
    REDIRECT_PORT: new URL(system.redirect_url).port,
    API_PORT: new URL(system.api_url).port,
    ANALYST_PORT: String(analyst),
  };
  folder = await mkdtemp(join(tmpdir(), 'trackly-readme-'));
  await symlink(system.data_dir, join(folder, 'data'));
  await writeFile(join(folder, 'november.csv'), EXPORT);
});

afterAll(async () => {
  await system?.destroy();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** The blocks, with the addresses of this system in the place of the default ones. */
async function readBlocks(): Promise<string[]> {
  const text = await readFile(join(ROOT, 'README.md'), 'utf8');
  const here: Record<string, string | undefined> = {
    8080: ports['REDIRECT_PORT'],
    8081: ports['API_PORT'],
    8083: ports['ANALYST_PORT'],
  };
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) =>
    block
      .replace(/localhost:(808\d)/g, (_address, port) => `localhost:${here[port] ?? port}`)
      .replaceAll('<time>', '*'),
  );
}

function runShell(script: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn('bash', ['-c', script], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ROOT, DATA_DIR: system.data_dir, ...ports },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    said.stdout += text;
  });
  child.stderr.on('data', (text) => {
    said.stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...said }));
  });
}

it(
  'can be pasted from the first line to the last',
  async () => {
    const blocks = await readBlocks();
    expect(blocks.length).toBeGreaterThan(5);
    const { stdout, stderr } = await runShell(`${PRELUDE}${blocks.join('\n')}\necho "$KEY" > key\n`);
    const failures = await readFile(join(folder, 'failures'), 'utf8').catch(() => '');
    expect(failures, `${failures}\n${stdout}\n${stderr}`).toBe('');
    expect(stderr).not.toMatch(/command not found|syntax error|unbound|No such file/);

    // And does what it says it does.
    expect(stdout).toContain('"verdict":"bot"');
    const key = (await readFile(join(folder, 'key'), 'utf8')).trim();
    let row: Record<string, unknown> = {};
    await until(
      async () => {
        [row = {}] = (await callApi(system, key, 'GET', '/v2/reports/campaigns')).body.rows;
        return row['revenue'] === '40.00';
      },
      REPORT_WITHIN_MS,
      () => `the report says ${JSON.stringify(row)}`,
    );
    expect(row).toMatchObject({
      sent: 1,
      clicks_total: 1,
      clicks_unique: 1,
      conversions: 1,
      refunds: '9.90',
    });
  },
  ALL_WITHIN_MS,
);
