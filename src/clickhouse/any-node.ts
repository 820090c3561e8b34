/**
 * A client for what only reads by key, such as redirect processes: any node of a cluster answers for all shards, so it needs to
 * know of no shard, migrates nothing and waits for nobody. Where a node can't be reached the next one is asked.
 */
import { type ClickHouseClient, createClickHouse } from './client.ts';
import { type ClusterTables, DATABASE } from './cluster-ddl.ts';
import { intoFirstShard, isUnreachable, READ_SETTINGS } from './cluster-node.ts';
import { nodeAddresses } from './node-addresses.ts';

const isSilent = (error: unknown): boolean => error instanceof Error && /^Timeout error/.test(error.message);

/** Opens lazily; every call rejects while all nodes are down. `url` as in CLICKHOUSE_URL. */
export function readAnyNode(
  url: string,
  tables: ClusterTables | undefined,
  request_timeout_ms: number,
): ClickHouseClient {
  if (tables === undefined) return createClickHouse(url, { request_timeout_ms });
  const nodes = (nodeAddresses(url) ?? [url]).map((node) =>
    createClickHouse(node, { request_timeout_ms, database: DATABASE, settings: READ_SETTINGS }),
  );
  let at = 0;
  const leave = (node: number): void => {
    if (at === node) at = (at + 1) % nodes.length;
  };
  async function ask<T>(run: (client: ClickHouseClient) => Promise<T>): Promise<T> {
    for (let left = nodes.length; ; left--) {
      const asked = at;
      try {
        return await run(nodes[asked] as ClickHouseClient);
      } catch (error) {
        // Of a machine without power nothing comes: the next question goes to another one.
        if (isUnreachable(error) || isSilent(error)) leave(asked);
        if (!isUnreachable(error) || left <= 1) throw error;
      }
    }
  }
  return {
    query: ((params) => ask((client) => client.query(params))) as ClickHouseClient['query'],
    exec: ((params) => ask((client) => client.exec(params))) as ClickHouseClient['exec'],
    command: (params) => ask((client) => client.command(params)),
    insert: (params) => ask((client) => client.insert(intoFirstShard(params))),
    close: async () => {
      await Promise.all(nodes.map((node) => node.close()));
    },
  };
}
