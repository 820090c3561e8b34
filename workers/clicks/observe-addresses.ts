/**
 * What the address of each click did in the minute before: kept in Redis, where every worker sees it, one
 * sorted set an account and address, which ends with its minute. Safe to repeat: a click is in its set once.
 * With Redis down it rejects and the batch is tried again.
 */

import { countActivity, type Opened } from '../../src/bots/address-activity.ts';
import { type AddressActivity, ALONE, NO_ACTIVITY } from '../../src/bots/evidence.ts';
import { RATE_WINDOW_MS } from '../../src/bots/signals/rate.ts';
import type { Click } from '../../src/clicks/click.ts';
import { partitionTag } from '../../src/log/keys.ts';
import { PARTITIONS, partitionOf } from '../../src/log/partitions.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { loadScript } from '../../src/platform/script.ts';

/** Of one address; the newest stay. An address that did more than this is known for what it is. */
const OPENED_MAX = 400;
/** A batch may come late: its minute is kept a little longer. */
const KEPT_MS = 2 * RATE_WINDOW_MS;
const ADDRESSES_PER_CALL = 500;

const OBSERVE = loadScript(new URL('./lua/observe-addresses.lua', import.meta.url));

/** `counted` says of which clicks the address tells anything; the others have NO_ACTIVITY. One answer a click. */
export async function observeAddresses(
  redis: RedisClient,
  clicks: readonly Click[],
  counted: readonly boolean[],
): Promise<AddressActivity[]> {
  const activity = clicks.map(() => NO_ACTIVITY);
  const partitions: Map<string, number[]>[] = Array.from({ length: PARTITIONS }, () => new Map());
  for (const [i, { account_id, ip }] of clicks.entries()) {
    if (!counted[i]) continue;
    const address = `${account_id}:${ip}`;
    const indexes = partitions[partitionOf(address)] as Map<string, number[]>;
    const of = indexes.get(address);
    if (of === undefined) indexes.set(address, [i]);
    else of.push(i);
  }
  for (const [partition, indexes] of partitions.entries()) {
    const addresses = [...indexes];
    for (let from = 0; from < addresses.length; from += ADDRESSES_PER_CALL) {
      await observe(redis, partition, addresses.slice(from, from + ADDRESSES_PER_CALL), clicks, activity);
    }
  }
  return activity;
}

async function observe(
  redis: RedisClient,
  partition: number,
  addresses: [address: string, indexes: number[]][],
  clicks: readonly Click[],
  activity: AddressActivity[],
): Promise<void> {
  const keys: string[] = [];
  const args: (string | number)[] = [OPENED_MAX, KEPT_MS];
  for (const [address, indexes] of addresses) {
    keys.push(`opened:${partitionTag(partition)}:${address}`);
    // Beyond what is kept, earlier ones would go at once.
    const kept = indexes.slice(-OPENED_MAX);
    args.push(kept.length);
    for (const i of kept) {
      const click = clicks[i] as Click;
      args.push(click.clicked_at_ms, memberOf(click));
    }
  }
  const reply = (await OBSERVE.run(redis, keys, args)) as (string[] | number)[];
  for (const [k, [, indexes]] of addresses.entries()) {
    const [only] = indexes;
    const members = reply[k];
    if (!Array.isArray(members) && indexes.length === 1 && only !== undefined) {
      activity[only] = ALONE;
      continue;
    }
    const before = Array.isArray(members) ? openedOf(members) : [];
    const counts = countActivity(
      before,
      indexes.map((i) => openedBy(clicks[i] as Click)),
    );
    for (const [n, i] of indexes.entries()) activity[i] = counts[n] ?? NO_ACTIVITY;
  }
}

/** What is the same text is the same click, tried again. */
const memberOf = (click: Click): string => {
  const { recipient, message, link_id, agent } = openedBy(click);
  return `${recipient} ${message} ${link_id} ${agent}`;
};

function openedBy(click: Click): Opened {
  const { clicked_at_ms, message_id, link_id, contact_id, user_agent } = click;
  return {
    at_ms: clicked_at_ms,
    recipient: short(contact_id || link_id),
    message: short(message_id || link_id),
    link_id,
    agent: short(user_agent),
  };
}

function openedOf(reply: readonly string[]): Opened[] {
  const opened: Opened[] = [];
  for (let i = 0; i + 1 < reply.length; i += 2) {
    const [recipient = '', message = '', link_id = '', agent = ''] = String(reply[i]).split(' ');
    opened.push({ at_ms: Number(reply[i + 1]), recipient, message, link_id, agent });
  }
  return opened;
}

/** FNV-1a: tells some hundred texts of one address apart, and is quick. */
function short(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0).toString(36);
}
