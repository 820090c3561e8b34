/**
 * `trackly restore`: restores a Redis that lost its data from ClickHouse. `trackly restore --from <place> [--backup
 * <name>] [--erasures <file>]`: restores the newest backup of a place, or that of the name, into an empty installation,
 * and erases the contacts that were erased since.
 */
import { join, resolve } from 'node:path';
import { eraseRestored } from '../../workers/privacy/erase-restored.ts';
import { recordAudit } from '../access/audit/record-audit.ts';
import { type Config, readConfig } from '../config.ts';
import { createLogger } from '../platform/logger.ts';
import type { RedisClient } from '../platform/redis.ts';
import { readContactKey } from '../privacy/contact-key.ts';
import { LIST_FILE } from '../privacy/erasure-list.ts';
import { readListFile, reopenErasures } from '../privacy/reopen-erasures.ts';
import { readIdentities } from '../records/backup/age.ts';
import { findBackup } from '../records/backup/manifest.ts';
import { openStore } from '../records/backup/place.ts';
import { type BackupSource, restoreBackup } from '../records/backup/restore-backup.ts';
import { isLost, type Restored, restoreRedis } from '../records/restore-redis.ts';
import { useInstallation } from './connect-installation.ts';
import { readArguments } from './errors.ts';

export async function restore(args: string[]): Promise<void> {
  const { values } = readArguments(args, {
    from: { type: 'string' },
    backup: { type: 'string' },
    erasures: { type: 'string' },
  });
  const config = readConfig();
  const logger = createLogger('restore', 'error');
  const source = values.from === undefined ? undefined : await openBackup(config, values.from, values.backup);
  await useInstallation(
    config,
    { may_be_new: source !== undefined },
    async ({ redis, clickhouse, running }, tell) => {
      const { data_dir, link_days } = config;
      const file = resolve(values.erasures ?? join(data_dir, LIST_FILE));
      const since = await readListFile(file, values.erasures !== undefined);
      const eraseAgain = async (): Promise<number> => {
        const contact_key = await readContactKey(redis, data_dir);
        const contacts = await reopenErasures({ redis, clickhouse, contact_key }, since);
        if (contacts > 0) await eraseRestored({ redis, clickhouse, contact_key, data_dir, logger });
        return contacts;
      };
      const ground = { redis, clickhouse, data_dir, link_days, tell, eraseAgain };
      if (source !== undefined) {
        if (running) {
          throw new Error(
            'A backup cannot be restored while the system runs on the folder: stop the system, or set DATA_DIR to an empty folder.',
          );
        }
        const restored = await restoreBackup(ground, source);
        await note(redis, { restored });
        console.log(`Restored: ${summaryOf(restored)}. Start the system with npm start.`);
      } else if (await isLost(ground)) {
        const restored = await restoreRedis(ground);
        await note(redis, { restored });
        console.log(`Restored: ${summaryOf(restored)}. A running system continues by itself.`);
      } else console.log('Redis has not lost its data: there is nothing to restore.');
    },
  );
}

async function openBackup(config: Config, place: string, name: string | undefined): Promise<BackupSource> {
  const { key_file, s3 } = config.backup;
  const store = await openStore(place, s3);
  const manifest = await findBackup(store, name);
  const identities = key_file === undefined ? [] : await readIdentities(key_file);
  return { store, manifest, identities };
}

function summaryOf(restored: Restored): string {
  return Object.entries(restored)
    .map(([what, count]) => `${count.toLocaleString('en')} ${what.replaceAll('_', ' ')}`)
    .join(', ');
}

/** In the audit log; it is appended to the restored log, and moved when the system runs. */
function note(redis: RedisClient, after: object): Promise<void> {
  const actor = { actor_kind: 'system', actor_id: 'trackly restore', actor_name: '', address: '' } as const;
  return recordAudit(redis, actor, {
    action: 'installation.restored',
    account_id: '',
    subject_id: '',
    after,
  });
}
