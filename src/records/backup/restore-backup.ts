/**
 * Restores a backup into an empty installation: first the tables of ClickHouse, then the data that only Redis had,
 * then the rest of Redis, rebuilt from ClickHouse and from the rows still on the logs. An interrupted restore leaves
 * an installation that is not empty: remove it and start again.
 */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Link, linkKey } from '../../links/link.ts';
import { decodeSend, SENDS_LOG, type Send } from '../../messages/send.ts';
import { type Command, runAll } from '../../platform/redis.ts';
import { decodeRecord, RECORDS_LOG } from '../record.ts';
import { type Ground, linkCommands, messageCommands, type Restored, restoreRedis } from '../restore-redis.ts';
import { readLines } from './lines.ts';
import { appliedMigrations, BackupError, type Manifest, readManifest } from './manifest.ts';
import { assertNoInstallation, LOGS, loggedRows, restoreLines } from './redis-keys.ts';
import { assertEmpty, readTables } from './tables.ts';

const READ_BYTES = 4 * 1024 * 1024;

/** Throws BackupError when the backup cannot be restored here; then nothing was changed. */
export async function restoreBackup(ground: Ground, folder: string): Promise<Restored> {
  const { redis, clickhouse, data_dir, tell } = ground;
  const manifest = await readManifest(folder);
  await assertSameSchema(ground, manifest);
  await assertNoInstallation(redis);
  await assertEmpty(clickhouse);

  await mkdir(data_dir, { recursive: true, mode: 0o700 });
  for (const file of manifest.kept_files) await copyFile(join(folder, file), join(data_dir, file));
  await readTables(clickhouse, manifest.tables, folder, tell);
  for await (const lines of readLines(join(folder, manifest.redis.file), READ_BYTES)) {
    await restoreLines(redis, lines.toString().trimEnd().split('\n'));
  }
  tell(`redis: ${manifest.redis.rows.toLocaleString('en')} lines`);
  await restoreLogged(ground);
  return restoreRedis(ground);
}

async function assertSameSchema({ clickhouse }: Ground, { migrations }: Manifest): Promise<void> {
  if (JSON.stringify(await appliedMigrations(clickhouse)) !== JSON.stringify(migrations)) {
    throw new BackupError(
      'the backup was made by another version of Trackly Links: restore it with that version, then update.',
    );
  }
}

/** Restores links and messages whose rows no worker had moved to ClickHouse yet. */
async function restoreLogged({ redis, link_days }: Ground): Promise<void> {
  for (const log of LOGS) {
    for await (const rows of loggedRows(redis, log)) {
      if (log === SENDS_LOG) {
        const sends = readable(rows, decodeSend);
        await runAll(redis, await linkCommands(redis, sends.flatMap(linksOf), link_days));
        await runAll(
          redis,
          sends.flatMap((send) => messageCommands(send, link_days)),
        );
      }
      if (log === RECORDS_LOG) {
        const links = readable(rows, decodeRecord).filter(({ key }) => key.startsWith(linkKey('')));
        await runAll(
          redis,
          links.flatMap(({ key, value }): Command[] =>
            value === null ? [] : [['SET', key, value, 'EX', link_days * 24 * 3_600]],
          ),
        );
      }
    }
  }
}

/** An unreadable row will become a dead letter. */
function readable<T>(rows: readonly string[], decode: (row: string) => T): T[] {
  return rows.flatMap((row) => {
    try {
      return [decode(row)];
    } catch {
      return [];
    }
  });
}

/** The links as they were created with their message. */
function linksOf(send: Send): Link[] {
  const { links, link_expires_at_ms, logged_at_ms, ...common } = send;
  return links.map((link) => ({
    ...common,
    ...link,
    url: '',
    expires_at_ms: link_expires_at_ms,
    disabled: false,
  }));
}
