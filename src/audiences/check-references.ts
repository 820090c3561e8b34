/**
 * Checks that the ids in a definition are in the account's catalog, because a mistyped id would silently give an
 * empty audience. Rejects with Redis's error.
 */
import { getEntities } from '../catalog/catalog-store.ts';
import type { RedisClient } from '../platform/redis.ts';
import { conditionsOf } from './conditions.ts';
import type { Definition } from './definition.ts';

const NAMED = ['offer', 'campaign', 'creative'] as const;

/** The path and id of an offer, campaign or creative that the account does not have; undefined if all exist. */
export async function unknownReference(
  redis: RedisClient,
  account_id: string,
  definition: Definition,
): Promise<string | undefined> {
  const conditions = conditionsOf(definition);
  for (const kind of NAMED) {
    const column = `${kind}_id` as const;
    const named = conditions.flatMap(({ path, condition }) => {
      const id = condition[column];
      return id === undefined ? [] : [{ path, id }];
    });
    const found = await getEntities(
      redis,
      kind,
      account_id,
      named.map(({ id }) => id),
    );
    const missing = named.find((_, i) => found[i] === undefined);
    if (missing !== undefined)
      return `${missing.path}.${column}: there is no ${kind} ${missing.id} in this account`;
  }
  return undefined;
}
