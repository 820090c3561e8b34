/**
 * Applies the limits of src/access/limits to the routes, after authentication and before anything dear is done: requests
 * in a window, over all API processes, and what one process answers at the same time. Answers state their limits in
 * `RateLimit` and `RateLimit-Policy`; a refused request gets 429 with `Retry-After`. The operator is not limited, nor is
 * a route with `limit: 'send'`. With Redis down it answers 503.
 */
import { finished } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AtOnceLimit, RouteLimit } from '../../access/limits/bounds.ts';
import { type Quota, quotaFields } from '../../access/limits/quota.ts';
import type { Asker } from '../../access/limits/request-rates.ts';
import { callerAddress } from './caller-address.ts';
import type { Api, ApiContext } from './context.ts';
import { ApiError } from './errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Which limit applies beside that of requests; by the query's `format` where they differ. */
    limit?: RouteLimit | Readonly<Record<string, AtOnceLimit>>;
  }
  interface FastifyRequest {
    /** What the answer says of its limits. */
    quotas: Quota[];
  }
}

/** For routes that answer JSON or, with `format=csv`, a file. */
export const BY_FORMAT = { json: 'report', csv: 'download' } as const;

/** Call this after authentication is set up and before routes are registered. */
export function limitRequests(app: Api, { limits }: Pick<ApiContext, 'limits'>): void {
  app.addHook('onRequest', (request, reply, done) => {
    const asker = askerOf(request);
    if (asker === undefined || request.routeOptions.config.limit === 'send') return done();
    limits.rates.count(asker).then((quotas) => {
      state(request, reply, quotas);
      const exceeded = quotas.find((quota) => quota.exceeded);
      if (exceeded === undefined) return done();
      limits.noteRefused('requests', asker.account_id);
      done(tooManyRequests(exceeded));
    }, done);
  });

  app.addHook('onRoute', (route) => {
    const { limit } = route.config ?? {};
    if (limit === undefined || limit === 'send') return;
    const handler = route.handler;
    route.handler = async function (request, reply) {
      const asker = askerOf(request);
      if (asker === undefined) return handler.call(this, request, reply);
      const name = typeof limit === 'string' ? limit : limitOfFormat(limit, request);
      const { quota, bound, end } = limits.take(name, asker);
      state(request, reply, [...(request.quotas ?? []), quota]);
      if (quota.exceeded) {
        limits.noteRefused(name, asker.account_id);
        throw tooManyAtOnce(name, bound.retry_after_s);
      }
      return holding(end, reply, () => handler.call(this, request, reply));
    };
  });
}

/** A place is held until the handler is done and the answer is sent, or its connection is closed. */
async function holding(end: () => void, reply: FastifyReply, answer: () => unknown): Promise<unknown> {
  try {
    return await answer();
  } finally {
    finished(reply.raw, end);
  }
}

const limitOfFormat = (
  limits: Readonly<Record<string, AtOnceLimit>>,
  { query }: FastifyRequest,
): AtOnceLimit => limits[(query as { format?: string }).format ?? 'json'] ?? 'report';

/** Undefined for open routes, and for the operator, who is not limited. */
function askerOf({ caller, account }: FastifyRequest): Asker | undefined {
  if (caller === undefined || caller.kind === 'operator') return undefined;
  return { account_id: caller.account_id, id: caller.id, requests_max: account.requests_per_minute };
}

function state(request: FastifyRequest, reply: FastifyReply, quotas: Quota[]): void {
  request.quotas = quotas;
  reply.headers(quotaFields(quotas));
}

function tooManyRequests({ policy, max, window_s, reset_s = 1 }: Quota): ApiError {
  return new ApiError(
    'too_many_requests',
    `this ${policy} has made more than ${max} requests in ${window_s} s: go on in ${reset_s} s`,
    { 'retry-after': String(reset_s) },
  );
}

const WHAT: Record<AtOnceLimit, string> = {
  report: 'questions',
  audience: 'questions about audiences',
  download: 'downloads',
  live: 'live streams',
};

function tooManyAtOnce(limit: AtOnceLimit, retry_after_s: number): ApiError {
  return new ApiError(
    'too_many_requests',
    `too many ${WHAT[limit]} of this account are open: go on when one of them is done`,
    { 'retry-after': String(retry_after_s) },
  );
}

/** An error as it is answered: an address that has sent many wrong keys gets 429 for the next one. */
export function limitWrongKeys(
  error: ApiError,
  { raw, headers, routeOptions }: FastifyRequest,
  { limits, proxies }: Pick<ApiContext, 'limits' | 'proxies'>,
): ApiError {
  // A page whose session has ended sends no key.
  const { open, key_in_path } = routeOptions.config;
  const sent = headers['x-api-key'] !== undefined || open || key_in_path;
  if (error.code !== 'unauthorized' || !sent) return error;
  const wait_s = limits.wrong_keys.note(callerAddress(raw, proxies));
  if (wait_s === 0) return error;
  limits.noteRefused('wrong_keys');
  return new ApiError(
    'too_many_requests',
    `this address has sent too many wrong keys: go on in ${wait_s} s; a valid key is accepted at any time`,
    { 'retry-after': String(wait_s) },
  );
}
