/**
 * Loads and runs Lua scripts, each in its own file beside the file that runs it. A line `--- @include "../lua/name"` is
 * replaced by the file name.lua, relative to the including file. Redis runs a script by its hash; the text is sent only
 * if Redis does not know it, for example after a restart. With Redis down a run rejects, like any command.
 */
import { readFileSync } from 'node:fs';
import { Cluster, type RedisClient } from './redis.ts';

type Arguments = (string | number | Buffer)[];

export interface Script {
  /** All keys of one call must share a hash tag. */
  run(client: RedisClient, keys: string[], args: Arguments): Promise<unknown>;
  /**
   * Runs it, and waits on the same connection until so many replicas have what it wrote. Resolves with its result and
   * with the number of replicas that had it in time.
   */
  runReplicated(
    client: RedisClient,
    keys: string[],
    args: Arguments,
    wait: { replicas: number; within_ms: number },
  ): Promise<[result: unknown, replicas: number]>;
}

/**
 * A slot that has moved is looked for anew: ioredis does so for single commands, and for pipelines of which every
 * command is refused, but a WAIT beside the script is not.
 */
function lookForSlots(client: RedisClient, { message }: Error): void {
  if (client instanceof Cluster && message.startsWith('MOVED')) client.refreshSlotsCache(() => {});
}

const ROOT = new URL('../../', import.meta.url);
const INCLUDE = /^--- @include "([^"]+)"$/gm;

/**
 * Reads the script at `file`. Throws if it or an included file is missing, or a file includes itself. `constants`
 * become local variables of the script, so that values that never change need not be sent with each call.
 */
export function loadScript(file: URL, constants: Readonly<Record<string, number | string>> = {}): Script {
  const name = nameOf(file);
  const lines = Object.entries(constants).map(
    ([constant, value]) => `local ${constant} = ${JSON.stringify(value)}\n`,
  );
  const lua = lines.join('') + readScript(file);
  type Runner = (count: number, ...rest: Arguments) => Promise<unknown>;
  type Runners = Record<string, Runner | undefined>;
  const define = (client: RedisClient): void => {
    if ((client as unknown as Runners)[name] === undefined) client.defineCommand(name, { lua });
  };
  return {
    run(client, keys, args) {
      define(client);
      return ((client as unknown as Runners)[name] as Runner).call(client, keys.length, ...keys, ...args);
    },
    async runReplicated(client, keys, args, { replicas, within_ms }) {
      define(client);
      const pipeline = client.pipeline();
      ((pipeline as unknown as Runners)[name] as Runner).call(pipeline, keys.length, ...keys, ...args);
      pipeline.wait(replicas, within_ms);
      const replies = (await pipeline.exec()) ?? [];
      const failed = replies.find(([error]) => error !== null);
      if (failed !== undefined) {
        lookForSlots(client, failed[0] as Error);
        throw failed[0];
      }
      return [replies[0]?.[1], Number(replies[1]?.[1])];
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
