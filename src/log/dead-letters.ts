/**
 * Rows that could not be processed, each kept by itself with its reason while the rest of its batch went on.
 * They wait in Redis, beside the partition that they came from, for somebody to look at them: to be put back on
 * their log once the reason is gone, or to be discarded. With Redis down every call rejects; each is safe to repeat.
 */
import { type Command, defineScript, type RedisClient, runAll } from '../platform/redis.ts';
import {
  ADD_ENTRY,
  type Batch,
  entryKeys,
  type LoggedRow,
  openBatchKey,
  PARTITIONS,
  partitionTag,
} from './stream-log.ts';

/** In a partition. At the bound batches with such rows wait, and say so, until somebody made room: none is lost. */
export const DEAD_LETTERS_MAX = 25_000;

export interface DeadLetter {
  /** `<batch>/<place in it>`. */
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
  /** Process that logged it; '' where the ledger does not follow it. */
  process: string;
}

/** Why a letter stays where it is. */
export class DeadLetterError extends Error {
  readonly code = 'dead_letter';
}

const lettersKey = (partition: number): string => `dead_letters:${partitionTag(partition)}`;
const ID = /^([a-z]+)-(\d)-(\d+-\d+)-(\d+-\d+)\/\d+$/;

/**
 * KEYS  letters, then per letter nothing
 * ARGV  most letters, then for each letter: its id, its JSON
 * Result  1 kept, those that were there before among them; 0 no room, and nothing was kept
 */
const KEEP = defineScript(`
local new = 0
for i = 2, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[1], ARGV[i]) == 0 then new = new + 1 end
end
if new > 0 and redis.call('HLEN', KEYS[1]) + new > tonumber(ARGV[1]) then return 0 end
for i = 2, #ARGV, 2 do redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1
`);

/**
 * KEYS  stream, its bytes, letters, open batch
 * ARGV  the letter's id, its first and last id of the batch, its row
 * Result  1 put back, 0 there is no such letter, -1 its batch is still open, -2 the log is full
 */
const REPLAY = defineScript(`${ADD_ENTRY}
if redis.call('HEXISTS', KEYS[3], ARGV[1]) == 0 then return 0 end
local open = redis.call('HMGET', KEYS[4], 'first', 'last')
if open[1] == ARGV[2] and open[2] == ARGV[3] then return -1 end
if is_full(math.huge) then return -2 end
add_entry(1, ARGV[4], '')
redis.call('HDEL', KEYS[3], ARGV[1])
return 1
`);

/** Keeps rows of a batch aside. Throws where there is no room for them. */
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
  if ((await KEEP.run(redis, [lettersKey(partition)], [DEAD_LETTERS_MAX, ...args])) === 0) {
    throw new Error(
      `${DEAD_LETTERS_MAX} dead letters are kept: look at them with "npm run dead-letters" and make room`,
    );
  }
}

/** How many there are. */
export async function countDeadLetters(redis: RedisClient): Promise<number> {
  const counts = await runAll(
    redis,
    Array.from({ length: PARTITIONS }, (_, partition): Command => ['HLEN', lettersKey(partition)]),
  );
  return counts.reduce<number>((sum, count) => sum + Number(count), 0);
}

/** A page of them, oldest first, and how many there are. At most PARTITIONS × DEAD_LETTERS_MAX are read. */
export async function listDeadLetters(
  redis: RedisClient,
  page: number,
  per_page: number,
): Promise<{ items: DeadLetter[]; total: number }> {
  const hashes = await runAll(
    redis,
    Array.from({ length: PARTITIONS }, (_, partition): Command => ['HVALS', lettersKey(partition)]),
  );
  const all = (hashes as string[][]).flat().map((text) => JSON.parse(text) as DeadLetter);
  all.sort((a, b) => a.logged_at_ms - b.logged_at_ms || (a.dead_letter_id < b.dead_letter_id ? -1 : 1));
  return { items: all.slice((page - 1) * per_page, page * per_page), total: all.length };
}

export async function getDeadLetter(redis: RedisClient, id: string): Promise<DeadLetter | undefined> {
  const partition = partitionOfId(id);
  if (partition === undefined) return undefined;
  const text = await redis.hget(lettersKey(partition), id);
  return text === null ? undefined : (JSON.parse(text) as DeadLetter);
}

/**
 * Puts the row back on its log, as its newest, and forgets the letter, in one step. False where there is no such
 * letter (it was replayed before). Throws DeadLetterError while its batch is still being processed.
 */
export async function replayDeadLetter(redis: RedisClient, id: string): Promise<boolean> {
  const letter = await getDeadLetter(redis, id);
  if (letter === undefined) return false;
  const [, , , first_id = '', last_id = ''] = ID.exec(id) ?? [];
  const { log, partition } = letter;
  const replayed = await REPLAY.run(
    redis,
    [...entryKeys(log, partition), lettersKey(partition), openBatchKey({ log, partition })],
    [id, first_id, last_id, letter.row],
  );
  if (replayed === -1)
    throw new DeadLetterError('its batch is still being processed: try again when it has gone through');
  if (replayed === -2)
    throw new DeadLetterError(`the log of ${log} is full: try again when it was processed`);
  return replayed === 1;
}

/** Throws the row away for good. False where there is no such letter. */
export async function discardDeadLetter(redis: RedisClient, id: string): Promise<boolean> {
  const partition = partitionOfId(id);
  return partition !== undefined && (await redis.hdel(lettersKey(partition), id)) === 1;
}

function partitionOfId(id: string): number | undefined {
  const partition = Number(ID.exec(id)?.[2] ?? Number.NaN);
  return partition < PARTITIONS ? partition : undefined;
}
