/**
 * What a backup is: one manifest, which names the objects that hold its data. A place keeps many backups, and they share
 * the objects that did not change between them, so every backup is complete in itself while only what is new is written.
 *
 *   manifests/<name>.json                            the manifest, written last
 *   state/<name>.ndjson.zst[.age]                    files of DATA_DIR, and what only Redis has
 *   parts/<table>/<content>.native.zst[.<key>.age]   the rows of one data part of ClickHouse
 *
 * A manifest has counts and names only, so the machine that makes backups can read it, and not what they hold.
 */
import { createHash } from 'node:crypto';
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { getText, ObjectMissing, type ObjectStore } from '../../platform/object-store/object-store.ts';
import { OperatorError } from '../../platform/operator-error.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { readContactKey } from '../../privacy/contact-key.ts';

/** Version of the format of manifests and objects. */
export const FORMAT = 2;
export const MANIFESTS = 'manifests/';
export const STATES = 'state/';
export const PARTS = 'parts/';

export interface ObjectEntry {
  name: string;
  rows: number;
  /** Size and SHA-256 of the object as it is stored. */
  bytes: number;
  sha256: string;
}

export interface TableEntry {
  table: string;
  columns: string[];
  rows: number;
  parts: ObjectEntry[];
}

export interface Manifest {
  format: number;
  /** The moment of the backup, as it is in its name. */
  name: string;
  /** The backup before it, with which it shares objects. */
  parent: string | undefined;
  /** Made by `--follow`: it is replaced by the next ones. */
  follows: boolean;
  /** Marks the installation, and is the same after a restore. */
  installation: string;
  /** Name and checksum of each migration that was applied to the data. */
  migrations: [string, string][];
  tables: TableEntry[];
  state: ObjectEntry;
  /** Sums of the columns of a report's table: `clicks: "12"`. */
  sums: Record<string, string>;
  /** What this backup wrote, of all that it holds. */
  written: { objects: number; bytes: number };
}

/** The backup cannot be made or used, or not in this installation; `message` says why and what to do. */
export class BackupError extends OperatorError {
  readonly code = 'backup';
}

export const isSealed = ({ name }: Pick<ObjectEntry, 'name'>): boolean => name.endsWith('.age');

export const manifestName = (name: string): string => `${MANIFESTS}${name}.json`;

/** Every object that the backup needs. */
export const objectsOf = ({ state, tables }: Manifest): ObjectEntry[] => [
  state,
  ...tables.flatMap(({ parts }) => parts),
];

export async function appliedMigrations(clickhouse: ClickHouseClient): Promise<[string, string][]> {
  const result = await clickhouse.query({
    query: 'SELECT DISTINCT name, checksum FROM trackly.migrations ORDER BY name, checksum',
    format: 'JSONCompactEachRow',
  });
  return result.json<[string, string]>();
}

export async function installationMark(redis: RedisClient, data_dir: string): Promise<string> {
  const key = await readContactKey(redis, data_dir);
  return createHash('sha256').update(`backup ${key}`).digest('hex').slice(0, 16);
}

/** Names of the backups that a place keeps, the oldest first. */
export async function listBackups(store: ObjectStore): Promise<string[]> {
  const names = await store.list(MANIFESTS);
  return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(MANIFESTS.length, -5));
}

/** Throws BackupError when there is no such backup, or another version wrote it. */
export async function readManifest(store: ObjectStore, name: string): Promise<Manifest> {
  const text = await getText(store, manifestName(name)).catch((error) => {
    if (!(error instanceof ObjectMissing)) throw error;
    throw new BackupError(`${store.place} holds no backup ${name}: trackly backup list says which it holds.`);
  });
  let manifest: Manifest;
  try {
    manifest = JSON.parse(text) as Manifest;
  } catch {
    throw new BackupError(`the manifest of the backup ${name} is damaged: use another backup.`);
  }
  if (manifest.format !== FORMAT) {
    throw new BackupError(
      `the backup ${name} has format ${manifest.format}, but this version reads format ${FORMAT}.`,
    );
  }
  return manifest;
}

/** The newest backup, or the one of this name. Throws BackupError when there is none. */
export async function findBackup(store: ObjectStore, name: string | undefined): Promise<Manifest> {
  const newest = name ?? (await listBackups(store)).at(-1);
  if (newest === undefined) throw new BackupError(`${store.place} holds no backup.`);
  return readManifest(store, newest);
}
