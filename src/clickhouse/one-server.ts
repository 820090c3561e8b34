/**
 * Whether one server answers at an address. A name or a load balancer may lead to several in turn; where these hold different
 * data, rows go to one of them each, and reports count what one of them has.
 */
import { ServerFault } from '../platform/server-fault.ts';
import { type ClickHouseClient, createClickHouse } from './client.ts';
import { DATABASE, SHARD_DATABASE } from './cluster-ddl.ts';

/** New connections by which an address is tried. Of two servers that take turns by chance one in 32 is not noticed then. */
const CONNECTIONS_TRIED = 6;
const ASK_WITHIN_MS = 10_000;

/**
 * What tells servers with different data apart: the id that ClickHouse gave the record of migrations when it was made. Replicas
 * that share their tables share it too. '' while there is no such table.
 */
export async function identityOf(client: ClickHouseClient): Promise<string> {
  const result = await client.query({
    query: `SELECT toString(uuid) AS id FROM system.tables WHERE name = 'migrations'
      AND database IN ('${DATABASE}', '${SHARD_DATABASE}') ORDER BY database DESC LIMIT 1`,
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ id: string }>();
  return row?.id ?? '';
}

/**
 * Resolves with the identity of the server at this address; rejects with ServerFault where it is not the same on every new
 * connection, or is not `expected`.
 */
export async function assertOneServer(
  url: string,
  expected?: string,
  connections = CONNECTIONS_TRIED,
): Promise<string> {
  const client = createClickHouse(url, { request_timeout_ms: ASK_WITHIN_MS, keep_alive: false });
  try {
    const found = await Promise.all(Array.from({ length: connections }, () => identityOf(client)));
    const [identity = ''] = found;
    if (found.some((one) => one !== (expected ?? identity))) throw differentServers(url);
    return identity;
  } finally {
    await client.close();
  }
}

export function differentServers(url: string): ServerFault {
  return new ServerFault('CLICKHOUSE_URL', url, {
    found: 'different servers answer at this address, and they hold different data',
    advice:
      'give the address of one; of a cluster the addresses of all nodes, and its name in CLICKHOUSE_CLUSTER',
    passes: false,
  });
}
