/** ClickHouse as a cluster: two real servers, each a shard. Starts servers of its own, because it stops some of them. */
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT_HEADER, ANALYST_USER } from '../../src/analysts/access.ts';
import { REPORT_VIEWS } from '../../src/analysts/report-views.ts';
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { assertOneServer } from '../../src/clickhouse/one-server.ts';
import {
  askClickHouseRoom,
  openClickHouse,
  unfilteredViews,
  type WithoutRoom,
} from '../../src/clickhouse/open.ts';
import { everyNode, firstNode, nodeOfPartition, ShardAwayError } from '../../src/clickhouse/shards.ts';
import { CLICKS_LOG } from '../../src/clicks/click.ts';
import type { Batch } from '../../src/log/batches.ts';
import { useLayouts } from '../../src/log/partitions.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { insertOnce } from '../../workers/batch/insert-rows.ts';
import { assertServed } from '../../workers/batch/node-of-batch.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { CLUSTER, dealingClient, startCluster, type TestCluster } from '../support/clickhouse-cluster.ts';
import { itIfLong } from '../support/long.ts';
import { insertData, randomData } from '../support/report-data.ts';
import { until } from '../support/until.ts';

const logger = createLogger('test', 'silent');
const TABLES = { cluster: CLUSTER, replicated: false };
const [OWN, OTHER] = ['acc_own', 'acc_other'];
const SEEN_WITHIN_MS = 20_000;
let cluster: TestCluster;
let client: ClickHouseClient;

beforeAll(async () => {
  useLayouts({ layouts: [{ first: 0, count: 4, shards: 2 }] });
  cluster = await startCluster(2);
  client = await openClickHouse(cluster.settings.CLICKHOUSE_URL, logger, TABLES);
});

afterAll(async () => {
  await client?.close();
  await cluster?.stop();
});

async function rows<Row>(of: ClickHouseClient, query: string): Promise<Row[]> {
  return (await of.query({ query, format: 'JSONEachRow' })).json<Row>();
}

const nodeOf = (i: number) => cluster.nodes[i] as (typeof cluster.nodes)[0];

it('migrates every node once, and both find the same tables', async () => {
  const tables = async (i: number) =>
    rows(
      nodeOf(i).client,
      "SELECT database, name, engine FROM system.tables WHERE database LIKE 'trackly%' ORDER BY database, name",
    );
  const first = await tables(0);
  expect(first.length).toBeGreaterThan(60);
  expect(await tables(1)).toEqual(first);
  const again = await openClickHouse(cluster.settings.CLICKHOUSE_URL, logger, TABLES);
  await again.close();
  expect(await tables(0)).toEqual(first);
});

/** A batch of one click. */
function putClick(to: ClickHouseClient, partition: number, token: string): Promise<void> {
  return insertOnce({ clickhouse: nodeOfPartition(to, partition).client }, token, {
    table: 'clicks',
    columns: [
      { name: 'account_id', value: () => 'acc_1' },
      { name: 'click_id', value: (id: string) => `click-${id}` },
      { name: 'logged_at', value: () => Date.now() },
      { name: 'expires_at', value: () => 2 ** 31 },
      { name: 'process', value: () => 'redirect-1' },
      { name: 'batch', value: () => token },
    ],
    rows: [token],
  });
}

it('puts a batch on the shard of its partition, once by its token, and reads all shards from any node', async () => {
  for (const _ of [1, 2]) {
    for (const partition of [0, 1, 2, 3]) await putClick(client, partition, `clicks-${partition}`);
  }
  for (const i of [0, 1]) {
    const { n } =
      (await rows<{ n: string }>(nodeOf(i).client, 'SELECT count() AS n FROM trackly_shard.clicks'))[0] ?? {};
    expect(Number(n)).toBe(2);
    const [all] = await rows<{ n: string; ledger: string }>(
      nodeOf(i).client,
      'SELECT count() AS n, (SELECT sum(inserted) FROM trackly.ledger) AS ledger FROM trackly.clicks',
    );
    expect([Number(all?.n), Number(all?.ledger)]).toEqual([4, 4]);
  }
});

it('keeps what is replaced by its key on the first shard, whichever node is asked', async () => {
  for (const network of ['Old', 'Newer']) {
    await client.insert({ table: 'trackly.networks', values: [{ asn: 1, network }], format: 'JSONEachRow' });
  }
  expect(await rows(firstNode(client).client, 'SELECT network FROM networks FINAL')).toEqual([
    { network: 'Newer' },
  ]);
});

