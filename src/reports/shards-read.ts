/**
 * Which shards of ClickHouse a report lacks. A request reads within a `ShardsRead`: it says whether the request wants all rows or
 * none, and collects the shards whose rows were left out, so that its answer can say so. Whoever reads without one, such as a
 * worker that decides what a conversion is worth, gets all rows or an error.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type ClickHouseClient, ClickHouseError, type ClickHouseSettings } from '../clickhouse/client.ts';

export class ShardsRead {
  /** Whether an answer without the rows of a shard is refused. */
  strict = false;
  readonly #away = new Set<number>();

  /** The numbers of the shards that are not in what was read, in order. */
  get away(): number[] {
    return [...this.#away].toSorted((a, b) => a - b);
  }

  add(shards: readonly number[]): void {
    for (const shard of shards) this.#away.add(shard);
  }
}

/** What a request reads is noted in the store of its context. */
export const shardsRead = new AsyncLocalStorage<ShardsRead>();

/** Rows of a shard can't be read, and the request wants all or none. `message` is shown to the caller. */
export class RowsMissingError extends Error {
  readonly code = 'rows_missing';

  constructor(shards: readonly number[]) {
    super(
      `ClickHouse’s shard ${shards.join(', ')} can not be read just now, and strict=true asks for all rows; clicks are still counted. Try again shortly, or without strict=true.`,
    );
  }
}

/** A shard can't be reached: ALL_CONNECTION_TRIED_FAILED, SOCKET_TIMEOUT, NETWORK_ERROR. */
const UNREACHABLE_CODES = new Set(['279', '209', '210']);
const LEAVING_OUT: ClickHouseSettings = { skip_unavailable_shards: 1 };

/**
 * Runs a statement over all shards; where some are away, and the request that reads takes what there is, over the others.
 * Rejects with RowsMissingError where it does not. One node is asked for all of it: another may reach other shards.
 */
export async function overShards<T>(
  client: ClickHouseClient,
  run: (asked: ClickHouseClient, settings: ClickHouseSettings) => Promise<T>,
): Promise<T> {
  const { shards } = client;
  const read = shardsRead.getStore();
  if (shards === undefined || read === undefined) return run(client, {});
  const known = shards.away();
  if (read.strict && known.length > 0) throw new RowsMissingError(known);
  const asked = shards.reader();
  try {
    if (known.length === 0) return await run(asked, {});
  } catch (error) {
    if (!(error instanceof ClickHouseError)) return run(client, {});
    if (!UNREACHABLE_CODES.has(error.code)) throw error;
  }
  const away = await unreachable(asked, shards.count);
  if (away.length === 0) return run(asked, {});
  if (read.strict) throw new RowsMissingError(away);
  read.add(away);
  return run(asked, LEAVING_OUT);
}

/** The shards that a node does not reach now: every other one has migrations. */
async function unreachable(asked: ClickHouseClient, count: number): Promise<number[]> {
  const result = await asked.query({
    query: 'SELECT DISTINCT toUInt32(_shard_num) AS shard FROM trackly.migrations',
    format: 'JSONEachRow',
    clickhouse_settings: LEAVING_OUT,
  });
  const there = new Set((await result.json<{ shard: number }>()).map(({ shard }) => shard));
  return Array.from({ length: count }, (_, i) => i + 1).filter((shard) => !there.has(shard));
}
