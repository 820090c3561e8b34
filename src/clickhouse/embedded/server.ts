/**
 * ClickHouse's HTTP interface in front of the embedded engine, on loopback: an unmodified client, curl
 * and analysts' tools work against it as against a server. Durability is the engine's own: a kill loses
 * nothing acknowledged, a power cut may lose what the system has not yet written out.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, gzipSync } from 'node:zlib';
import type { Log } from '../../platform/log.ts';
import { BusyError, Engine, type Statement } from './engine.ts';
import { formatOf, insertOf, isReading, isSelect, touchesFiles } from './statement.ts';

/** An insert is one statement, and so one block and one token: its body is held. */
const BODY_BYTES_MAX = 256 * 1024 * 1024;
const CLOSE_WITHIN_MS = 5_000;

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
]);

/** Rows one after the other, without head or foot: safe to send as they come. */
const STREAMED =
  /^(TabSeparated|TSV|TabSeparatedRaw|TSVRaw|CSV|JSONEachRow|JSONCompactEachRow|JSONStringsEachRow|JSONCompactStringsEachRow|RowBinary|LineAsString|RawBLOB)$/;

const CONTENT_TYPES: [RegExp, string][] = [
  [/^JSON(Compact|Strings|CompactStrings|ColumnsWithMetadata|Columns)?$/, 'application/json; charset=UTF-8'],
  [/EachRow/, 'application/x-ndjson; charset=UTF-8'],
  [/^(TabSeparated|TSV)/, 'text/tab-separated-values; charset=UTF-8'],
  [/^CSV/, 'text/csv; charset=UTF-8; header=absent'],
  [/^(RowBinary|Native|Parquet|Arrow|ORC|Avro)/, 'application/octet-stream'],
];

/** ClickHouse's own mapping of its codes to statuses, where it is not 500. */
const STATUS: Record<number, number> = {
  ...Object.fromEntries(
    [6, 26, 27, 36, 38, 41, 43, 47, 53, 62, 69, 70, 72, 117, 130, 386].map((code) => [code, 400]),
  ),
  ...Object.fromEntries([16, 46, 50, 57, 60, 81, 82].map((code) => [code, 404])),
  164: 403,
};

class HttpError extends Error {
  readonly status: number;
  readonly code: number;
  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface EmbeddedClickHouse {
  port: number;
  /** Stops accepting, finishes what runs, closes the engine. */
  close(): Promise<void>;
}

/** Opens the engine on `data_dir` and listens; `port` 0 takes any. Throws where it can't. */
export async function startEmbeddedClickHouse(options: {
  data_dir: string;
  host: string;
  port: number;
  log: Log;
}): Promise<EmbeddedClickHouse> {
  const engine = new Engine(options.data_dir);
  const server = createServer((request, response) => {
    answer(engine, request, response).catch((error) => fail(response, error, options.log));
  });
  // An analyst's query may take as long as it takes.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await engine.close(CLOSE_WITHIN_MS);
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/ping' || url.pathname === '/replicas_status') {
    response.end('Ok.\n');
    return;
  }
  if (url.pathname !== '/') throw new HttpError(404, 0, `There is no handle ${url.pathname}`);
  if (request.method !== 'GET' && request.method !== 'POST') {
    throw new HttpError(405, 0, 'Use GET or POST');
  }
  const query = url.searchParams.get('query') ?? '';
  const insert = insertOf(query);
  const body = await readBody(request);
  const sql = insert === undefined && body.length > 0 ? joined(query, body) : query;
  if (sql.trim() === '') {
    response.end('Ok.\n');
    return;
  }
  if (touchesFiles(insert === undefined ? sql : query)) {
    throw new HttpError(
      403,
      291,
      'Files of this machine can not be read or written here: send the data itself',
    );
  }
  const reading = isReading(sql);
  const read_only = request.method === 'GET' || ['1', '2'].includes(url.searchParams.get('readonly') ?? '');
  if (read_only && !reading) {
    throw new HttpError(403, 164, 'Cannot execute query in readonly mode: send it by POST');
  }

