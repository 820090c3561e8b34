/**
 * Deliveries that were asked for again, in Redis: a list for each webhook, in the order in which they were asked for. Who
 * delivers (workers/webhooks) looks at the first one, sends its messages under their own ids, and then takes it off; cut
 * off in between, it begins it again. With Redis down every call rejects.
 */
import { ConflictError } from '../catalog/conflict.ts';
import type { RedisClient } from '../platform/redis.ts';

/** Waiting for one webhook. */
export const REPLAYS_MAX = 20;
/** Messages that one replay names. */
export const REPLAY_IDS_MAX = 500;
/** Messages of one replay by time. */
export const REPLAY_MESSAGES_MAX = 100_000;

/** Of messages by their ids, or of those that were made within a range; only messages of its webhook. */
export interface Replay {
  replay_id: string;
  account_id: string;
  webhook_id: string;
  /** Ids of messages; null: by time. */
  ids: string[] | null;
  /** The range of made_at, in ms; `to` is not included. 0 and 0: by ids. */
  from_ms: number;
  to_ms: number;
}

type Place = Pick<Replay, 'account_id' | 'webhook_id'>;

export const replaysKey = ({ account_id, webhook_id }: Place): string =>
  `webhook_replays:${account_id}:${webhook_id}`;

/** Throws ConflictError where as many wait already as may. */
export async function addReplay(redis: RedisClient, replay: Replay): Promise<void> {
  const key = replaysKey(replay);
  if ((await redis.llen(key)) >= REPLAYS_MAX)
    throw new ConflictError(
      `${REPLAYS_MAX} replays of this webhook wait already: ask again when one is done.`,
    );
  await redis.rpush(key, JSON.stringify(replay));
}

/** The one that is to be sent; it stays until it is ended. */
export async function firstReplay(redis: RedisClient, place: Place): Promise<Replay | undefined> {
  const text = await redis.lindex(replaysKey(place), 0);
  return text === null ? undefined : (JSON.parse(text) as Replay);
}

export async function endReplay(redis: RedisClient, replay: Replay): Promise<void> {
  await redis.lrem(replaysKey(replay), 1, JSON.stringify(replay));
}

export const waitingReplays = (redis: RedisClient, place: Place): Promise<number> =>
  redis.llen(replaysKey(place));
