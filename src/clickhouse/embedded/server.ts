/**
 * ClickHouse's HTTP interface in front of the embedded engine, on loopback: an unmodified client, curl
 * and analysts' tools work against it as against a server. Durability is the engine's own: a kill loses nothing that
 * was acknowledged, nor does a power cut in tables that sync their parts, as all of the product's do.
 *
 * With the parameter `confined_to=<account_id>` a statement reads the rows of that account only, within limits
 * (confined/): for listeners that know whom they speak for. A real server refuses that parameter.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Log } from '../../platform/log.ts';
import { readForm, sendWhole } from './answer-form.ts';
import { prepareCatalog } from './confined/catalog.ts';
import { CARRIER, prepareAccess, type RowRules } from './confined/row-policies.ts';
import { ConfinedStatements } from './confined/statement.ts';
import { Engine, type LaneName, type Statement } from './engine.ts';
import { setHeaders, setSummary } from './http-answer.ts';
import { described, HttpError } from './http-error.ts';
import { BODY_BYTES_MAX, CONFINED_BYTES_MAX, readBody, readStatement } from './http-request.ts';
import { formatOf, insertOf, isReading, isSelect, touchesFiles } from './statement.ts';

const CLOSE_WITHIN_MS = 5_000;
/** Parameters of a query stand in the address; ClickHouse takes as much. */
const ADDRESS_BYTES_MAX = 1024 * 1024;

/** Rows one after the other, without head or foot: safe to send as they come. */
const STREAMED =
  /^(TabSeparated|TSV|TabSeparatedRaw|TSVRaw|CSV|JSONEachRow|JSONCompactEachRow|JSONStringsEachRow|JSONCompactStringsEachRow|RowBinary|LineAsString|RawBLOB)$/;

export interface EmbeddedClickHouse {
  port: number;
  /** Stops accepting, finishes what runs, closes the engine. */
  close(): Promise<void>;
}

interface Front {
  engine: Engine;
  /** Undefined without row rules: then nothing can be confined. */
  confined: ConfinedStatements | undefined;
}

/** Opens the engine on `data_dir` and listens; `port` 0 takes any. Throws where it can't. */
export async function startEmbeddedClickHouse(options: {
  data_dir: string;
  host: string;
  port: number;
  log: Log;
  /** What confined statements may see. */
  rules?: RowRules;
}): Promise<EmbeddedClickHouse> {
  const { data_dir, rules } = options;
  const engine = new Engine(data_dir, rules && prepareAccess(data_dir, rules));
  if (rules !== undefined) await prepareCatalog(engine);
  const front: Front = { engine, confined: rules && new ConfinedStatements(engine, rules) };
  if (engine.forgotten.length > 0) {
    options.log.warn({ parts: engine.forgotten }, 'inserts had been cut off and will be taken again');
  }
  const server = createServer({ maxHeaderSize: ADDRESS_BYTES_MAX }, (request, response) => {
    answer(front, request, response).catch((error) => fail(response, error, options.log));
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

async function answer(front: Front, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { engine } = front;
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
  const account_id = url.searchParams.get('confined_to');
  const insert = account_id === null ? insertOf(query) : undefined;
  const body = await readBody(request, account_id === null ? BODY_BYTES_MAX : CONFINED_BYTES_MAX);
  const sql = insert === undefined && body.length > 0 ? joined(query, body) : query;
  if (sql.trim() === '') {
    response.end('Ok.\n');
    return;
  }
  checkText(insert === undefined ? sql : query);
  const reading = isReading(sql);
  const read_only = request.method === 'GET' || ['1', '2'].includes(url.searchParams.get('readonly') ?? '');
  if (account_id === null && read_only && !reading) {
    throw new HttpError(403, 164, 'Cannot execute query in readonly mode: send it by POST');
  }

  const form = readForm(url, request);
  const asked = readStatement(url, request, sql);
  const statement = account_id === null ? asked : await confine(front, asked, account_id);
  const lane = account_id === null ? 'read' : 'confined';
  const started = process.hrtime.bigint();
  const format = formatOf(statement.sql) ?? statement.default_format;
  setHeaders(response, url, format);
  if (insert !== undefined) {
    const written = await engine.insert(insert, statement, body);
    setSummary(response, started, written.rows, written.bytes);
    response.end();
    return;
  }
  if (isSelect(statement.sql) && STREAMED.test(format) && !form.blocks) {
    await streamRows(engine, statement, lane, response, form.gzip);
    return;
  }
  const result = await engine.run(statement, account_id !== null || reading ? lane : 'write');
  setSummary(response, started, 0, 0);
  await sendWhole(response, result, form, format);
}

/** What nobody may write, whoever they are. */
function checkText(sql: string): void {
  if (touchesFiles(sql)) {
    throw new HttpError(
      403,
      291,
      'Files of this machine can not be read or written here: send the data itself',
    );
  }
  if (sql.includes(CARRIER)) throw new HttpError(403, 164, `${CARRIER} is kept for row policies here`);
}

function confine({ confined }: Front, statement: Statement, account_id: string): Promise<Statement> {
  if (confined === undefined || account_id === '') {
    throw new HttpError(403, 497, 'Statements can not be confined here');
  }
  return confined.confine(statement, account_id);
}

async function streamRows(
  engine: Engine,
  statement: Statement,
  lane: Exclude<LaneName, 'write'>,
  response: ServerResponse,
  wants_gzip: boolean,
): Promise<void> {
  const gzip = wants_gzip ? createGzip() : undefined;
  const target = gzip ?? response;
  const piping = gzip === undefined ? undefined : pipeline(gzip, response);
  piping?.catch(() => {});
  let begun = false;
  await engine.stream(statement, lane, async (chunk) => {
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
