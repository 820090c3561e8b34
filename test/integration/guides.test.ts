/**
 * The examples of the README and of every guide, as a reader pastes them: every `sh` block in its order, one document
 * after the other, against one running system; then every `sql` block as an analyst. An answer of 400 or more fails,
 * and so does a command. Every `json` block is parsed, and what is the shape of an answer is compared with a real one.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf, ROOT, readingOrder } from '../support/documents.ts';
import { testPorts } from '../support/ports.ts';
import { callApi } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const REPORT_WITHIN_MS = 20_000;
const SHELL_WITHIN_MS = 120_000;
const DOCUMENT_WITHIN_MS = SHELL_WITHIN_MS + REPORT_WITHIN_MS + 10_000;

const DOCUMENTS = readingOrder();
const withBlocks = (language: string): string[] =>
  DOCUMENTS.filter((file) => blocksOf(file).some((block) => block.language === language));

/**
 * What the shell is given beside the blocks. The system runs already. What is left out here has tests of its own:
 * `check` and the tests are this run, `backup` and `restore` are in test/chaos/backup.test.ts and redis-lost.test.ts,
 * `chaos` in chaos.test.ts; `bench` asks for an idle machine and `format` writes.
 */
const PRELUDE = `set -o pipefail
failed() { echo "$*" >> failures; return 1; }
# 23: who reads the answer, such as head, has had enough of it.
curl() { command curl --fail-with-body "$@" || [ $? = 23 ] || failed "curl $*"; }
npm() { case "$*" in
  start*|test*|'run test'*|'run check'*|'run format'*|'run chaos'*|'run bench'*|'run backup'*|'run restore'*)
    [ "$1" != run ] || grep -q "\\"$2\\":" "$ROOT/package.json" || failed "no script: npm $*" ;;
  *) (cd "$ROOT" && command npm "$@") || failed "npm $*" ;; esac; }
[ ! -f state ] || . ./state
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
  folder = await mkdtemp(join(tmpdir(), 'trackly-guides-'));
  await symlink(system.data_dir, join(folder, 'data'));
  await writeFile(join(folder, 'november.csv'), EXPORT);
});

afterAll(async () => {
  await system?.destroy();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** The shell blocks of a document, with the addresses of this system in the place of the default ones. */
function shellOf(file: string): string {
  const here: Record<string, string | undefined> = {
    8080: ports['REDIRECT_PORT'],
    8081: ports['API_PORT'],
    8083: ports['ANALYST_PORT'],
  };
  return blocksOf(file)
    .filter(({ language }) => language === 'sh')
    .map(({ text }) =>
      text
        .replace(/localhost:(808\d)/g, (_address, port) => `localhost:${here[port] ?? port}`)
        .replaceAll('<time>', '*'),
    )
    .join('\n');
}

/** Saves what the reader's one shell would still have for the next document. */
function saveState(script: string): string {
  const variables = [...script.matchAll(/(?:^|; )([A-Z_]+)=/gm)].map(([, name]) => name);
  const functions = [...script.matchAll(/^([a-z]+)\(\)/gm)].map(([, name]) => name);
  const all = (command: string, names: (string | undefined)[]): string =>
    names.length === 0 ? '' : `${command} ${[...new Set(names)].join(' ')} >> state\n`;
  return `\n${all('declare -p', variables)}${all('declare -f', functions)}`;
}

/** Runs a script; one that takes too long is ended with everything that it started, and shows what it printed. */
async function runShell(script: string): Promise<{ stdout: string; stderr: string }> {
  const child = spawn('bash', ['-c', script], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ROOT, DATA_DIR: system.data_dir, ...ports },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    said.stdout += text;
  });
  child.stderr.on('data', (text) => {
    said.stderr += text;
  });
  const late = setTimeout(() => {
    said.stderr += `\nnot found: the end of the script within ${SHELL_WITHIN_MS / 1_000} s`;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, SHELL_WITHIN_MS);
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(late);
  return said;
}

/** Pastes a document; resolves with what was printed. */
async function paste(file: string): Promise<string> {
  const blocks = shellOf(file);
  const { stdout, stderr } = await runShell(`${PRELUDE}${blocks}${saveState(blocks)}`);
  const failures = await readFile(join(folder, 'failures'), 'utf8').catch(() => '');
  await rm(join(folder, 'failures'), { force: true });
  expect(failures, `${failures}\n${stdout}\n${stderr}`).toBe('');
  expect(stderr, stdout).not.toMatch(/command not found|syntax error|unbound|No such file|not found/);
  return stdout;
}

/** A variable of the reader's shell. */
async function variable(name: string): Promise<string> {
  const state = await readFile(join(folder, 'state'), 'utf8');
  const [, value = ''] = [...state.matchAll(new RegExp(`^declare -- ${name}="(.*)"$`, 'gm'))].at(-1) ?? [];
  expect(value, `${name} has a value`).not.toBe('');
  return value;
}

describe('the shell blocks', () => {
  it(
    'of README.md make a click and its revenue, as they say',
    async () => {
      await paste('README.md');
      const key = await variable('KEY');
      let row: Record<string, unknown> = {};
      await until(
        async () => {
          [row = {}] = (await callApi(system, key, 'GET', '/v2/reports/campaigns')).body.rows;
          return row['revenue'] === '40.00' && row['sent'] === 1;
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
    DOCUMENT_WITHIN_MS,
  );

  const printed = new Map<string, string>();
  it.each(withBlocks('sh').filter((file) => file !== 'README.md'))(
    'of %s run from the first to the last',
    async (file) => {
      printed.set(file, await paste(file));
    },
    DOCUMENT_WITHIN_MS,
  );

  it('print what the guides say they print', async () => {
    expect(printed.get('src/guides/bots.md')).toContain('"verdict":"bot"');
    expect(printed.get('src/guides/track-conversions.md')).toMatch(/x-conversion: accepted/i);
    expect(printed.get('src/guides/audiences.md')).toContain('"contacts":1');
    expect(printed.get('src/guides/send-messages.md')).toContain('"error":"invalid_message"');
    // Ids that later commands ask for were found.
    for (const name of ['OFFER', 'CAMPAIGN', 'CODE', 'SHORT', 'AUDIENCE', 'TEST', 'CONVERSION', 'ACCOUNT']) {
      expect(await variable(name), name).toMatch(/^[\w-]+$/);
    }
  });
});

it('answers every SQL block to an analyst', async () => {
  const user = `${await variable('ACCOUNT')}:${await variable('KEY')}`;
  const statements = DOCUMENTS.flatMap(blocksOf).filter(({ language }) => language === 'sql');
  expect(statements.length).toBeGreaterThan(3);
  for (const { file, text } of statements) {
    const answer = await fetch(`http://localhost:${ports['ANALYST_PORT']}/`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(user).toString('base64')}` },
      body: text,
    });
    const result = await answer.text();
    expect(answer.status, `${file}: ${text}\n${result}`).toBe(200);
    expect(result.trim(), `${file}: ${text}`).not.toBe('');
  }
});

it('has JSON that can be parsed, and an experiment of the shape that the API answers', async () => {
  const parsed = DOCUMENTS.flatMap(blocksOf)
    .filter(({ language }) => language === 'json')
    .map(({ text }) => JSON.parse(text));
  expect(parsed.length).toBeGreaterThan(1);
  const [{ experiment }] = parsed.filter((value) => 'experiment' in value);
  const real = JSON.parse(await readFile(join(folder, 'variants.json'), 'utf8')).experiment;
  const keys = (value: object): string[] => Object.keys(value).toSorted();
  expect(keys(experiment)).toEqual(keys(real));
  expect(keys(experiment.verdict)).toEqual(keys(real.verdict));
  expect(keys(real.variants[1])).toEqual(keys(experiment.variants[0]));
  expect(keys(real.variants[1].click_rate)).toEqual(keys(experiment.variants[0].click_rate));
});

it('reads the guides from the running system without a key', async () => {
  for (const path of ['/guides', '/guides/settings']) {
    const answer = await fetch(`${system.api_url}${path}`);
    expect(answer.status, path).toBe(200);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  }
  expect((await fetch(`${system.api_url}/guides/nothing`)).status).toBe(404);
});
