/**
 * Makes a backup of an installation, running or not: the logs pause until no batch is open, Redis is read, the tables
 * of ClickHouse are snapshotted, and the logs resume while the snapshot is written out. Clicks are accepted all the
 * time. The backup holds the state of that moment; the folder gets its name once it is complete.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { movingKey } from '../../clicks/click-ledger.ts';
import { PARTITIONS } from '../../log/partitions.ts';
import { pauseLogs } from '../../log/pause.ts';
import { type Command, type RedisClient, runAll } from '../../platform/redis.ts';
import { sleep } from '../../platform/sleep.ts';
import type { Tell } from '../write-in-groups.ts';
import { writeLines } from './lines.ts';
import {
  appliedMigrations,
  BackupError,
  checksumOf,
  FORMAT,
  KEPT_FILES,
  MANIFEST,
  type Manifest,
} from './manifest.ts';
import { dumpRedis, LOGS } from './redis-keys.ts';
import { dropBeside, holdTables, writeTables } from './tables.ts';

const REDIS_FILE = 'redis.ndjson.gz';
const MOVING_GONE_WITHIN_MS = 10_000;

export interface BackupGround {
  redis: RedisClient;
  clickhouse: ClickHouseClient;
  data_dir: string;
  tell: Tell;
}

export interface MadeBackup {
  folder: string;
  manifest: Manifest;
  /** How long the workers paused. */
  paused_ms: number;
}

/**
 * Writes the backup to `folder`, which must not exist. Rejects if the backup would be incomplete; then nothing is
 * left behind.
 */
export async function makeBackup(ground: BackupGround, folder: string): Promise<MadeBackup> {
  const { redis, clickhouse, data_dir, tell } = ground;
  if (existsSync(folder)) throw new BackupError(`${folder} already exists: give another folder.`);
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o700 });
  try {
    tell('waiting until no batch is open');
    const pause = await pauseLogs(redis, LOGS);
    const paused_at = performance.now();
    let rows: number;
    let tables: Awaited<ReturnType<typeof holdTables>>;
    try {
      await untilNothingMoves(redis);
      rows = await writeLines(join(part, REDIS_FILE), dumpRedis(redis));
      tables = await holdTables(clickhouse);
    } finally {
      await pause.end();
    }
    const paused_ms = performance.now() - paused_at;
    tell(`redis: ${rows.toLocaleString('en')} lines; the logs go on`);
    const manifest: Manifest = {
      format: FORMAT,
      made_at: new Date().toISOString(),
      migrations: await appliedMigrations(clickhouse),
      tables: await writeTables(clickhouse, tables, part, tell),
      redis: { file: REDIS_FILE, rows, sha256: await checksumOf(join(part, REDIS_FILE)) },
      kept_files: await copyKept(data_dir, part),
    };
    await writeFile(join(part, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, {
      mode: 0o600,
      flush: true,
    });
    await rename(part, folder);
    await syncFolder(dirname(folder));
    return { folder, manifest, paused_ms };
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  } finally {
    await dropBeside(clickhouse).catch(() => {});
  }
}

/** Counts of the click ledger that a worker had begun to move to ClickHouse. */
async function untilNothingMoves(redis: RedisClient): Promise<void> {
  const until = performance.now() + MOVING_GONE_WITHIN_MS;
  const moving = Array.from(
    { length: PARTITIONS },
    (_, partition): Command => ['EXISTS', movingKey(partition)],
  );
  while ((await runAll(redis, moving)).some((there) => there === 1)) {
    if (performance.now() > until) {
      throw new BackupError('no worker moves the pending counts of the click ledger: start the system.');
    }
    await sleep(50);
  }
}

async function copyKept(data_dir: string, folder: string): Promise<string[]> {
  const copied: string[] = [];
  for (const file of KEPT_FILES) {
    const there = await copyFile(join(data_dir, file), join(folder, file)).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return false;
        throw error;
      },
    );
    if (there) copied.push(file);
  }
  return copied;
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync();
  await handle.close();
}
