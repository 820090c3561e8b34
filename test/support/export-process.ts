/** A process that writes exports and does nothing else, so that a test can kill it: its settings are its environment. */
import { InstallationKeys } from '../../src/access/installation-key.ts';
import { createClickHouse } from '../../src/clickhouse/client.ts';
import { refreshLayouts } from '../../src/log/layouts.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { connectRedis, probeRedis, untilReady } from '../../src/platform/redis.ts';
import { runExports } from '../../workers/transfer/run-exports.ts';
import { FILE_WITHIN_MS } from '../../workers/transfer/write-file.ts';

const { REDIS = '', CLICKHOUSE = '', FOLDER = '', FILE_ROWS = '25' } = process.env;
const redis = connectRedis(await probeRedis(REDIS), 'fast');
await untilReady(redis, 5_000);
await refreshLayouts(redis);
runExports({
  redis,
  clickhouse: createClickHouse(CLICKHOUSE),
  patient_clickhouse: createClickHouse(CLICKHOUSE, { request_timeout_ms: FILE_WITHIN_MS }),
  keys: await InstallationKeys.open(redis, FOLDER),
  logger: createLogger('exports', 'silent'),
  data_dir: FOLDER,
  export_dir: `${FOLDER}/exports`,
  file_rows_max: Number(FILE_ROWS),
  disk_reserve_bytes: 0,
  allow_private_endpoints: true,
});
process.send?.('runs');
