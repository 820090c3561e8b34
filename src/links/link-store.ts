/** Links in Redis: mints unique links, reads them with their placement, changes them, and removes unused ones. */

import { ConflictError } from '../catalog/conflict.ts';
import { compareAndSet } from '../catalog/update-record.ts';
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

/** How long a link that had left Redis stays there after a tap or a change brought it back. */
export const LINK_AGAIN_S = 7 * 24 * 3_600;
/** With 3.5e12 ids a single collision is rare; this many in a row indicate a fault. */
const MINT_TRIES_MAX = 5;
const CHANGE_TRIES_MAX = 10;
/** How much longer a placement is kept than its links. */
const PLACEMENT_STAYS_S = 24 * 3_600;

type Reader = Pick<BatchedReader, 'read' | 'readElsewhere'>;

/**
 * The stored form of each link, in order. Stores the placements first, for `keep_s` seconds plus a day, so that links
 * can refer to them. If a placement's id is taken by a different placement, its links contain the whole placement.
 * Safe to repeat.
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
 * Gives each link a unique id and stores it for `keep_s` seconds; returns the ids in order. Draws again if an id is
 * taken. `draw` is replaced in tests only.
 */
export async function mintLinks(
  redis: RedisClient,
  links: readonly NewLink[],
  keep_s: number,
  draw: () => string = newLinkId,
): Promise<string[]> {
  return mint(redis, await placeLinks(redis, links, keep_s), keep_s, draw);
}

/**
 * Like mintLinks, for a single link without a message. It goes on the log of records, so it is stored with its whole
 * placement.
 */
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

/** Removes links that were never handed out. Safe to repeat. */
export async function removeLinks(redis: RedisClient, link_ids: readonly string[]): Promise<void> {
  await runAll(
    redis,
    link_ids.map((link_id): Command => ['DEL', linkKey(link_id)]),
  );
}

/**
 * The link, or null if the id is unknown. `reader` also looks in ClickHouse, where old links are. Rejects when
 * `reader` rejects.
 */
export async function readLink(reader: Reader, link_id: string): Promise<Link | null> {
  const text = await reader.read(linkKey(link_id));
  return text === null ? null : linkOfText(reader, link_id, text);
}

async function linkOfText(reader: Reader, link_id: string, text: string): Promise<Link> {
  const { own, placement } = readStoredLink(link_id, text);
  if (typeof placement !== 'string') return { ...own, ...placement };
  const placed = await reader.read(placementKey(placement)).catch(() => null);
  return placed === null ? readWhole(reader, link_id) : { ...own, ...decodePlacement(placed) };
}

/**
 * Reads from ClickHouse a link whose placement is missing in Redis, because a cluster node lost it. Rejects if
 * ClickHouse does not have the link yet.
 */
export async function readWhole(reader: Reader, link_id: string): Promise<Link> {
  const text = await reader.readElsewhere(linkKey(link_id));
  if (text === null) throw new Error(`the placement of link ${link_id} is missing`);
  return decodeLink(link_id, text);
}

/** The link, or undefined if the account has no link with that id. */
export async function getLink(
  reader: Reader,
  account_id: string,
  link_id: string,
): Promise<Link | undefined> {
  const link = await readLink(reader, link_id);
  return link?.account_id === account_id ? link : undefined;
}

/**
 * Applies `change`, which may throw to refuse, to the newest state of a link, and notifies every process; undefined where
 * the account has no such link. `change` may run several times. Throws ConflictError where too many change it at once.
 */
export async function changeLink(
  { redis, reader }: { redis: RedisClient; reader: Reader },
  account_id: string,
  link_id: string,
  change: (link: Link) => Link,
): Promise<Link | undefined> {
  const key = linkKey(link_id);
  for (let tries = 0; tries < CHANGE_TRIES_MAX; tries++) {
    const before = await redis.get(key);
    const link =
      before === null ? await readLink(reader, link_id) : await linkOfText(reader, link_id, before);
    if (link === null || link.account_id !== account_id) return undefined;
    const after = change(link);
    const written =
      before === null
        ? (await redis.set(key, encodeLink(after), 'EX', LINK_AGAIN_S, 'NX')) !== null
        : await compareAndSet(redis, key, before, encodeLink(after));
    if (!written) continue;
    await recordChanges(redis, [key]);
    return after;
  }
  throw new ConflictError('the link is being changed by too many at once: try again.');
}
