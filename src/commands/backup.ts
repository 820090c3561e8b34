/** `trackly backup [--to <folder>]`: writes an installation, running or not, into one folder. */
import { join, resolve } from 'node:path';
import { readConfig } from '../config.ts';
import { makeBackup } from '../records/backup/make-backup.ts';
import { useInstallation } from './connect-installation.ts';
import { readArguments } from './errors.ts';

export async function backup(args: string[]): Promise<void> {
  const { values } = readArguments(args, { to: { type: 'string' } });
  const config = readConfig();
  const name = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const folder = resolve(values.to ?? join(config.data_dir, 'backups', name));
  await useInstallation(config, { may_be_new: false }, async ({ redis, clickhouse, source }, tell) => {
    const made = await makeBackup({ redis, clickhouse, data_dir: config.data_dir, tell }, folder);
    const { tables, redis: only_redis } = made.manifest;
    const counts = tables.map(({ table, rows }) => `${rows.toLocaleString('en')} ${table}`);
    console.log(
      `The backup of ${source} is in ${made.folder}: rows of ${counts.join(', ')}, and ${only_redis.rows.toLocaleString('en')} keys of Redis. Workers paused for ${(made.paused_ms / 1_000).toFixed(1)} s.`,
    );
  });
}
