/** Links in Redis: minted so that no two are the same, changed, and removed where they were not needed. */
import { newLinkId } from '../platform/random.ts';
import type { BatchedReader } from '../platform/record-cache.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { recordChanges } from '../records/record-changes.ts';
import { decodeLink, encodeLink, type Link, linkKey } from './link.ts';

/** For how long a link that had left Redis is there again once somebody opened or changed it. */
export const LINK_AGAIN_S = 7 * 24 * 3_600;
/** Among 3.5e12 ids even one collision is rare; this many in a row mean that something is broken. */
const MINT_TRIES_MAX = 5;

/**
 * Gives each link an id of its own and stores it for `keep_s` seconds; the ids are in order. An id that is taken
 * already is drawn again. `draw` is replaced in tests only.
 */
export async function mintLinks(
  redis: RedisClient,
  links: readonly Omit<Link, 'link_id'>[],
  keep_s: number,
  draw: () => string = newLinkId,
): Promise<string[]> {
  const ids = links.map(() => '');
  let missing = [...links.keys()];
  for (let tries = 0; tries < MINT_TRIES_MAX && missing.length > 0; tries++) {
    const commands = missing.map((i): Command => {
      const link_id = draw();
      ids[i] = link_id;
      return ['SET', linkKey(link_id), encodeLink({ ...(links[i] as Link), link_id }), 'NX', 'EX', keep_s];
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

/** The link, or undefined where the account has none of that id. `reader` also looks where links go by age. */
export async function getLink(
  reader: Pick<BatchedReader, 'read'>,
  account_id: string,
  link_id: string,
): Promise<Link | undefined> {
  const text = await reader.read(linkKey(link_id));
  const link = text === null ? undefined : decodeLink(link_id, text);
  return link?.account_id === account_id ? link : undefined;
}

/** Stores a changed link and tells every process. The last of two changes at once stands. */
export async function storeLink(redis: RedisClient, link: Link): Promise<void> {
  const key = linkKey(link.link_id);
  const text = encodeLink(link);
  const there = await redis.call('SET', key, text, 'XX', 'KEEPTTL');
  if (there === null) await redis.set(key, text, 'EX', LINK_AGAIN_S);
  await recordChanges(redis, [key]);
}