  const statement = readStatement(url, request, sql);
  const started = process.hrtime.bigint();
  const format = formatOf(sql) ?? statement.default_format;
  setHeaders(response, url, format);
  if (insert !== undefined) {
    const written = await engine.insert(insert, statement, body);
    setSummary(response, started, written.rows, written.bytes);
    response.end();
    return;
  }
  const wants_gzip =
    url.searchParams.get('enable_http_compression') === '1' &&
    /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (isSelect(sql) && STREAMED.test(format)) {
    await streamRows(engine, statement, response, wants_gzip);
    return;
  }
  const result = await engine.run(statement, reading ? 'read' : 'write');
  setSummary(response, started, 0, 0);
  if (wants_gzip) response.setHeader('Content-Encoding', 'gzip');
  response.end(wants_gzip ? gzipSync(result) : result);
}

async function streamRows(
  engine: Engine,
  statement: Statement,
  response: ServerResponse,
  wants_gzip: boolean,
): Promise<void> {
  const gzip = wants_gzip ? createGzip() : undefined;
  const target = gzip ?? response;
  const piping = gzip === undefined ? undefined : pipeline(gzip, response);
  piping?.catch(() => {});
  let begun = false;
  await engine.stream(statement, async (chunk) => {
    if (!begun && wants_gzip) response.setHeader('Content-Encoding', 'gzip');
    begun = true;
    if (response.destroyed) return false;
    if (!target.write(chunk)) {
      await new Promise<void>((resolve) => {
        const go = (): void => {
          target.off('drain', go);
          response.off('close', go);
          resolve();
        };
        target.once('drain', go);
        response.once('close', go);
      });
    }
    return !response.destroyed;
  });
  if (!begun && wants_gzip) response.setHeader('Content-Encoding', 'gzip');
  target.end();
}

function joined(query: string, body: Buffer): string {
  return query === '' ? body.toString('utf8') : `${query}\n${body.toString('utf8')}`;
}

function readStatement(url: URL, request: IncomingMessage, sql: string): Statement {
  const settings: Record<string, string> = {};
  const params: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('param_')) params[name.slice('param_'.length)] = value;
    else if (!NO_SETTINGS.has(name)) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
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

async function readBody(request: IncomingMessage): Promise<Buffer> {
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
    if (bytes > BODY_BYTES_MAX) {
      throw new HttpError(413, 0, `A body may have ${BODY_BYTES_MAX} bytes: insert in several statements`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function setHeaders(response: ServerResponse, url: URL, format: string): void {
  const type = CONTENT_TYPES.find(([pattern]) => pattern.test(format))?.[1] ?? 'text/plain; charset=UTF-8';
  response.setHeader('Content-Type', type);
  response.setHeader('X-ClickHouse-Format', format);
  response.setHeader('X-ClickHouse-Timezone', 'UTC');
  response.setHeader('X-ClickHouse-Server-Display-Name', 'trackly');
  response.setHeader('X-ClickHouse-Query-Id', url.searchParams.get('query_id') ?? randomUUID());
}

function setSummary(response: ServerResponse, started: bigint, rows: number, bytes: number): void {
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

function fail(response: ServerResponse, error: unknown, log: Log): void {
  if (response.headersSent || response.destroyed) {
    // Too late for a status: a broken transfer tells the reader that the rows are not all there.
    response.destroy();
    return;
  }
  const { status, code, message } = described(error);
  if (status >= 500) log.debug({ code }, 'statement failed');
  response.statusCode = status;
  response.removeHeader('Content-Encoding');
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.setHeader('X-ClickHouse-Exception-Code', String(code));
  if (status === 503) response.setHeader('Retry-After', '1');
  response.end(`${message}\n`);
}

function described(error: unknown): { status: number; code: number; message: string } {
  if (error instanceof HttpError) {
    return {
      status: error.status,
      code: error.code,
      message: `Code: ${error.code}. DB::Exception: ${error.message}.`,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof BusyError) {
    return {
      status: 503,
      code: 202,
      message: `Code: 202. DB::Exception: ${message}. (TOO_MANY_SIMULTANEOUS_QUERIES)`,
    };
  }
  const code = Number(/Code: (\d+)/.exec(message)?.[1] ?? 0);
  const text = message.slice(Math.max(0, message.indexOf('Code: ')));
  return {
    status: STATUS[code] ?? 500,
    code,
    message: code === 0 ? `Code: 0. DB::Exception: ${message}` : text,
  };
}
