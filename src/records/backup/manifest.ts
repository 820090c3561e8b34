/**
 * The content of a backup: a folder with one file for each table of ClickHouse, one for the data that only Redis has,
 * the files of DATA_DIR that belong to the installation, and this manifest, which is written last.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ClickHouseClient } from '../../clickhouse/client.ts';

/** Version of the folder's format. */
export const FORMAT = 1;
export const MANIFEST = 'manifest.json';
/** Files of DATA_DIR that are copied if they exist. */
export const KEPT_FILES = ['admin.key', 'installation.key', 'contact.key', 'bot-rules.json'] as const;

export interface FileEntry {
  file: string;
  sha256: string;
  rows: number;
}

export interface TableEntry extends FileEntry {
  table: string;
  columns: string[];
}

export interface Manifest {
  format: number;
  made_at: string;
  /** Name and checksum of each migration that was applied to the data. */
  migrations: [string, string][];
  tables: TableEntry[];
  redis: FileEntry;
  kept_files: string[];
}

/** The backup cannot be used, or not in this installation; `message` says why and what to do. */
export class BackupError extends Error {
  readonly code = 'backup';
}

export async function appliedMigrations(clickhouse: ClickHouseClient): Promise<[string, string][]> {
  const result = await clickhouse.query({
    query: 'SELECT DISTINCT name, checksum FROM trackly.migrations ORDER BY name, checksum',
    format: 'JSONCompactEachRow',
  });
  return result.json<[string, string]>();
}

/** Throws BackupError when the folder is not a backup, is incomplete, or was damaged. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => {
    throw new BackupError(`${folder} holds no backup: there is no ${MANIFEST} in it.`);
  });
  const manifest = JSON.parse(text) as Manifest;
  if (manifest.format !== FORMAT) {
    throw new BackupError(
      `${folder} has format ${manifest.format}, but this version reads format ${FORMAT}.`,
    );
  }
  for (const { file, sha256 } of [...manifest.tables, manifest.redis]) {
    if ((await checksumOf(join(folder, file))) !== sha256) {
      throw new BackupError(
        `${file} of the backup has changed since it was written: use another copy of it.`,
      );
    }
  }
  return manifest;
}

export async function checksumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash).catch(() => {
    throw new BackupError(`${path} is missing, or can't be read.`);
  });
  return hash.digest('hex');
}
