/**
 * A request of ClickHouse's HTTP interface, read: its body, its settings and parameters, and the database
 * and format that it wants.
 */
import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { CARRIER } from './confined/row-policies.ts';
import type { Statement } from './engine.ts';
import { HttpError } from './http-error.ts';

/** An insert is one statement, and so one block and one token: its body is held. */
export const BODY_BYTES_MAX = 256 * 1024 * 1024;
/** Nobody inserts through a confined session. */
export const CONFINED_BYTES_MAX = 1024 * 1024;

/** Parameters of the interface that are no settings of the engine. */
const NO_SETTINGS = new Set([
  'query',
  'database',
  'default_format',
  'query_id',
  'session_id',
  'session_timeout',
  'session_check',
  'role',
  'user',
  'password',
  'quota_key',
  'wait_end_of_query',
  'send_progress_in_http_headers',
  'buffer_size',
  'http_headers_progress_interval_ms',
  'enable_http_compression',
  'compress',
  'decompress',
  'readonly',
  'client_protocol_version',
  'add_http_cors_header',
  'http_write_exception_in_output_format',
  'log_comment',
  'cancel_http_readonly_queries_on_client_close',
  'confined_to',
]);

/** Everything but the text of the statement comes from the address and the headers. */
export function readStatement(url: URL, request: IncomingMessage, sql: string): Statement {
  const settings: Record<string, string> = {};
  const params: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('param_')) params[name.slice('param_'.length)] = value;
    else if (!NO_SETTINGS.has(name)) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name === CARRIER)
        throw new HttpError(400, 115, `Unknown setting ${JSON.stringify(name)}`);
      settings[name] = value;
    }
  }
  return {
    sql,
    database: url.searchParams.get('database') ?? header(request, 'x-clickhouse-database') ?? 'default',
    settings,
    params,
    default_format:
      url.searchParams.get('default_format') ?? header(request, 'x-clickhouse-format') ?? 'TabSeparated',
  };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The whole body, unzipped; throws HttpError where it is longer than `bytes_max`. */
export async function readBody(request: IncomingMessage, bytes_max: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new HttpError(400, 0, `Content-Encoding ${encoding} is not understood: use gzip or none`);
  }
  const source = encoding === 'gzip' ? request.pipe(createGunzip()) : request;
  if (source !== request) request.once('error', (error) => source.destroy(error));
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytes_max) {
      throw new HttpError(413, 0, `A body may have ${bytes_max} bytes: insert in several statements`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
