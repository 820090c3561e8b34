/** Lua scripts as they are sent to Redis: with what they include, under one name each. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RedisClient } from '../../../src/platform/redis.ts';
import { loadScript, readScript } from '../../../src/platform/script.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trackly-script-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, lua: string): Promise<URL> {
  await writeFile(join(folder, `${name}.lua`), lua);
  return pathToFileURL(join(folder, `${name}.lua`));
}

/** What a client is told to define, and what it is then called with. */
function recordingClient() {
  const defined = new Map<string, string>();
  const calls: unknown[][] = [];
  const client = {
    defineCommand(name: string, { lua }: { lua: string }) {
      defined.set(name, lua);
      Object.assign(client, { [name]: async (...args: unknown[]) => calls.push(args) });
    },
  };
  return { client: client as unknown as RedisClient, defined, calls };
}

it('names a file that is missing, and one that includes itself', async () => {
  const lost = await file('lost', '--- @include "nowhere"\n');
  expect(() => loadScript(lost)).toThrow(/nowhere\.lua/);
  const circle = await file('circle', '--- @include "circle"\n');
  expect(() => loadScript(circle)).toThrow(/includes itself/);
});

it('puts in place of an include the file beside it, and what that includes', async () => {
  await file('one', 'local one = 1\n');
  await file('two', '--- @include "one"\nlocal two = "$&"\n');
  const script = await file('script', '-- head\n--- @include "two"\nreturn one + two\n');
  expect(readScript(script)).toBe('-- head\nlocal one = 1\nlocal two = "$&"\nreturn one + two\n');
});

it('defines a script once for a client, under its file, and hands on keys and arguments', async () => {
  const script = loadScript(new URL('../../../src/log/lua/append.lua', import.meta.url), {
    MINUTE_MS: 5,
    NONE: '-',
  });
  const { client, defined, calls } = recordingClient();
  await script.run(client, ['k'], ['a', 1]);
  await script.run(client, ['k', 'l'], []);
  expect([...defined.keys()]).toEqual(['src_log_append']);
  expect(defined.get('src_log_append')).toMatch(/^local MINUTE_MS = 5\nlocal NONE = "-"\n/);
  expect(calls).toEqual([
    [1, 'k', 'a', 1],
    [2, 'k', 'l'],
  ]);
});
