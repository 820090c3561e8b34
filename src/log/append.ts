/**
 * Appends rows to a log. A producer adds an entry of rows under its own sequence number; sending the same number again
 * (after a lost reply or a kill of Redis) changes nothing. Every row of a log is added here, or by a script that
 * includes lua/add-entry.lua, so its bytes are counted. With Redis down every call rejects; a call with sequence
 * numbers is safe to repeat.
 */
import { Cluster, type RedisClient } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { inPartitions } from './in-partitions.ts';
import { countsKey, entryKeys, producerKey } from './keys.ts';
import { refreshLayouts } from './layouts.ts';
import { isCurrent, layoutAfter, layoutOf, partitionShare } from './partitions.ts';
import { FULL, MOVED, MovedError, refusal } from './refusal.ts';
import { splitEntry } from './split-entry.ts';

/** Entries that a partition may hold before it refuses more; one entry has up to ROWS_PER_ENTRY_MAX rows. */
export const ENTRIES_MAX = 1_000_000;
export const ROWS_PER_ENTRY_MAX = 512;
/**
 * No bound by bytes, for rows that must always find room: rows that a worker adds, because otherwise their batch could
 * not be finished. ENTRIES_MAX still applies.
 */
export const NO_BYTES_MAX = Number.MAX_SAFE_INTEGER;
/**
 * How long a producer's last sequence number is remembered after its last append: longer than a spool may hold entries
 * that Redis may have taken already.
 */
const PRODUCER_TTL_S = 30 * 24 * 3_600;
/** A replica that is so far behind is as good as none. */
export const REPLICA_WITHIN_MS = 250;
/** Counts are kept by minute. */
export const MINUTE_MS = 60_000;

/** Redis has added the rows, and no replica has them in time. */
export class NotReplicatedError extends Error {
  readonly code = 'not_replicated';
  constructor() {
    super('no replica of Redis has the rows in time');
  }
}

/** A count of rows at a stage that the caller names, for the minute (since 1970) in which the rows were logged. */
export interface Note {
  /** 0: the minute of the entry that the note comes with. */
  minute: number;
  /** A name without spaces; not `logged`, which this file counts itself. */
  stage: string;
  rows: number;
}

/** One entry of a producer: up to ROWS_PER_ENTRY_MAX rows, one a line of `payload`. */
export interface Entry {
  partition: number;
  /** A new id for every start of a process. */
  producer: string;
  /** Grows with each entry that the producer sends to the partition. */
  sequence: number;
  rows: number;
  payload: string;
  /** Name of the process under which its rows are counted; '' if they are not counted. */
  process: string;
}

/** What must hold for an entry to be acknowledged. */
export interface AppendBounds {
  /** Of payload in the log, of which each partition may hold its share; NO_BYTES_MAX by default. */
  bytes_max?: number;
  /** The key of a row, which tells its partition. Without it an entry of a closed partition is refused: MovedError. */
  keyOf?: (row: string) => string;
  /** A replica has it after this time at the latest; 0, the default: no replica is waited for. */
  replica_within_ms?: number;
}

/** An entry, and the counts that are added with it. */
export interface Appending {
  entry: Entry;
  /** Of an entry whose rows may be divided among other partitions: a function of each part. */
  notes?: readonly Note[] | ((entry: Entry) => readonly Note[]);
}

const APPEND = loadScript(new URL('./lua/append.lua', import.meta.url), { ENTRIES_MAX, MINUTE_MS });
const ADD = loadScript(new URL('./lua/add.lua', import.meta.url), { ENTRIES_MAX });

/**
 * Adds one entry and its notes. A producer must send its entries of a partition one after the other, repeating each
 * until it is acknowledged. Safe to repeat with the same number. Resolves with the minute in which the rows were
 * logged, or 0 if an earlier call had added them. Throws LogFullError when the partition holds ENTRIES_MAX or
 * its share of `bytes_max`, and MovedError when it is closed.
 */
export async function append(
  redis: RedisClient,
  log: string,
  entry: Entry,
  notes: readonly Note[] = [],
  bounds: AppendBounds = {},
): Promise<number> {
  const [minute] = await appendAll(redis, log, [{ entry, notes }], bounds);
  if (typeof minute !== 'number') throw minute;
  return minute;
}

/**
 * Adds entries in order: in one step of Redis, or on a Redis Cluster in one step for each partition. Resolves with one
 * result for each entry: what append would resolve with, or the error (NotReplicatedError: it was added all the same, and may
 * be sent again). If one entry is not added, the later entries of its partition are not added either.
 *
 * Rows of an entry whose partition was closed before it had them are divided by `keyOf` among the partitions that took
 * its place; an entry whose rows were logged in different minutes resolves with 0. Entries of an earlier layout go
 * first, and later ones only once these are added, so that rows of one key keep their order.
 */
export async function appendAll(
  redis: RedisClient,
  log: string,
  appending: readonly Appending[],
  bounds: AppendBounds = {},
): Promise<(number | Error)[]> {
  const answers: (number | Error)[] = [];
  let failed: Error | undefined;
  for (const run of runsOfLayouts(appending)) {
    if (failed !== undefined) {
      answers.push(...run.map(() => failed as Error));
      continue;
    }
    const of_run = await follow(redis, log, run, await appendPlaced(redis, log, run, bounds), bounds);
    failed = of_run.find((answer) => typeof answer !== 'number') as Error | undefined;
    answers.push(...of_run);
  }
  return answers;
}

