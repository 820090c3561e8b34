/**
 * Restores a backup into an empty installation: first the tables of ClickHouse, then the data that only Redis had,
 * then the rest of Redis, rebuilt from ClickHouse and from the rows still on the logs. Every object is read and checked
 * before anything of the installation changes: a damaged backup, a wrong key or a storage that goes away leave it empty.
 * A restore that is interrupted later leaves an installation that is not empty: remove it and start again.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shardCount } from '../../clickhouse/shards.ts';
import { type Link, linkKey } from '../../links/link.ts';
import { overwriteLink } from '../../links/stored-links.ts';
import { spreadRestored } from '../../log/layouts.ts';
import { decodeSend, SENDS_LOG, type Send } from '../../messages/send.ts';
import { FolderStore } from '../../platform/object-store/folder-store.ts';
import type { ObjectStore } from '../../platform/object-store/object-store.ts';
import { runAll } from '../../platform/redis.ts';
import { decodeRecord, RECORDS_LOG } from '../record.ts';
import { type Ground, messageCommands, type Restored, restoreRedis, storeAgain } from '../restore-redis.ts';
import { appliedMigrations, BackupError, isSealed, type Manifest } from './manifest.ts';
import { readObject } from './objects.ts';
import { assertNoInstallation, LOGS, loggedRows } from './redis-keys.ts';
import { restoreState } from './state.ts';
import { assertEmpty, attachTables, dropBeside, loadTables } from './tables.ts';

export interface BackupSource {
  store: ObjectStore;
  manifest: Manifest;
  /** Keys that open it, if it is encrypted. */
  identities: readonly string[];
}

/** Throws BackupError when the backup cannot be restored here; then nothing was changed. */
export async function restoreBackup(ground: Ground, source: BackupSource): Promise<Restored> {
  const { redis, clickhouse, data_dir, tell } = ground;
  const { store, manifest, identities } = source;
  if (isSealed(manifest.state) && identities.length === 0) {
    throw new BackupError('the backup is encrypted: set BACKUP_KEY_FILE to the file with its key.');
  }
  await assertSameSchema(ground, manifest);
  await assertNoInstallation(redis);
  await assertEmpty(clickhouse);

  const scratch = await mkdtemp(join(tmpdir(), 'trackly-restore-'));
  try {
    // As it is stored, so that no secret is written in clear.
    const copy = new FolderStore(scratch);
    await copy.put(manifest.state.name, store.get(manifest.state.name));
    for await (const _ of readObject(copy, manifest.state, identities));
    await loadTables(clickhouse, manifest.tables, store, identities, tell);
    await attachTables(clickhouse, manifest.tables);
    await restoreState(redis, data_dir, readObject(copy, manifest.state, identities));
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await dropBeside(clickhouse).catch(() => {});
  }
  tell(`redis: ${manifest.state.rows.toLocaleString('en')} lines`);
  await spreadRestored(redis, shardCount(clickhouse));
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
        await storeAgain(redis, sends.flatMap(linksOf), link_days);
        await runAll(
          redis,
          sends.flatMap((send) => messageCommands(send, link_days)),
        );
      }
      if (log === RECORDS_LOG) {
        const links = readable(rows, decodeRecord).filter(({ key }) => key.startsWith(linkKey('')));
        await runAll(
          redis,
          links.flatMap(({ key, value }) =>
            value === null ? [] : overwriteLink(key.slice(linkKey('').length), value, link_days * 24 * 3_600),
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
