/**
 * Replaces erased contacts in the links and messages that Redis holds. It reads every key and every bucket of links,
 * because a link that was made for a message whose creation was interrupted is known nowhere else. Links go on opening;
 * every process drops its copy of a changed one. Rejects when Redis is down; safe to repeat.
 */
import {
  decodePlacement,
  encodeLink,
  encodePlacedJson,
  encodePlacedLink,
  linkKey,
  placementKey,
  readStoredLink,
} from '../links/link.ts';
import {
  isLinkBucket,
  type PlacedLink,
  readBuckets,
  replaceInBucket,
  textOf,
} from '../links/stored-links.ts';
import { encodeMessage, type MessageRecord } from '../messages/message-store.ts';
import { announce } from '../platform/change-log.ts';
import { type Command, type RedisClient, runAll, scanKeys } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { sleep } from '../platform/sleep.ts';
import { eraseLink } from './erase-rows.ts';
import { Pseudonyms, type RoundContact } from './erased-contacts.ts';

/** Rest between two groups of keys, so that taps find Redis free: a group takes it about a millisecond. */
const REST_MS = 1;
/** Values that change while they are read are read again. */
const TRIES_MAX = 10;
const LINK_PREFIX = linkKey('');
const MESSAGE = /^message:\{p\d+\}:([^:]+):/;

const REPLACE = loadScript(new URL('./lua/replace-value.lua', import.meta.url));

interface Ground {
  redis: RedisClient;
  contact_ids: ReadonlySet<string>;
  pseudonyms: Pseudonyms;
  /** Account of each placement that was met. */
  accounts: Map<string, string>;
}

/** Resolves with the number of links and messages that were changed. */
export async function eraseInRedis(
  redis: RedisClient,
  contacts: readonly RoundContact[],
): Promise<{ links: number; messages: number }> {
  const ground: Ground = {
    redis,
    contact_ids: new Set(contacts.map(({ contact_id }) => contact_id)),
    pseudonyms: new Pseudonyms(contacts),
    accounts: new Map(),
  };
  const changed = { links: 0, messages: 0 };
  for await (const group of scanKeys(redis, '*')) {
    const keys = group.filter((key) => key.startsWith(LINK_PREFIX) || MESSAGE.test(key));
    const values = await readValues(redis, keys);
    for (const [i, key] of keys.entries()) {
      if (!(await replace(ground, key, values[i] ?? null))) continue;
      if (key.startsWith(LINK_PREFIX)) changed.links++;
      else changed.messages++;
    }
    changed.links += await eraseInBuckets(ground, group.filter(isLinkBucket));
    await sleep(REST_MS);
  }
  return changed;
}

/** Resolves with the number of links that were changed. */
async function eraseInBuckets(ground: Ground, buckets: readonly string[]): Promise<number> {
  let changed = 0;
  for await (const links of readBuckets(ground.redis, buckets)) {
    for (const link of links) if (await replacePlaced(ground, link)) changed++;
    await sleep(REST_MS);
  }
  return changed;
}

async function readValues(redis: RedisClient, keys: readonly string[]): Promise<(string | null)[]> {
  const values = await runAll(
    redis,
    keys.map((key): Command => ['GET', key]),
  );
  return values as (string | null)[];
}

/** Whether the value had an erased contact, which it has no more. */
async function replace({ redis, ...ground }: Ground, key: string, read: string | null): Promise<boolean> {
  let value = read;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const wanted = value === null ? undefined : await withoutContact({ redis, ...ground }, key, value);
    if (wanted === undefined) return false;
    if ((await REPLACE.run(redis, [key], [value as string, wanted])) === 1) {
      if (key.startsWith(LINK_PREFIX)) await runAll(redis, [announce(key)]);
      return true;
    }
    value = await redis.get(key);
  }
  throw new Error('a link or message is being changed by too many at once');
}

/** The same for a link in a bucket. */
async function replacePlaced(ground: Ground, { bucket, link_id, value: read }: PlacedLink): Promise<boolean> {
  const { redis } = ground;
  let value: string | null = read;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const wanted =
      value === null
        ? undefined
        : await linkWithoutContact(ground, { link_id, text: textOf(value), encode: encodePlacedLink });
    if (wanted === undefined) return false;
    if (await replaceInBucket(redis, [bucket, link_id], value as string, wanted)) {
      await runAll(redis, [announce(linkKey(link_id))]);
      return true;
    }
    value = await redis.hget(bucket, link_id);
  }
  throw new Error('a link is being changed by too many at once');
}

/** The value without its contact; undefined where that is not erased. */
async function withoutContact(ground: Ground, key: string, value: string): Promise<string | undefined> {
  if (key.startsWith(LINK_PREFIX)) {
    return linkWithoutContact(ground, {
      link_id: key.slice(LINK_PREFIX.length),
      text: value,
      encode: encodePlacedJson,
    });
  }
  const [, account_id = ''] = MESSAGE.exec(key) ?? [];
  const { fields: _, ...record } = JSON.parse(value) as MessageRecord;
  const pseudonym = erasedOf(ground, account_id, record.contact_id);
  return pseudonym === undefined ? undefined : encodeMessage({ ...record, contact_id: pseudonym });
}

/** `encode`: how a link is written that refers to its placement. */
async function linkWithoutContact(
  ground: Ground,
  { link_id, text, encode }: { link_id: string; text: string; encode: typeof encodePlacedLink },
): Promise<string | undefined> {
  const { own, placement } = readStoredLink(link_id, text);
  if (!ground.contact_ids.has(own.contact_id)) return undefined;
  const account_id =
    typeof placement === 'string' ? await accountOfPlacement(ground, placement) : placement.account_id;
  const pseudonym = erasedOf(ground, account_id, own.contact_id);
  if (pseudonym === undefined) return undefined;
  const erased = eraseLink(own, pseudonym);
  return typeof placement === 'string' ? encode(placement, erased) : encodeLink({ ...erased, ...placement });
}

/** '' where the placement is missing. */
async function accountOfPlacement({ redis, accounts }: Ground, placement_id: string): Promise<string> {
  const known = accounts.get(placement_id);
  if (known !== undefined) return known;
  const text = await redis.get(placementKey(placement_id));
  const account_id = text === null ? '' : decodePlacement(text).account_id;
  accounts.set(placement_id, account_id);
  return account_id;
}

function erasedOf(
  { contact_ids, pseudonyms }: Ground,
  account_id: string,
  contact_id: string,
): string | undefined {
  return contact_ids.has(contact_id) ? pseudonyms.of({ account_id, contact_id }, 0) : undefined;
}
