/**
 * Several of the embedded servers as one cluster: each is a node by its own `remote_servers`, with a user who may do what
 * deploy/clickhouse-cluster-user.sql lists. Files beside those that the server writes at its start are read with them.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { READ_IN_SHARD, READER_READS, READER_USER, ROW_FILTER } from '../../src/analysts/access.ts';
import { TABLES_BEHIND } from '../../src/analysts/report-views.ts';
import { type ClickHouseClient, createClickHouse } from '../../src/clickhouse/client.ts';
import { DATABASE, SHARD_DATABASE } from '../../src/clickhouse/cluster-ddl.ts';
import { READ_SETTINGS } from '../../src/clickhouse/cluster-node.ts';
import { EMBEDDED_GRANTS } from '../../src/clickhouse/embedded/configuration.ts';
import { keptPasswords, SYSTEM_USER } from '../../src/clickhouse/embedded/passwords.ts';
import { CLUSTER_GRANTS, REPLICATED_GRANTS, SYSTEM_GRANTS } from '../../src/clickhouse/grants.ts';
import { migrate } from '../../src/clickhouse/migrate.ts';
import { nodeAddresses } from '../../src/clickhouse/node-addresses.ts';
import { openClickHouse } from '../../src/clickhouse/open.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { startClickHouse, type TestClickHouse } from './clickhouse.ts';
import { testPorts } from './ports.ts';

export const CLUSTER = 'trackly_test';
/** Given by `npm run test:shards`: systems and report tests have a ClickHouse of so many shards, not the embedded server. */
export const TEST_SHARDS = Number(process.env['TEST_SHARDS'] ?? 0);
/** Tables that the first shard keeps. */
const OF_FIRST = ['catalog', 'networks', 'erasures', 'spools', 'records', 'rejudgements'];

export interface TestCluster {
  /** One for each shard, in order. */
  nodes: TestClickHouse[];
  /** CLICKHOUSE_URL and CLICKHOUSE_CLUSTER. */
  settings: { CLICKHOUSE_URL: string; CLICKHOUSE_CLUSTER: string };
  /** Writes the list of nodes anew, for servers that start from then on. */
  list(nodes: readonly number[]): Promise<void>;
  stop(): Promise<void>;
}

/**
 * `count` shards, each with one replica. Resolves when all answer. `listed`: how many are in remote_servers at first.
 * `zookeeper`: its port on this machine, for tables that are replicated. More than one replica can't be had: the embedded
 * server fetches no parts from others.
 */
