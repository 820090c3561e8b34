/** The entry of `trackly-clickhouse`: the embedded server, its data in DATA_DIR, on loopback. */
import { readConfig } from '../config.ts';
import { createLogger } from '../platform/logger.ts';
import { runRole } from '../platform/process.ts';
import { checkPort } from '../supervisor/ports.ts';
import { startEmbeddedServer } from './embedded/server.ts';
import { keepStandardOutput } from './embedded/standard-streams.ts';

/** A statement costs as much as a few hundred clicks: while nothing else happens it would be most of what is done. */
const ASK_EVERY_MS = 2_000;

const config = readConfig();
const logger = createLogger(config.process_name ?? 'clickhouse', config.log_level, keepStandardOutput());

await runRole('trackly-clickhouse', logger, async () => {
  const { clickhouse_port, clickhouse_tcp_port } = config;
  await checkPort('CLICKHOUSE_PORT', '127.0.0.1', clickhouse_port);
  if (clickhouse_tcp_port !== undefined) {
    await checkPort('CLICKHOUSE_TCP_PORT', '127.0.0.1', clickhouse_tcp_port);
  }
  const server = await startEmbeddedServer({
    data_dir: config.data_dir,
    http_port: clickhouse_port,
    tcp_port: clickhouse_tcp_port,
    logger,
  });
  let stopping = false;
  let answered_at = Number.NEGATIVE_INFINITY;
  void server.ended.then(() => {
    if (stopping) return;
    logger.fatal('ClickHouse has ended unexpectedly: its log file in the data folder says why');
    process.exit(1);
  });
  return {
    // Lets the watchdog restart a server that hangs although the event loop of this process still runs.
    async alive() {
      if (performance.now() - answered_at < ASK_EVERY_MS) return true;
      const answers = await server.answers();
      if (answers) answered_at = performance.now();
      return answers;
    },
    stop() {
      stopping = true;
      return server.close();
    },
  };
});
