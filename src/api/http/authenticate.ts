/**
 * Decides before anything is read of a request who makes it and whether they may: the route names a scope, or that it
 * is open or the operator's. Then the request is held among the open ones until it is answered, so that its answer is
 * cut when the key or the session is ended meanwhile. With Redis down it answers 503.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { holderOfKey, type KeyHolder, KeyUse } from '../../access/key-holder.ts';
import { readSession, recordsOf, type SignedIn, type SignedInMember } from '../../access/read-session.ts';
import type { Right } from '../../access/right.ts';
import { ROLE_SCOPES, type Scope } from '../../access/scopes.ts';
import { leftOf } from '../../access/session.ts';
import { refuseSuspended } from '../../catalog/suspension.ts';
import { RecordsLostError } from '../../records/completeness.ts';
import { callerAddress } from './caller-address.ts';
import type { Api, ApiContext } from './context.ts';
import { ApiError } from './errors.ts';
import { refuseOtherAccount, refuseOtherSites, tokenOf } from './session-cookie.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller of an account must be allowed to do. */
    scope?: Scope;
    /** A test key may ask, because what it makes is a test; without it a test key only reads. */
    tests?: boolean;
    /** No key needed. */
    open?: boolean;
    /** Only an admin key, not an account's. */
    admin?: boolean;
    /** An admin key, or an account's with `scope`. */
    either?: boolean;
    /** An operator whom this process has lately found to be one may ask while Redis is away, or has lost its data. */
    without_redis?: boolean;
    /**
     * The path has `:key`, for callers that can send no header: a key that may do nothing but what the route needs.
     */
    key_in_path?: boolean;
  }
}

export function authenticateRequests(app: Api, context: ApiContext): void {
  const used = new KeyUse(context.redis);

  // A route that says nothing would be open to every key of an account.
  app.addHook('onRoute', ({ url, config = {} }) => {
    if (url.startsWith('/docs')) return;
    const said = [config.open, config.admin, config.scope !== undefined].filter(Boolean);
    if (said.length !== 1) throw new Error(`${url}: say one of open, admin and scope in the route's config`);
  });

  app.addHook('onRequest', async (request, reply) => {
    const { config, url } = request.routeOptions;
    if (url === undefined || config.open || url.startsWith('/docs')) return;
    const now_ms = Date.now();
    const right = await rightOrRemembered(context, request, now_ms);
    if (right === undefined) throw unknownCaller(request);
    if (right.caller.session_id !== '') refuseOtherAccount(request, right.caller.account_id);
    authorize(right, request);
    if (right.key !== undefined) used.note(right.key, now_ms);
    request.caller = { ...right.caller, address: callerAddress(request.raw, context.proxies) };
    request.is_admin = right.caller.kind === 'operator';
    if (right.account !== undefined) request.account = right.account;
    holdOpen(context, request, reply, right);
  });
}

/** Throws where Redis is down, or has lost its data, and the route can't be read without it. */
async function rightOrRemembered(
  context: ApiContext,
  request: FastifyRequest,
  now_ms: number,
): Promise<Right | undefined> {
  const { operators, proxies, records_lost } = context;
  const credential = String(request.headers['x-api-key'] ?? tokenOf(request, proxies) ?? '');
  try {
    // Without records every key is unknown, and new records would conflict with the restored ones.
    if (records_lost()) throw new ApiError('unavailable', new RecordsLostError().message);
    const right = await rightOf(context, request, now_ms);
    if (right?.caller.kind === 'operator') operators.note(credential, right, now_ms);
    return right;
  } catch (error) {
    const { without_redis = false } = request.routeOptions.config;
    const remembered = without_redis ? operators.recall(credential, now_ms) : undefined;
    if (remembered === undefined) throw error;
    return remembered;
  }
}

const isReading = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD';

/** A key goes before a session. Throws `forbidden` for a change by a session that another site may have caused. */
async function rightOf(
  { redis, proxies }: ApiContext,
  request: FastifyRequest,
  now_ms: number,
): Promise<Right | undefined> {
  const { key_in_path = false, scope } = request.routeOptions.config;
  const key = request.headers['x-api-key'];
  if (key !== undefined) {
    const holder = await holderOfKey(redis, key, now_ms);
    return holder === undefined ? undefined : rightOfKey(holder);
  }
  const token = tokenOf(request, proxies);
  if (token === undefined) {
    return key_in_path ? rightOfPath(redis, request.params as { key: string }, scope, now_ms) : undefined;
  }
  if (!isReading(request) || key_in_path) refuseOtherSites(request);
  const signed_in = await readSession(redis, token, now_ms);
  return signed_in === undefined ? undefined : rightOfSession(signed_in, now_ms);
}

