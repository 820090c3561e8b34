/**
 * The schema with replicated tables, on a real server that agrees through a real ZooKeeper. Parts are not exchanged: the
 * embedded server has no listener for that. Skipped where Debian's zookeeper is not installed.
 */
// @long: it needs Java, which nothing else here does; the statements are in test/unit/clickhouse in every run.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../src/clickhouse/migrate.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { CLUSTER, startCluster, type TestCluster } from '../support/clickhouse-cluster.ts';
import { HAS_ZOOKEEPER, startZooKeeper, type ZooKeeper } from '../support/zookeeper.ts';

const logger = createLogger('test', 'silent');
let zookeeper: ZooKeeper;
let cluster: TestCluster;

beforeAll(async () => {
  if (!HAS_ZOOKEEPER) return;
  zookeeper = await startZooKeeper();
  cluster = await startCluster(1, { zookeeper: zookeeper.port });
});

afterAll(async () => {
  await cluster?.stop();
  await zookeeper?.stop();
});

it.skipIf(!HAS_ZOOKEEPER)('is taken by ClickHouse statement by statement, twice', async () => {
  const { client } = cluster.nodes[0] as (typeof cluster.nodes)[0];
  const enginesNow = async (): Promise<string[]> => {
    await migrate(client, logger, undefined, { cluster: CLUSTER, replicated: true });
    const result = await client.query({
      query: `SELECT name, engine FROM system.tables WHERE database = 'trackly_shard' AND engine LIKE '%MergeTree' ORDER BY name`,
      format: 'JSONEachRow',
    });
    const tables = await result.json<{ name: string; engine: string }>();
    return tables.map(({ name, engine }) => `${name} ${engine}`);
  };
  const first = await enginesNow();
  expect(first.length).toBeGreaterThan(20);
  // Each node has its own notes of what it migrated.
  expect(first.filter((one) => !one.includes(' Replicated'))).toEqual(['migrations ReplacingMergeTree']);
  expect(await enginesNow()).toEqual(first);
  // What a replica that comes back waits for: allowed, and here refused for want of that listener.
  await expect(client.command({ query: 'SYSTEM SYNC REPLICA trackly_shard.clicks' })).rejects.toThrow(
    /readonly mode/,
  );
});
