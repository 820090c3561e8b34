/** Names of offers, creatives and campaigns, from the catalog in Redis, for people who read the reports. */
import { entityKey } from '../catalog/definitions.ts';
import { type RedisClient, runAll } from '../platform/redis.ts';
import type { CatalogKind } from './definitions.ts';

/**
 * One name for each id, in order; null where the catalog has none, also for an id of another account.
 * Rejects when Redis can't be asked. `ids` is a page, or a group of a stream.
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

function nameIn(text: string): string | null {
  const { name } = JSON.parse(text) as { name?: unknown };
  return typeof name === 'string' ? name : null;
}
