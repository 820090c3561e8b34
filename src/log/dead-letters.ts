/**
 * Rows that could not be processed. Each is kept alone with its reason, so that the rest of its batch is processed.
 * They wait in Redis, beside the partition that they came from, until an operator puts them back on their log (once the
 * reason is gone) or discards them. With Redis down every call rejects; each is safe to repeat.
 */

import { replaceField } from '../platform/hash-fields.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { append, ENTRIES_MAX } from './append.ts';
import type { Batch, LoggedRow } from './batches.ts';
import { entryKeys, openBatchKey, partitionTag } from './keys.ts';
import { allPartitions, layoutOf, partitionShare } from './partitions.ts';
import { LogFullError, MOVED } from './refusal.ts';

/**
 * Bound of the installation, of which each partition has its share, but PARTITION_LETTERS_MIN at least. When it is
 * reached, batches with such rows wait and log an error until an operator makes room; none is lost.
 */
export const DEAD_LETTERS_MAX = 100_000;
const PARTITION_LETTERS_MIN = 5_000;

export interface DeadLetter {
  /** `<token of its batch>/<index in the batch>`. */
  dead_letter_id: string;
  log: string;
  partition: number;
  batch: string;
  /** Why it could not be processed. */
  reason: string;
  /** The row as it was on the log. */
  row: string;
  /** When its entry was logged, by Redis's clock. */
  logged_at_ms: number;
  /** Process that logged it; '' if its rows are not counted. */
  process: string;
}

/** A dead letter cannot be replayed now; `message` says why. */
export class DeadLetterError extends Error {
  readonly code = 'dead_letter';
}

const LETTERS_PER_READ = 500;
/** Reasons that are told apart in a list. */
const REASONS_MAX = 100;
/** Answer of replay-dead-letter.lua. */
const STILL_OPEN = -3;
/** Hash: letter by its id. */
export const lettersKey = (partition: number): string => `dead_letters:${partitionTag(partition)}`;
const ID = /^([a-z]+)-(\d+)-(\d+-\d+)-(\d+-\d+)\/\d+$/;

const KEEP = loadScript(new URL('./lua/keep-dead-letters.lua', import.meta.url));
const REPLAY = loadScript(new URL('./lua/replay-dead-letter.lua', import.meta.url), { ENTRIES_MAX });

/** Stores rows of a batch as dead letters. Throws if there is no room for all of them. */
export async function keepDeadLetters(
  redis: RedisClient,
  batch: Batch,
  letters: readonly { index: number; row: LoggedRow; reason: string }[],
): Promise<void> {
  const { log, partition, token } = batch;
  const args = letters.flatMap(({ index, row, reason }) => {
    const dead_letter_id = `${token}/${index}`;
    const { text, logged_at_ms, process } = row;
    const letter: DeadLetter = {
      dead_letter_id,
      log,
      partition,
      batch: token,
      reason,
      row: text,
      logged_at_ms,
      process,
    };
    return [dead_letter_id, JSON.stringify(letter)];
  });
  const letters_max = Math.max(PARTITION_LETTERS_MIN, partitionShare(DEAD_LETTERS_MAX));
  if ((await KEEP.run(redis, [lettersKey(partition)], [letters_max, ...args])) === 0) {
    throw new Error(
      `${letters_max} dead letters of a partition are kept: look at them with "npm run dead-letters" and make room`,
    );
  }
}

/**
 * Passes every dead letter to `change`, and stores what it returns unless that is the same letter; undefined discards it.
 * Resolves with how many were changed. Safe to repeat; a letter that is replayed or discarded meanwhile stays so.
 */
export async function changeDeadLetters(
  redis: RedisClient,
  change: (letter: DeadLetter) => DeadLetter | undefined,
): Promise<number> {
  let changed = 0;
  for (const partition of allPartitions()) {
    const key = lettersKey(partition);
    let cursor = '0';
    do {
      const [next, fields] = await redis.hscan(key, cursor, 'COUNT', LETTERS_PER_READ);
      cursor = next;
      for (let i = 0; i + 1 < fields.length; i += 2) {
        const [id = '', text = ''] = [fields[i], fields[i + 1]];
        const letter = JSON.parse(text) as DeadLetter;
        const changed_letter = change(letter);
        if (changed_letter === letter) continue;
        if (changed_letter === undefined) {
          changed += await redis.hdel(key, id);
          continue;
        }
        changed += Number(await replaceField(redis, [key, id], text, JSON.stringify(changed_letter)));
      }
    } while (cursor !== '0');
  }
  return changed;
}

/** The number of dead letters. */
export async function countDeadLetters(redis: RedisClient): Promise<number> {
  const counts = await runAll(
    redis,
    allPartitions().map((partition): Command => ['HLEN', lettersKey(partition)]),
  );
  return counts.reduce<number>((sum, count) => sum + Number(count), 0);
}

/** Which of them: of one log, with one reason; undefined: any. */
export interface LettersWanted {
  log?: string | undefined;
  reason?: string | undefined;
}

const isWanted = (letter: DeadLetter, { log, reason }: LettersWanted): boolean =>
  (log === undefined || letter.log === log) && (reason === undefined || letter.reason === reason);

