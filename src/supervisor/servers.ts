/**
 * The servers that run as part of an installation if REDIS_URL or CLICKHOUSE_URL is unset: a private Redis and the
 * embedded ClickHouse server, both with their data in DATA_DIR. Their addresses are stored there for the commands.
 */
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedUrl } from '../clickhouse/embedded/passwords.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../platform/logger.ts';
import type { Child } from './child.ts';
import type { DataFolder } from './data-folder.ts';
import { preparePrivateRedis } from './private-redis.ts';
import { roleProcess } from './role-process.ts';
import { syncEverySecond } from './sync-append-only-file.ts';

export interface ServerAddresses {
  redis_url: string;
  clickhouse_url: string;
}

export interface ServerStart {
  config: Config;
  data: DataFolder;
  logger: Logger;
  /** Called with each process before it starts; the caller must stop them, last one first. */
  started(child: Child): void;
  progress(step: string): void;
  /** Environment of the servers' processes, in addition to that of this process. */
  settings?: Record<string, string>;
}

/**
 * Resolves with the address of Redis: the given one, or that of a private Redis, which it starts. Throws StartError.
 */
export async function startRedis({ config, data, logger, started, progress }: ServerStart): Promise<string> {
  let { redis_url } = config;
  if (redis_url === undefined) {
    progress('Redis');
    const redis = await preparePrivateRedis(data, config.environment, logger);
    redis_url = redis.url;
    started(redis.child);
    await redis.child.start();
    syncEverySecond(redis.dir, logger);
  }
  await keep(data.path, 'redis.url', redis_url);
  return redis_url;
}

/** The address of ClickHouse: the given one, or the one that the embedded server will have. Safe to repeat. */
export async function clickHouseUrl(config: Config, data: DataFolder): Promise<string> {
  return config.clickhouse_url ?? (await embeddedUrl(data.path, config.clickhouse_port));
}

/** Starts the embedded ClickHouse if no address is given. Resolves with the address. Throws StartError. */
export async function startClickHouse(start: ServerStart): Promise<string> {
  const { config, data, logger, started, progress, settings = {} } = start;
  const url = await clickHouseUrl(config, data);
  if (config.clickhouse_url === undefined) {
    progress('ClickHouse');
    const env = { ...config.environment, ...settings };
    const clickhouse = roleProcess({ role: 'clickhouse', name: 'clickhouse', env, data, logger });
    started(clickhouse);
    await clickhouse.start();
  }
  await keep(data.path, 'clickhouse.url', url);
  return url;
}

/** Whether a system was ever started on the folder. */
export const hasKeptAddresses = (path: string): Promise<boolean> =>
  access(join(path, 'clickhouse.url')).then(
    () => true,
    () => false,
  );

/** The stored addresses of the system that runs on the folder. Throws if there are none. */
export async function keptAddresses(path: string): Promise<ServerAddresses> {
  const read = async (name: string): Promise<string> => (await readFile(join(path, name), 'utf8')).trim();
  return { redis_url: await read('redis.url'), clickhouse_url: await read('clickhouse.url') };
}

async function keep(folder: string, name: string, text: string): Promise<void> {
  await writeFile(join(folder, name), `${text}\n`, { mode: 0o600 });
}
