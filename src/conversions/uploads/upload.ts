/**
 * Uploads of conversions as files: what was uploaded, by whom, what became of it, and whether it was taken back. Kept in
 * Redis, the newest of each account. While a file is recorded its writer holds a lock; a file whose writer is gone is
 * shown as interrupted, and can be completed by the same request with the same Idempotency-Key, or taken back. Rejects
 * when Redis is down.
 */

import { newEntityId } from '../../catalog/entity-id.ts';
import { firstOpen } from '../../platform/due-list.ts';
import { type Command, type RedisClient, runAll } from '../../platform/redis.ts';

export interface UploadCounts {
  /** Lines of the file that are reports. */
  lines: number;
  accepted: number;
  duplicates: number;
  unattributed: number;
  /** Lines without any value, and lines for which the network pays nothing. */
  skipped: number;
  rejected: number;
}

export interface Upload extends UploadCounts {
  upload_id: string;
  account_id: string;
  state: 'recording' | 'recorded' | 'undoing' | 'undone';
  file_name: string;
  /** Whose export it was read as; '' for a file with our own names. */
  network: string;
  ignored_columns: string[];
  uploaded_at: string;
  /** Name of the key or member. */
  uploaded_by: string;
  /** '' where it was not taken back. */
  undone_at: string;
  /** Conversions that were taken back. */
  voided: number;
}

/** What the API shows. */
export type ShownUpload = Omit<Upload, 'state'> & { state: Upload['state'] | 'interrupted' };

export const NO_COUNTS: UploadCounts = {
  lines: 0,
  accepted: 0,
  duplicates: 0,
  unattributed: 0,
  skipped: 0,
  rejected: 0,
};

/** Uploads kept per account; the oldest leave the list, and what they booked stays. */
const LISTED_MAX = 1_000;
/** A writer without a sign of life for longer is gone. */
const WRITER_MS = 15_000;

export const uploadKey = (upload_id: string): string => `upload:${upload_id}`;
const listKey = (account_id: string): string => `uploads:${account_id}`;
const writerKey = (upload_id: string): string => `upload_writer:${upload_id}`;
/** Uploads that are to be taken back, by the time of the request. */
export const UPLOADS_UNDOING = 'uploads_undoing';

export const newUploadId = (): string => newEntityId('upl');

/** Stores the whole record. Safe to repeat. */
export async function saveUpload(redis: RedisClient, upload: Upload): Promise<void> {
  const { upload_id, account_id } = upload;
  await redis.set(uploadKey(upload_id), JSON.stringify(upload));
  await redis.zadd(listKey(account_id), 'NX', Date.parse(upload.uploaded_at), upload_id);
  const old = await redis.zrange(listKey(account_id), '0', String(-LISTED_MAX - 1));
  for (const id of old) {
    await redis.del(uploadKey(id));
    await redis.zrem(listKey(account_id), id);
  }
}

export async function readUpload(redis: RedisClient, upload_id: string): Promise<Upload | undefined> {
  const text = await redis.get(uploadKey(upload_id));
  return text === null ? undefined : (JSON.parse(text) as Upload);
}

/** Newest first. */
export async function listUploads(
  redis: RedisClient,
  account_id: string,
  page: number,
  per_page: number,
): Promise<{ items: ShownUpload[]; total: number }> {
  const from = (page - 1) * per_page;
  const ids = await redis.zrevrange(listKey(account_id), from, from + per_page - 1);
  const texts = await runAll(
    redis,
    ids.map((id): Command => ['GET', uploadKey(id)]),
  );
  const uploads = texts.flatMap((text) => (typeof text === 'string' ? [JSON.parse(text) as Upload] : []));
  return {
    items: await Promise.all(uploads.map((upload) => shownUpload(redis, upload))),
    total: await redis.zcard(listKey(account_id)),
  };
}

export async function shownUpload(redis: RedisClient, upload: Upload): Promise<ShownUpload> {
  if (upload.state !== 'recording') return upload;
  const written = (await redis.exists(writerKey(upload.upload_id))) === 1;
  return written ? upload : { ...upload, state: 'interrupted' };
}

/** Whether `writer` may write the upload now; nobody else may while it renews this. Safe to repeat. */
export async function holdWriter(redis: RedisClient, upload_id: string, writer: string): Promise<boolean> {
  const key = writerKey(upload_id);
  if ((await redis.set(key, writer, 'PX', WRITER_MS, 'NX')) === 'OK') return true;
  if ((await redis.get(key)) !== writer) return false;
  await redis.pexpire(key, WRITER_MS);
  return true;
}

export async function releaseWriter(redis: RedisClient, upload_id: string, writer: string): Promise<void> {
  if ((await redis.get(writerKey(upload_id))) === writer) await redis.del(writerKey(upload_id));
}

/** Puts an upload up for being taken back; a worker does it. Safe to repeat. */
export async function requestUndo(redis: RedisClient, upload: Upload): Promise<Upload> {
  const undoing: Upload = { ...upload, state: 'undoing' };
  await saveUpload(redis, undoing);
  await redis.zadd(UPLOADS_UNDOING, 'NX', Date.now(), upload.upload_id);
  return undoing;
}

/** The upload that is to be taken back next. */
export const nextUndo = (redis: RedisClient): Promise<Upload | undefined> =>
  firstOpen(redis, UPLOADS_UNDOING, (upload_id) => readUpload(redis, upload_id));

/** Call after saving it as undone: opens the next one. Safe to repeat. */
export async function closeUndo(redis: RedisClient, { upload_id }: Upload): Promise<void> {
  await redis.zrem(UPLOADS_UNDOING, upload_id);
}
