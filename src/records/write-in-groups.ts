/** Writes many records to Redis in groups as they arrive, and reports progress. */
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';

const GROUP_COMMANDS = 2_000;
const TELL_EVERY = 100_000;

export type Tell = (line: string) => void;

/**
 * Sends the commands of each row, in order, and resolves with the number of rows. `what` names them for `tell`:
 * `links 100,000 …`.
 */
export async function writeInGroups<T>(
  redis: RedisClient,
  what: string,
  groups: AsyncIterable<readonly T[]>,
  commandsOf: (row: T) => Command[],
  tell: Tell,
): Promise<number> {
  return writeGroups(redis, what, groups, async (group) => group.flatMap(commandsOf), tell);
}

/** Like writeInGroups, for writes that depend on the whole group or on a lookup. */
export async function writeGroups<T>(
  redis: RedisClient,
  what: string,
  groups: AsyncIterable<readonly T[]>,
  commandsOf: (group: readonly T[]) => Promise<Command[]>,
  tell: Tell,
): Promise<number> {
  let rows = 0;
  let told = 0;
  let commands: Command[] = [];
  for await (const group of groups) {
    for (const command of await commandsOf(group)) {
      commands.push(command);
      if (commands.length < GROUP_COMMANDS) continue;
      await runAll(redis, commands);
      commands = [];
    }
    rows += group.length;
    if (rows - told >= TELL_EVERY) {
      tell(`${what}: ${rows.toLocaleString('en')} …`);
      told = rows;
    }
  }
  await runAll(redis, commands);
  tell(`${what}: ${rows.toLocaleString('en')}`);
  return rows;
}