export async function startCluster(
  count: number,
  { listed = count, zookeeper }: { listed?: number; zookeeper?: number } = {},
): Promise<TestCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-cluster-'));
  const ports = await testPorts(2 * count);
  const places = Array.from({ length: count }, (_, i) => ({
    data_dir: join(folder, `node-${i + 1}`),
    http: ports[2 * i] as number,
    tcp: ports[2 * i + 1] as number,
  }));
  // One password for all, as an installation has.
  for (const { data_dir } of places) await mkdir(data_dir, { recursive: true });
  const { system } = await keptPasswords((places[0] as (typeof places)[0]).data_dir);
  for (const { data_dir } of places) {
    await writeFile(join(data_dir, 'clickhouse.password'), `${system}\n`, { mode: 0o600 });
  }

  async function list(nodes: readonly number[]): Promise<void> {
    const by_shard = nodes.map((i) => {
      const { tcp } = places[i] as (typeof places)[0];
      return `<shard><internal_replication>true</internal_replication><replica><host>127.0.0.1</host><port>${tcp}</port>
        <user>${SYSTEM_USER}</user><password>${system}</password></replica></shard>`;
    });
    const remote = `<remote_servers><${CLUSTER}>${by_shard.join('\n')}</${CLUSTER}></remote_servers>`;
    for (const [i, { data_dir }] of places.entries()) {
      const beside = join(data_dir, 'clickhouse/access/config.d');
      await mkdir(beside, { recursive: true });
      const shared =
        zookeeper === undefined
          ? ''
          : `<zookeeper><node><host>127.0.0.1</host><port>${zookeeper}</port></node></zookeeper>
             <macros><shard>${i + 1}</shard><replica>node-${i + 1}</replica></macros>`;
      await writeFile(join(beside, 'cluster.xml'), `<clickhouse>${remote}${shared}</clickhouse>`);
    }
  }

  await list(Array.from({ length: listed }, (_, i) => i));
  const shared_grants = zookeeper === undefined ? [] : REPLICATED_GRANTS;
  const grants = [
    ...SYSTEM_GRANTS,
    ...CLUSTER_GRANTS,
    ...shared_grants,
    ...EMBEDDED_GRANTS,
    'DROP VIEW ON trackly.*',
  ]
    .map((grant) => `<query>GRANT ${grant}</query>`)
    .join('');
  const reads = [...READER_READS, ...READ_IN_SHARD]
    .map((table) => `<query>GRANT SELECT ON ${table}</query>`)
    .join('');
  const filter = ROW_FILTER.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const filters = TABLES_BEHIND.map((table) => `<${table}><filter>${filter}</filter></${table}>`).join('');
  for (const { data_dir } of places) {
    const beside = join(data_dir, 'clickhouse/access/users.d');
    await mkdir(beside, { recursive: true });
    const users = `<clickhouse><users><${SYSTEM_USER}><grants replace="replace">${grants}</grants></${SYSTEM_USER}>
      <${READER_USER}><grants replace="replace">${reads}</grants>
        <databases><${SHARD_DATABASE}>${filters}</${SHARD_DATABASE}></databases></${READER_USER}></users></clickhouse>`;
    await writeFile(join(beside, 'cluster.xml'), users);
  }
  const nodes = await Promise.all(
    places.map(({ data_dir, http, tcp }) => startClickHouse({ data_dir, ports: [http, tcp] })),
  );
  return {
    nodes,
    settings: {
      CLICKHOUSE_URL: `http://${SYSTEM_USER}:${system}@${places.map(({ http }) => `127.0.0.1:${http}`).join(',')}`,
      CLICKHOUSE_CLUSTER: CLUSTER,
    },
    list,
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Reads all shards through the first node, and deals the rows of each insert out over them one by one, so that what belongs
 * together lies apart.
 */
export function dealingClient(urls: readonly string[]): ClickHouseClient {
  const [url = ''] = urls;
  const reading = createClickHouse(url, {
    database: DATABASE,
    settings: { ...READ_SETTINGS, insert_distributed_one_random_shard: 1, distributed_foreground_insert: 1 },
  });
  const shards = urls.map((node) => createClickHouse(node, { database: SHARD_DATABASE }));
  return {
    query: ((params) => reading.query(params)) as ClickHouseClient['query'],
    exec: ((params) => reading.exec(params)) as ClickHouseClient['exec'],
    /** What changes tables changes those of every shard. */
    async command(params) {
      const query = params.query.replace(
        /^((?:ALTER|OPTIMIZE|TRUNCATE) TABLE )trackly\./,
        `$1${SHARD_DATABASE}.`,
      );
      if (query === params.query) return reading.command(params);
      const done = await Promise.all(shards.map((shard) => shard.command({ ...params, query })));
      return done[0] as never;
    },
    async insert(params) {
      const table = params.table.replace(`${DATABASE}.`, '');
      const values = params.values as unknown as readonly never[];
      const over = OF_FIRST.includes(table) ? shards.slice(0, 1) : shards;
      const inserted = over.map((shard, n) => {
        const dealt = values.filter((_, i) => i % over.length === n);
        return dealt.length === 0 ? undefined : shard.insert({ ...params, table, values: dealt });
      });
      return (await Promise.all(inserted)).find((one) => one !== undefined) as never;
    },
    async close() {
      await Promise.all([reading, ...shards].map((client) => client.close()));
    },
  };
}

export interface TestDatabase {
  client: ClickHouseClient;
  stop(): Promise<void>;
}

/** A ClickHouse with the schema: the embedded server, or shards where TEST_SHARDS asks for them. */
export async function startDatabase(): Promise<TestDatabase> {
  const log = createLogger('test', 'silent');
  if (TEST_SHARDS === 0) {
    const engine = await startClickHouse();
    await migrate(engine.client, log);
    return engine;
  }
  const cluster = await startCluster(TEST_SHARDS);
  const { CLICKHOUSE_URL: url } = cluster.settings;
  await (await openClickHouse(url, log, { cluster: CLUSTER, replicated: false })).close();
  const client = dealingClient(nodeAddresses(url) ?? []);
  return {
    client,
    async stop() {
      await client.close();
      await cluster.stop();
    },
  };
}
