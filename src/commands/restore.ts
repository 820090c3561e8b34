/**
 * `npm run restore`: a Redis that lost its data gets it back from ClickHouse.
 * `npm run restore -- --from <folder>`: a backup into an empty installation.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { restoreBackup } from '../records/backup/restore-backup.ts';
import { isLost, type Restored, restoreRedis } from '../records/restore-redis.ts';
import { runCommand } from './on-installation.ts';

await runCommand(async (tell) => {
  const { values } = parseArgs({ options: { from: { type: 'string' } } });
  const config = readConfig();
  return {
    config,
    async use({ redis, clickhouse, running }) {
      const ground = { redis, clickhouse, data_dir: config.data_dir, link_days: config.link_days, tell };
      if (values.from !== undefined) {
        if (running) {
          throw new Error(
            'A backup is restored while nothing runs on the folder: stop the system, or set DATA_DIR to an empty folder.',
          );
        }
        return `Restored: ${summaryOf(await restoreBackup(ground, resolve(values.from)))}. Start the system with npm start.`;
      }
      if (!(await isLost(ground))) return 'Redis has lost nothing: there is nothing to restore.';
      return `Restored: ${summaryOf(await restoreRedis(ground))}. What runs goes on by itself.`;
    },
  };
});

function summaryOf(restored: Restored): string {
  return Object.entries(restored)
    .map(([what, count]) => `${count.toLocaleString('en')} ${what.replaceAll('_', ' ')}`)
    .join(', ');
}
