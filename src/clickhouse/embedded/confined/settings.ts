/**
 * What a confined statement may use, and the settings that its caller may give beside it. A caller may ask for
 * less than a limit, never for more; settings that only shape the answer are taken, those that tools send without
 * need are passed over, all others are refused.
 */
import { HttpError } from '../http-error.ts';

const GiB = 1024 ** 3;

/** ClickHouse ends the statement that exceeds one, with an error that says so. */
export const LIMITS: Record<string, number> = {
  max_execution_time: 30,
  max_memory_usage: GiB,
  max_result_rows: 1_000_000,
  max_result_bytes: GiB / 4,
  max_temporary_data_on_disk_size_for_query: GiB,
  /** Redirects, workers and the API share these cores. */
  max_threads: 2,
};

const TAKEN =
  /^(output_format_\w+|format_(csv|tsv)_\w+|date_time_output_format|session_timezone|timezone|join_use_nulls|group_by_use_nulls|transform_null_in|union_default_mode|aggregate_functions_null_for_empty|extremes|max_block_size|result_overflow_mode|limit|offset)$/;

/** Of drivers and of Grafana's plug-in; they mean nothing to a statement that only reads, or nothing here. */
const PASSED_OVER = new Set([
  'async_insert',
  'wait_for_async_insert',
  'insert_quorum',
  'select_sequential_consistency',
  'send_progress_in_http_headers',
  'connect_timeout',
  'receive_timeout',
  'send_timeout',
  'timeout',
]);

/** The settings of a confined statement. Throws HttpError, as ClickHouse would, at one that can't be changed. */
export function confinedSettings(given: Record<string, string>): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (TAKEN.test(name)) settings[name] = value;
    else if (!(name in LIMITS) && !PASSED_OVER.has(name)) {
      throw new HttpError(403, 164, `Cannot modify '${name}' setting in readonly mode. (READONLY)`);
    }
  }
  for (const [name, most] of Object.entries(LIMITS)) {
    const wanted = Number(given[name]);
    settings[name] = String(wanted > 0 && wanted < most ? wanted : most);
  }
  return settings;
}
