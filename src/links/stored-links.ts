/**
 * Where links are in Redis. Those that were made with messages, of which there are billions, are fields of many small
 * hashes, which take a third of the memory of keys. All others are keys `link:<link_id>` with a time to live: those that
 * were made alone, or changed, or came back from ClickHouse, and those with a longer text than this Redis keeps in small
 * hashes. What has both, because it came back, says the same. Key and bucket share a slot of a Redis Cluster, so that a
 * script has both. Fields have no time to live: a value begins with the day on which workers remove it
 * (workers/links/forget-links.ts).
 */

import { END_DIGITS, endOfDay, listValueBytes, replaceField } from '../platform/hash-fields.ts';
import { ALPHABET } from '../platform/random.ts';
import type { HashField } from '../platform/record-cache.ts';
import { Cluster, type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { SLOTS, slotOfKey, TAG_OF_SLOT } from '../platform/redis-slots.ts';
import { loadScript } from '../platform/script.ts';
import { asPlacedJson, linkKey, readStoredLink, type StoredLink } from './link.ts';

const DAY_S = 24 * 3_600;

/**
 * Redis keeps a bucket of up to 512 links as a list without pointers (`hash-max-listpack-entries`), 60 bytes a link. So
 * many buckets are full with 2 billion links, beyond which a link takes 133 bytes, and with a million, when most have one
 * link, it takes 130: fewer buckets would make small installations smaller and large ones larger (bench/memory). Changing
 * this number loses all links in buckets.
 */
export const BUCKETS_A_SLOT = 256;
export const LINK_BUCKETS = SLOTS * BUCKETS_A_SLOT;
/**
 * A longer value goes under a key, also where Redis would take it into a list. With 240 links of this length in a bucket
 * (a billion) `HGET` takes Redis 4.5 µs instead of 1.8 with 64 bytes each; with 10 links 1.3 instead of 1.0.
 */
export const VALUE_BYTES_MAX = 256;
const BUCKET_PREFIX = 'links:{';

const JSON_BEGINS = '[';

/** Links in one call of a script: some hundred microseconds of Redis's time. */
const LINKS_A_CALL = 100;

/** Buckets that are read at once, each some ten microseconds of Redis's time; fields of one that is a table. */
const BUCKETS_A_READ = 32;
const FIELDS_A_READ = 500;

const STORE = loadScript(new URL('./lua/store-links.lua', import.meta.url));
const CHANGE = loadScript(new URL('./lua/change-link.lua', import.meta.url));

const NAMES = Array.from({ length: BUCKETS_A_SLOT }, (_, n) => n.toString(16).padStart(2, '0'));

/** Key of the n-th bucket: 14 characters, which Redis stores in 16 bytes. */
export const linkBucket = (n: number): string =>
  `${BUCKET_PREFIX}${TAG_OF_SLOT[Math.floor(n / BUCKETS_A_SLOT)]}}${NAMES[n % BUCKETS_A_SLOT]}`;

export const isLinkBucket = (key: string): boolean => key.startsWith(BUCKET_PREFIX);

/** The slot of its key, and 8 bits of its first two digits. */
function bucketOf(link_id: string): number {
  const digits = ALPHABET.indexOf(link_id.charAt(0)) * ALPHABET.length + ALPHABET.indexOf(link_id.charAt(1));
  return slotOfKey(linkKey(link_id)) * BUCKETS_A_SLOT + (digits & (BUCKETS_A_SLOT - 1));
}

/** Where a link is that has no key. */
export const linkField = (link_id: string): HashField => [linkBucket(bucketOf(link_id)), link_id];

/**
 * The day on which a link is removed that is kept for `keep_s` from now: the first on which its bucket is looked through
 * after that time. So a link stays up to a day longer.
 */
function endOf(bucket: number, keep_s: number, now_ms: number): string {
  return endOfDay(Math.ceil((now_ms / 1_000 + keep_s) / DAY_S - bucket / LINK_BUCKETS));
}

/** For how many seconds from now its bucket keeps a link with this value; 0 where it is to go at once. */
export function bucketKeepsFor(link_id: string, value: string, now_ms = Date.now()): number {
  const day = Number.parseInt(value.slice(0, END_DIGITS), 36) + bucketOf(link_id) / LINK_BUCKETS;
  return Math.max(0, Math.ceil(day * DAY_S - now_ms / 1_000));
}

/** The text of a link in what its key, which has only JSON, or its bucket has. */
export const textOf = (stored: string): string =>
  stored.startsWith(JSON_BEGINS) ? stored : stored.slice(END_DIGITS);

/** Decodes what Redis has of a link, wherever it was. Throws on any other text. */
export const readAnyLink = (link_id: string, stored: string): StoredLink =>
  readStoredLink(link_id, textOf(stored));

/** A link to be stored. */
export interface LinkText {
  link_id: string;
  /** Of encodeLink or encodePlacedLink. */
  text: string;
  /** Whether it is the latter: nothing that reads keys alone needs it, so it goes in a bucket if it fits. */
  placed: boolean;
}

/**
 * Stores each link for `keep_s` seconds unless its id is taken. Returns in order what is there of a taken id, null for a
 * link that was stored. Safe to repeat.
 */
export async function storeLinks(
  redis: RedisClient,
  links: readonly LinkText[],
  keep_s: number,
): Promise<(string | null)[]> {
  const now_ms = Date.now();
  // A longer value would make a table of its bucket.
  const bytes_max = Math.min(VALUE_BYTES_MAX, await listValueBytes(redis));
  // On a cluster the keys of one call must share a slot.
  const at_once = redis instanceof Cluster ? 1 : LINKS_A_CALL;
  const calls = Array.from({ length: Math.ceil(links.length / at_once) }, (_, i) =>
    links.slice(i * at_once, (i + 1) * at_once),
  );
  const taken = await Promise.all(
    calls.map((part) => {
      const keys: string[] = [];
      const args: (string | number)[] = [];
      for (const { link_id, text, placed } of part) {
        const bucket = bucketOf(link_id);
        const value = endOf(bucket, keep_s, now_ms) + text;
        const fits = placed && Buffer.byteLength(value) <= bytes_max;
        keys.push(linkKey(link_id), linkBucket(bucket));
        if (fits) args.push(link_id, value, 0);
        else args.push(link_id, placed ? asPlacedJson(link_id, text) : text, keep_s);
      }
      return STORE.run(redis, keys, args) as Promise<(string | null)[]>;
    }),
  );
  return taken.flat();
}

/** What Redis has of a link, each '' for nothing. */
export interface FoundLink {
  of_key: string;
  of_bucket: string;
}

/** Reads a link in both places. Rejects when Redis is down. */
export async function findLink(redis: RedisClient, link_id: string): Promise<FoundLink> {
  const [of_key, of_bucket] = await runAll(redis, [
    ['GET', linkKey(link_id)],
    ['HGET', ...linkField(link_id)],
  ]);
  return { of_key: String(of_key ?? ''), of_bucket: String(of_bucket ?? '') };
}

/**
 * Writes a changed link, whose text has its whole placement, under its key; false where the link is no longer as it was
 * `found`. It stays as long as it would have unchanged, and one that Redis did not have for `again_s`.
 */
export async function storeChanged(
  redis: RedisClient,
  { link_id, text, again_s }: { link_id: string; text: string; again_s: number },
  { of_key, of_bucket }: FoundLink,
): Promise<boolean> {
  const keep_s = of_bucket === '' ? again_s : Math.max(again_s, bucketKeepsFor(link_id, of_bucket));
  const [bucket] = linkField(link_id);
  const args = [link_id, of_key, of_bucket, text, keep_s];
  return (await CHANGE.run(redis, [linkKey(link_id), bucket], args)) === 1;
}

/** Commands that write a link under its key whatever there is of it. */
export const overwriteLink = (link_id: string, text: string, keep_s: number): Command[] => [
  ['HDEL', ...linkField(link_id)],
  ['SET', linkKey(link_id), text, 'EX', keep_s],
];

/** Commands that remove a link, wherever it is. */
export const removeLink = (link_id: string): Command[] => [
  ['DEL', linkKey(link_id)],
  ['HDEL', ...linkField(link_id)],
];

/** Replaces the text of a link in a bucket; false where its value is no longer `before`. */
export const replaceInBucket = (
  redis: RedisClient,
  field: HashField,
  before: string,
  text: string,
): Promise<boolean> => replaceField(redis, field, before, before.slice(0, END_DIGITS) + text);

/** A link in a bucket. */
export interface PlacedLink {
  bucket: string;
  link_id: string;
  value: string;
}

/**
 * The links in buckets, some buckets at a time, and of one that is a table some fields. Links that are stored or removed
 * meanwhile may be missing; one may come twice.
 */
export async function* readBuckets(
  redis: RedisClient,
  buckets: readonly string[],
): AsyncGenerator<PlacedLink[]> {
  let open = buckets.map((bucket) => ({ bucket, cursor: '0' }));
  while (open.length > 0) {
    const part = open.splice(0, BUCKETS_A_READ);
    const pages = (await runAll(
      redis,
      part.map(({ bucket, cursor }): Command => ['HSCAN', bucket, cursor, 'COUNT', FIELDS_A_READ]),
    )) as [next: string, fields: string[]][];
    yield pages.flatMap(([, fields], i) => linksIn(part[i]?.bucket ?? '', fields));
    const more = part.map(({ bucket }, i) => ({ bucket, cursor: pages[i]?.[0] ?? '0' }));
    open = [...more.filter(({ cursor }) => cursor !== '0'), ...open];
  }
}

const linksIn = (bucket: string, fields: readonly string[]): PlacedLink[] =>
  Array.from({ length: fields.length / 2 }, (_, i) => ({
    bucket,
    link_id: fields[2 * i] as string,
    value: fields[2 * i + 1] as string,
  }));

/** Removes links from their buckets. */
export const removePlaced = (links: readonly Pick<PlacedLink, 'bucket' | 'link_id'>[]): Command[] =>
  links.map(({ bucket, link_id }) => ['HDEL', bucket, link_id]);
