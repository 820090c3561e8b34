/**
 * Appends rows to a log. A producer adds an entry of rows under its own sequence number; sending the same number again
 * (after a lost reply or a kill of Redis) changes nothing. Every row of a log is added here, or by a script that
 * includes lua/add-entry.lua, so its bytes are counted. With Redis down every call rejects; a call with sequence
 * numbers is safe to repeat.
 */
import { Cluster, type RedisClient } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { countsKey, entryKeys, producerKey, streamKey } from './keys.ts';

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
/** Counts are kept by minute. */
export const MINUTE_MS = 60_000;

/** The log is at its bound; nothing was added. */
export class LogFullError extends Error {
  readonly code = 'log_full';
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

/** An entry, and the counts that are added with it. */
export interface Appending {
  entry: Entry;
  notes?: readonly Note[];
}

const APPEND = loadScript(new URL('./lua/append.lua', import.meta.url), { ENTRIES_MAX, MINUTE_MS });
const ADD = loadScript(new URL('./lua/add.lua', import.meta.url), { ENTRIES_MAX });
const FULL = -1;

/**
 * Adds one entry and its notes. A producer must send its entries of a partition one after the other, repeating each
 * until it is acknowledged. Safe to repeat with the same number. Resolves with the minute in which the rows were
 * logged, or 0 if an earlier call had added them. Throws LogFullError when the partition holds ENTRIES_MAX or
 * `bytes_max`.
 */
export async function append(
  redis: RedisClient,
  log: string,
  entry: Entry,
  notes: readonly Note[] = [],
  bytes_max = NO_BYTES_MAX,
): Promise<number> {
  const [minute = 0] = await runAppend(redis, log, [{ entry, notes }], bytes_max);
  if (minute === FULL) throw fullError(log, entry.partition);
  return minute;
}

/**
 * Adds entries in order: in one step of Redis, or on a Redis Cluster in one step for each partition. Resolves with one
 * result for each entry: what append would resolve with, or the error. If one entry is not added, the later entries of
 * its partition are not added either.
 */
export async function appendAll(
  redis: RedisClient,
  log: string,
  appending: readonly Appending[],
  bytes_max = NO_BYTES_MAX,
): Promise<(number | Error)[]> {
  if (!(redis instanceof Cluster)) return appendTogether(redis, log, appending, bytes_max);
  const answers = new Map<Appending, number | Error>();
  const partitions = Map.groupBy(appending, ({ entry }) => entry.partition);
  const running = [...partitions.values()].map(async (part) => {
    const answered = await appendTogether(redis, log, part, bytes_max).catch((error: Error) =>
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
  bytes_max: number,
): Promise<(number | Error)[]> {
  const minutes = await runAppend(redis, log, appending, bytes_max);
  return appending.map(({ entry }, i) => {
    const minute = minutes[i] ?? FULL;
    return minute === FULL ? fullError(log, entry.partition) : minute;
  });
}

const fullError = (log: string, partition: number): LogFullError =>
  new LogFullError(`the log ${streamKey(log, partition)} is full`);

async function runAppend(
  redis: RedisClient,
  log: string,
  appending: readonly Appending[],
  bytes_max: number,
): Promise<number[]> {
  const keys: string[] = [];
  const args: (string | number)[] = [bytes_max, PRODUCER_TTL_S];
  for (const { entry, notes = [] } of appending) {
    const { partition, producer, sequence, rows, payload, process } = entry;
    keys.push(...entryKeys(log, partition), producerKey(log, partition, producer), countsKey(log, partition));
    args.push(sequence, rows, payload, process, notes.length);
    for (const { minute, stage, rows: noted } of notes) args.push(minute, stage, noted);
  }
  return (await APPEND.run(redis, keys, args)) as number[];
}

/**
 * Adds rows that are not counted. Repeating a call adds them again, so use it only for rows that may come twice. Throws
 * LogFullError when the partition holds ENTRIES_MAX or `bytes_max`.
 */
export async function addRows(
  redis: RedisClient,
  log: string,
  partition: number,
  rows: readonly string[],
  bytes_max: number,
): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_PER_ENTRY_MAX) {
    const part = rows.slice(from, from + ROWS_PER_ENTRY_MAX);
    const added = await ADD.run(redis, entryKeys(log, partition), [part.length, part.join('\n'), bytes_max]);
    if (added === 0) throw fullError(log, partition);
  }
}
