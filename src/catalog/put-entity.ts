/**
 * Creates an entity under the account's own id, or makes the one that has it what it is to be: a set-up script that is
 * run again changes nothing, and of two at once one creates. With Redis down it rejects, and may be repeated.
 */
import { isDeepStrictEqual } from 'node:util';
import type { RedisClient } from '../platform/redis.ts';
import { createEntity, getEntities, updateEntity } from './catalog-store.ts';
import { ConflictError } from './conflict.ts';
import type { EntityKind, EntityOf } from './definitions.ts';
import { ExternalIdTakenError, idOfExternal } from './external-ids.ts';

export const PUT_OUTCOMES = ['created', 'changed', 'unchanged'] as const;

export interface Put<K extends EntityKind> {
  outcome: (typeof PUT_OUTCOMES)[number];
  entity: EntityOf[K];
  /** Missing where it was created. */
  before?: EntityOf[K];
}

/** What is to be put. */
export interface Wanted<K extends EntityKind> {
  /** The whole entity, where there is none with its external_id yet, with its id. */
  fresh: EntityOf[K];
  id: string;
  /** What becomes of the one that is there. */
  change: Partial<EntityOf[K]>;
}

/** `check` may throw to refuse what would be stored. */
export async function putEntity<K extends EntityKind>(
  redis: RedisClient,
  kind: K,
  { fresh, id, change }: Wanted<K>,
  check: (entity: EntityOf[K]) => Promise<void>,
): Promise<Put<K>> {
  const { account_id } = fresh;
  let there = await idOfExternal(redis, kind, fresh);
  let [before] = there === undefined ? [] : await getEntities(redis, kind, account_id, [there]);
  if (before === undefined) {
    await check(fresh);
    try {
      return { outcome: 'created', entity: await createEntity(redis, kind, id, fresh) };
    } catch (error) {
      if (!(error instanceof ExternalIdTakenError)) throw error;
      there = error.id;
      [before] = await getEntities(redis, kind, account_id, [there]);
    }
  }
  if (before === undefined || there === undefined)
    throw new ConflictError('external_id: it is being created by another request: try again.', 'external_id');
  const wanted = { ...before, ...change };
  await check(wanted);
  if (isDeepStrictEqual(wanted, before)) return { outcome: 'unchanged', entity: before, before };
  let replaced = before;
  const entity = await updateEntity(redis, kind, account_id, there, (newest) => {
    replaced = newest;
    return { ...newest, ...change };
  });
  return { outcome: 'changed', entity: entity ?? wanted, before: replaced };
}
