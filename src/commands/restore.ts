/**
 * `trackly restore`: restores a Redis that lost its data from ClickHouse. `trackly restore --from <folder>`: restores
 * a backup into an empty installation.
 */
import { resolve } from 'node:path';
import { recordAudit } from '../access/audit/record-audit.ts';
import { readConfig } from '../config.ts';
import type { RedisClient } from '../platform/redis.ts';
import { restoreBackup } from '../records/backup/restore-backup.ts';
import { isLost, type Restored, restoreRedis } from '../records/restore-redis.ts';
import { useInstallation } from './connect-installation.ts';
import { readArguments } from './errors.ts';

export async function restore(args: string[]): Promise<void> {
  const { values } = readArguments(args, { from: { type: 'string' } });
  const config = readConfig();
  await useInstallation(config, async ({ redis, clickhouse, running }, tell) => {
    const ground = { redis, clickhouse, data_dir: config.data_dir, link_days: config.link_days, tell };
    if (values.from !== undefined) {
      if (running) {
        throw new Error(
          'A backup cannot be restored while the system runs on the folder: stop the system, or set DATA_DIR to an empty folder.',
        );
      }
      const restored = await restoreBackup(ground, resolve(values.from));
      await note(redis, { restored });
      console.log(`Restored: ${summaryOf(restored)}. Start the system with npm start.`);
    } else if (await isLost(ground)) {
      const restored = await restoreRedis(ground);
      await note(redis, { restored });
      console.log(`Restored: ${summaryOf(restored)}. A running system continues by itself.`);
    } else console.log('Redis has not lost its data: there is nothing to restore.');
  });
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
