/**
 * `trackly` as a person types it, in a container: its help, and what it says of a command line that it does not
 * understand. Every command runs with the files of the image only.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Ended, runTrackly } from '../support/commands.ts';
import { copyImageFiles } from '../support/image-files.ts';

let image: string;
beforeAll(async () => {
  image = await copyImageFiles();
});
afterAll(() => rm(image, { recursive: true, force: true }));

const inImage = (args: string[], env: Record<string, string> = {}): Promise<Ended> =>
  runTrackly(args, env, image);

it('lists every command in a line; each loads all its code, and says its usage', async () => {
  const { code, stdout } = await inImage(['--help']);
  expect(code).toBe(0);
  const commands = [...stdout.matchAll(/^ {2}([a-z-]+) +\S/gm)].map(([, name = '']) => name);
  expect(commands).toEqual(expect.arrayContaining(['serve', 'redirect', 'worker', 'api', 'clickhouse']));
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const started = Object.values(scripts).flatMap(
    (script) => /deploy\/trackly (\S+)$/.exec(script)?.[1] ?? [],
  );
  expect(commands.toSorted()).toEqual(started.toSorted());
  for (const command of commands) {
    const told = await inImage([command, '--nonsense']);
    expect([command, told.code, told.stderr]).toEqual([
      command,
      2,
      expect.stringMatching(new RegExp(`Unknown option '--nonsense'.*\nusage: trackly ${command}`)),
    ]);
  }
  expect((await inImage(['sql', '--help'])).stdout).toMatch(/^trackly sql "SELECT/);
});

it.each([
  ['redirect', /^trackly: REDIS_URL is not set: a redirect process needs it\.$/m],
  ['worker', /^trackly: REDIS_URL and CLICKHOUSE_URL must both be set for a worker\.$/m],
  ['api', /^trackly: REDIS_URL and CLICKHOUSE_URL must both be set for the API\.$/m],
  ['migrate', /^trackly: CLICKHOUSE_URL is not set: there is nothing to migrate/m],
])('%s loads all its code, and says what is not set', async (role, sentence) => {
  const { code, stderr } = await inImage([role], { REDIRECT_PORT: '1025', REDIRECT_PROCESSES: '1' });
  expect([code, stderr]).toEqual([1, expect.stringMatching(sentence)]);
});

it.each([
  [[], /give a command/],
  [['everything'], /there is no command "everything": trackly --help lists them/],
  [['analyst-sql', 'now'], /"now" is one argument too many\nusage: trackly analyst-sql/],
  [['sql'], /give one statement\nusage: trackly sql/],
  [['rejudge'], /say from when.*\nusage: trackly rejudge/],
  [['dead-letters', 'forget', 'x'], /there is no verb "forget"\nusage: /],
])('%j is refused with its usage, status 2', async (args, sentence) => {
  const { code, stderr } = await inImage(args);
  expect([code, stderr]).toEqual([2, expect.stringMatching(sentence)]);
});

it('says what to do where nothing runs, status 1', async () => {
  const { code, stderr } = await inImage(['dead-letters'], { DATA_DIR: '/nonexistent' });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/nothing was started on \/nonexistent yet/)]);
});

it.each([['backup'], ['restore']])('%s refuses an empty folder, and leaves it empty', async (command) => {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-empty-'));
  const { code, stderr } = await inImage([command], { DATA_DIR: folder });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/There is no installation in .*: set DATA_DIR/)]);
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});

it('asks the API where API_URL says', async () => {
  const env = { ADMIN_KEY: `trk_${'0'.repeat(32)}`, API_URL: 'http://api.invalid:8081/' };
  const { code, stderr } = await inImage(['dead-letters'], env);
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/no API answers at http:\/\/api\.invalid:8081: /),
  ]);
});
