/**
 * Links in Redis: minted so that no two are the same, read with their placement, changed, and removed where they
 * were not needed.
 */

import type { BatchedReader } from '../platform/record-cache.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { recordChanges } from '../records/record-changes.ts';
import {
  canBePlaced,
  decodeLink,
  decodePlacement,
  encodeLink,
  encodePlacedLink,
  encodePlacement,
  type Link,
  linkKey,
  type NewLink,
  placementId,
  placementKey,
  readStoredLink,
} from './link.ts';
import { newLinkId } from './link-id.ts';

/** For how long a link that had left Redis is there again once somebody opened or changed it. */
export const LINK_AGAIN_S = 7 * 24 * 3_600;
/** Among 3.5e12 ids even one collision is rare; this many in a row mean that something is broken. */
const MINT_TRIES_MAX = 5;
/** How much longer than its links a placement is kept. */
const PLACEMENT_STAYS_S = 24 * 3_600;

type Reader = Pick<BatchedReader, 'read' | 'readElsewhere'>;

/**
 * The stored form of each link, in order, as it was made with its message: beside its placement, which is stored
 * before, for `keep_s` seconds and a day. Where a placement's id is another's already, a link says all of it. Safe to
 * repeat.
 */
export async function placeLinks(
  redis: RedisClient,
  links: readonly NewLink[],
  keep_s: number,
): Promise<string[]> {
  const byText = new Map<string, { text: string; id: string; stored: boolean }>();
  const ofLinks = links.map((link) => {
    if (!canBePlaced(link)) return undefined;
    const text = encodePlacement(link);
    const placement = byText.get(text) ?? { text, id: placementId(text), stored: false };
    byText.set(text, placement);
    return placement;
  });
  const placements = [...byText.values()];
  const ttl_s = keep_s + PLACEMENT_STAYS_S;
  const replies = await runAll(
    redis,
    placements.flatMap(({ id, text }): Command[] => [
      ['SET', placementKey(id), text, 'EX', ttl_s, 'NX', 'GET'],
      ['EXPIRE', placementKey(id), ttl_s, 'GT'],
    ]),
  );
  for (const [i, placement] of placements.entries()) {
    const there = replies[2 * i];
    placement.stored = there === null || there === placement.text;
  }
  return links.map((link, i) => {
    const placement = ofLinks[i];
    return placement?.stored ? encodePlacedLink(placement.id, link) : encodeLink(link);
  });
}

/**
 * Gives each link of messages an id of its own and stores it beside its placement for `keep_s` seconds; the ids are
 * in order. An id that is taken already is drawn again. `draw` is replaced in tests only.
 */
export async function mintLinks(
  redis: RedisClient,
  links: readonly NewLink[],
  keep_s: number,
  draw: () => string = newLinkId,
): Promise<string[]> {
  return mint(redis, await placeLinks(redis, links, keep_s), keep_s, draw);
}

/** As mintLinks, for one link that is made alone: it goes on the log of records, so it says all of it. */
export async function mintLink(redis: RedisClient, link: NewLink, keep_s: number): Promise<string> {
  const [link_id = ''] = await mint(redis, [encodeLink(link)], keep_s, newLinkId);
  await recordChanges(redis, [linkKey(link_id)]);
  return link_id;
}

async function mint(
  redis: RedisClient,
  texts: readonly string[],
  keep_s: number,
  draw: () => string,
): Promise<string[]> {
  const ids = texts.map(() => '');
  let missing = [...texts.keys()];
  for (let tries = 0; tries < MINT_TRIES_MAX && missing.length > 0; tries++) {
    const commands = missing.map((i): Command => {
      const link_id = draw();
      ids[i] = link_id;
      return ['SET', linkKey(link_id), texts[i] as string, 'NX', 'EX', keep_s];
    });
    const replies = await runAll(redis, commands);
    missing = missing.filter((_, at) => replies[at] === null);
  }
  if (missing.length > 0) throw new Error('no free link id was found');
  return ids;
}

/** Removes links that nobody was given. Safe to repeat. */
export async function removeLinks(redis: RedisClient, link_ids: readonly string[]): Promise<void> {
  await runAll(
    redis,
    link_ids.map((link_id): Command => ['DEL', linkKey(link_id)]),
  );
}

/** The link, or null where there is none of that id. `reader` also looks where links go by age. Rejects as it does. */
export async function readLink(reader: Reader, link_id: string): Promise<Link | null> {
  const text = await reader.read(linkKey(link_id));
  if (text === null) return null;
  const { own, placement } = readStoredLink(link_id, text);
  if (typeof placement !== 'string') return { ...own, ...placement };
  const placed = await reader.read(placementKey(placement)).catch(() => null);
  return placed === null ? readWhole(reader, link_id) : { ...own, ...decodePlacement(placed) };
}

/**
 * A link that Redis has without its placement, which a node of a cluster may have lost: from where links go by age.
 * Rejects where it is not there either, yet.
 */
export async function readWhole(reader: Reader, link_id: string): Promise<Link> {
  const text = await reader.readElsewhere(linkKey(link_id));
  if (text === null) throw new Error(`the placement of link ${link_id} is missing`);
  return decodeLink(link_id, text);
}

/** The link, or undefined where the account has none of that id. */
export async function getLink(
  reader: Reader,
  account_id: string,
  link_id: string,
): Promise<Link | undefined> {
  const link = await readLink(reader, link_id);
  return link?.account_id === account_id ? link : undefined;
}

/** Stores a changed link and tells every process. The last of two changes at once stands. */
export async function storeLink(redis: RedisClient, link: Link): Promise<void> {
  const key = linkKey(link.link_id);
  const text = encodeLink(link);
  const there = await redis.set(key, text, 'KEEPTTL', 'XX');
  if (there === null) await redis.set(key, text, 'EX', LINK_AGAIN_S);
  await recordChanges(redis, [key]);
}