/** Addresses get into logs and screens, so their keys may do one thing only. */
async function rightOfPath(
  redis: ApiContext['redis'],
  params: { key: string },
  scope: Scope | undefined,
  now_ms: number,
): Promise<Right | undefined> {
  const holder = await holderOfKey(redis, params.key, now_ms);
  if (holder === undefined) return undefined;
  if (holder.key.scopes.some((one) => one !== scope)) {
    throw new ApiError(
      'forbidden',
      `a key in an address may have the scope ${scope} and no other: make one with POST /v2/keys`,
    );
  }
  return rightOfKey(holder);
}

function rightOfKey({ key, account, records }: KeyHolder): Right {
  return {
    caller: {
      kind: account === undefined ? 'operator' : 'key',
      id: key.key_id,
      name: key.name,
      account_id: key.account_id,
      scopes: key.scopes,
      tests_only: key.test,
      session_id: '',
    },
    account,
    key,
    records,
    ends_at_ms: key.expires_at === null ? undefined : Date.parse(key.expires_at),
  };
}

/** A session with a key looks only, whatever the key may do. */
function rightOfSession(signed_in: SignedIn, now_ms: number): Right {
  const { session } = signed_in;
  const records = recordsOf(signed_in);
  const session_ends_ms = now_ms + leftOf(session, now_ms);
  if (signed_in.kind === 'member') return rightOfMember(signed_in, records, session_ends_ms);
  const right = rightOfKey(signed_in.holder);
  return {
    ...right,
    caller: {
      ...right.caller,
      scopes: right.caller.scopes.filter((scope) => scope === 'read'),
      session_id: session.session_id,
    },
    records,
    ends_at_ms: Math.min(right.ends_at_ms ?? Number.POSITIVE_INFINITY, session_ends_ms),
  };
}

function rightOfMember(
  { session, account, member }: SignedInMember,
  records: string[],
  ends_at_ms: number,
): Right {
  return {
    caller: {
      kind: 'member',
      id: session.member_id,
      name: session.email,
      account_id: account?.account_id ?? '',
      scopes: member === undefined ? [] : ROLE_SCOPES[member.role],
      session_id: session.session_id,
    },
    account,
    key: undefined,
    records,
    ends_at_ms,
  };
}

function unknownCaller({ headers }: FastifyRequest): ApiError {
  return headers['x-api-key'] === undefined
    ? new ApiError('unauthorized', 'send your API key in the X-Api-Key header, or sign in')
    : new ApiError('unauthorized', 'this API key is not known: check it, or ask for a new one');
}

/** Throws ApiError or AccountSuspendedError unless the right is enough for the route that is asked. */
function authorize({ caller, account }: Right, request: FastifyRequest): void {
  const { scope, admin, either, tests } = request.routeOptions.config;
  if (caller.kind === 'operator') {
    if (caller.session_id !== '' && !isReading(request))
      throw new ApiError('forbidden', 'a session with an admin key only looks: send the key in X-Api-Key');
    if (admin || either) return;
    throw new ApiError(
      'forbidden',
      "this route needs an account's key: an admin key only manages accounts and the installation",
    );
  }
  if (account === undefined) throw new ApiError('forbidden', 'choose an account first');
  refuseSuspended(account);
  if (account.status !== 'active') throw unknownCaller(request);
  if (admin) throw new ApiError('forbidden', 'this route needs an admin key');
  if (caller.tests_only && !tests && !isReading(request)) {
    throw new ApiError(
      'forbidden',
      'this is a test key: it makes messages and links that are tests, and reads; use another key for anything else',
    );
  }
  if (scope !== undefined && !caller.scopes.includes(scope)) {
    throw new ApiError(
      'forbidden',
      `this route needs the scope ${scope}, and ${nameOf(caller)} has ${caller.scopes.join(', ') || 'none'}`,
    );
  }
}

function nameOf({ kind, session_id }: Right['caller']): string {
  if (kind === 'member') return 'your role';
  return session_id === '' ? 'this key' : 'a session with a key';
}

function holdOpen(context: ApiContext, request: FastifyRequest, reply: FastifyReply, right: Right): void {
  const done = context.open_requests.add({
    records: right.records,
    ends_at_ms: right.ends_at_ms,
    async mayContinue() {
      const now = await rightOf(context, request, Date.now());
      if (now === undefined) return false;
      try {
        authorize(now, request);
        return true;
      } catch {
        return false;
      }
    },
    cut: () => reply.raw.destroy(),
  });
  reply.raw.once('close', done);
}
