/**
 * Appends rows to a log: a producer adds an entry of rows under its own sequence number; sending the same number
 * again (a lost reply, a killed Redis) changes nothing. Every row on a log came through here, or through a script
 * that includes lua/add-entry.lua, so its bytes are counted. With Redis down every call rejects; a call with
 * sequence numbers is safe to repeat.
 */
import { Cluster, type RedisClient } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { countsKey, entryKeys, producerKey, streamKey } from './keys.ts';

/** Entries a partition may hold before it refuses more; one entry carries up to ROWS_PER_ENTRY_MAX rows. */
export const ENTRIES_MAX = 1_000_000;
export const ROWS_PER_ENTRY_MAX = 512;
/**
 * The bound for whoever must always find room: a worker's own rows, without which the batch that brings them could
 * not end. ENTRIES_MAX still holds.
 */
export const NO_BYTES_MAX = Number.MAX_SAFE_INTEGER;
/**
 * How long a producer's last sequence number is remembered after its last append: longer than Redis may be
 * away with entries of unknown fate in a spool.
 */
const PRODUCER_TTL_S = 30 * 24 * 3_600;
/** The grain of the counts. */
export const MINUTE_MS = 60_000;

/** The log is at its bound; nothing was added. */
export class LogFullError extends Error {
  readonly code = 'log_full';
}

/** Counts of rows at a stage of the caller's, of the minute (since 1970) in which the rows were logged. */
export interface Note {
  /** 0: the minute of the entry that the note comes with. */
  minute: number;
  /** Without a space; `logged` is counted here. */
  stage: string;
  rows: number;
}

/** One entry of a producer: up to ROWS_PER_ENTRY_MAX rows, one a line of `payload`. */
export interface Entry {
  partition: number;
  /** New for every start of a process. */
  producer: string;
  /** Grows with each entry that the producer sends to the partition. */
  sequence: number;
  rows: number;
  payload: string;
  /** Name of the process, under which its rows are counted; '' where they are not. */
  process: string;
}

/** An entry, and what is counted with it. */
export interface Appending {
  entry: Entry;
  notes?: readonly Note[];
}

const APPEND = loadScript(new URL('./lua/append.lua', import.meta.url), { ENTRIES_MAX, MINUTE_MS });
const ADD = loadScript(new URL('./lua/add.lua', import.meta.url), { ENTRIES_MAX });
const FULL = -1;

/**
 * Adds one entry, and its notes. The producer sends its entries of a partition one after the other, each until it is
 * acknowledged. Safe to repeat with the same number. Resolves with the minute in which the rows were logged, 0 where
 * an earlier try had done it. Throws LogFullError where the partition holds ENTRIES_MAX or `bytes_max`.
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
 * Adds entries in their order, in one step of Redis, or with a Redis Cluster in one for each partition: what each
 * resolved with, as append does, or why it was not added. Where one was not added, none after it in its partition was.
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

/** A bound that one entry meets within a step, those after it meet as well. */
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
 * Adds rows that are not counted. Repeating a call adds them again: for rows that may come twice. Throws LogFullError
 * where the partition holds ENTRIES_MAX or `bytes_max`.
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
