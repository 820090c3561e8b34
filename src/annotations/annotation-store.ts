/**
 * Annotations in Redis: make, list, change, remove. Every change is of one record, which is logged for ClickHouse too.
 * With Redis down every call rejects; each may be repeated.
 */
import { addRecord, readListed, readRecord, removeRecord } from '../catalog/listed-records.ts';
import { updateRecord } from '../catalog/update-record.ts';
import type { Command, RedisClient } from '../platform/redis.ts';
import { ANNOTATIONS_MAX, type Annotation, annotationKey, annotationsList } from './annotation.ts';

/** Throws ConflictError where the account has ANNOTATIONS_MAX. */
export function addAnnotation(redis: RedisClient, annotation: Annotation): Promise<void> {
  const { account_id, annotation_id } = annotation;
  return addRecord(redis, {
    ...{ key: annotationKey(account_id, annotation_id), record: annotation },
    ...{ list: annotationsList(account_id), listed: listAnnotation(annotation) },
    ...{ max: ANNOTATIONS_MAX, named: 'annotations' },
  });
}

/** The commands that list an annotation; for a restore as well. */
export function listAnnotation({ account_id, annotation_id, created_at }: Annotation): Command[] {
  return [['ZADD', annotationsList(account_id), Date.parse(created_at), annotation_id]];
}

/** All annotations of an account, by their time; at most about ANNOTATIONS_MAX. */
export async function listAnnotations(redis: RedisClient, account_id: string): Promise<Annotation[]> {
  const listed = await readListed<Annotation>(redis, annotationsList(account_id), (id) =>
    annotationKey(account_id, id),
  );
  return listed.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
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
  const annotation = await readRecord<Annotation>(redis, key);
  await removeRecord(redis, key, [['ZREM', annotationsList(account_id), annotation_id]]);
  return annotation;
}
