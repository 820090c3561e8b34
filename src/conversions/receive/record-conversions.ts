/**
 * Logs conversions so that a repeated one is known at once: whether its event and transaction were seen,
 * and its row on the log, are one script. Repeating a call with the same conversion changes nothing.
 * Rejects when Redis can't be asked: the conversion may or may not be logged, repeat it.
 */
import { createHash } from 'node:crypto';
import { ENTRIES_MAX, LogFullError } from '../../log/append.ts';
import { entryKeys, partitionTag } from '../../log/keys.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { loadScript } from '../../platform/script.ts';
import { CONVERSIONS_LOG, type Conversion, conversionPartition, encodeConversion } from '../conversion.ts';

/** How long a repeat is answered as one at once; afterwards the worker still finds it in ClickHouse. */
export const SEEN_KEEP_S = 400 * 24 * 3_600;
const SEEN_HASH_LENGTH = 22;
/** Of one event and transaction, where the offer counts or replaces repeats; further ones are duplicates. */
const REPEATS_MAX = 1_000;

const RECORD = loadScript(new URL('./lua/record-conversions.lua', import.meta.url), { ENTRIES_MAX });

/** What became of a conversion: the first of its event and transaction, one more of it, or nothing new. */
export type Recorded = { as: 'first' } | { as: 'repeat' | 'duplicate'; of: string };

/** In order. Throws LogFullError where a partition of the log holds `bytes_max`. */
export async function recordConversions(
  redis: RedisClient,
  conversions: readonly Conversion[],
  bytes_max: number,
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
        [bytes_max, SEEN_KEEP_S, REPEATS_MAX, ...part.flatMap(argumentsOf)],
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