/** All of them, oldest first. */
async function readLetters(redis: RedisClient): Promise<DeadLetter[]> {
  const hashes = await runAll(
    redis,
    allPartitions().map((partition): Command => ['HVALS', lettersKey(partition)]),
  );
  const all = (hashes as string[][]).flat().map((text) => JSON.parse(text) as DeadLetter);
  return all.sort(
    (a, b) => a.logged_at_ms - b.logged_at_ms || (a.dead_letter_id < b.dead_letter_id ? -1 : 1),
  );
}

/** A page of dead letters, oldest first, their number, and how many there are of each reason. Reads all of them. */
export async function listDeadLetters(
  redis: RedisClient,
  page: number,
  per_page: number,
  wanted: LettersWanted = {},
): Promise<{ items: DeadLetter[]; total: number; reasons: LettersOfReason[] }> {
  const all = await readLetters(redis);
  const found = all.filter((letter) => isWanted(letter, wanted));
  return {
    items: found.slice((page - 1) * per_page, page * per_page),
    total: found.length,
    reasons: reasonsOf(all),
  };
}

export interface LettersOfReason {
  log: string;
  reason: string;
  count: number;
}

/** The most first. */
function reasonsOf(letters: readonly DeadLetter[]): LettersOfReason[] {
  const reasons = new Map<string, LettersOfReason>();
  for (const { log, reason } of letters) {
    const key = `${log} ${reason}`;
    const one = reasons.get(key) ?? { log, reason, count: 0 };
    one.count++;
    reasons.set(key, one);
  }
  return [...reasons.values()].sort((a, b) => b.count - a.count).slice(0, REASONS_MAX);
}

/** Replays the oldest `most` of those that are wanted. What can't be replayed now is named, and stays. */
export async function replayDeadLetters(
  redis: RedisClient,
  wanted: LettersWanted,
  most: number,
  keyOf: (log: string, row: string) => string,
): Promise<{ replayed: number; left: number; refused: { dead_letter_id: string; message: string }[] }> {
  const letters = (await readLetters(redis)).filter((letter) => isWanted(letter, wanted));
  const refused: { dead_letter_id: string; message: string }[] = [];
  let replayed = 0;
  for (const { dead_letter_id } of letters.slice(0, most)) {
    try {
      if (await replayDeadLetter(redis, dead_letter_id, keyOf)) replayed++;
    } catch (error) {
      if (!(error instanceof DeadLetterError)) throw error;
      refused.push({ dead_letter_id, message: error.message });
    }
  }
  return { replayed, left: letters.length - replayed, refused };
}

export async function getDeadLetter(redis: RedisClient, id: string): Promise<DeadLetter | undefined> {
  const partition = partitionOfId(id);
  if (partition === undefined) return undefined;
  const text = await redis.hget(lettersKey(partition), id);
  return text === null ? undefined : (JSON.parse(text) as DeadLetter);
}

/**
 * Appends the row to its log again and removes the dead letter, in one step; of a partition that was closed in two, the
 * first of which is under a sequence number, so that it is appended once. False if there is no such dead letter (it was
 * replayed before). `keyOf` tells the key of a row of a log, or throws. Throws DeadLetterError while its batch is still
 * being processed, or when the log is full. Safe to repeat.
 */
export async function replayDeadLetter(
  redis: RedisClient,
  id: string,
  keyOf: (log: string, row: string) => string,
): Promise<boolean> {
  const letter = await getDeadLetter(redis, id);
  if (letter === undefined) return false;
  const [, , , first_id = '', last_id = ''] = ID.exec(id) ?? [];
  const { log, partition, row } = letter;
  const keys = [...entryKeys(log, partition), lettersKey(partition), openBatchKey({ log, partition })];
  const replayed = Number(await REPLAY.run(redis, keys, [id, first_id, last_id, row]));
  if (replayed === STILL_OPEN)
    throw new DeadLetterError('its batch is still being processed: try again when it has gone through');
  if (replayed === MOVED) return replayElsewhere(redis, letter, (text) => keyOf(log, text));
  if (replayed < 0) throw new DeadLetterError(`the log of ${log} is full: try again when it was processed`);
  return replayed === 1;
}

async function replayElsewhere(
  redis: RedisClient,
  { dead_letter_id, log, partition, row }: DeadLetter,
  keyOf: (row: string) => string,
): Promise<boolean> {
  const entry = { partition, producer: dead_letter_id, sequence: 1, rows: 1, payload: row, process: '' };
  await append(redis, log, entry, [], { keyOf }).catch((error) => {
    throw error instanceof LogFullError ? new DeadLetterError(`${error.message}: try again`) : error;
  });
  return (await redis.hdel(lettersKey(partition), dead_letter_id)) === 1;
}

/** Deletes the row for good. False if there is no such dead letter. */
export async function discardDeadLetter(redis: RedisClient, id: string): Promise<boolean> {
  const partition = partitionOfId(id);
  return partition !== undefined && (await redis.hdel(lettersKey(partition), id)) === 1;
}

function partitionOfId(id: string): number | undefined {
  const partition = Number(ID.exec(id)?.[2] ?? Number.NaN);
  return layoutOf(partition) === undefined ? undefined : partition;
}
