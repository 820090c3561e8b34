/**
 * Logs conversions and detects repeats immediately: one script checks what was seen of the event and transaction and
 * appends the row. A report that says the same again is a duplicate and not logged, except with another upload; one that
 * says something else is logged, and the worker decides which of them counts. Repeating a call with the same conversion changes nothing.
 * Rejects when Redis is down: the conversion may or may not be logged, so the caller repeats the call.
 */
import { ENTRIES_MAX } from '../../log/append.ts';
import { inPartitions } from '../../log/in-partitions.ts';
import { entryKeys } from '../../log/keys.ts';
import { partitionShare } from '../../log/partitions.ts';
import { refusal } from '../../log/refusal.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { loadScript } from '../../platform/script.ts';
import {
  CONVERSIONS_LOG,
  type Conversion,
  encodeConversion,
  isReversal,
  transactionKey,
} from '../conversion.ts';
import { CONTENT_HASH_LENGTH, contentOf, SEEN_KEEP_S, seenBefore, seenKey } from './seen.ts';

/** Repeats logged per event and transaction if the offer counts or replaces repeats; further ones are duplicates. */
const REPEATS_MAX = 1_000;
/** Reports of one event and transaction that say different things, if the offer ignores repeats. */
const CONTENTS_MAX = 20;

const RECORD = loadScript(new URL('./lua/record-conversions.lua', import.meta.url), {
  ENTRIES_MAX,
  REPEATS_MAX,
  CONTENTS_MAX,
  SEEN_KEEP_S,
  CONTENT_HASH_LENGTH,
});

/** The result for one conversion: the first of its event and transaction, a repeat, or a duplicate. */
export type Recorded = { as: 'first' } | { as: 'repeat' | 'duplicate'; of: string };

/** Results in order. Throws LogFullError when a partition of the log holds its share of `bytes_max`. */
export async function recordConversions(
  redis: RedisClient,
  conversions: readonly Conversion[],
  bytes_max: number,
): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  const keyOf = (i: number): string => transactionKey(conversions[i] as Conversion);
  await inPartitions(redis, [...conversions.keys()], keyOf, async (partition, indexes) => {
    const part = indexes.map((i) => conversions[i] as Conversion);
    const before = await seenBefore(redis, part, partition);
    const reply = await RECORD.run(
      redis,
      [...entryKeys(CONVERSIONS_LOG, partition), ...part.map((one) => seenKey(one, partition))],
      [partitionShare(bytes_max), ...part.flatMap((one, i) => [...argumentsOf(one), before[i] ?? ''])],
    );
    if (!Array.isArray(reply)) throw refusal(CONVERSIONS_LOG, partition, Number(reply));
    for (const [at, i] of indexes.entries()) recorded[i] = recordedOf(String(reply[at]));
  });
  return recorded;
}

function recordedOf(reply: string): Recorded {
  if (reply === '') return { as: 'first' };
  return { as: reply.startsWith('r') ? 'repeat' : 'duplicate', of: reply.slice(1) };
}

function argumentsOf(conversion: Conversion): string[] {
  const { conversion_id } = conversion;
  const repeats = countsRepeats(conversion) ? '1' : '0';
  return [conversion_id, repeats, contentOf(conversion), encodeConversion(conversion)];
}

/** Whether the same report again is logged. The same refund again is a retry: a further sale is not a further refund. */
function countsRepeats({ event, terms }: Conversion): boolean {
  return terms.duplicates === 'replace' || (terms.duplicates === 'rebill' && !isReversal(event));
}
