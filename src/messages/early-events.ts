/**
 * Messages of which an event came before they were created. The worker that takes the event notes the message and then
 * looks once more whether it is there; the message is created first, and then its worker looks here. So at least one side
 * sees the other, and the message is counted by the worker of events alone. With Redis down every call rejects; each is
 * safe to repeat.
 */
import { addRows, NO_BYTES_MAX } from '../log/append.ts';
import { partitionTag } from '../log/keys.ts';
import { refreshLayouts } from '../log/layouts.ts';
import { partitionOf, partitionShare, partitionsOf } from '../log/partitions.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { EVENTS_LOG, encodeMessageRecheck, type MessageRecheck, messageRoute } from './message-event.ts';

const KEEP_S = 30 * 24 * 3_600;
/** Of all partitions together. Of the oldest beyond it an early event counts once another one comes; its story has it anyway. */
const EARLY_MAX = 1_000_000;
const MEMBERS_PER_CALL = 1_000;

/** Sorted set: messages by the time at which they were noted, in s. */
export const earlyKey = (partition: number): string => `early_events:${partitionTag(partition)}`;

const memberOf = ({ account_id, message_id }: MessageRecheck): string => `${account_id}:${message_id}`;

/** Whoever looks for the messages afterwards knows the partitions that they may be in. */
export async function noteEarly(
  redis: RedisClient,
  messages: readonly MessageRecheck[],
  now_ms: number,
): Promise<void> {
  const now_s = Math.floor(now_ms / 1_000);
  for (const [partition, part] of Map.groupBy(messages, (one) => partitionOf(messageRoute(one)))) {
    const key = earlyKey(partition);
    const adding = partsOf(part).map(
      (some): Command => ['ZADD', key, ...some.flatMap((one) => [now_s, memberOf(one)])],
    );
    await runAll(redis, [
      ...adding,
      ['ZREMRANGEBYSCORE', key, '-inf', now_s - KEEP_S],
      ['ZREMRANGEBYRANK', key, 0, -partitionShare(EARLY_MAX) - 1],
      ['EXPIRE', key, KEEP_S],
    ]);
  }
  if (messages.length > 0) await refreshLayouts(redis);
}

/** Asks to recheck those of these new messages that were noted. A recheck that changes nothing books nothing. */
export async function recheckEarly(redis: RedisClient, messages: readonly MessageRecheck[]): Promise<void> {
  if (messages.length === 0) return;
  // One may have been noted in a partition that opened a moment ago, or in one that was closed since.
  await refreshLayouts(redis);
  const noted = messages.flatMap((message) =>
    partitionsOf(messageRoute(message)).map((partition) => ({ message, partition })),
  );
  for (const [partition, all] of Map.groupBy(noted, (one) => one.partition)) {
    const key = earlyKey(partition);
    const parts = partsOf(all.map(({ message }) => message));
    const replies = await runAll(
      redis,
      parts.map((some): Command => ['ZMSCORE', key, ...some.map(memberOf)]),
    );
    const early = parts.flatMap((some, at) =>
      some.filter((_, i) => ((replies[at] ?? []) as (string | null)[])[i] != null),
    );
    if (early.length === 0) continue;
    const rows = early.map((one) => [messageRoute(one), encodeMessageRecheck(one)] as const);
    await addRows(redis, EVENTS_LOG, rows, NO_BYTES_MAX);
    await runAll(
      redis,
      partsOf(early).map((some): Command => ['ZREM', key, ...some.map(memberOf)]),
    );
  }
}

const partsOf = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / MEMBERS_PER_CALL) }, (_, i) =>
    all.slice(i * MEMBERS_PER_CALL, (i + 1) * MEMBERS_PER_CALL),
  );
