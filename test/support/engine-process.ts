/** Runs the embedded engine alone, for tests that kill it: `engine-process.ts <folder> <port>`. */
import { ROW_RULES } from '../../src/analysts/public-tables.ts';
import { startEmbeddedClickHouse } from '../../src/clickhouse/embedded/server.ts';
import { createLog } from '../../src/platform/log.ts';

const [folder = '', port = '0'] = process.argv.slice(2);
await startEmbeddedClickHouse({
  data_dir: folder,
  host: '127.0.0.1',
  port: Number(port),
  log: createLog('engine', 'silent'),
  rules: ROW_RULES,
});
process.send?.('ready');
