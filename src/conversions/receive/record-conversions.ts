/**
 * Logs conversions so that a repeated one is known at once: whether its event and transaction were seen,
 * and its row on the log, are one script. Repeating a call with the same conversion changes nothing.
 * Rejects when Redis can't be asked: the conversion may or may not be logged, repeat it.
 */
import { createHash } from 'node:crypto';
import { ADD_ENTRY, entryKeys, LogFullError, partitionBytesMax, partitionTag } from '../../log/stream-log.ts';
import { defineScript, type RedisClient } from '../../platform/redis.ts';
import { CONVERSIONS_LOG, type Conversion, conversionPartition, encodeConversion } from '../conversion.ts';

/** How long a repeat is answered as one at once; afterwards the worker still finds it in ClickHouse. */
export const SEEN_KEEP_S = 400 * 24 * 3_600;
const SEEN_HASH_LENGTH = 22;
/** Of one event and transaction, where the offer counts or replaces repeats; further ones are duplicates. */
const REPEATS_MAX = 1_000;

/**
 * KEYS  stream, its bytes, then for each conversion its seen key
 * ARGV  bytes_max, ttl in s, repeats_max, then for each conversion: its id, 1 where repeats are logged
 *       too, its row
 * Result  for each conversion '' where it is the first, 'r<id>' where it is logged as a repeat of <id>,
 *         'd<id>' where it is a duplicate of <id> and not logged;
 *         or -1 where the log is full, and nothing was written
 */
const RECORD = defineScript(`${ADD_ENTRY}
if is_full(ARGV[1]) then return -1 end
local seen, rows = {}, {}
for i = 3, #KEYS do
  local id, repeats, row = ARGV[3 * i - 5], ARGV[3 * i - 4], ARGV[3 * i - 3]
  local first, count = string.match(redis.call('GET', KEYS[i]) or '', '^([^:]+):?(%d*)$')
  count = tonumber(count) or 0
  if not first then
    redis.call('SET', KEYS[i], id, 'EX', ARGV[2])
    seen[i - 2] = ''
    rows[#rows + 1] = row
  elseif first == id then
    seen[i - 2] = ''
  elseif repeats == '1' and count < tonumber(ARGV[3]) then
    redis.call('SET', KEYS[i], first .. ':' .. (count + 1), 'EX', ARGV[2])
    seen[i - 2] = 'r' .. first
    rows[#rows + 1] = row
  else
    seen[i - 2] = 'd' .. first
  end
end
if #rows > 0 then add_entry(#rows, table.concat(rows, '\\n'), '') end
return seen
`);

/** What became of a conversion: the first of its event and transaction, one more of it, or nothing new. */
export type Recorded = { as: 'first' } | { as: 'repeat' | 'duplicate'; of: string };

/** In order. Throws LogFullError. */
export async function recordConversions(
  redis: RedisClient,
  conversions: readonly Conversion[],
): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  const byPartition = Map.groupBy(conversions.keys(), (i) => {
    const { account_id, offer_id, transaction } = conversions[i] as Conversion;
    return conversionPartition(account_id, offer_id, transaction);
  });
  await Promise.all(
    [...byPartition].map(async ([partition, indexes]) => {
      const part = indexes.map((i) => conversions[i] as Conversion);
      const reply = await RECORD.run(
        redis,
        [
          ...entryKeys(CONVERSIONS_LOG, partition),
          ...part.map((conversion) => seenKey(conversion, partition)),
        ],
        [partitionBytesMax(), SEEN_KEEP_S, REPEATS_MAX, ...part.flatMap(argumentsOf)],
      );
      if (!Array.isArray(reply)) throw new LogFullError('the log of conversions is full');
      for (const [at, i] of indexes.entries()) recorded[i] = recordedOf(String(reply[at]));
    }),
  );
  return recorded;
}

function recordedOf(reply: string): Recorded {
  if (reply === '') return { as: 'first' };
  return { as: reply.startsWith('r') ? 'repeat' : 'duplicate', of: reply.slice(1) };
}

function argumentsOf(conversion: Conversion): [string, string, string] {
  const repeats = conversion.terms.duplicates === 'ignore' ? '0' : '1';
  return [conversion.conversion_id, repeats, encodeConversion(conversion)];
}

/** Key of the note that an event of a transaction was seen. A report that can't be credited is seen by itself: it must not keep the corrected one out. */
export function seenKey(conversion: Conversion, partition: number): string {
  const { account_id, offer_id, event, transaction, credit_by } = conversion;
  const parts = [account_id, offer_id, event, transaction, ...(credit_by === 'none' ? ['none'] : [])];
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
  return `seen:${partitionTag(partition)}:${hash.slice(0, SEEN_HASH_LENGTH)}`;
}
