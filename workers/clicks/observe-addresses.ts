/**
 * Reads what the address of each click did in the minute before. All workers share this in Redis: one sorted set for
 * each account and address, which expires. Safe to repeat, because a click is in its set once. With Redis down it
 * rejects and the batch is retried.
 */

import { countActivity, type Opened } from '../../src/bots/address-activity.ts';
import { type AddressActivity, ALONE, NO_ACTIVITY } from '../../src/bots/evidence.ts';
import { RATE_WINDOW_MS } from '../../src/bots/signals/rate.ts';
import type { Click } from '../../src/clicks/click.ts';
import { keyHash } from '../../src/log/partitions.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { loadScript } from '../../src/platform/script.ts';

/** Links opened that are kept for one address, newest first. More are not needed to judge the address. */
const OPENED_MAX = 400;
/** Longer than the window of a minute, because a batch may come late. */
const KEPT_MS = 2 * RATE_WINDOW_MS;
const ADDRESSES_PER_CALL = 500;
/** Hash tags of addresses: those of one are read in one call. Nodes of a cluster over which the addresses are spread. */
const GROUPS = 16;

const OBSERVE = loadScript(new URL('./lua/observe-addresses.lua', import.meta.url));

/** One result for each click. Clicks with `counted` false get NO_ACTIVITY: their address says nothing about them. */
export async function observeAddresses(
  redis: RedisClient,
  clicks: readonly Click[],
  counted: readonly boolean[],
): Promise<AddressActivity[]> {
  const activity = clicks.map(() => NO_ACTIVITY);
  const groups: Map<string, number[]>[] = Array.from({ length: GROUPS }, () => new Map());
  for (const [i, { account_id, ip }] of clicks.entries()) {
    if (!counted[i]) continue;
    const address = `${account_id}:${ip}`;
    const indexes = groups[(keyHash(address) >>> 0) % GROUPS] as Map<string, number[]>;
    const of = indexes.get(address);
    if (of === undefined) indexes.set(address, [i]);
    else of.push(i);
  }
  const observing = [...groups.entries()].map(async ([group, indexes]) => {
    const addresses = [...indexes];
    for (let from = 0; from < addresses.length; from += ADDRESSES_PER_CALL) {
      await observe(redis, group, addresses.slice(from, from + ADDRESSES_PER_CALL), clicks, activity);
    }
  });
  await Promise.all(observing);
  return activity;
}

async function observe(
  redis: RedisClient,
  group: number,
  addresses: [address: string, indexes: number[]][],
  clicks: readonly Click[],
  activity: AddressActivity[],
): Promise<void> {
  const keys: string[] = [];
  const args: (string | number)[] = [OPENED_MAX, KEPT_MS];
  for (const [address, indexes] of addresses) {
    keys.push(`opened:{a${group}}:${address}`);
    // Redis would remove earlier ones at once.
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

/** A batch that is retried produces the same members, so they are stored once. */
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

/** FNV-1a: fast, and collisions are unlikely among the few hundred texts of one address. */
function short(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0).toString(36);
}
