/**
 * Restores a backup into a scratch folder with a Redis and a ClickHouse of its own, which checks every checksum and the
 * rows of every table, compares the sums of a report, and removes it all. The installation that runs here is not touched,
 * but for the note of what came out. Rejects with one sentence when the backup can't be restored.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { ObjectStore } from '../platform/object-store/object-store.ts';
import { connectRedis, probeRedis, type RedisClient, untilReady } from '../platform/redis.ts';
import { readIdentities } from '../records/backup/age.ts';
import { type LastBackup, noteBackup } from '../records/backup/last-backup.ts';
import { BackupError, findBackup, type Manifest, objectsOf } from '../records/backup/manifest.ts';
import { restoreBackup } from '../records/backup/restore-backup.ts';
import { readSums } from '../records/backup/tables.ts';
import { holderOf } from '../supervisor/data-folder.ts';
import { keptAddresses } from '../supervisor/servers.ts';
import { useInstallation } from './connect-installation.ts';
import { reasonOf } from './errors.ts';

const CONNECT_WITHIN_MS = 5_000;

/** The newest backup, or that of `name`. */
export async function verifyBackup(
  config: Config,
  store: ObjectStore,
  name: string | undefined,
): Promise<void> {
  const started = performance.now();
  try {
    const manifest = await findBackup(store, name);
    await restoreIntoScratch(config, store, manifest);
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    console.log(
      `The backup ${manifest.name} in ${store.place} is whole: ${objectsOf(manifest).length} objects, ${rows.toLocaleString('en')} rows of ${manifest.tables.length} tables and ${manifest.state.rows.toLocaleString('en')} keys of Redis came back, and the sums of the report agree. It took ${seconds} s.`,
    );
    await note(config, { verified_at: new Date().toISOString(), verify_error: '' });
  } catch (error) {
    await note(config, { verify_error: reasonOf(error) });
    throw error;
  }
}

async function restoreIntoScratch(config: Config, store: ObjectStore, manifest: Manifest): Promise<void> {
  const { key_file } = config.backup;
  const identities = key_file === undefined ? [] : await readIdentities(key_file);
  const data_dir = await mkdtemp(join(tmpdir(), 'trackly-verify-'));
  const clickhouse_port = await freePort();
  const environment = { ...config.environment };
  for (const name of ['REDIS_URL', 'CLICKHOUSE_URL', 'CLICKHOUSE_CLUSTER', 'CLICKHOUSE_REPLICATED']) {
    delete environment[name];
  }
  const scratch: Config = {
    ...config,
    data_dir,
    redis_url: undefined,
    clickhouse_url: undefined,
    clickhouse_cluster: undefined,
    clickhouse_port,
    clickhouse_tcp_port: undefined,
    environment: { ...environment, DATA_DIR: data_dir, CLICKHOUSE_PORT: String(clickhouse_port) },
  };
  try {
    await useInstallation(scratch, { may_be_new: true }, async ({ redis, clickhouse }, tell) => {
      const { link_days } = config;
      const ground = { redis, clickhouse, data_dir, link_days, tell, eraseAgain: async () => 0 };
      await restoreBackup(ground, { store, manifest, identities });
      const sums = await readSums(clickhouse, 'tables');
      for (const [column, sum] of Object.entries(manifest.sums)) {
        if (sums[column] === sum) continue;
        throw new BackupError(
          `the report of the restored backup has ${sums[column]} ${column}, but had ${sum} when it was made: use another backup.`,
        );
      }
    });
  } finally {
    await rm(data_dir, { recursive: true, force: true });
  }
}

/** Where an installation is at hand; a machine that only verifies has none. */
async function note(config: Config, changed: Partial<LastBackup>): Promise<void> {
  let redis: RedisClient | undefined;
  try {
    const runs = (await holderOf(config.data_dir)) !== undefined;
    const url = config.redis_url ?? (runs ? (await keptAddresses(config.data_dir)).redis_url : undefined);
    if (url === undefined) return;
    redis = connectRedis(await probeRedis(url), 'fast');
    await untilReady(redis, CONNECT_WITHIN_MS);
    await noteBackup(redis, changed);
  } catch (error) {
    console.error(`· not noted in Redis: ${reasonOf(error)}`);
  } finally {
    redis?.disconnect();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
