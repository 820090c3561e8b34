/** The one way to ClickHouse. Callers can't tell the embedded server from a remote one, nor one server from a cluster. */
import {
  ClickHouseError,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
  type ClickHouseClient as NodeClient,
  type ResultSet,
} from '@clickhouse/client';

export { ClickHouseError, type ClickHouseSettings, type ResultSet };

const REQUEST_TIMEOUT_MS = 60_000;
const CONNECTIONS_MAX = 16;

/**
 * What everybody asks. Of a cluster, `query` and `exec` read the rows of all shards at any node that answers, and `insert`
 * puts rows that are few, such as the names of spools, into the first shard. Batches, mutations and whatever else concerns the
 * tables of one shard go through shards.ts.
 */
export interface ClickHouseClient
  extends Pick<NodeClient, 'query' | 'exec' | 'insert' | 'command' | 'close'> {
  /** Of a cluster; undefined: one server. */
  readonly shards?: Shards;
  /** Of one server: what tells it from others; see one-server.ts. */
  readonly identity?: string;
}

/** A server that holds rows. */
export interface ShardNode {
  /** Its tables without a database are those of `tables_in`. */
  client: ClickHouseClient;
  /** The database of its own tables. */
  tables_in: string;
}

/** The shards of a cluster, by their position from 0; people know them by numbers from 1, as in remote_servers. */
export interface Shards {
  readonly count: number;
  /** A replica that answers. Throws ShardAwayError. */
  replicaOf(shard: number): ShardNode;
  /** Every node of every shard. Throws ShardAwayError if one of them is away. */
  all(): ShardNode[];
  /** Of a node that can be used now, the rows of all shards; of any, where none can. */
  reader(): ClickHouseClient;
  /** The address of such a node. */
  address(): string;
  /** The nodes that can be used now. */
  living(): ShardNode[];
  /** The numbers of the shards of which no replica answers, in order. */
  away(): number[];
  /** What is wrong with each node that is away, for people. */
  troubles(): string[];
}

export interface ClickHouseOptions {
  database?: string;
  request_timeout_ms?: number;
  settings?: ClickHouseSettings;
  /** False: each request has a connection of its own. */
  keep_alive?: boolean;
}

/** A client of one node. Opens lazily; every call rejects while it is down. `url` may carry user and password. */
export function createClickHouse(url: string, options: ClickHouseOptions = {}): ClickHouseClient {
  const { database, request_timeout_ms = REQUEST_TIMEOUT_MS, settings = {}, keep_alive = true } = options;
  return createClient({
    url,
    request_timeout: request_timeout_ms,
    max_open_connections: CONNECTIONS_MAX,
    keep_alive: { enabled: keep_alive },
    clickhouse_settings: settings,
    log: { level: ClickHouseLogLevel.OFF },
    ...(database === undefined ? {} : { database }),
  });
}
