/**
 * The installation's layouts of partitions (partitions.ts) in Redis, and their change while rows arrive:
 *
 *   begin      notes the new layout as opening
 *   complete   closes every partition of the last layout, so that it refuses rows; opens those of the new one; then the
 *              new one is the last
 *   drained    notes a layout from which every row was taken
 *   forget     drops a layout of which nothing is left
 *
 * Each step is safe to repeat, by any process, so that a change that was interrupted is completed by whoever sees it.
 * Who sends a row to a closed partition is told so, reads the layouts again and sends it to the partition that took its
 * place. With Redis down every call rejects.
 */
import { announce, type ChangeListener } from '../platform/change-log.ts';
import { OperatorError } from '../platform/operator-error.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { bytesKey, streamKey } from './keys.ts';
import {
  FIRST_LAYOUTS,
  knownLayouts,
  LAYOUTS_MAX,
  type Layout,
  type Layouts,
  PARTITIONS_MAX,
  partitionsIn,
  useLayouts,
} from './partitions.ts';

export const LAYOUTS_KEY = 'layouts';
/** What stands in place of the bytes of a partition that is closed; see lua/add-entry.lua. */
export const CLOSED = 'closed';
const LOOK_EVERY_MS = 1_000;
/** After so long every process that can reach Redis knows of a change, such as a layout that is opening. */
export const SEEN_BY_ALL_MS = 1_500;
const COMMANDS_PER_WRITE = 5_000;

const REPLACE = loadScript(new URL('./lua/replace-layouts.lua', import.meta.url));

/** The change of the layout is not possible; `message` says why. */
export class LayoutError extends OperatorError {
  readonly code = 'layout';
}

async function readText(redis: RedisClient): Promise<string> {
  return (await redis.get(LAYOUTS_KEY)) ?? JSON.stringify(FIRST_LAYOUTS);
}

/** Reads the layouts, which this process knows from then on. */
export async function refreshLayouts(redis: RedisClient): Promise<Layouts> {
  const text = await readText(redis);
  if (text !== JSON.stringify(knownLayouts())) useLayouts(JSON.parse(text) as Layouts);
  return knownLayouts();
}

/** False where another process changed them meanwhile. */
async function replace(redis: RedisClient, before: Layouts, after: Layouts): Promise<boolean> {
  const texts = [before, after].map((one) => JSON.stringify(one));
  const first = JSON.stringify(FIRST_LAYOUTS);
  if ((await REPLACE.run(redis, [LAYOUTS_KEY], [...texts, first])) !== 1) return false;
  await runAll(redis, [announce(LAYOUTS_KEY)]);
  return true;
}

export interface LayoutFollower {
  /** For followChanges: a change is known at once. */
  listener: ChangeListener;
  close(): void;
}

/** Looks every second as well. With Redis down what is known stays. Resolves once they were read, or could not be. */
export async function followLayouts(redis: RedisClient): Promise<LayoutFollower> {
  const look = (): Promise<void> =>
    refreshLayouts(redis).then(
      () => {},
      () => {},
    );
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  await look();
  return {
    listener: {
      changed(key) {
        if (key === LAYOUTS_KEY) void look();
      },
      missed: () => void look(),
    },
    close: () => clearInterval(timer),
  };
}

/**
 * Spreads the first layout of a new installation over `shards` shards. Does nothing once there is a record of layouts. To be
 * called before anything is inserted, by every process that inserts; never of a Redis that lost its data, whose layouts
 * come back with its records.
 */
export async function spreadFirst(redis: RedisClient, shards: number): Promise<void> {
  const [first] = FIRST_LAYOUTS.layouts as [Layout];
  if (shards > 1) await replace(redis, FIRST_LAYOUTS, { layouts: [{ ...first, shards }] });
  await refreshLayouts(redis);
}

/**
 * Spreads every layout over the shards that there are now: after a restore, which has dealt the rows out over these, and
 * before anything is inserted. Never while batches are open.
 */
export async function spreadRestored(redis: RedisClient, shards: number): Promise<void> {
  const before = await refreshLayouts(redis);
  const layouts = before.layouts.map((layout) => ({ ...layout, shards }));
  if (before.layouts.some((layout) => layout.shards !== shards))
    await replace(redis, before, { ...before, layouts });
  await refreshLayouts(redis);
}

/**
 * Notes a layout of `count` partitions over `shards` shards as opening; complete goes on. Throws LayoutError where that
 * is what there is, where another change is going on, or LAYOUTS_MAX are remembered.
 */
