/**
 * The read-only port for analysts' tools: ClickHouse's HTTP interface for the rows of one account. It authenticates
 * the caller by the account's API key and passes the statement to ClickHouse unread, with the user and the account
 * header of access.ts; ClickHouse enforces what that user may do. With Redis or ClickHouse down it answers 503;
 * nothing else waits for it.
 */
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { holderOfKey, type KeyHolder } from '../access/key-holder.ts';
import { ANALYST_CONNECTIONS } from '../access/limits/bounds.ts';
import type { Limits } from '../access/limits/limits.ts';
import type { OpenRequests } from '../access/open-requests.ts';
import type { Account } from '../catalog/definitions.ts';
import { AccountSuspendedError, refuseSuspended } from '../catalog/suspension.ts';
import { boundConnections, CHECK_EVERY_MS } from '../platform/bound-connections.ts';
import type { TrustedProxies } from '../platform/forwarded.ts';
import type { Logger } from '../platform/logger.ts';
import type { RedisClient } from '../platform/redis.ts';
import { RecordsLostError } from '../records/completeness.ts';
import { ACCOUNT_HEADER, ANALYST_USER } from './access.ts';
import { type Credentials, isNameOf, readCredentials } from './credentials.ts';
import { parameterDefaults } from './questions.ts';
import { DATABASE } from './report-views.ts';

/** Maximum size of a statement. ClickHouse itself parses 256 KiB of text by default. */
const STATEMENT_BYTES_MAX = 1024 * 1024;
/** Of the address and the headers, which are read before it is known who asks: longer statements are posted. */
export const HEAD_BYTES_MAX = 64 * 1024;
/** For a statement to arrive. */
const REQUEST_MS_MAX = 60_000;
/** Only the path /, without a host: other hosts and other pages of ClickHouse are not reachable. */
const STATEMENT_TARGET = /^\/(?:\?|$)/;
/**
 * URL parameters that are not passed on: credentials, which this listener has read, and sessions, which all analysts
 * would share, because they are one user in ClickHouse. ClickHouse accepts or refuses every other parameter.
 */
const NOT_PASSED: readonly string[] = [
  ...['user', 'password', 'quota_key', 'role'],
  ...['session_id', 'session_timeout', 'session_check', 'close_session'],
];
const REQUEST_HEADERS: readonly string[] = [
  ...['content-type', 'content-encoding', 'accept-encoding'],
  ...['x-clickhouse-format', 'x-clickhouse-database'],
];
const ANSWER_HEADERS = /^(content-(type|encoding|length)|retry-after|x-clickhouse-.+)$/;

export interface AnalystContext {
  redis: RedisClient;
  /** Address of ClickHouse; user and password in it are not used. */
  clickhouse_url: string;
  /** The password of ANALYST_USER. */
  password: string;
  /** Whether Redis has lost its records, and so its API keys. */
  records_lost(): boolean;
  limits: Limits;
  /** Whether callers come through a proxy. */
  proxies: TrustedProxies;
  /** The statements that run; a revoked key ends its own. */
  open_requests: OpenRequests;
}

