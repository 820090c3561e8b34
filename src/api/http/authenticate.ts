/**
 * Decides before anything is read of a request who makes it and whether they may: the route names a scope, or that it
 * is open or the operator's. Then the request is held among the open ones until it is answered, so that its answer is
 * cut when the key is revoked meanwhile. With Redis down it answers 503.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../../access/caller.ts';
import { holderOfKey, type KeyHolder, KeyUse } from '../../access/key-holder.ts';
import type { Scope } from '../../access/scopes.ts';
import { refuseSuspended } from '../../catalog/suspension.ts';
import { RecordsLostError } from '../../records/completeness.ts';
import { sessionKey } from '../routes/dashboard.ts';
import { callerAddress } from './caller-address.ts';
import type { Api, ApiContext } from './context.ts';
import { ApiError } from './errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller of an account must be allowed to do. */
    scope?: Scope;
    /** No key needed. */
    open?: boolean;
    /** Only an admin key, not an account's. */
    admin?: boolean;
    /** An admin key, or an account's with `scope`. */
    either?: boolean;
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
    // Without records every key is unknown, and new records would conflict with the restored ones.
    if (context.records_lost()) throw new ApiError('unavailable', new RecordsLostError().message);
    const now_ms = Date.now();
    const credential = credentialOf(request);
    const holder = await holderOfKey(context.redis, credential, now_ms);
    if (holder === undefined) throw unknownKey(credential);
    authorize(holder, config);
    used.note(holder.key, now_ms);
    request.caller = callerOf(holder, callerAddress(request.raw, context.proxies));
    request.is_admin = holder.account === undefined;
    if (holder.account !== undefined) request.account = holder.account;
    holdOpen(context, request, reply, holder);
  });
}

/** A session replaces the key for reads only, so that no other site can use it to change anything. */
function credentialOf({ method, headers }: FastifyRequest): unknown {
  const reads = method === 'GET' || method === 'HEAD';
  return headers['x-api-key'] ?? (reads ? sessionKey(headers.cookie) : undefined);
}

function unknownKey(given: unknown): ApiError {
  return given === undefined
    ? new ApiError('unauthorized', 'send your API key in the X-Api-Key header')
    : new ApiError('unauthorized', 'this API key is not known: check it, or ask for a new one');
}

interface Needs {
  scope?: Scope;
  admin?: boolean;
  either?: boolean;
}

/** Throws ApiError or AccountSuspendedError unless the holder may use a route that needs this. */
function authorize({ key, account }: KeyHolder, { scope, admin, either }: Needs): void {
  if (account === undefined) {
    if (admin || either) return;
    throw new ApiError(
      'forbidden',
      "this route needs an account's key: an admin key only manages accounts and the installation",
    );
  }
  refuseSuspended(account);
  if (account.status !== 'active') throw unknownKey('');
  if (admin) throw new ApiError('forbidden', 'this route needs an admin key');
  if (scope !== undefined && !key.scopes.includes(scope)) {
    throw new ApiError(
      'forbidden',
      `this route needs the scope ${scope}, and this key has ${key.scopes.join(', ') || 'none'}`,
    );
  }
}

function callerOf({ key, account }: KeyHolder, address: string): Caller {
  return {
    kind: account === undefined ? 'operator' : 'key',
    id: key.key_id,
    name: key.name,
    account_id: key.account_id,
    scopes: key.scopes,
    address,
    session_id: '',
  };
}

function holdOpen(
  { redis, open_requests }: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { key, records }: KeyHolder,
): void {
  const needs = request.routeOptions.config;
  const done = open_requests.add({
    records,
    ends_at_ms: key.expires_at === null ? undefined : Date.parse(key.expires_at),
    async mayContinue() {
      const now = await holderOfKey(redis, credentialOf(request), Date.now());
      if (now === undefined) return false;
      try {
        authorize(now, needs);
        return true;
      } catch {
        return false;
      }
    },
    cut: () => reply.raw.destroy(),
  });
  reply.raw.once('close', done);
}
