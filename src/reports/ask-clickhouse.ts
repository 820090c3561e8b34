/**
 * Asks ClickHouse for rows, for reports and traces: bounded in time and memory, in the API's number and time formats
 * (counts as numbers, decimals as strings, times as ISO 8601 UTC). When ClickHouse can't be reached, is
 * overloaded or too slow it throws ClickHouseUnavailableError; any other refusal is a bug and passes through.
 */
import {
  type ClickHouseClient,
  ClickHouseError,
  type ClickHouseSettings,
  type ResultSet,
} from '../clickhouse/client.ts';
import { READ_PRIORITY } from '../clickhouse/priorities.ts';
import { Turns } from '../platform/turns.ts';
import type { Query } from './report-query.ts';
import { overShards, RowsMissingError } from './shards-read.ts';

const QUERY_SECONDS_MAX = 30;
/** Without a limit one query may take nine tenths of the machine's memory. */
const QUERY_BYTES_MAX = 4 * 1024 ** 3;
/**
 * Above this, grouping and sorting use the disk: ClickHouse's own bound is half of the machine's memory. A statement has
 * up to three of them at a time.
 */
const MEMORY_BYTES_MAX = QUERY_BYTES_MAX / 4;
/** For a statement that groups once, and joins nothing: 20 million groups in 0.6 of the time (bench/audiences). */
export const GROUPS_ONCE: ClickHouseSettings = {
  max_bytes_before_external_group_by: String(QUERY_BYTES_MAX / 2),
};
/** TIMEOUT_EXCEEDED, TOO_SLOW, MEMORY_LIMIT_EXCEEDED: repeating the same query would not help. */
const TOO_MUCH_CODES = new Set(['159', '160', '241']);
/** TOO_MANY_SIMULTANEOUS_QUERIES, SOCKET_TIMEOUT, NETWORK_ERROR. */
const OVERLOADED_CODES = new Set(['202', '209', '210']);

/**
 * Concurrent queries per process. ClickHouse runs everything it is sent, each query proportionally slower: beside 16
 * heavy concurrent queries an insert waits for 3 s, and hardly any query finishes within its time limit
 * (bench/inserts).
 */
const turns = new Turns({
  running_max: 4,
  running_each_max: 3,
  waiting_max: 512,
  waiting_each_max: 64,
  wait_ms_max: QUERY_SECONDS_MAX * 1_000,
});

const SETTINGS = {
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_decimals: 1,
  output_format_decimal_trailing_zeros: 1,
  date_time_output_format: 'iso',
  max_execution_time: QUERY_SECONDS_MAX,
  max_memory_usage: String(QUERY_BYTES_MAX),
  max_bytes_before_external_group_by: String(MEMORY_BYTES_MAX),
  max_bytes_before_external_sort: String(MEMORY_BYTES_MAX),
  priority: String(READ_PRIORITY),
} as const;

const BUSY = 'Reports can not be read just now; clicks are still counted. Try again shortly.';

/** `message` is shown to the caller. */
export class ClickHouseUnavailableError extends Error {
  readonly code = 'clickhouse_unavailable';
}

/** All rows of a query that has its own LIMIT. `settings` override the default settings. Safe to repeat. */
export async function askRows<T>(
  client: ClickHouseClient,
  query: Query,
  settings: ClickHouseSettings = {},
): Promise<T[]> {
  const end = await beginTurn(query);
  try {
    return await (await ask(client, query, settings)).json<T>();
  } catch (error) {
    throw asUnavailable(error);
  } finally {
    end();
  }
}

/**
 * The rows in the groups in which they arrive, with constant memory. Stopping early ends the query. `settings` as in
 * askRows.
 */
export async function* streamRows<T>(
  client: ClickHouseClient,
  query: Query,
  settings: ClickHouseSettings = {},
): AsyncGenerator<T[]> {
  let result: ResultSet<'JSONEachRow'> | undefined;
  const end = await beginTurn(query);
  try {
    result = await ask(client, query, settings);
    // The first rows have arrived. The reader decides how fast it takes the rest.
    end();
    for await (const rows of result.stream<T>()) yield rows.map((row) => row.json());
  } catch (error) {
    throw asUnavailable(error);
  } finally {
    end();
    result?.close();
  }
}

async function beginTurn({ query_params = {} }: Query): Promise<() => void> {
  const end = await turns.begin(String(query_params['account_id'] ?? ''));
  if (end === undefined) throw new ClickHouseUnavailableError(BUSY);
  return end;
}

function ask(
  client: ClickHouseClient,
  query: Query,
  settings: ClickHouseSettings,
): Promise<ResultSet<'JSONEachRow'>> {
  return overShards(client, (asked, of_shards) =>
    asked.query({
      ...query,
      format: 'JSONEachRow',
      clickhouse_settings: { ...SETTINGS, ...settings, ...of_shards },
    }),
  );
}

function asUnavailable(error: unknown): unknown {
  if (error instanceof RowsMissingError) return error;
  if (error instanceof ClickHouseError && TOO_MUCH_CODES.has(error.code)) {
    const message = `This is more than can be read in ${QUERY_SECONDS_MAX} s or ${QUERY_BYTES_MAX / 1024 ** 3} GiB: take a shorter range, or filter.`;
    return new ClickHouseUnavailableError(message, { cause: error });
  }
  if (error instanceof ClickHouseError && !OVERLOADED_CODES.has(error.code)) return error;
  return new ClickHouseUnavailableError(BUSY, { cause: error });
}
