/**
 * Appends rows to the log of conversions without a duplicate check: rechecks, and conversions that moved to another
 * transaction. Rejects when Redis is down. Repeating a call may log a row twice; it still counts once.
 */

import { addRows, NO_BYTES_MAX } from '../log/append.ts';
import type { RedisClient } from '../platform/redis.ts';
import {
  CONVERSIONS_LOG,
  type Conversion,
  encodeConversion,
  type Recheck,
  transactionKey,
} from './conversion.ts';

export function logConversions(redis: RedisClient, conversions: readonly Conversion[]): Promise<void> {
  return logRows(
    redis,
    conversions.map((conversion) => [conversion, encodeConversion(conversion)]),
  );
}

/** `rows`: the transaction and the text of each row. The only bound is ENTRIES_MAX. */
export async function logRows(redis: RedisClient, rows: readonly [Recheck, string][]): Promise<void> {
  const keyed = rows.map(([of, text]) => [transactionKey(of), text] as const);
  await addRows(redis, CONVERSIONS_LOG, keyed, NO_BYTES_MAX);
}
