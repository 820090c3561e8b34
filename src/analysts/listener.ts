/**
 * The read-only port for analysts' tools: ClickHouse's HTTP interface for one account. It says who asks, by the
 * account's API key, and hands the statement to the embedded engine, which confines it to that account's rows
 * (clickhouse/embedded/confined). A ClickHouse server of your own has users and row policies itself: see
 * deploy/clickhouse-analyst.sql. With Redis or ClickHouse down it answers 503; nothing else waits on it.
 */

import type { ServerResponse } from 'node:http';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { accountOfKey } from '../catalog/catalog-store.ts';
import { described, HttpError } from '../clickhouse/embedded/http-error.ts';
import type { Log } from '../platform/log.ts';
import type { RedisClient } from '../platform/redis.ts';
import { RecordsLostError } from '../records/completeness.ts';
import { isNameOf, readCredentials } from './credentials.ts';

/** A statement, with room for its parameters; the engine reads 256 KiB of text. */
const STATEMENT_BYTES_MAX = 1024 * 1024;
/** Statements of one account that run or wait: a dashboard asks for all its panels at once. */
const AT_ONCE_MAX = 32;
/** They say who asks, or are decided here. */
const NOT_PASSED = ['user', 'password', 'quota_key', 'role', 'readonly', 'confined_to', 'database'];
const REQUEST_HEADERS = ['content-type', 'content-encoding', 'accept-encoding', 'x-clickhouse-format'];
const ANSWER_HEADERS = /^(content-(type|encoding|length)|retry-after|x-clickhouse-.+)$/;

export interface AnalystContext {
  redis: RedisClient;
  /** Address of the embedded engine. */
  clickhouse_url: string;
  /** Whether Redis has lost its records: then no key is known. */
  records_lost(): boolean;
}

/** The listener; the caller has it listen. */
export function createAnalystListener(context: AnalystContext, log: Log): Server {
  const at_once = new Map<string, number>();
  return createServer({ maxHeaderSize: STATEMENT_BYTES_MAX }, (request, response) => {
    answer(context, at_once, request, response).catch((error) => {
      if (!(error instanceof HttpError)) log.error({ error: (error as Error).message }, 'statement failed');
      fail(response, error instanceof HttpError ? error : unavailable());
    });
  });
}

/** Whether the address is an engine that confines statements; a server refuses the parameter. */
export async function canConfine(clickhouse_url: string): Promise<boolean> {
  const { origin, username } = new URL(clickhouse_url);
  // The embedded engine asks nobody for a name.
  return username === '' && (await fetch(`${origin}/?query=SELECT+1&confined_to=nobody`)).ok;
}

async function answer(
  context: AnalystContext,
  at_once: Map<string, number>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', context.clickhouse_url);
  if (url.pathname === '/ping') {
    response.end('Ok.\n');
    return;
  }
  const account_id = await authenticate(context, request, url);
  const running = at_once.get(account_id) ?? 0;
  if (running >= AT_ONCE_MAX) {
    throw new HttpError(503, 202, `${running} statements of this account run: wait for one to end`);
  }
  at_once.set(account_id, running + 1);
  try {
    for (const name of NOT_PASSED) url.searchParams.delete(name);
    url.searchParams.set('confined_to', account_id);
    await pass(url, request, await readStatement(request), response);
  } finally {
    const others = (at_once.get(account_id) ?? 1) - 1;
    if (others > 0) at_once.set(account_id, others);
    else at_once.delete(account_id);
  }
}

async function authenticate(
  { redis, records_lost }: AnalystContext,
  request: IncomingMessage,
  url: URL,
): Promise<string> {
  if (records_lost()) throw new HttpError(503, 0, new RecordsLostError().message);
  const given = readCredentials(request, url);
  if (given === undefined) {
    throw new HttpError(401, 194, "Give the account's id as user and one of its API keys as password");
  }
  const account = await accountOfKey(redis, given.password);
  if (account === undefined || !isNameOf(given.user, account.account_id)) {
    throw new HttpError(
      403,
      516,
      "Authentication failed: the user is the account's id, the password one of its API keys. (AUTHENTICATION_FAILED)",
    );
  }
  return account.account_id;
}

async function readStatement(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > STATEMENT_BYTES_MAX) {
      throw new HttpError(413, 0, `A statement may have ${STATEMENT_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Hands the statement on, and the answer back as it comes. Whoever goes away ends both. */
async function pass(
  url: URL,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const headers: Record<string, string | number> = { 'content-length': body.length };
  for (const name of REQUEST_HEADERS) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const answered = await new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest(url, { method: request.method ?? 'GET', headers, signal: gone.signal }, resolve)
      .once('error', reject)
      .end(body);
  }).catch((error: Error) => {
    if (response.destroyed) return undefined;
    throw error;
  });
  if (answered === undefined) return;
  for (const [name, value] of Object.entries(answered.headers)) {
    if (value !== undefined && ANSWER_HEADERS.test(name)) response.setHeader(name, value);
  }
  response.writeHead(answered.statusCode ?? 502);
  // A broken transfer is broken here too: it says that the rows are not all there.
  await pipeline(answered, response).catch(() => response.destroy());
}

function unavailable(): HttpError {
  return new HttpError(503, 0, 'The data can not be read just now: try again in a moment');
}

function fail(response: ServerResponse, error: HttpError): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { status, code, message } = described(error);
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.setHeader('X-ClickHouse-Exception-Code', String(code));
  if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="Trackly Links"');
  if (status === 503) response.setHeader('Retry-After', '1');
  // What of the request has not been read is not wanted.
  response.setHeader('Connection', 'close');
  response.end(`${message}\n`);
}
