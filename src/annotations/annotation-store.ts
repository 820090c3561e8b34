/**
 * Annotations in Redis: make, list, change, remove. Every change is of one record, which is logged for ClickHouse too.
 * With Redis down every call rejects; each may be repeated.
 */
import { ConflictError } from '../catalog/conflict.ts';
import { updateRecord } from '../catalog/update-record.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { recordChanges } from '../records/record-changes.ts';
import { ANNOTATIONS_MAX, type Annotation, annotationKey, annotationsList } from './annotation.ts';

/** Throws ConflictError where the account has ANNOTATIONS_MAX. */
export async function addAnnotation(redis: RedisClient, annotation: Annotation): Promise<void> {
  const { account_id, annotation_id } = annotation;
  if ((await redis.zcard(annotationsList(account_id))) >= ANNOTATIONS_MAX)
    throw new ConflictError(`an account can have ${ANNOTATIONS_MAX} annotations: remove one first.`);
  const key = annotationKey(account_id, annotation_id);
  await redis.set(key, JSON.stringify(annotation));
  await runAll(redis, listAnnotation(annotation));
  await recordChanges(redis, [key]);
}

/** The commands that list an annotation; for a restore as well. */
export function listAnnotation({ account_id, annotation_id, created_at }: Annotation): Command[] {
  return [['ZADD', annotationsList(account_id), Date.parse(created_at), annotation_id]];
}

/** All annotations of an account, by their time; at most about ANNOTATIONS_MAX. */
export async function listAnnotations(redis: RedisClient, account_id: string): Promise<Annotation[]> {
  const ids = await redis.zrange(annotationsList(account_id), '0', '-1');
  const texts = await runAll(
    redis,
    ids.map((id): Command => ['GET', annotationKey(account_id, id)]),
  );
  return texts
    .flatMap((text) => (typeof text === 'string' ? [JSON.parse(text) as Annotation] : []))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** The annotation before and after; undefined where there is none. */
export async function changeAnnotation(
  redis: RedisClient,
  account_id: string,
  annotation_id: string,
  changes: Partial<Pick<Annotation, 'at' | 'text' | 'campaign_id'>>,
): Promise<{ before: Annotation; after: Annotation } | undefined> {
  let before: Annotation | undefined;
  const key = annotationKey(account_id, annotation_id);
  const after = await updateRecord<Annotation>(redis, key, (annotation) => {
    before = annotation;
    return { ...annotation, ...changes };
  });
  return before && after && { before, after };
}

/** The annotation as it was; undefined where there is none. */
export async function removeAnnotation(
  redis: RedisClient,
  account_id: string,
  annotation_id: string,
): Promise<Annotation | undefined> {
  const key = annotationKey(account_id, annotation_id);
  const text = await redis.get(key);
  await runAll(redis, [
    ['ZREM', annotationsList(account_id), annotation_id],
    ['DEL', key],
  ]);
  await recordChanges(redis, [key]);
  return text === null ? undefined : (JSON.parse(text) as Annotation);
}
