/** Names of offers, creatives and campaigns, from the catalog in Redis, for people who read the reports. */
import { listKey } from '../catalog/catalog-store.ts';
import { entityKey } from '../catalog/definitions.ts';
import { type RedisClient, runAll } from '../platform/redis.ts';
import type { CatalogKind } from './definitions.ts';

/**
 * One name for each id, in order; null if the account's catalog does not have the id. Rejects when Redis is down. `ids`
 * is a page, or a group of a stream.
 */
export async function readNames(
  redis: RedisClient,
  kind: CatalogKind,
  account_id: string,
  ids: readonly string[],
): Promise<(string | null)[]> {
  const texts = await runAll(
    redis,
    ids.map((id) => ['GET', entityKey(kind, account_id, id)]),
  );
  return texts.map((text) => (typeof text === 'string' ? nameIn(text) : null));
}

/** Entities of one kind that are searched. */
const SEARCHED_MAX = 20_000;
/** Ids that a search returns, all of which fit into one query. */
const FOUND_MAX = 1_000;
const PER_READ = 1_000;

/**
 * Ids of the account's entities with `text` in their name, ignoring case. Searches the newest SEARCHED_MAX and returns
 * at most FOUND_MAX. Rejects when Redis is down.
 */
export async function findByName(
  redis: RedisClient,
  kind: CatalogKind,
  account_id: string,
  text: string,
): Promise<string[]> {
  const wanted = text.toLocaleLowerCase();
  const ids = await redis.zrevrange(listKey(kind, account_id), 0, SEARCHED_MAX - 1);
  const found: string[] = [];
  for (let from = 0; from < ids.length && found.length < FOUND_MAX; from += PER_READ) {
    const part = ids.slice(from, from + PER_READ);
    const names = await readNames(redis, kind, account_id, part);
    found.push(...part.filter((_, i) => names[i]?.toLocaleLowerCase().includes(wanted)));
  }
  return found.slice(0, FOUND_MAX);
}

function nameIn(text: string): string | null {
  const { name } = JSON.parse(text) as { name?: unknown };
  return typeof name === 'string' ? name : null;
}