/** The entries in groups that follow each other, each of one layout: nearly always all of them. */
function runsOfLayouts(appending: readonly Appending[]): (readonly Appending[])[] {
  if (appending.every(({ entry }) => isCurrent(entry.partition))) return [appending];
  const runs: Appending[][] = [];
  for (const one of appending) {
    const run = runs.at(-1);
    const before = run?.[0]?.entry.partition;
    if (before !== undefined && layoutOf(before) === layoutOf(one.entry.partition)) run?.push(one);
    else runs.push([one]);
  }
  return runs;
}

/** Sends what was refused because its partition is closed to the partitions that took its place, in order. */
async function follow(
  redis: RedisClient,
  log: string,
  appending: readonly Appending[],
  answers: readonly (number | Error)[],
  bounds: AppendBounds,
): Promise<(number | Error)[]> {
  if (!answers.some((answer) => answer instanceof MovedError)) return [...answers];
  await refreshLayouts(redis);
  const followed = [...answers];
  for (const [i, answer] of answers.entries()) {
    if (!(answer instanceof MovedError)) continue;
    followed[i] = await appendDivided(redis, log, appending[i] as Appending, bounds);
    if (typeof followed[i] !== 'number') break;
  }
  return followed;
}

async function appendDivided(
  redis: RedisClient,
  log: string,
  { entry, notes }: Appending,
  bounds: AppendBounds,
): Promise<number | Error> {
  const layout = layoutAfter(entry.partition);
  if (layout === undefined || bounds.keyOf === undefined) return refusal(log, entry.partition, MOVED);
  const parts = splitEntry(entry, layout, bounds.keyOf).map(
    (part): Appending => (notes === undefined ? { entry: part } : { entry: part, notes }),
  );
  const answers = await appendAll(redis, log, parts, bounds);
  const failed = answers.find((answer) => typeof answer !== 'number');
  if (failed !== undefined) return failed;
  const [minute = 0] = answers;
  return answers.every((answer) => answer === minute) ? minute : 0;
}

async function appendPlaced(
  redis: RedisClient,
  log: string,
  appending: readonly Appending[],
  bounds: AppendBounds,
): Promise<(number | Error)[]> {
  if (!(redis instanceof Cluster)) return appendTogether(redis, log, appending, bounds);
  const answers = new Map<Appending, number | Error>();
  const partitions = Map.groupBy(appending, ({ entry }) => entry.partition);
  const running = [...partitions.values()].map(async (part) => {
    const answered = await appendTogether(redis, log, part, bounds).catch((error: Error) =>
      part.map(() => error),
    );
    for (const [i, one] of part.entries()) answers.set(one, answered[i] as number | Error);
  });
  await Promise.all(running);
  return appending.map((one) => answers.get(one) as number | Error);
}

/** Within a step, once an entry finds its partition full, so do the later entries of the partition. */
async function appendTogether(
  redis: RedisClient,
  log: string,
  appending: readonly Appending[],
  bounds: AppendBounds,
): Promise<(number | Error)[]> {
  const [minutes, replicated] = await runAppend(redis, log, appending, bounds);
  return appending.map(({ entry }, i) => {
    const minute = minutes[i] ?? FULL;
    if (minute < 0) return refusal(log, entry.partition, minute);
    return replicated ? minute : new NotReplicatedError();
  });
}

async function runAppend(
  redis: RedisClient,
  log: string,
  appending: readonly Appending[],
  { bytes_max = NO_BYTES_MAX, replica_within_ms = 0 }: AppendBounds,
): Promise<[minutes: number[], replicated: boolean]> {
  const keys: string[] = [];
  const args: (string | number)[] = [partitionShare(bytes_max), PRODUCER_TTL_S];
  for (const { entry, notes: noting = [] } of appending) {
    const notes = typeof noting === 'function' ? noting(entry) : noting;
    const { partition, producer, sequence, rows, payload, process } = entry;
    keys.push(...entryKeys(log, partition), producerKey(log, partition, producer), countsKey(log, partition));
    args.push(sequence, rows, payload, process, notes.length);
    for (const { minute, stage, rows: noted } of notes) args.push(minute, stage, noted);
  }
  if (replica_within_ms === 0) return [(await APPEND.run(redis, keys, args)) as number[], true];
  const wait = { replicas: 1, within_ms: replica_within_ms };
  const [minutes, replicas] = await APPEND.runReplicated(redis, keys, args, wait);
  return [minutes as number[], replicas > 0];
}

/**
 * Adds rows that are not counted, each to the partition of its key. Repeating a call adds them again, so use it only for
 * rows that may come twice. Throws LogFullError when a partition holds ENTRIES_MAX or its share of `bytes_max`.
 */
export async function addRows(
  redis: RedisClient,
  log: string,
  rows: readonly (readonly [key: string, row: string])[],
  bytes_max: number,
): Promise<void> {
  await inPartitions(
    redis,
    rows,
    ([key]) => key,
    async (partition, part) => {
      for (let from = 0; from < part.length; from += ROWS_PER_ENTRY_MAX) {
        const some = part.slice(from, from + ROWS_PER_ENTRY_MAX).map(([, row]) => row);
        const args = [some.length, some.join('\n'), partitionShare(bytes_max)];
        const added = Number(await ADD.run(redis, entryKeys(log, partition), args));
        if (added < 0) throw refusal(log, partition, added);
      }
    },
  );
}
