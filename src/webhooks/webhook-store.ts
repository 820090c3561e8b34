/**
 * Webhooks in Redis: make, list, change, remove. Every change is a compare-and-set of one record, which is logged for
 * ClickHouse too and announced, so that what workers have cached (webhook-cache.ts) is as new within a second. With Redis
 * down every call rejects; each may be repeated.
 */
import { addRecord, readListed, readRecord, removeRecord } from '../catalog/listed-records.ts';
import { updateRecord } from '../catalog/update-record.ts';
import type { Command, RedisClient } from '../platform/redis.ts';
import { progressKey } from './delivery-progress.ts';
import { replaysKey } from './replays.ts';
import { WEBHOOKS_MAX, type Webhook } from './webhook.ts';

/** Whose webhook, and which. */
export interface WebhookPlace {
  account_id: string;
  webhook_id: string;
}

export const webhookKey = ({ account_id, webhook_id }: WebhookPlace): string =>
  `webhook:${account_id}:${webhook_id}`;
/** Sorted set: the webhooks of an account, oldest first. */
export const webhooksList = (account_id: string): string => `webhooks:${account_id}`;
/** Sorted set of the webhooks of all accounts, for who delivers. */
export const ALL_WEBHOOKS = 'webhooks_all';

const memberOf = ({ account_id, webhook_id }: WebhookPlace): string => `${account_id}:${webhook_id}`;

function readMember(member: string): WebhookPlace {
  const [account_id = '', webhook_id = ''] = member.split(':');
  return { account_id, webhook_id };
}

/** For the sorted set of all accounts: the record that a member belongs to. */
export const webhookOfMember = (member: string): string => webhookKey(readMember(member));

/** The place that a key names; undefined where it is no key of a webhook. */
export function placeOfKey(key: string): WebhookPlace | undefined {
  const [family, account_id = '', webhook_id = ''] = key.split(':');
  return family === 'webhook' && webhook_id !== '' ? { account_id, webhook_id } : undefined;
}

/** Throws ConflictError where the account has as many as it may. */
export function addWebhook(redis: RedisClient, webhook: Webhook): Promise<void> {
  return addRecord(redis, {
    ...{ key: webhookKey(webhook), record: webhook },
    ...{ list: webhooksList(webhook.account_id), listed: listWebhook(webhook) },
    ...{ max: WEBHOOKS_MAX, named: 'webhooks' },
  });
}

/** The commands that list a webhook; for a restore as well. */
export function listWebhook(webhook: WebhookPlace & Pick<Webhook, 'created_at'>): Command[] {
  const at_ms = Date.parse(webhook.created_at);
  return [
    ['ZADD', webhooksList(webhook.account_id), at_ms, webhook.webhook_id],
    ['ZADD', ALL_WEBHOOKS, at_ms, memberOf(webhook)],
  ];
}

export const getWebhook = (redis: RedisClient, place: WebhookPlace): Promise<Webhook | undefined> =>
  readRecord(redis, webhookKey(place));

/** All webhooks of an account, oldest first; at most WEBHOOKS_MAX. */
export const listWebhooks = (redis: RedisClient, account_id: string): Promise<Webhook[]> =>
  readListed(redis, webhooksList(account_id), (webhook_id) => webhookKey({ account_id, webhook_id }));

/** Where the webhooks of all accounts are, oldest first. */
export async function allWebhooks(redis: RedisClient): Promise<WebhookPlace[]> {
  return (await redis.zrange(ALL_WEBHOOKS, '0', '-1')).map(readMember);
}

/** Applies `change`, which may throw to refuse, to the newest state; undefined where there is no such webhook. */
export function changeWebhook(
  redis: RedisClient,
  place: WebhookPlace,
  change: (webhook: Webhook) => Webhook,
): Promise<Webhook | undefined> {
  return updateRecord<Webhook>(redis, webhookKey(place), change);
}

export function removeWebhook(redis: RedisClient, place: WebhookPlace): Promise<void> {
  return removeRecord(redis, webhookKey(place), [
    ['ZREM', ALL_WEBHOOKS, memberOf(place)],
    ['ZREM', webhooksList(place.account_id), place.webhook_id],
    ['DEL', replaysKey(place)],
    ['HDEL', progressKey(place.account_id), place.webhook_id],
  ]);
}