it('holds up the batches of a shard whose disk is full, and no others', async () => {
  const url = cluster.settings.CLICKHOUSE_URL;
  const without_room: WithoutRoom = new Map();
  await askClickHouseRoom(client, url, 0, without_room);
  expect(without_room.size).toBe(0);
  const more_than_there_is = 2 ** 60;
  const all_full = askClickHouseRoom(client, url, more_than_there_is, without_room);
  await expect(all_full).rejects.toThrow(/its disk "\w+" has \d+ MiB left: make room there/);
  expect([...without_room.keys()]).toEqual(everyNode(client).map((node) => node.client));
  // Room on the first.
  without_room.delete(firstNode(client).client);
  const batch = (partition: number): Batch => ({
    ...{ log: CLICKS_LOG, partition, first_id: '1-0', last_id: '1-0' },
    ...{ rows: 1, frozen_at_ms: Date.now(), token: 'one' },
  });
  assertServed({ clickhouse: client, without_room }, batch(0));
  expect(() => assertServed({ clickhouse: client, without_room }, batch(1))).toThrow(
    /shard 2 of ClickHouse .*its disk/,
  );
});

it('refuses nodes that know no such cluster', async () => {
  const url = cluster.settings.CLICKHOUSE_URL;
  const other = openClickHouse(url, logger, { ...TABLES, cluster: 'other' });
  await expect(other).rejects.toThrow(/knows no cluster other/);
});

