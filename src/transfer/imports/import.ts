/**
 * Imports of history: what was imported, by whom, what became of it, and whether it was undone. Kept in Redis, the newest
 * of each account. Reading: the API reads the file, block by block, and stages its rows in ClickHouse. Applying and
 * undoing: a worker. While a file is read its writer holds a lock; a file whose writer is gone is shown as interrupted,
 * and is completed by the same request with the same Idempotency-Key, or undone. Rejects when Redis is down.
 */
import { newEntityId } from '../../catalog/entity-id.ts';
import { compareAndSet } from '../../catalog/update-record.ts';
import { firstOpen } from '../../platform/due-list.ts';
import { type Command, type RedisClient, runAll } from '../../platform/redis.ts';
import { recordChanges } from '../../records/record-changes.ts';
import type { ImportField, ImportKind } from './import-fields.ts';

/** failed: not all of its rows are there any more; nothing of it counts, and it can only be undone. */
export const IMPORT_STATES = ['reading', 'applying', 'done', 'failed', 'undoing', 'undone'] as const;

export interface BadRow {
  line: number;
  error: string;
  message: string;
}

export interface ImportCounts {
  /** Rows of the file that were read, and those of them that can not be imported. */
  rows: number;
  failed: number;
  /** Rows that the import added, and rows that were there before. */
  added: number;
  duplicates: number;
}

export interface Import extends ImportCounts {
  import_id: string;
  account_id: string;
  kind: ImportKind;
  /** Whose export it was read as; '' for a file with our own names, or those of the caller. */
  preset: string;
  state: (typeof IMPORT_STATES)[number];
  file_name: string;
  /** By field, the file's name of its column. */
  mapping: Partial<Record<ImportField, string>>;
  ignored_columns: string[];
  /** The first of the failed rows. */
  errors: BadRow[];
  /** While it is applied: steps that are done, of so many. */
  steps_done: number;
  steps: number;
  created_at: string;
  /** Name of the key or member. */
  created_by: string;
  /** '' until then. */
  finished_at: string;
  undone_at: string;
}

export type ShownImport = Omit<Import, 'state'> & { state: Import['state'] | 'interrupted' };

export const NO_COUNTS: ImportCounts = { rows: 0, failed: 0, added: 0, duplicates: 0 };

/** Imports kept per account; with more, the oldest leave the list where they were undone. */
export const IMPORTS_LISTED_MAX = 1_000;
/** Failed rows that an import names. */
export const ERRORS_MAX = 100;
/** Rows of one file; with more, it is imported in parts. */
export const ROWS_MAX = 20_000_000;
/** A writer without a sign of life for longer is gone. */
const WRITER_MS = 30_000;
/** How long after its first block an import that was broken off goes on; a day less than staged rows are kept (0019_imports.sql). */
const RESUME_S = 6 * 24 * 3_600;

export const importKey = (account_id: string, import_id: string): string =>
  `import:${account_id}:${import_id}`;
export const importsList = (account_id: string): string => `imports:${account_id}`;
const writerKey = ({ account_id, import_id }: Place): string => `import_writer:${account_id}:${import_id}`;
const blocksKey = ({ account_id, import_id }: Place): string => `import_blocks:${account_id}:${import_id}`;
/** Imports that a worker is to apply or undo, by the time of the request or of the last try that failed. */
export const IMPORTS_OPEN = 'imports_open';
const openMember = ({ account_id, import_id }: Place): string => `${account_id} ${import_id}`;
/** The record of a member of IMPORTS_OPEN. */
export const importOfMember = (member: string): string => {
  const [account_id = '', import_id = ''] = member.split(' ');
  return importKey(account_id, import_id);
};

type Place = Pick<Import, 'account_id' | 'import_id'>;

/** With it the ids of imports begin, and so the tokens of all that they store. */
export const IMPORT_PREFIX = 'imp_';
export const newImportId = (): string => newEntityId('imp');

/** Stores the whole record. Safe to repeat. */
export async function saveImport(redis: RedisClient, run: Import): Promise<void> {
  const { account_id, import_id, created_at } = run;
  await redis.set(importKey(account_id, import_id), JSON.stringify(run));
  await redis.zadd(importsList(account_id), 'NX', Date.parse(created_at), import_id);
  await recordImport(redis, run);
  const old = await redis.zrange(importsList(account_id), '0', String(-IMPORTS_LISTED_MAX - 1));
  for (const id of old) {
    // What counts can be undone.
    const one = await readImport(redis, account_id, id);
    if (one !== undefined && one.state !== 'undone') continue;
    await redis.del(importKey(account_id, id));
    await redis.zrem(importsList(account_id), id);
    await recordChanges(redis, [importKey(account_id, id)]);
  }
}

