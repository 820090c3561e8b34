/**
 * Takes reports back one by one, as though they had never come, for the undo of an upload: logs a void of each, and
 * removes them from the notes of what was seen, so that the corrected report is taken as the first. Safe to repeat:
 * a void has the id of its report. Rejects when Redis is down or the log is full; the caller repeats the call.
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
  NO_SUBJECT,
  transactionKey,
} from '../conversion.ts';
import { SEEN_KEEP_S, seenBefore, seenKey } from './seen.ts';

/** Reports in one call of the script. */
const GROUP_MAX = 250;

const VOID = loadScript(new URL('./lua/void-conversions.lua', import.meta.url), { ENTRIES_MAX, SEEN_KEEP_S });

/**
 * `conversions` are the reports as they are stored (`facts`), none of them itself a void of one report. `bytes_max`:
 * bytes of payload that the log may hold; LogFullError when a partition holds its share.
 */
export async function voidConversions(
  redis: RedisClient,
  conversions: readonly Conversion[],
  now_ms: number,
  bytes_max: number,
): Promise<void> {
  await inPartitions(redis, conversions, transactionKey, async (partition, all) => {
    for (let from = 0; from < all.length; from += GROUP_MAX) {
      const part = all.slice(from, from + GROUP_MAX);
      const before = await seenBefore(redis, part, partition);
      const args = part.flatMap((one, i) => [
        one.conversion_id,
        encodeConversion(voidOf(one, now_ms)),
        before[i] ?? '',
      ]);
      const reply = await VOID.run(
        redis,
        [...entryKeys(CONVERSIONS_LOG, partition), ...part.map((one) => seenKey(one, partition))],
        [partitionShare(bytes_max), ...args],
      );
      if (Number(reply) < 0) throw refusal(CONVERSIONS_LOG, partition, Number(reply));
    }
  });
}

/** It names nobody: whom the report was credited to is found from the report. */
function voidOf(conversion: Conversion, now_ms: number): Conversion {
  const { conversion_id } = conversion;
  return {
    ...conversion,
    ...{ conversion_id: `${conversion_id}_void`, event: 'void', voids: conversion_id },
    ...{ refund_id: '', channel: 'api', upload_id: '', reported: '', problem: '', click_id: '', code: '' },
    ...{ amount: '', currency: '', converted_at_ms: now_ms, received_at_ms: now_ms },
    ...{ subject: NO_SUBJECT, credit_by: 'none', reason: '' },
  };
}
