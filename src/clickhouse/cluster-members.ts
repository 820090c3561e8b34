/**
 * What a cluster's nodes note of each other: of which installation they are, and which place each has. So a node with the rows
 * of another installation, or of another shard, is told from one that is new, and a process knows at its start whether the
 * nodes that are away have been there before. Each note is kept once, by its token, and is safe to repeat.
 */
import type { ClickHouseClient } from './client.ts';
import { SHARD_DATABASE } from './cluster-ddl.ts';

/** The place of a node in its cluster: the numbers that remote_servers gives, from 1. */
export interface Slot {
  shard: number;
  replica: number;
}

export interface Member extends Slot {
  installation: string;
}

const TABLE = `${SHARD_DATABASE}.members`;
const CREATE = `
CREATE TABLE IF NOT EXISTS ${TABLE} (
  installation String COMMENT 'Random: which installation the rows of this node are of',
  shard UInt32 COMMENT 'Number of a shard in remote_servers',
  replica UInt32 COMMENT 'Number of a replica of it',
  own UInt8 COMMENT '1: this node itself',
  noted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was noted, UTC'
)
ENGINE = MergeTree
ORDER BY (shard, replica)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'The nodes of this cluster that were ever part of this installation.'`;

export interface Members {
  /** Of the node itself; undefined: it is new. */
  own: Member | undefined;
  known: Slot[];
}

/** What a node has noted; nothing where it is new. Rejects when it is down. */
export async function readMembers(client: ClickHouseClient): Promise<Members> {
  const there = await client.query({
    query: `SELECT count() AS n FROM system.tables WHERE database = '${SHARD_DATABASE}' AND name = 'members'`,
    format: 'JSONEachRow',
  });
  const [{ n } = { n: 0 }] = await there.json<{ n: number | string }>();
  if (Number(n) === 0) return { own: undefined, known: [] };
  const result = await client.query({
    query: `SELECT installation, shard, replica, own FROM ${TABLE} ORDER BY own DESC, shard, replica`,
    format: 'JSONEachRow',
  });
  const rows = await result.json<Member & { own: number }>();
  return { own: rows.find(({ own }) => own === 1), known: rows };
}

/** Notes that the node has this place; resolves with what it had noted before, if it had. */
export async function noteOwn(client: ClickHouseClient, member: Member): Promise<Member> {
  await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${SHARD_DATABASE}` });
  await client.command({ query: CREATE });
  await note(client, member, 1);
  return (await readMembers(client)).own ?? member;
}

/** Notes another node. The table must be there. */
export async function noteOther(client: ClickHouseClient, member: Member): Promise<void> {
  await note(client, member, 0);
}

async function note(
  client: ClickHouseClient,
  { installation, shard, replica }: Member,
  own: 0 | 1,
): Promise<void> {
  await client.insert({
    table: TABLE,
    values: [{ installation, shard, replica, own }],
    format: 'JSONEachRow',
    clickhouse_settings: {
      async_insert: 0,
      insert_deduplicate: 1,
      insert_deduplication_token: own === 1 ? 'own' : `${shard}-${replica}`,
    },
  });
}
