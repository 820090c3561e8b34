/**
 * How far each webhook is delivered, in Redis: a hint for the worker that goes on with it. What is delivered is told by
 * the tries in ClickHouse; a hint that is lost, or old, only costs to read more of them. With Redis down every call rejects.
 */
import type { RedisClient } from '../platform/redis.ts';
import type { Webhook } from './webhook.ts';

type Place = Pick<Webhook, 'account_id' | 'webhook_id'>;

/** Messages of one webhook that may wait; with more it is paused. */
export const BACKLOG_MAX = 1_000_000;

export interface Progress {
  /** Every message up to this number is delivered or given up. */
  done: number;
  /** Up to which a worker has taken them on. */
  taken: number;
  /** Of these, how many are neither delivered nor given up. */
  open: number;
  /** In a row. */
  failures: number;
  /** Since when nothing was delivered; 0: it works. */
  failing_since_ms: number;
  noted_ms: number;
}

export const NO_PROGRESS: Progress = {
  ...{ done: 0, taken: 0, open: 0, failures: 0, failing_since_ms: 0, noted_ms: 0 },
};

export const progressKey = (account_id: string): string => `webhook_progress:${account_id}`;

export async function readProgress(redis: RedisClient, { account_id, webhook_id }: Place): Promise<Progress> {
  const text = await redis.hget(progressKey(account_id), webhook_id);
  return text === null ? NO_PROGRESS : { ...NO_PROGRESS, ...(JSON.parse(text) as Partial<Progress>) };
}

export async function noteProgress(
  redis: RedisClient,
  { account_id, webhook_id }: Place,
  progress: Progress,
): Promise<void> {
  await redis.hset(progressKey(account_id), webhook_id, JSON.stringify(progress));
}

/** How many messages wait, `head` being the number of the newest. */
export const backlogOf = (head: number, { taken, open }: Progress): number =>
  Math.max(0, head - taken) + open;
