/** `trackly` as a person types it: its help, and what it says of a command line that it does not understand. */
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runTrackly } from '../support/commands.ts';

it('lists every command in a line, and tells the arguments of one', async () => {
  const { code, stdout } = await runTrackly(['--help'], {});
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
    const told = await runTrackly([command, '--help'], {});
    expect([command, told.code, told.stdout]).toEqual([
      command,
      0,
      expect.stringMatching(new RegExp(`^trackly ${command}`)),
    ]);
  }
});

it.each([
  [[], /give a command/],
  [['everything'], /there is no command "everything": trackly --help lists them/],
  [['serve', 'now'], /"now" is one argument too many\nusage: trackly serve/],
  [['sql'], /give one statement\nusage: trackly sql/],
  [['backup', '--form', 'x'], /Unknown option '--form'.*\nusage: trackly backup \[--to <folder>\]/],
  [['rejudge'], /say from when.*\nusage: trackly rejudge/],
  [['dead-letters', 'forget', 'x'], /there is no verb "forget"\nusage: /],
])('%j is refused with its usage, status 2', async (args, sentence) => {
  const { code, stderr } = await runTrackly(args, {});
  expect([code, stderr]).toEqual([2, expect.stringMatching(sentence)]);
});

it('says what to do where nothing runs, status 1', async () => {
  const { code, stderr } = await runTrackly(['dead-letters'], { DATA_DIR: '/nonexistent' });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/nothing was started on \/nonexistent yet/)]);
});

it.each([['backup'], ['restore']])('%s refuses an empty folder, and leaves it empty', async (command) => {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-empty-'));
  const { code, stderr } = await runTrackly([command], { DATA_DIR: folder });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/There is no installation in .*: set DATA_DIR/)]);
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});
