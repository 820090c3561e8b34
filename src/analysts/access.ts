/**
 * What an analyst may do in ClickHouse: views, rows, limits, and the settings that they may change. The users file of
 * the embedded server and the SQL for an external server are both generated from this file. ClickHouse enforces all of
 * it; nothing in this project parses statements.
 *
 * All analysts sign in as one user, who may read the report views but no tables. The read-only port (listener.ts) sends
 * the account of a statement in a header. The views read their tables with the rights of another user, READER, as whom
 * nobody can sign in; its row filters compare the header before the statement computes anything. Statements cannot set
 * headers. Analysts may not read tables, because ClickHouse shows more than the filtered rows to users who may: sizes
 * in the catalog, keys in mergeTreeIndex().
 *
 * ClickHouse 26.7 checks the settings of a statement, but not the settings of a subquery. Grants, row filters, and the
 * limits of memory, time and answer size still apply. The embedded server does not limit the threads of a subquery, so
 * only few statements run at once (listener.ts). The query cache must have size 0, because a subquery could switch it
 * on.
 */
import { SHARD_DATABASE } from '../clickhouse/cluster-ddl.ts';
import { READ_PRIORITY } from '../clickhouse/priorities.ts';
import { DATABASE, OPEN_TABLES_BEHIND, REPORT_VIEWS, TABLES_BEHIND } from './report-views.ts';

export const ANALYST_USER = 'trackly_analyst';
/** The definer of the report views. */
export const READER_USER = 'trackly_reader';

export const ACCOUNT_HEADER = 'X-Trackly-Account';

/** The row filter of READER_USER for every table with rows of accounts. Other users see every row through the views. */
export const ROW_FILTER = `(account_id != '' AND account_id = getClientHTTPHeader('${ACCOUNT_HEADER}')) OR authenticatedUser() != '${ANALYST_USER}'`;

/** Headers that no statement may read, because they hold credentials. */
export const UNREADABLE_HEADERS: readonly string[] = [
  'authorization',
  'x-clickhouse-user',
  'x-clickhouse-key',
];

/**
 * What ANALYST_USER may read: the report views, and the catalog's views that tools query, besides the tables of
 * `system` that everybody may read. Not information_schema.tables: it reads system.parts, which counts the rows of all
 * accounts.
 */
export const ANALYST_READS: readonly string[] = [
  ...REPORT_VIEWS.map((view) => `${DATABASE}.${view}`),
  ...['schemata', 'columns'].flatMap((table) => [
    `information_schema.${table}`,
    `INFORMATION_SCHEMA.${table.toUpperCase()}`,
  ]),
];

/** What READER_USER may read; the row filter stands on FILTERED_READS. */
export const FILTERED_READS: readonly string[] = TABLES_BEHIND.map((table) => `${DATABASE}.${table}`);
export const READER_READS: readonly string[] = [
  ...FILTERED_READS,
  ...OPEN_TABLES_BEHIND.map((table) => `${DATABASE}.${table}`),
];

/** The tables behind those of a node of a cluster: where a shard is the node's own, it reads them at once. */
export const FILTERED_IN_SHARD: readonly string[] = TABLES_BEHIND.map(
  (table) => `${SHARD_DATABASE}.${table}`,
);
export const READ_IN_SHARD: readonly string[] = [
  ...FILTERED_IN_SHARD,
  ...OPEN_TABLES_BEHIND.map((table) => `${SHARD_DATABASE}.${table}`),
];

/**
 * The same filter within a view of a cluster. ClickHouse heeds no row filter of a `Distributed` table, and the other nodes know
 * nothing of the statement's headers and user: what is in brackets is computed once, by the node that is asked, and sent to the
 * others as a value.
 */
const HEADER_VALUE = `(SELECT getClientHTTPHeader('${ACCOUNT_HEADER}'))`;
export const FILTER_IN_VIEW = `((account_id != '' AND account_id = ${HEADER_VALUE}) OR (SELECT authenticatedUser() != '${ANALYST_USER}'))`;

/**
 * The statement that makes a report view of a cluster anew, from the one of the schema: it reads with the rights of READER_USER,
 * and of each table with rows of accounts what the filter lets through. Safe to repeat.
 */
export function readFiltered(statement: string): string {
  const names: readonly string[] = TABLES_BEHIND;
  return statement
    .replace('CREATE VIEW IF NOT EXISTS', 'CREATE OR REPLACE VIEW')
    .replace(/\nAS SELECT\b/, `\nDEFINER = ${READER_USER} SQL SECURITY DEFINER\nAS SELECT`)
    .replace(
      /\bFROM trackly\.(\w+)( FINAL)?\b( AS )?/g,
      (from, table: string, final = '', as = ` AS ${table}`) =>
        names.includes(table)
          ? `FROM (SELECT * FROM trackly.${table}${final} WHERE ${FILTER_IN_VIEW})${as}`
          : from,
    );
}

