/**
 * Connects an operator's commands to an installation's servers: those of REDIS_URL and CLICKHOUSE_URL, those of the
 * system running on DATA_DIR, or, if none runs, its private servers, started for the duration of the command.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { hasDatabase, openClickHouse } from '../clickhouse/open.ts';
import type { Config } from '../config.ts';
import { refreshLayouts } from '../log/layouts.ts';
import { createLogger } from '../platform/logger.ts';
import { OperatorError } from '../platform/operator-error.ts';
import { connectRedis, probeRedis, type RedisClient, untilReady } from '../platform/redis.ts';
import { placeOf } from '../platform/server-fault.ts';
import type { Tell } from '../records/write-in-groups.ts';
import type { Child } from '../supervisor/child.ts';
import { type DataFolder, holdDataFolder, holderOf } from '../supervisor/data-folder.ts';
import {
  hasKeptAddresses,
  keptAddresses,
  type ServerAddresses,
  type ServerStart,
  startClickHouse,
  startRedis,
} from '../supervisor/servers.ts';

const CONNECT_WITHIN_MS = 5_000;
const STOP_WITHIN_MS = 5_000;

/** Nothing has ever run where a command looks: it would work on nothing, and say that all is well. */
export class NoInstallationError extends OperatorError {
  readonly code = 'no_installation';

  constructor(where: string) {
    super(
      `There is no installation in ${where}: set DATA_DIR to its folder, or REDIS_URL and CLICKHOUSE_URL to its servers, as they are set where it runs.`,
    );
  }
}

export interface Installation {
  /** Where its data is, for people: a folder, or hosts. */
  source: string;
  redis: RedisClient;
  clickhouse: ClickHouseClient;
  /** Whether the system runs on this folder. External servers may be in use by other machines even if not. */
  running: boolean;
  close(): Promise<void>;
}

/**
 * Runs `work` on the installation, then closes the connections and servers; `tell` shows a line of progress. Throws
 * NoInstallationError where there is none, unless `may_be_new`, and ServerFault when a server can't be used.
 */
export async function useInstallation(
  config: Config,
  { may_be_new }: { may_be_new: boolean },
  work: (installation: Installation, tell: Tell) => Promise<void>,
): Promise<void> {
  const tell: Tell = (line) => {
    console.error(`· ${line}`);
  };
  const installation = await connectInstallation(config, may_be_new, tell);
  try {
    await work(installation, tell);
  } finally {
    await installation.close();
  }
}

/** Connects, and brings the schema up to date. */
async function connectInstallation(config: Config, may_be_new: boolean, tell: Tell): Promise<Installation> {
  const logger = createLogger('trackly', 'error');
  const children: Child[] = [];
  let data: DataFolder | undefined;
  const stop = async (): Promise<void> => {
    for (const child of children.toReversed()) await child.stop(STOP_WITHIN_MS);
    await data?.release();
  };
  try {
    const running = (await holderOf(config.data_dir)) !== undefined;
    let addresses: ServerAddresses;
    let source = config.data_dir;
    if (config.redis_url !== undefined && config.clickhouse_url !== undefined) {
      addresses = { redis_url: config.redis_url, clickhouse_url: config.clickhouse_url };
      source = `Redis at ${placeOf(config.redis_url)} and ClickHouse at ${placeOf(config.clickhouse_url)}`;
    } else if (running) addresses = await keptAddresses(config.data_dir);
    else {
      if (!may_be_new && !(await hasKeptAddresses(config.data_dir))) throw new NoInstallationError(source);
      data = await holdDataFolder(config.data_dir);
      const start: ServerStart = {
        config,
        data,
        logger,
        started: (child) => children.push(child),
        progress: (step) => tell(`starting ${step}`),
        settings: { LOG_LEVEL: 'warn' },
      };
      addresses = { redis_url: await startRedis(start), clickhouse_url: await startClickHouse(start) };
    }
    const redis = connectRedis(await probeRedis(addresses.redis_url), 'fast');
    await untilReady(redis, CONNECT_WITHIN_MS);
    await refreshLayouts(redis);
    if (!may_be_new && !(await hasDatabase(addresses.clickhouse_url))) {
      redis.disconnect();
      throw new NoInstallationError(source);
    }
    const clickhouse = await openClickHouse(addresses.clickhouse_url, logger, config.clickhouse_cluster);
    return {
      source,
      redis,
      clickhouse,
      running,
      async close() {
        await clickhouse.close();
        redis.disconnect();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