/** An address behind which both servers take turns. */
async function roundRobin(): Promise<{ url: string; close(): Promise<void> }> {
  let turn = 0;
  const proxy = createServer((socket) => {
    const { hostname, port } = new URL(nodeOf(turn++ % 2).url);
    const server = connect(Number(port), hostname);
    for (const one of [socket, server]) one.on('error', () => one.destroy());
    socket.pipe(server).pipe(socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = new URL(nodeOf(0).url);
  url.port = String((proxy.address() as AddressInfo).port);
  return { url: url.href, close: () => new Promise((resolve) => proxy.close(() => resolve())) };
}

it('refuses an address behind which servers with different data answer', async () => {
  const proxy = await roundRobin();
  await expect(assertOneServer(proxy.url)).rejects.toThrow(/different servers answer at this address/);
  const identity = await assertOneServer(nodeOf(0).url);
  await expect(assertOneServer(nodeOf(1).url, identity, 1)).rejects.toThrow(/different servers/);
  const list = `${proxy.url.replace(/\/$/, '')},${new URL(nodeOf(1).url).host}`;
  await expect(openClickHouse(list, logger, TABLES)).rejects.toThrow(/different servers answer/);
  await proxy.close();
});

it('refuses a node of a cluster as if it were all of it, and a server that was used alone as a node', async () => {
  await expect(openClickHouse(cluster.settings.CLICKHOUSE_URL, logger)).rejects.toThrow(
    /CLICKHOUSE_CLUSTER is not set: the nodes hold different data/,
  );
  await expect(openClickHouse(nodeOf(0).url, logger)).rejects.toThrow(/it is a node of a cluster/);
  await nodeOf(0).client.command({
    query: 'CREATE TABLE trackly.alone (n UInt8) ENGINE = MergeTree ORDER BY n',
  });
  const opening = openClickHouse(cluster.settings.CLICKHOUSE_URL, logger, TABLES);
  await expect(opening).rejects.toThrow(/it holds the tables of an installation on one server/);
  await nodeOf(0).client.command({ query: 'DROP TABLE trackly.alone SYNC' });
});

it('refuses a node of another installation, and one that has another place than before', async () => {
  const { client: node } = nodeOf(1);
  const [own] = await rows<{ installation: string }>(
    node,
    'SELECT installation FROM trackly_shard.members WHERE own = 1',
  );
  const { installation = '' } = own ?? {};
  const open = () => openClickHouse(cluster.settings.CLICKHOUSE_URL, logger, TABLES);
  const become = async (told: { installation: string; replica: number }) => {
    await node.command({
      query: 'ALTER TABLE trackly_shard.members DELETE WHERE own = 1',
      clickhouse_settings: { mutations_sync: '2' },
    });
    await node.insert({
      table: 'trackly_shard.members',
      values: [{ ...told, shard: 2, own: 1 }],
      format: 'JSONEachRow',
    });
  };
  await become({ installation: 'other', replica: 1 });
  await expect(open()).rejects.toThrow(/its database belongs to another installation/);
  await become({ installation, replica: 7 });
  await expect(open()).rejects.toThrow(
    /it has the rows of replica 7 of shard 2, and remote_servers makes it replica 1/,
  );
  await become({ installation, replica: 1 });
  await (await open()).close();
});

it('shows analysts the rows of their account on all shards, and no others', async () => {
  const asked = async (i: number, view: string, account: string | undefined) => {
    const response = await fetch(nodeOf(i).origin, {
      method: 'POST',
      body: `SELECT arraySort(groupUniqArray(account_id)) FROM trackly.${view} FORMAT TSV`,
      headers: {
        'x-clickhouse-user': ANALYST_USER,
        'x-clickhouse-key': nodeOf(i).passwords.analyst,
        ...(account === undefined ? {} : { [ACCOUNT_HEADER]: account }),
      },
    });
    return (await response.text()).trim();
  };
  const dealing = dealingClient(cluster.nodes.map(({ url }) => url));
  for (const [seed, account] of [OWN, OTHER].entries()) {
    const { sends, clicks } = randomData(seed, account, 20);
    await insertData(dealing, { sends, clicks }, account);
  }
  await dealing.close();
  expect(await unfilteredViews(client)).toEqual([]);
  for (const i of [0, 1]) {
    for (const view of REPORT_VIEWS.filter((name) => !name.endsWith('_in'))) {
      const [own, nobody] = await Promise.all([asked(i, view, OWN), asked(i, view, undefined)]);
      expect([view, nobody]).toEqual([view, '[]']);
      expect(`['${OWN}']`, `${view}: ${own}`).toContain(own === '[]' ? OWN : own);
    }
    expect(await asked(i, 'report_clicks', OWN)).toBe(`['${OWN}']`);
    expect(await asked(i, 'report_networks', OTHER)).toBe(`['${OTHER}']`);
    expect(await asked(i, 'report_breakdowns', OTHER)).toBe(`['${OTHER}']`);
    expect(await asked(i, 'clicks', OWN)).toMatch(/ACCESS_DENIED/);
  }
});

it('goes on with what concerns the shards that are there, and uses the other once it is back', async () => {
  await nodeOf(1).kill();
  await until(
    () => client.shards?.away().length === 1,
    SEEN_WITHIN_MS,
    () => 'it is not away',
  );
  expect(client.shards?.away()).toEqual([2]);
  expect(nodeOfPartition(client, 0).tables_in).toBe('trackly_shard');
  expect(() => nodeOfPartition(client, 1)).toThrow(ShardAwayError);
  expect(() => everyNode(client)).toThrow(ShardAwayError);
  await expect(rows(client, 'SELECT count() FROM trackly.clicks')).rejects.toThrow();

  // A process that starts now knows that the other has been there.
  const started = await openClickHouse(cluster.settings.CLICKHOUSE_URL, logger, TABLES);
  expect(started.shards?.away()).toEqual([2]);
  expect(() => nodeOfPartition(started, 1)).toThrow(/shard 2 .* is away/);

  await nodeOf(1).start();
  await until(
    () => client.shards?.away().length === 0 && started.shards?.away().length === 0,
    SEEN_WITHIN_MS,
    () => 'it is not back',
  );
  expect(
    await rows(started, "SELECT toUInt32(count()) AS n FROM trackly.clicks WHERE account_id = 'acc_1'"),
  ).toEqual([{ n: 4 }]);
  await started.close();
});

// Starts four more servers; what a larger list means for batches is in test/unit/clickhouse/shards.test.ts.
itIfLong('takes a shard more, reads the old rows where they are, and puts new partitions on it', async () => {
  const growing = await startCluster(2, { listed: 1 });
  const [first, second] = growing.nodes as [TestClickHouse, TestClickHouse];
  try {
    const before = { first: 0, count: 4, shards: 1 };
    useLayouts({ layouts: [before] });
    const small = await openClickHouse(first.url, logger, TABLES);
    await putClick(small, 1, 'before');
    expect(small.shards?.count).toBe(1);
    await small.close();

    await growing.list([0, 1]);
    // The embedded server reads its list once; others do so by themselves.
    await Promise.all([first.end(), second.end()]);
    await Promise.all([first.start(), second.start()]);
    const larger = await openClickHouse(growing.settings.CLICKHOUSE_URL, logger, TABLES);
    useLayouts({ layouts: [before, { first: 4, count: 4, shards: 2 }] });
    await putClick(larger, 5, 'after');
    const found = await rows(
      larger,
      'SELECT batch, toUInt32(_shard_num) AS shard FROM trackly.clicks ORDER BY shard',
    );
    expect(found).toEqual([
      { batch: 'before', shard: 1 },
      { batch: 'after', shard: 2 },
    ]);
    await larger.close();
  } finally {
    await growing.stop();
  }
});