/** SQL that makes a report view read with the rights of READER_USER. Safe to repeat. */
export const readAsReader = (view: string): string =>
  `ALTER TABLE ${DATABASE}.${view} MODIFY SQL SECURITY DEFINER DEFINER = ${READER_USER}`;

const GiB = 1024 ** 3;

/**
 * Limits of a statement. A statement may set lower ones, down to 1 (0 would mean no limit). ClickHouse ends a statement
 * that exceeds a limit.
 */
export const LIMITS: Readonly<Record<string, number>> = {
  /** Seconds. */
  max_execution_time: 30,
  /** Bytes. */
  max_memory_usage: GiB,
  max_result_rows: 1_000_000,
  /** Bytes. */
  max_result_bytes: GiB / 4,
  /** Bytes. */
  max_temporary_data_on_disk_size_for_query: GiB,
  /** Few, because redirect processes, workers and the API may share these cores. */
  max_threads: 2,
};

/** Settings that no statement may change. */
export const FIXED: Readonly<Record<string, number>> = {
  readonly: 1,
  priority: READ_PRIORITY,
  allow_get_client_http_header: 1,
  /** Off, because the keys of these caches do not include the account header. */
  use_query_cache: 0,
  use_query_condition_cache: 0,
  /** The statement ends when its reader disconnects. */
  cancel_http_readonly_queries_on_client_close: 1,
  /** Bytes above which grouping and sorting use the disk: ClickHouse's own bound is half of the machine's memory. */
  max_bytes_before_external_group_by: GiB / 4,
  max_bytes_before_external_sort: GiB / 4,
  /** For all analysts together, to leave memory for other work. */
  max_concurrent_queries_for_user: 64,
  /** Bytes. */
  max_memory_usage_for_user: 4 * GiB,
};

/**
 * Settings that an analyst may change: they affect only the form of the answer, or drivers set them and they do not
 * affect a reading statement. ClickHouse refuses all others because of `readonly = 1`. The following are excluded
 * because they affect more than the answer: output_format_schema and format_schema (files), format_template_* (files),
 * format_avro_schema_registry_url (the network), http_response_headers (the browser).
 */
export const CHANGEABLE: readonly string[] = [
  ...['session_timezone', 'date_time_output_format', 'extremes', 'limit', 'offset', 'result_overflow_mode'],
  ...['join_use_nulls', 'group_by_use_nulls', 'transform_null_in', 'union_default_mode', 'max_block_size'],
  ...['aggregate_functions_null_for_empty', 'enable_http_compression', 'http_zlib_compression_level'],
  ...['http_wait_end_of_query', 'http_response_buffer_size', 'http_write_exception_in_output_format'],
  ...['send_progress_in_http_headers', 'http_headers_progress_interval_ms', 'log_comment'],
  'low_cardinality_allow_in_native_format',
  // Drivers send these although they have no effect here.
  ...['async_insert', 'wait_for_async_insert', 'insert_quorum', 'select_sequential_consistency'],
  ...['connect_timeout', 'receive_timeout', 'send_timeout', 'use_uncompressed_cache'],
  ...['quote_64bit_integers', 'quote_64bit_floats', 'quote_denormals', 'quote_decimals', 'array_of_rows'].map(
    (name) => `output_format_json_${name}`,
  ),
  ...['named_tuples_as_objects', 'escape_forward_slashes', 'map_as_array_of_tuples', 'validate_utf8'].map(
    (name) => `output_format_json_${name}`,
  ),
  ...['output_format_csv_crlf_end_of_line', 'output_format_tsv_crlf_end_of_line', 'format_csv_delimiter'],
  ...['format_csv_null_representation', 'format_tsv_null_representation', 'output_format_write_statistics'],
  ...['output_format_decimal_trailing_zeros', 'output_format_float_precision'],
  ...['output_format_native_encode_types_in_binary_format', 'output_format_native_write_json_as_string'],
  ...['output_format_binary_encode_types_in_binary_format', 'output_format_binary_write_json_as_string'],
  ...['max_rows', 'max_column_pad_width', 'max_value_width', 'color', 'grid_charset', 'row_numbers'].map(
    (name) => `output_format_pretty_${name}`,
  ),
  ...['compression_method', 'string_as_string', 'row_group_size', 'version'].map(
    (name) => `output_format_parquet_${name}`,
  ),
  ...['compression_method', 'string_as_string', 'low_cardinality_as_dictionary'].map(
    (name) => `output_format_arrow_${name}`,
  ),
];
