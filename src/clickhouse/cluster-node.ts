/**
 * One node of a ClickHouse cluster as this process sees it: where it stands, and whether it can be used. It is asked every
 * second; one that was away is checked and migrated before anything is read or inserted there again.
 */
import { placeOf, ServerFault } from '../platform/server-fault.ts';
import {
  type ClickHouseClient,
  ClickHouseError,
  type ClickHouseSettings,
  createClickHouse,
  type ShardNode,
} from './client.ts';
import { type ClusterTables, DATABASE, SHARD_DATABASE } from './cluster-ddl.ts';
import type { Slot } from './cluster-members.ts';
import { identityOf } from './one-server.ts';

const MIGRATION_WITHIN_MS = 3_600_000;
/** What a node has to say that it lives; of one that is frozen the process that asks must notice soon. */
const ASK_WITHIN_MS = 2_000;
const MISSED_MAX = 2;

/**
 * How nodes read from each other. `global`: the right side of a JOIN or IN is computed once, over all shards, and sent to
 * them, because rows that belong together may be on different shards. Nobody reads less than all shards without asking for it.
 */
export const READ_SETTINGS = {
  distributed_product_mode: 'global',
  skip_unavailable_shards: 0,
  // The replica that took the last insert is the first of the list that lives: reading from it too shows what was inserted.
  load_balancing: 'in_order',
  // Not what the node that is asked has itself: it may be a replica that was away.
  prefer_localhost_replica: 0,
  max_replica_delay_for_distributed_queries: '5',
  connect_timeout_with_failover_ms: 1_000,
  handshake_timeout_ms: 2_000,
} as const;

/** Few rows that are inserted through a `Distributed` table: into the first shard, and confirmed when they are there. */
const INSERT_SETTINGS = { insert_shard_id: '1', distributed_foreground_insert: 1 } as const;

export class ClusterNode {
  readonly url: string;
  readonly place: string;
  /** Without a database: what creates them. */
  readonly setup: ClickHouseClient;
  /** The rows of all shards. */
  reading: ClickHouseClient;
  /** Its own tables. */
  own: ShardNode;
  /** Undefined until it has told. */
  slot: Slot | undefined;
  /** Of the server there, as identityOf has it; undefined until it was migrated. */
  identity: string | undefined;
  /** Why it is not used now; undefined while it is. */
  fault: string | undefined = 'it was not asked yet';
  /** Questions in a row that it did not answer in time. */
  missed = 0;
  /** Each question on a connection of its own, so that an address behind which several servers answer is noticed. */
  readonly #asking: ClickHouseClient;
  readonly #replicated: boolean;
  #looking: Promise<void> | undefined;

  constructor(url: string, { replicated }: ClusterTables) {
    this.url = url;
    this.place = placeOf(url);
    this.#replicated = replicated;
    this.setup = createClickHouse(url, { request_timeout_ms: MIGRATION_WITHIN_MS });
    this.#asking = createClickHouse(url, { request_timeout_ms: ASK_WITHIN_MS, keep_alive: false });
    this.reading = this.#openReading();
    this.own = this.#openOwn();
  }

  #openReading(): ClickHouseClient {
    return createClickHouse(this.url, { database: DATABASE, settings: READ_SETTINGS });
  }

  #openOwn(): ShardNode {
    const settings = this.#replicated ? { insert_quorum: 'auto' } : {};
    const client = createClickHouse(this.url, { database: SHARD_DATABASE, settings });
    return { client, tables_in: SHARD_DATABASE };
  }

  get lives(): boolean {
    return this.fault === undefined;
  }

  /** The identity of the server that answers there now. Rejects when none does. */
  async ask(): Promise<string> {
    return identityOf(this.#asking);
  }

  /** Runs `look`, unless an earlier one still runs. */
  once(look: () => Promise<void>): Promise<void> {
    this.#looking ??= look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** What came of a question. A server that is busy may once answer late. */
  note(error: Error): void {
    const late = error instanceof ServerFault && error.found === 'no answer';
    if (late && this.lives && ++this.missed < MISSED_MAX) return;
    this.fault = error instanceof ServerFault ? error.found : error.message;
  }

  /** Ends the requests that wait for its answer. */
  cut(): void {
    void this.reading.close();
    void this.own.client.close();
    this.reading = this.#openReading();
    this.own = this.#openOwn();
  }

  async close(): Promise<void> {
    const clients = [this.setup, this.reading, this.own.client, this.#asking];
    await Promise.all(clients.map((client) => client.close()));
  }
}

/** With settings of an insert that goes through any node into the first shard. */
export const intoFirstShard = <Params extends { clickhouse_settings?: ClickHouseSettings }>(
  params: Params,
): Params => ({
  ...params,
  clickhouse_settings: { ...INSERT_SETTINGS, ...params.clickhouse_settings },
});

/** Whether a request failed because its node can't be reached; not because it answers slowly: the statement may be the reason. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof ClickHouseError) return false;
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return /^(ECONN|EHOST|ENET|ENOTFOUND|EAI_|EPIPE)/.test(code) || /socket hang up|ECONNRE/.test(message);
}
