/**
 * The lists of an account's offers, creatives, campaigns and audiences, all or those that match: by status, by the
 * account's own id, or by a part of name, id or external_id. A search reads the newest SEARCHED_MAX records in groups,
 * so that neither memory nor the event loop is held. With Redis down it rejects.
 */
import type { RedisClient } from '../platform/redis.ts';
import { getEntities, listEntities, listKey, type Page } from './catalog-store.ts';
import type { EntityKind, EntityOf } from './definitions.ts';
import { idOfExternal } from './external-ids.ts';

/** Records that a search looks at: about 10 MB of JSON. */
const SEARCHED_MAX = 10_000;
const GROUP_MAX = 500;

export interface EntityFilter {
  /** Any case; a part of the name, the id or the external_id. */
  q?: string | undefined;
  status?: string | undefined;
  external_id?: string | undefined;
}

interface Paging {
  page: number;
  per_page: number;
}

/** Newest first. */
export async function searchEntities<K extends EntityKind>(
  redis: RedisClient,
  kind: K,
  account_id: string,
  filter: EntityFilter,
  { page, per_page }: Paging,
): Promise<Page<EntityOf[K]>> {
  const { q, status, external_id } = filter;
  const isWanted = matcher(kind, filter);
  if (external_id !== undefined) {
    const id = await idOfExternal(redis, kind, { account_id, external_id });
    const entities = await getEntities(redis, kind, account_id, id === undefined ? [] : [id]);
    const found = entities.filter((entity) => entity !== undefined).filter(isWanted);
    return { items: page === 1 ? found : [], total: found.length };
  }
  if (q === undefined && status === undefined) return listEntities(redis, kind, account_id, page, per_page);
  const items: EntityOf[K][] = [];
  let total = 0;
  const first = (page - 1) * per_page;
  for await (const group of newest(redis, kind, account_id)) {
    const found = group.filter(isWanted);
    items.push(...found.slice(Math.max(0, first - total)).slice(0, per_page - items.length));
    total += found.length;
  }
  return { items, total };
}

async function* newest<K extends EntityKind>(
  redis: RedisClient,
  kind: K,
  account_id: string,
): AsyncGenerator<EntityOf[K][]> {
  for (let from = 0; from < SEARCHED_MAX; from += GROUP_MAX) {
    const ids = await redis.zrevrange(listKey(kind, account_id), from, from + GROUP_MAX - 1);
    if (ids.length === 0) return;
    const entities = await getEntities(redis, kind, account_id, ids);
    yield entities.filter((entity) => entity !== undefined);
  }
}

function matcher<K extends EntityKind>(
  kind: K,
  { q, status, external_id }: EntityFilter,
): (entity: EntityOf[K]) => boolean {
  const part = q?.toLowerCase();
  return (entity) => {
    if (status !== undefined && entity.status !== status) return false;
    if (external_id !== undefined && entity.external_id !== external_id) return false;
    if (part === undefined) return true;
    const id = (entity as unknown as Record<string, string>)[`${kind}_id`] ?? '';
    return [entity.name, id, entity.external_id].some((text) => text?.toLowerCase().includes(part));
  };
}
