/**
 * Lua scripts, each in a file of its own beside the file that runs it. A line `--- @include "../lua/name"` is replaced
 * by the file name.lua, relative to the file that it stands in. Redis runs a script by its hash and is sent its text
 * where it does not know it yet, after a restart or failover. With Redis down a run rejects, as any command.
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
 * Reads the script at `file`; throws where it, or what it includes, is missing or includes itself. `constants` are
 * local variables of the script: what is the same in every call need not be sent with it.
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

/** The text of a script with what it includes. */
export function readScript(file: URL, within: readonly string[] = []): string {
  if (within.includes(file.href)) throw new Error(`${file.href} includes itself`);
  return readFileSync(file, 'utf8').replace(INCLUDE, (_line, path: string) =>
    readScript(new URL(`${path}.lua`, file), [...within, file.href]).trimEnd(),
  );
}

/** `src/log/lua/append.lua` is `src_log_append`: no two scripts have one name, nor one of a command of Redis. */
function nameOf(file: URL): string {
  const path = file.href.slice(ROOT.href.length);
  return path
    .replace(/\.lua$/, '')
    .replace('/lua/', '_')
    .replace(/\W/g, '_');
}