/** Logs the record as it is, so that after a loss of Redis the import can be undone: call after each change of state. */
export const recordImport = (redis: RedisClient, { account_id, import_id }: Place): Promise<void> =>
  recordChanges(redis, [importKey(account_id, import_id)]);

/** The commands that list an import, and put it up for the worker where it was; for a restore. */
export function listImport(run: Import): Command[] {
  const { account_id, import_id, created_at, state } = run;
  const listed: Command = ['ZADD', importsList(account_id), 'NX', Date.parse(created_at), import_id];
  if (state !== 'applying' && state !== 'undoing') return [listed];
  return [listed, ['ZADD', IMPORTS_OPEN, 'NX', 0, openMember(run)]];
}

/** Stores the record unless it has changed since it was `before`. */
export const moveImport = (redis: RedisClient, before: Import, after: Import): Promise<boolean> =>
  compareAndSet(
    redis,
    importKey(after.account_id, after.import_id),
    JSON.stringify(before),
    JSON.stringify(after),
  );

export async function readImport(
  redis: RedisClient,
  account_id: string,
  import_id: string,
): Promise<Import | undefined> {
  const text = await redis.get(importKey(account_id, import_id));
  return text === null ? undefined : (JSON.parse(text) as Import);
}

/** Newest first. */
export async function listImports(
  redis: RedisClient,
  account_id: string,
  page: number,
  per_page: number,
): Promise<{ items: ShownImport[]; total: number }> {
  const from = (page - 1) * per_page;
  const ids = await redis.zrevrange(importsList(account_id), from, from + per_page - 1);
  const texts = await runAll(
    redis,
    ids.map((id): Command => ['GET', importKey(account_id, id)]),
  );
  const runs = texts.flatMap((text) => (typeof text === 'string' ? [JSON.parse(text) as Import] : []));
  return {
    items: await Promise.all(runs.map((run) => shownImport(redis, run))),
    total: await redis.zcard(importsList(account_id)),
  };
}

export async function shownImport(redis: RedisClient, run: Import): Promise<ShownImport> {
  if (run.state !== 'reading') return run;
  const written = (await redis.exists(writerKey(run))) === 1;
  return written ? run : { ...run, state: 'interrupted' };
}

/** Whether `writer` may read the file now; nobody else may while it renews this. Safe to repeat. */
export async function holdImport(redis: RedisClient, place: Place, writer: string): Promise<boolean> {
  const key = writerKey(place);
  if ((await redis.set(key, writer, 'PX', WRITER_MS, 'NX')) === 'OK') return true;
  if ((await redis.get(key)) !== writer) return false;
  await redis.pexpire(key, WRITER_MS);
  return true;
}

export async function releaseImport(redis: RedisClient, place: Place, writer: string): Promise<void> {
  if ((await redis.get(writerKey(place))) === writer) await redis.del(writerKey(place));
}

/** Hashes of the blocks that are staged, in order. */
export const stagedBlocks = (redis: RedisClient, place: Place): Promise<string[]> =>
  redis.lrange(blocksKey(place), 0, -1);

/** Notes that the block behind the last one is staged. */
export async function noteBlock(redis: RedisClient, place: Place, hash: string): Promise<void> {
  await runAll(redis, [
    ['RPUSH', blocksKey(place), hash],
    ['EXPIRE', blocksKey(place), RESUME_S, 'NX'],
  ]);
}

/** Puts an import up for the worker, which applies or undoes it, as its saved state says. Safe to repeat. */
export async function openImport(redis: RedisClient, run: Import): Promise<void> {
  await redis.zadd(IMPORTS_OPEN, Date.now(), openMember(run));
  await recordImport(redis, run);
}

/** Puts one that failed behind those that wait. */
export async function postponeImport(redis: RedisClient, run: Import): Promise<void> {
  await redis.zadd(IMPORTS_OPEN, 'XX', Date.now(), openMember(run));
}

/** The import that is next. */
export async function nextImport(redis: RedisClient): Promise<Import | undefined> {
  return firstOpen(redis, IMPORTS_OPEN, async (member) => {
    const text = await redis.get(importOfMember(member));
    const run = text === null ? undefined : (JSON.parse(text) as Import);
    return run !== undefined && (run.state === 'applying' || run.state === 'undoing') ? run : undefined;
  });
}

/** Call after saving it as done or undone. Safe to repeat. */
export async function closeImport(redis: RedisClient, run: Import): Promise<void> {
  await recordImport(redis, run);
  await redis.del(blocksKey(run));
}
