/**
 * Opt-outs by events of messages that do not exist yet: they wait in Redis until their message is created, which tells
 * whose they are. With Redis down every call rejects; each is safe to repeat.
 */
import { partitionTag } from '../log/keys.ts';
import { refreshLayouts } from '../log/layouts.ts';
import { partitionShare, partitionsOf } from '../log/partitions.ts';
import { messageRoute } from '../messages/message-event.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';

/** Of all partitions together; a message comes within seconds, so as many are receipts of messages that are not ours. */
export const WAITING_MAX = 400_000;
/** After the last one was added: as long as links stay by default. */
const KEEP_S = 90 * 24 * 3_600;
const COMMANDS_PER_WRITE = 1_000;

interface OfMessage {
  account_id: string;
  message_id: string;
}

export interface WaitingOptOut extends OfMessage {
  at_ms: number;
  source: string;
}

/** Where one is kept, and where earlier layouts of partitions kept it. */
export const waitingOptOutsKey = (partition: number): string => `optouts_waiting:${partitionTag(partition)}`;
const waitingKeys = (of: OfMessage): string[] => partitionsOf(messageRoute(of)).map(waitingOptOutsKey);
const waitingKey = (of: OfMessage): string => waitingKeys(of)[0] as string;
const fieldOf = ({ account_id, message_id }: OfMessage): string => `${account_id}:${message_id}`;

/**
 * Resolves with the number of those for which there was no room. Whoever looks for the messages afterwards knows the
 * partitions that they may be in.
 */
export async function keepWaiting(redis: RedisClient, opt_outs: readonly WaitingOptOut[]): Promise<number> {
  let left_out = 0;
  for (const [key, all] of Map.groupBy(opt_outs, waitingKey)) {
    const room = Math.max(0, partitionShare(WAITING_MAX) - (await redis.hlen(key)));
    left_out += Math.max(0, all.length - room);
    for (let from = 0; from < Math.min(room, all.length); from += COMMANDS_PER_WRITE) {
      const part = all.slice(from, Math.min(room, from + COMMANDS_PER_WRITE));
      await runAll(redis, [
        ['HSET', key, ...part.flatMap((one) => [fieldOf(one), `${one.at_ms} ${one.source}`])],
        ['EXPIRE', key, KEEP_S],
      ]);
    }
  }
  await refreshLayouts(redis);
  return left_out;
}

/** Those that wait for these messages. One command for each partition unless some wait. */
export async function readWaiting<Message extends OfMessage>(
  redis: RedisClient,
  messages: readonly Message[],
): Promise<{ message: Message; at_ms: number; source: string }[]> {
  const found: { message: Message; at_ms: number; source: string }[] = [];
  if (messages.length === 0) return found;
  // One may wait in a partition that opened a moment ago, or in one that was closed since.
  await refreshLayouts(redis);
  const waiting = messages.flatMap((message) => waitingKeys(message).map((key) => ({ key, message })));
  for (const [key, all] of Map.groupBy(waiting, (one) => one.key)) {
    if ((await redis.exists(key)) === 0) continue;
    const texts = await redis.hmget(key, ...all.map(({ message }) => fieldOf(message)));
    for (const [i, { message }] of all.entries()) {
      const [at = '', source = ''] = (texts[i] ?? '').split(' ');
      if (at !== '') found.push({ message, at_ms: Number(at), source });
    }
  }
  return found;
}

/** They have been put on the list. */
export async function removeWaiting(redis: RedisClient, messages: readonly OfMessage[]): Promise<void> {
  await runAll(
    redis,
    messages.flatMap((one) => waitingKeys(one).map((key): Command => ['HDEL', key, fieldOf(one)])),
  );
}