export async function beginLayout(
  redis: RedisClient,
  { count, shards }: Pick<Layout, 'count' | 'shards'>,
): Promise<void> {
  if (!Number.isInteger(count) || count < 1 || count > PARTITIONS_MAX)
    throw new LayoutError(`the number of partitions must be from 1 to ${PARTITIONS_MAX}`);
  const before = await refreshLayouts(redis);
  const { layouts, opening } = before;
  const last = layouts.at(-1) as Layout;
  if (opening !== undefined)
    throw new LayoutError('another change of the partitions is going on: try again in some seconds');
  if (last.count === count && last.shards === shards)
    throw new LayoutError(`there are ${count} partitions already: nothing was changed`);
  if (layouts.length >= LAYOUTS_MAX)
    throw new LayoutError(
      `the partitions were changed ${LAYOUTS_MAX - 1} times, and what was stored under the earlier ones has not expired yet: a further change is possible when the oldest has`,
    );
  const next = { first: last.first + last.count, count, shards };
  if (!(await replace(redis, before, { layouts, opening: next })))
    throw new LayoutError('another process changes the partitions now: try again');
  await refreshLayouts(redis);
}

/** Completes a change that was begun; `logs` are all logs. Resolves with false where there is none. */
export async function completeLayout(redis: RedisClient, logs: readonly string[]): Promise<boolean> {
  const before = await refreshLayouts(redis);
  const { layouts, opening } = before;
  if (opening === undefined) return false;
  const last = layouts.at(-1) as Layout;
  await inGroups(redis, bytesOf(logs, last), (key) => ['SET', key, CLOSED]);
  // Every partition is closed: nothing is sent to two layouts at once.
  await inGroups(redis, bytesOf(logs, opening), (key) => ['SET', key, '0', 'NX']);
  await replace(redis, before, { layouts: [...layouts, opening] });
  await refreshLayouts(redis);
  return true;
}

/**
 * Closes and opens again what is marked otherwise, after a server lost its data or the last of what it wrote. Every
 * mark is there before and after.
 */
export async function repairMarks(redis: RedisClient, logs: readonly string[]): Promise<void> {
  const { layouts, opening } = knownLayouts();
  if (opening !== undefined) return;
  for (const [i, layout] of layouts.entries()) {
    const is_last = i === layouts.length - 1;
    const keys = bytesOf(logs, layout);
    const held = (await inGroups(redis, keys, (key) => ['GET', key])) as (string | null)[];
    const wrong = keys.filter((_, k) => (is_last ? held[k] === null : held[k] !== CLOSED));
    await inGroups(redis, wrong, (key) => (is_last ? ['SET', key, '0', 'NX'] : ['SET', key, CLOSED]));
  }
}

const bytesOf = (logs: readonly string[], layout: Layout): string[] =>
  logs.flatMap((log) => partitionsIn(layout).map((partition) => bytesKey(log, partition)));

async function inGroups<T>(
  redis: RedisClient,
  all: readonly T[],
  commandOf: (one: T) => Command,
): Promise<unknown[]> {
  const replies: unknown[] = [];
  for (let from = 0; from < all.length; from += COMMANDS_PER_WRITE) {
    replies.push(...(await runAll(redis, all.slice(from, from + COMMANDS_PER_WRITE).map(commandOf))));
  }
  return replies;
}

/**
 * Notes which layouts before the last hold no row any more; with `again` also which do that were noted so, because a
 * Redis that had lost the layouts took rows there until they were restored. Safe to repeat.
 */
export async function noteDrained(
  redis: RedisClient,
  logs: readonly string[],
  now_ms: number,
  again = false,
): Promise<void> {
  const before = await refreshLayouts(redis);
  const layouts: Layout[] = [];
  for (const [i, layout] of before.layouts.entries()) {
    const looks = i < before.layouts.length - 1 && (again || layout.drained_at_ms === undefined);
    layouts.push(looks ? drained(layout, await isEmpty(redis, logs, layout), now_ms) : layout);
  }
  if (layouts.every((layout, i) => layout === before.layouts[i])) return;
  await replace(redis, before, { ...before, layouts });
}

function drained(layout: Layout, is_empty: boolean, now_ms: number): Layout {
  const { drained_at_ms, ...rest } = layout;
  if (is_empty === (drained_at_ms !== undefined)) return layout;
  return is_empty ? { ...rest, drained_at_ms: now_ms } : rest;
}

async function isEmpty(redis: RedisClient, logs: readonly string[], layout: Layout): Promise<boolean> {
  const streams = logs.flatMap((log) => partitionsIn(layout).map((partition) => streamKey(log, partition)));
  const lengths = await inGroups(redis, streams, (stream) => ['XLEN', stream]);
  return lengths.every((length) => length === 0);
}

/** The first layout is never forgotten: whoever knows of no layouts, such as an old spool, sends rows there. */
export const oldestForgettable = (layouts: readonly Layout[]): Layout | undefined =>
  layouts.find(({ first }) => first !== 0);

/**
 * Forgets the oldest layout but the first, of which the caller knows that nothing is left but the marks of its logs. Does nothing
 * where rows wait in it.
 */
export async function forgetLayout(redis: RedisClient, logs: readonly string[]): Promise<void> {
  const before = await refreshLayouts(redis);
  const oldest = oldestForgettable(before.layouts);
  if (oldest?.drained_at_ms === undefined) return;
  const layouts = before.layouts.filter((one) => one !== oldest);
  if (!(await replace(redis, before, { ...before, layouts }))) return;
  await inGroups(redis, bytesOf(logs, oldest), (key) => ['DEL', key]);
  await refreshLayouts(redis);
}
