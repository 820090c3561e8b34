/**
 * Conversions that wait for the first human click of their contact. Whoever registers looks for the click
 * once more afterwards, and whoever claims a click looks for the waiting afterwards: one of the two sees
 * the other, in whatever order a postback and its click arrive. With Redis down both reject and their
 * batches are tried again.
 */
import type { Click } from '../../src/clicks/click.ts';
import { waitingKey } from '../../src/clicks/first-click.ts';
import {
  CONVERSIONS_LOG,
  conversionPartition,
  decodeConversionRow,
} from '../../src/conversions/conversion.ts';
import { newProducerId } from '../../src/platform/random.ts';
import { type Command, defineScript, type RedisClient, runAll } from '../../src/platform/redis.ts';
import { append, ROWS_PER_ENTRY_MAX } from '../../src/platform/stream-log.ts';

/** As long as the claim could still be made. */
const WAITING_TTL_S = 400 * 24 * 3_600;
/** For one contact and offer; beyond, further transactions wait no more. About 600 of them. */
const WAITING_BYTES_MAX = 64 * 1024;
const KEYS_PER_READ = 5_000;

/**
 * KEYS  waiting
 * ARGV  row to put on the log of conversions once the click is there, ttl in s, bytes_max
 * Result  1 waits, 0 waited already, -1 the bound is reached
 */
const REGISTER = defineScript(`
local there = redis.call('GET', KEYS[1])
if there and string.find('\\n' .. there .. '\\n', '\\n' .. ARGV[1] .. '\\n', 1, true) then return 0 end
if there and #there > tonumber(ARGV[3]) then return -1 end
redis.call('SET', KEYS[1], there and (there .. '\\n' .. ARGV[1]) or ARGV[1], 'EX', ARGV[2])
return 1
`);

/** Registers `row` (see encodeAgain) under a waiting key. Safe to repeat. */
export async function registerWaiting(redis: RedisClient, key: string, row: string): Promise<void> {
  await REGISTER.run(redis, [key], [row, WAITING_TTL_S, WAITING_BYTES_MAX]);
}

/**
 * Asks for a second look at every transaction that waits for these clicks: `firsts`, which are claimed,
 * end the waiting; `bots` only change its reason. All of them are inserted. Safe to repeat: a second look
 * that changes nothing books nothing.
 */
export async function wakeConversions(
  redis: RedisClient,
  partition: number,
  firsts: readonly Click[],
  bots: readonly Click[],
): Promise<void> {
  await wake(redis, keysOf(firsts, partition), true);
  await wake(redis, keysOf(bots, partition), false);
}

const keysOf = (clicks: readonly Click[], partition: number): string[] => [
  ...new Set(clicks.map((click) => waitingKey(click, partition))),
];

async function wake(redis: RedisClient, keys: string[], over: boolean): Promise<void> {
  for (let from = 0; from < keys.length; from += KEYS_PER_READ) {
    const part = keys.slice(from, from + KEYS_PER_READ);
    const waiting = await redis.mget(part);
    const rows = waiting.flatMap((text) => (text === null ? [] : text.split('\n')));
    if (rows.length === 0) continue;
    await appendAgain(redis, rows);
    // Whoever registers from here on finds the claim.
    const woken = part.filter((_, i) => waiting[i] !== null);
    if (over)
      await runAll(
        redis,
        woken.map((key): Command => ['DEL', key]),
      );
  }
}

async function appendAgain(redis: RedisClient, rows: readonly string[]): Promise<void> {
  const byPartition = Map.groupBy(rows, (row) => {
    const again = decodeConversionRow(row);
    if (again.kind !== 'again') throw new Error('a conversion itself can not wait');
    return conversionPartition(again.account_id, again.offer_id, again.transaction);
  });
  const producer = newProducerId();
  for (const [partition, part] of byPartition) {
    for (let from = 0; from < part.length; from += ROWS_PER_ENTRY_MAX) {
      const entry = part.slice(from, from + ROWS_PER_ENTRY_MAX);
      await append(redis, CONVERSIONS_LOG, partition, producer, from + 1, entry.length, entry.join('\n'));
    }
  }
}
