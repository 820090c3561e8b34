/**
 * Writes one file of an export: ClickHouse answers with the bytes of the file, in the format that was asked for, and they
 * are passed on to the store without being read. It answers once all of them are ready (wait_end_of_query), so that a
 * statement which fails after half of its rows is an error and no short file; the store shows a file once it is whole.
 * Memory holds a few chunks.
 */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ClickHouseClient, ClickHouseSettings } from '../../src/clickhouse/client.ts';
import { READ_PRIORITY } from '../../src/clickhouse/priorities.ts';
import type { ObjectStore } from '../../src/platform/object-store/object-store.ts';
import {
  countQuery,
  type ExportQuery,
  type Question,
  rowsQuery,
} from '../../src/transfer/exports/datasets.ts';
import type { Export, Format } from '../../src/transfer/exports/export.ts';
import type { Written } from '../../src/transfer/exports/export-files.ts';

/** Rows of one file: of clicks some 800 MB as NDJSON, 50 MB as Parquet (test/chaos/exports.test.ts), which ClickHouse holds on its disk for a moment. */
export const FILE_ROWS_MAX = 1_000_000;
const QUERY_SECONDS_MAX = 900;
/**
 * How long a file may take without a sign: once all rows are read ClickHouse sorts and encodes them in silence, which took
 * 92 s for a million clicks as Parquet on a machine with fifteen times its load. The client for files waits so long.
 */
export const FILE_WITHIN_MS = 300_000;
const QUERY_BYTES_MAX = 2 * 1024 ** 3;
/** Above it, sorting and grouping use the disk. */
const IN_MEMORY_BYTES = 256 * 1024 ** 2;
const ROW_GROUP_BYTES = 64 * 1024 ** 2;
/** While the answer is made, a header is sent so often: below the client's patience. At most so many fit into its bounds. */
const PROGRESS_EVERY_MS = '30000';

const SETTINGS = {
  wait_end_of_query: 1,
  send_progress_in_http_headers: 1,
  http_headers_progress_interval_ms: PROGRESS_EVERY_MS,
  max_execution_time: QUERY_SECONDS_MAX,
  max_memory_usage: String(QUERY_BYTES_MAX),
  max_bytes_before_external_sort: String(IN_MEMORY_BYTES),
  max_bytes_before_external_group_by: String(IN_MEMORY_BYTES),
  max_threads: 2,
  // Reports come first.
  priority: String(READ_PRIORITY + 1),
  date_time_output_format: 'iso',
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_decimals: 1,
  output_format_decimal_trailing_zeros: 1,
  output_format_parquet_row_group_size_bytes: String(ROW_GROUP_BYTES),
  output_format_parquet_parallel_encoding: 0,
  output_format_parquet_compression_method: 'zstd',
} as const satisfies ClickHouseSettings;

const FORMATS: Readonly<Record<Format, string>> = {
  parquet: 'Parquet',
  csv: 'CSVWithNames',
  ndjson: 'JSONEachRow',
};

/** Of all parts of a window. */
export async function countRows(clickhouse: ClickHouseClient, question: Question): Promise<number> {
  const { query, query_params } = countQuery(question);
  const result = await clickhouse.query({
    query,
    query_params,
    format: 'JSONEachRow',
    clickhouse_settings: {
      max_execution_time: SETTINGS.max_execution_time,
      max_memory_usage: SETTINGS.max_memory_usage,
      max_bytes_before_external_group_by: SETTINGS.max_bytes_before_external_group_by,
      priority: String(READ_PRIORITY),
    },
  });
  const [row] = await result.json<{ rows: string }>();
  return Number(row?.rows ?? 0);
}

/** Resolves when the file is in the store. Rejects with StoreFault, and with the errors of ClickHouse. */
export async function writeFile(
  clickhouse: ClickHouseClient,
  store: ObjectStore,
  { format, compression }: Pick<Export, 'format' | 'compression'>,
  { name, question }: { name: string; question: Question },
): Promise<Written> {
  const { query, query_params }: ExportQuery = rowsQuery(question);
  const { stream, summary } = await clickhouse.exec({
    query: `${query}\nFORMAT ${FORMATS[format]}`,
    query_params,
    clickhouse_settings: SETTINGS,
  });
  const put = counted((chunks) => store.put(name, chunks));
  if (compression === 'gzip' && format !== 'parquet')
    await pipeline(stream as Readable, createGzip(), put.into);
  else await pipeline(stream as Readable, put.into);
  return { rows: Number(summary?.result_rows ?? 0), ...put.told() };
}

/** The bytes and the checksum of what is written. */
function counted(put: (chunks: AsyncIterable<Uint8Array>) => Promise<void>) {
  const hash = createHash('sha256');
  let bytes = 0;
  async function* passing(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  return {
    into: (chunks: AsyncIterable<Uint8Array>): Promise<void> => put(passing(chunks)),
    told: (): Omit<Written, 'rows'> => ({ bytes, sha256: hash.digest('hex') }),
  };
}

/** Writes a small file whose text is known. */
export async function writeText(
  store: ObjectStore,
  name: string,
  text: string,
): Promise<Omit<Written, 'rows'>> {
  const put = counted((chunks) => store.put(name, chunks));
  await put.into(
    (async function* () {
      yield Buffer.from(text);
    })(),
  );
  return put.told();
}
