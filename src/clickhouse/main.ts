/** The entry of `trackly-clickhouse`: the embedded engine, its data in DATA_DIR, on loopback. */
import { join } from 'node:path';
import { ROW_RULES } from '../analysts/public-tables.ts';
import { readConfig } from '../config.ts';
import { createLog } from '../platform/log.ts';
import { runRole } from '../platform/process.ts';
import { startEmbeddedClickHouse } from './embedded/server.ts';

const config = readConfig();
const log = createLog(config.process_name ?? 'clickhouse', config.log_level);

await runRole('trackly-clickhouse', log, async () => {
  const engine = await startEmbeddedClickHouse({
    data_dir: join(config.data_dir, 'clickhouse'),
    host: '127.0.0.1',
    port: config.clickhouse_port,
    log,
    // Only where somebody is to be confined: the system's own statements then do without them.
    ...(config.analyst_port === undefined ? {} : { rules: ROW_RULES }),
  });
  return () => engine.close();
});
