/**
 * The ids that accounts give to their offers, creatives, campaigns and audiences themselves, so that a script can be
 * run again. Each is claimed for one id before the entity is stored under that id, so that two scripts at once make one
 * record; a claim whose creation failed ends by itself, or is taken up by the next try. An external_id never changes
 * once it is given. With Redis down every call rejects; each is safe to repeat.
 */
import type { RedisClient } from '../platform/redis.ts';
import { ConflictError } from './conflict.ts';
import { type EntityKind, type EntityOf, entityKey, externalIdKey } from './definitions.ts';
import { compareAndSet } from './update-record.ts';

/** Of a claim whose entity is not stored yet. */
const CLAIM_S = 60;
const CLAIM_TRIES_MAX = 5;

type Named = Pick<EntityOf[EntityKind], 'account_id' | 'external_id'>;

/** The account has an entity with this external_id, or one is being made. */
export class ExternalIdTakenError extends ConflictError {
  readonly id: string;
  constructor(kind: EntityKind, external_id: string, id: string) {
    super(
      `external_id: ${external_id} belongs to ${kind} ${id}: PUT /v2/${kind}s/by-external-id/${encodeURIComponent(external_id)} changes it.`,
    );
    this.id = id;
  }
}

/** The id that the external_id stands for; undefined where nobody has it. */
export async function idOfExternal(
  redis: RedisClient,
  kind: EntityKind,
  { account_id, external_id }: Named,
): Promise<string | undefined> {
  return (await redis.get(externalIdKey(kind, account_id, external_id))) ?? undefined;
}

/**
 * Claims the external_id for `new_id`, and returns the id under which the entity is to be stored: `new_id`, or that of
 * an earlier claim whose entity is not stored yet. Throws ExternalIdTakenError where it is stored.
 */
export async function claimExternalId(
  redis: RedisClient,
  kind: EntityKind,
  { account_id, external_id }: Named,
  new_id: string,
): Promise<string> {
  const key = externalIdKey(kind, account_id, external_id);
  for (let tries = 0; tries < CLAIM_TRIES_MAX; tries++) {
    const holder = await redis.set(key, new_id, 'EX', CLAIM_S, 'NX', 'GET');
    if (holder === null || holder === new_id) return new_id;
    const text = await redis.get(entityKey(kind, account_id, holder));
    if (text === null) return holder;
    const stored = (JSON.parse(text) as Named).external_id;
    // Where it has none, it is being given this one.
    if (!stored || stored === external_id) throw new ExternalIdTakenError(kind, external_id, holder);
    // The holder was given another one in the meantime, so this claim is of nothing.
    await compareAndSet(redis, key, holder, new_id);
  }
  throw new ConflictError('external_id: it is being taken by too many at once: try again.', 'external_id');
}

/** Keeps a claim for ever, right before the entity is stored. Throws ConflictError where it has ended. */
export async function keepExternalId(
  redis: RedisClient,
  kind: EntityKind,
  { account_id, external_id }: Named,
  id: string,
): Promise<void> {
  const key = externalIdKey(kind, account_id, external_id);
  await redis.persist(key);
  if ((await redis.get(key)) !== id)
    throw new ConflictError('external_id: the creation took too long: try again.', 'external_id');
}
