/**
 * Logs conversions and detects repeats immediately: one script checks whether the event and transaction were seen and
 * appends the row. Repeating a call with the same conversion changes nothing. Rejects when Redis is down: the
 * conversion may or may not be logged, so the caller repeats the call.
 */
import { createHash } from 'node:crypto';
import { ENTRIES_MAX, LogFullError } from '../../log/append.ts';
import { entryKeys, partitionTag } from '../../log/keys.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { loadScript } from '../../platform/script.ts';
import { CONVERSIONS_LOG, type Conversion, conversionPartition, encodeConversion } from '../conversion.ts';

/** How long a repeat is detected at reception; later ones are detected by the worker in ClickHouse. */
export const SEEN_KEEP_S = 400 * 24 * 3_600;
const SEEN_HASH_LENGTH = 22;
/** Repeats logged per event and transaction if the offer counts or replaces repeats; further ones are duplicates. */
const REPEATS_MAX = 1_000;

const RECORD = loadScript(new URL('./lua/record-conversions.lua', import.meta.url), { ENTRIES_MAX });

/** The result for one conversion: the first of its event and transaction, a repeat, or a duplicate. */
export type Recorded = { as: 'first' } | { as: 'repeat' | 'duplicate'; of: string };

/** Results in order. Throws LogFullError when a partition of the log holds `bytes_max`. */
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

/**
 * Key of the note that an event of a transaction was seen. A report that cannot be credited has a key of its own, so
 * that it does not block the corrected report.
 */
export function seenKey(conversion: Conversion, partition: number): string {
  const { account_id, offer_id, event, transaction, credit_by } = conversion;
  const parts = [account_id, offer_id, event, transaction, ...(credit_by === 'none' ? ['none'] : [])];
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
  return `seen:${partitionTag(partition)}:${hash.slice(0, SEEN_HASH_LENGTH)}`;
}
