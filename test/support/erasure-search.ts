/**
 * Looks for texts everywhere that an installation keeps something: every key and value of Redis, every column of every
 * row of ClickHouse, every file of its folders. ClickHouse's files are compressed; a random text of some length is found
 * in them all the same, because LZ4 writes what it has not seen before as it is. The columns with ZSTD are searched by
 * SQL; parts that SQL does not read must not be there.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClickHouseError } from '../../src/clickhouse/client.ts';
import { DATABASE, SHARD_DATABASE } from '../../src/clickhouse/cluster-ddl.ts';
import { connectRedis, type RedisClient, scanKeys } from '../../src/platform/redis.ts';
import { TABLE_CHANGES } from '../../src/privacy/table-changes.ts';
import type { System } from './system.ts';

/** UNKNOWN_TABLE, UNKNOWN_DATABASE. */
const GONE = new Set(['60', '81']);

/** Places in which one of the texts was found, each with what it is: `redis link:abc`, `table clicks` … */
export async function findEverywhere(
  system: System,
  texts: readonly string[],
  folders: readonly string[] = [],
): Promise<string[]> {
  const redis = connectRedis({ url: await system.redis_url(), cluster: false }, 'blocking');
  try {
    const found = [...(await findInRedis(redis, texts)), ...(await findInTables(system, texts))];
    for (const folder of [system.data_dir, ...folders]) found.push(...(await findInFiles(folder, texts)));
    return [...new Set(found)].sort();
  } finally {
    redis.disconnect();
  }
}

export async function findInRedis(redis: RedisClient, texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const has = (text: string): boolean => texts.some((one) => text.includes(one));
  for await (const keys of scanKeys(redis, '*')) {
    for (const key of keys) if (has(key) || has(await textOf(redis, key))) found.push(`redis ${key}`);
  }
  if (has(JSON.stringify(await redis.call('SLOWLOG', 'GET', '-1')))) found.push('redis slow log');
  return found;
}

async function textOf(redis: RedisClient, key: string): Promise<string> {
  switch (await redis.type(key)) {
    case 'string':
      return (await redis.get(key)) ?? '';
    case 'hash':
      return JSON.stringify(await redis.hgetall(key));
    case 'set':
      return JSON.stringify(await redis.smembers(key));
    case 'zset':
      return JSON.stringify(await redis.zrange(key, '0', '-1'));
    case 'list':
      return JSON.stringify(await redis.lrange(key, 0, -1));
    case 'stream':
      return JSON.stringify(await redis.xrange(key, '-', '+'));
    default:
      return '';
  }
}

async function ask<Row>(system: System, query: string, query_params: object = {}): Promise<Row[]> {
  const result = await system.clickhouse.query({
    query,
    query_params: query_params as Record<string, unknown>,
    format: 'JSONEachRow',
  });
  return result.json<Row>();
}

export async function findInTables(system: System, texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const tables = await ask<{ database: string; name: string }>(
    system,
    "SELECT database, name FROM system.tables WHERE startsWith(database, 'trackly') AND engine LIKE '%MergeTree'",
  );
  for (const { database: kept_in, name } of tables) {
    // Of a cluster: the rows of all shards.
    const database = kept_in === SHARD_DATABASE ? DATABASE : kept_in;
    const [row] = await ask<{ n: string }>(
      system,
      `SELECT count() AS n FROM ${database}.${name} WHERE multiSearchAny(toString(tuple(*)), {texts:Array(String)})`,
      { texts },
    ).catch((error: Error) => {
      // A table that is gone by now holds nothing.
      if (error instanceof ClickHouseError && GONE.has(error.code)) return [];
      throw error;
    });
    if (Number(row?.n) > 0) found.push(`table ${database}.${name}`);
  }
  const mutations = await ask<{ command: string }>(system, 'SELECT command FROM system.mutations');
  if (mutations.some(({ command }) => texts.some((text) => command.includes(text)))) found.push('mutations');
  return found;
}

async function findInFiles(folder: string, texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const needles = texts.map((text) => Buffer.from(text));
  for (const path of await filesIn(folder)) {
    // A file that is gone by now holds nothing.
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    if (needles.some((needle) => bytes.includes(needle))) found.push(`file ${path.slice(folder.length)}`);
  }
  return found;
}

/** All files below a folder; folders may go meanwhile. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesIn(path) : entry.isFile() ? [path] : [];
    }),
  );
  return below.flat();
}

/**
 * Replaced parts leave the disk at once instead of after minutes: a test waits for them, an installation may take its
 * time. To be called when the system has just started: ClickHouse waits the longer, the less there was to clean.
 */
export async function removeOldPartsSoon(system: System): Promise<void> {
  for (const { table } of TABLE_CHANGES) {
    await system.clickhouse.command({
      query: `ALTER TABLE trackly.${table} MODIFY SETTING old_parts_lifetime = 1, cleanup_delay_period = 1,
        max_cleanup_delay_period = 1, cleanup_delay_period_random_add = 0`,
    });
  }
}
