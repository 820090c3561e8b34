/**
 * Loads and runs Lua scripts, each in its own file beside the file that runs it. A line `--- @include "../lua/name"` is
 * replaced by the file name.lua, relative to the including file. Redis runs a script by its hash; the text is sent only
 * if Redis does not know it, for example after a restart. With Redis down a run rejects, like any command.
 */
import { readFileSync } from 'node:fs';
import type { RedisClient } from './redis.ts';

export interface Script {
  /** All keys of one call must share a hash tag. */
  run(client: RedisClient, keys: string[], args: (string | number | Buffer)[]): Promise<unknown>;
}

const ROOT = new URL('../../', import.meta.url);
const INCLUDE = /^--- @include "([^"]+)"$/gm;

/**
 * Reads the script at `file`. Throws if it or an included file is missing, or a file includes itself. `constants`
 * become local variables of the script, so that values that never change need not be sent with each call.
 */
export function loadScript(file: URL, constants: Readonly<Record<string, number>> = {}): Script {
  const name = nameOf(file);
  const lines = Object.entries(constants).map(([constant, value]) => `local ${constant} = ${value}\n`);
  const lua = lines.join('') + readScript(file);
  type Runner = (count: number, ...rest: (string | number | Buffer)[]) => Promise<unknown>;
  return {
    run(client, keys, args) {
      const runners = client as unknown as Record<string, Runner | undefined>;
      if (runners[name] === undefined) client.defineCommand(name, { lua });
      return (runners[name] as Runner).call(client, keys.length, ...keys, ...args);
    },
  };
}

/** The text of a script with its included files. */
export function readScript(file: URL, within: readonly string[] = []): string {
  if (within.includes(file.href)) throw new Error(`${file.href} includes itself`);
  return readFileSync(file, 'utf8').replace(INCLUDE, (_line, path: string) =>
    readScript(new URL(`${path}.lua`, file), [...within, file.href]).trimEnd(),
  );
}

/** `src/log/lua/append.lua` becomes `src_log_append`, so names are unique and differ from Redis's commands. */
function nameOf(file: URL): string {
  const path = file.href.slice(ROOT.href.length);
  return path
    .replace(/\.lua$/, '')
    .replace('/lua/', '_')
    .replace(/\W/g, '_');
}
