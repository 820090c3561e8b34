/**
 * The servers that an installation without addresses of its own runs itself: a private Redis and the embedded
 * ClickHouse server, both with their data in DATA_DIR. Their addresses are kept there for the commands of an operator.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedUrl } from '../clickhouse/embedded/passwords.ts';
import type { Config } from '../config.ts';
import type { Log } from '../platform/log.ts';
import type { Child } from './child.ts';
import type { DataFolder } from './data-folder.ts';
import { preparePrivateRedis } from './private-redis.ts';
import { roleProcess } from './role-process.ts';

export interface ServerAddresses {
  redis_url: string;
  clickhouse_url: string;
}

/**
 * Starts what `config` gives no address of. `started` is told of each process before it runs; the caller stops
 * them, last one first. Throws StartError where one can't start.
 */
export async function startServers(
  config: Config,
  data: DataFolder,
  log: Log,
  started: (child: Child) => void,
  progress: (step: string) => void,
  settings: Record<string, string> = {},
): Promise<ServerAddresses> {
  let { redis_url, clickhouse_url } = config;
  if (redis_url === undefined) {
    progress('Redis');
    const redis = await preparePrivateRedis(data, process.env, log);
    redis_url = redis.url;
    started(redis.child);
    await redis.child.start();
  }
  if (clickhouse_url === undefined) {
    progress('ClickHouse');
    clickhouse_url = await embeddedUrl(data.path, config.clickhouse_port);
    const clickhouse = roleProcess('clickhouse', 'clickhouse', { ...process.env, ...settings }, data, log);
    started(clickhouse);
    await clickhouse.start();
  }
  await keep(data.path, 'redis.url', redis_url);
  await keep(data.path, 'clickhouse.url', clickhouse_url);
  return { redis_url, clickhouse_url };
}

/** The addresses of the system that runs on the folder. Throws where they are not kept there. */
export async function keptAddresses(path: string): Promise<ServerAddresses> {
  const read = async (name: string): Promise<string> => (await readFile(join(path, name), 'utf8')).trim();
  return { redis_url: await read('redis.url'), clickhouse_url: await read('clickhouse.url') };
}

async function keep(folder: string, name: string, text: string): Promise<void> {
  await writeFile(join(folder, name), `${text}\n`, { mode: 0o600 });
}
