/** The headers of an answer of ClickHouse's HTTP interface. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

const CONTENT_TYPES: [RegExp, string][] = [
  [/^JSON(Compact|Strings|CompactStrings|ColumnsWithMetadata|Columns)?$/, 'application/json; charset=UTF-8'],
  [/EachRow/, 'application/x-ndjson; charset=UTF-8'],
  [/^(TabSeparated|TSV)/, 'text/tab-separated-values; charset=UTF-8'],
  [/^CSV/, 'text/csv; charset=UTF-8; header=absent'],
  [/^(RowBinary|Native|Parquet|Arrow|ORC|Avro)/, 'application/octet-stream'],
];

export function setHeaders(response: ServerResponse, url: URL, format: string): void {
  const type = CONTENT_TYPES.find(([pattern]) => pattern.test(format))?.[1] ?? 'text/plain; charset=UTF-8';
  response.setHeader('Content-Type', type);
  response.setHeader('X-ClickHouse-Format', format);
  response.setHeader('X-ClickHouse-Timezone', 'UTC');
  response.setHeader('X-ClickHouse-Server-Display-Name', 'trackly');
  response.setHeader('X-ClickHouse-Query-Id', url.searchParams.get('query_id') ?? randomUUID());
}

/** `rows` and `bytes` were written. */
export function setSummary(response: ServerResponse, started: bigint, rows: number, bytes: number): void {
  const summary = {
    read_rows: '0',
    read_bytes: '0',
    written_rows: String(rows),
    written_bytes: String(bytes),
    total_rows_to_read: '0',
    result_rows: String(rows),
    result_bytes: String(bytes),
    elapsed_ns: String(process.hrtime.bigint() - started),
  };
  response.setHeader('X-ClickHouse-Summary', JSON.stringify(summary));
}
