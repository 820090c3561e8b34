/** Links in Redis: mints unique links, reads them with their placement, changes them, and removes unused ones. */

import { ConflictError } from '../catalog/conflict.ts';
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
} from './link.ts';
import { newLinkId } from './link-id.ts';
import {
  findLink,
  type LinkText,
  linkField,
  readAnyLink,
  removeLink,
  storeChanged,
  storeLinks,
} from './stored-links.ts';

/** How long a link that had left Redis stays there after a tap or a change brought it back. */
export const LINK_AGAIN_S = 7 * 24 * 3_600;
/** With 3.5e12 ids a single collision is rare; this many in a row indicate a fault. */
const MINT_TRIES_MAX = 5;
const CHANGE_TRIES_MAX = 10;
/** How much longer a placement is kept than its links, which stay up to a day longer, or two where workers are away. */
const PLACEMENT_STAYS_S = 3 * 24 * 3_600;

type Reader = Pick<BatchedReader, 'read' | 'readElsewhere'>;

/** How a link is to be stored, without its id. */
type NewText = Omit<LinkText, 'link_id'>;

/**
 * The text of each link, in order. Stores the placements first, for `keep_s` seconds plus some days, so that links
 * can refer to them. If a placement's id is taken by a different placement, its links contain the whole placement.
 * Safe to repeat.
 */
export async function placeLinks(
  redis: RedisClient,
  links: readonly NewLink[],
  keep_s: number,
): Promise<NewText[]> {
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
    return placement?.stored
      ? { text: encodePlacedLink(placement.id, link), placed: true }
      : { text: encodeLink(link), placed: false };
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
  const [link_id = ''] = await mint(redis, [{ text: encodeLink(link), placed: false }], keep_s, newLinkId);
  await recordChanges(redis, [linkKey(link_id)]);
  return link_id;
}

async function mint(
  redis: RedisClient,
  texts: readonly NewText[],
  keep_s: number,
  draw: () => string,
): Promise<string[]> {
  const ids = texts.map(() => '');
  let missing = [...texts.keys()];
  for (let tries = 0; tries < MINT_TRIES_MAX && missing.length > 0; tries++) {
    const links = missing.map((i): LinkText => {
      const link_id = draw();
      ids[i] = link_id;
      return { link_id, ...(texts[i] as NewText) };
    });
    const taken = await storeLinks(redis, links, keep_s);
    missing = missing.filter((_, at) => taken[at] !== null);
  }
  if (missing.length > 0) throw new Error('no free link id was found');
  return ids;
}

/** Removes links that were never handed out. Safe to repeat. */
export async function removeLinks(redis: RedisClient, link_ids: readonly string[]): Promise<void> {
  await runAll(redis, link_ids.flatMap(removeLink));
}

/**
 * The link, or null if the id is unknown. `reader` also looks in ClickHouse, where old links are. Rejects when
 * `reader` rejects.
 */
export async function readLink(reader: Reader, link_id: string): Promise<Link | null> {
  const stored = await reader.read(linkKey(link_id), { field: linkField(link_id) });
  return stored === null ? null : linkOf(reader, link_id, stored);
}

async function linkOf(reader: Reader, link_id: string, stored: string): Promise<Link> {
  const { own, placement } = readAnyLink(link_id, stored);
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
  for (let tries = 0; tries < CHANGE_TRIES_MAX; tries++) {
    const found = await findLink(redis, link_id);
    const stored = found.of_key || found.of_bucket;
    const link = stored === '' ? await readLink(reader, link_id) : await linkOf(reader, link_id, stored);
    if (link === null || link.account_id !== account_id) return undefined;
    const after = change(link);
    const changed = { link_id, text: encodeLink(after), again_s: LINK_AGAIN_S };
    if (!(await storeChanged(redis, changed, found))) continue;
    await recordChanges(redis, [linkKey(link_id)]);
    return after;
  }
  throw new ConflictError('the link is being changed by too many at once: try again.');
}