/** An error answer of this listener, in the form of ClickHouse's own errors. */
class Refusal extends Error {
  readonly status: number;
  /** ClickHouse's error code; 0: none fits. */
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** No such key, or not this user's. */
class WrongKey extends Refusal {
  constructor() {
    super(
      403,
      516,
      "Authentication failed: the user is the account's id, the password one of its API keys. (AUTHENTICATION_FAILED)",
    );
  }
}

/** Creates the listener; the caller starts listening. */
export function createAnalystListener(context: AnalystContext, logger: Logger): Server {
  const { limits, proxies } = context;
  const options = {
    maxHeaderSize: HEAD_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    connectionsCheckingInterval: CHECK_EVERY_MS,
  };
  const server = createServer(options, (request, response) => {
    answer(context, request, response).catch((error) => {
      if (!(error instanceof Refusal)) logger.error({ error: (error as Error).message }, 'statement failed');
      refuse(response, error instanceof Refusal ? error : UNAVAILABLE);
    });
  });
  boundConnections(server, ANALYST_CONNECTIONS, proxies.trust_proxy === 0, () =>
    limits.noteRefused('connections'),
  );
  return server;
}

/**
 * Whether the analysts' user can sign in to ClickHouse and sees no row without an account. Rejects when ClickHouse is
 * down.
 */
export async function isConfined({
  clickhouse_url,
  password,
  whole,
}: Pick<AnalystContext, 'clickhouse_url' | 'password'> & { whole: boolean }): Promise<boolean> {
  const response = await fetch(new URL('/', new URL(clickhouse_url).origin), {
    method: 'POST',
    // With a shard away no view can be read; what views show is checked beside this.
    body: `SELECT ${whole ? 'count()' : '0'}, getSetting('readonly')${whole ? ` FROM ${DATABASE}.report_clicks` : ''}`,
    headers: { 'x-clickhouse-user': ANALYST_USER, 'x-clickhouse-key': password },
  });
  return (await response.text()).trim() === '0\t1' && response.ok;
}

async function answer(
  context: AnalystContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { url: target = '' } = request;
  if (target === '/ping') {
    response.end('Ok.\n');
    return;
  }
  if (!STATEMENT_TARGET.test(target)) throw new Refusal(404, 0, 'Send statements to the path /');
  if (request.method !== 'GET' && request.method !== 'POST') throw new Refusal(405, 0, 'Use GET or POST');
  const search = new URLSearchParams(target.slice(2));
  const credentials = readCredentials(request, search);
  const holder = await authenticate(context, credentials).catch((error: unknown) => {
    throw limitWrongKeys(context, request, error);
  });
  const { account_id } = holder.key;
  const body = await readStatement(request);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const end = await context.limits.statements.begin(account_id, gone.signal);
  if (end === undefined) {
    context.limits.noteRefused('statement', account_id);
    throw new Refusal(503, 202, 'Too many statements of this account run or wait: try again in a moment');
  }
  const done = context.open_requests.add({
    records: holder.records,
    ends_at_ms: holder.key.expires_at === null ? undefined : Date.parse(holder.key.expires_at),
    mayContinue: () => authenticate(context, credentials).then(Boolean, isNotRefused),
    cut: () => response.destroy(),
  });
  try {
    for (const name of NOT_PASSED) search.delete(name);
    if (!search.has('database') && request.headers['x-clickhouse-database'] === undefined) {
      search.set('database', DATABASE);
    }
    fillParameters(search, account_id, holder.account?.time_zone);
    await pass(context, { account_id, search, request, body }, response, gone.signal);
  } finally {
    done();
    end();
  }
}

/**
 * Gives a statement the parameters of the ready questions that it does not bring, so that they can be pasted as they
 * are. A statement without parameters is not affected. Rows of another account stay hidden whatever account_id says.
 */
function fillParameters(search: URLSearchParams, account_id: string, time_zone: string | undefined): void {
  for (const [name, value] of Object.entries(parameterDefaults(account_id, time_zone, Date.now()))) {
    if (!search.has(`param_${name}`)) search.set(`param_${name}`, value);
  }
}

/** A refusal as it is answered: an address that has sent many wrong keys gets 429 for the next one. */
function limitWrongKeys({ limits }: AnalystContext, { socket }: IncomingMessage, error: unknown): unknown {
  if (!(error instanceof WrongKey)) return error;
  // Behind a proxy all come from one address; a valid key is accepted from any.
  if (limits.wrong_keys.note(socket.remoteAddress ?? '') === 0) return error;
  limits.noteRefused('wrong_keys');
  return new Refusal(429, 202, 'Too many wrong keys from this address: try again in a minute');
}

/** Throws Refusal for a suspended account. */
function refuseAsClickHouse(account: Account): void {
  try {
    refuseSuspended(account);
  } catch (error) {
    if (error instanceof AccountSuspendedError) throw new Refusal(403, 516, error.message);
    throw error;
  }
}

/** Of a check that failed: false where the caller was refused; rejects when Redis is down. */
function isNotRefused(error: unknown): boolean {
  if (error instanceof Refusal && error.status !== 503) return false;
  throw error;
}

async function authenticate(
  { redis, records_lost }: AnalystContext,
  given: Credentials | undefined,
): Promise<KeyHolder> {
  if (records_lost()) throw new Refusal(503, 0, new RecordsLostError().message);
  if (given === undefined) {
    throw new Refusal(401, 194, "Give the account's id as user and one of its API keys as password");
  }
  const holder = await holderOfKey(redis, given.password, Date.now());
  const account = holder?.account;
  if (account !== undefined) refuseAsClickHouse(account);
  if (holder === undefined || account?.status !== 'active' || !isNameOf(given.user, account.account_id)) {
    throw new WrongKey();
  }
  if (!holder.key.scopes.includes('read')) {
    throw new Refusal(403, 516, 'This key may not read: it needs the scope read. (AUTHENTICATION_FAILED)');
  }
  return holder;
}

async function readStatement(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > STATEMENT_BYTES_MAX) {
      throw new Refusal(413, 0, `A statement may have ${STATEMENT_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

interface Statement {
  account_id: string;
  /** The URL parameters that are passed on to ClickHouse. */
  search: URLSearchParams;
  request: IncomingMessage;
  body: Buffer;
}

/** Passes the statement to ClickHouse and streams the answer back. A disconnect on either side ends both. */
async function pass(
  context: AnalystContext,
  { account_id, search, request, body }: Statement,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const { hostname, port, protocol } = new URL(context.clickhouse_url);
  const headers: Record<string, string | number> = {
    'content-length': body.length,
    'x-clickhouse-user': ANALYST_USER,
    'x-clickhouse-key': context.password,
    [ACCOUNT_HEADER]: account_id,
  };
  for (const name of REQUEST_HEADERS) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const send = protocol === 'https:' ? httpsRequest : httpRequest;
  const options = { hostname, port, path: `/?${search}`, method: request.method ?? 'GET', headers, signal };
  const answered = await new Promise<IncomingMessage>((resolve, reject) => {
    send(options, resolve).once('error', reject).end(body);
  }).catch((error: Error) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  if (answered === undefined) return;
  for (const [name, value] of Object.entries(answered.headers)) {
    if (value !== undefined && ANSWER_HEADERS.test(name)) response.setHeader(name, value);
  }
  response.writeHead(answered.statusCode ?? 502);
  // If the transfer breaks, the connection is broken off too, so that the reader knows that rows are missing.
  await pipeline(answered, response).catch(() => response.destroy());
}

const UNAVAILABLE = new Refusal(503, 0, 'The data can not be read just now: try again in a moment');

function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.setHeader('X-ClickHouse-Exception-Code', String(code));
  if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="Trackly Links"');
  if (status === 503) response.setHeader('Retry-After', '1');
  if (status === 429) response.setHeader('Retry-After', '60');
  // The rest of the request is not read.
  response.setHeader('Connection', 'close');
  response.end(`Code: ${code}. DB::Exception: ${message}\n`);
}
