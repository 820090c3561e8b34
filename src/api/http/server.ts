/**
 * The control plane's HTTP server: authentication, errors, the OpenAPI document, and one route file per resource.
 * With Redis or ClickHouse down it answers 503; redirects do not pass through it.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyRequest,
  LogController,
} from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import { accountOfKey, hashKey } from '../../catalog/catalog-store.ts';
import { ConflictError } from '../../catalog/conflict.ts';
import { LogFullError } from '../../log/append.ts';
import type { Logger } from '../../platform/logger.ts';
import { RecordsLostError } from '../../records/completeness.ts';
import { accountRoutes } from '../routes/accounts.ts';
import { audienceRoutes } from '../routes/audiences.ts';
import { botRoutes } from '../routes/bots.ts';
import { campaignRoutes } from '../routes/campaigns.ts';
import { contactRoutes } from '../routes/contacts.ts';
import { conversionListRoutes } from '../routes/conversion-list.ts';
import { conversionTraceRoutes } from '../routes/conversion-traces.ts';
import { conversionRoutes } from '../routes/conversions.ts';
import { creativeRoutes } from '../routes/creatives.ts';
import { dashboardRoutes, sessionKey } from '../routes/dashboard.ts';
import { domainRoutes } from '../routes/domains.ts';
import { guideRoutes } from '../routes/guides.ts';
import { healthRoutes } from '../routes/health.ts';
import { linkPreviewRoutes } from '../routes/link-preview.ts';
import { linkRoutes } from '../routes/links.ts';
import { liveRoutes } from '../routes/live.ts';
import { messageRoutes } from '../routes/messages.ts';
import { offerRoutes } from '../routes/offers.ts';
import { operationRoutes } from '../routes/operations.ts';
import { reconcileRoutes } from '../routes/reconcile.ts';
import { rejudgementRoutes } from '../routes/rejudgements.ts';
import { reportRoutes } from '../routes/reports.ts';
import { schemaRoutes } from '../routes/schema.ts';
import { tlsAskRoutes } from '../routes/tls-ask.ts';
import { traceRoutes } from '../routes/traces.ts';
import { unattributedRoutes } from '../routes/unattributed.ts';
import type { Api, ApiContext } from './context.ts';
import { ApiError, errorBody } from './errors.ts';
import { refuseUnknownRoutes } from './methods.ts';
import { registerDocument } from './openapi.ts';
import { refuseUnreadable } from './request-text.ts';

/** Enough for 10,000 messages with fields. */
const BODY_BYTES_MAX = 32 * 1024 * 1024;
/** A sender's id may have 128 characters, each up to 12 bytes when URL-encoded. */
const PARAMETER_LENGTH_MAX = 2_000;
const SLOW_HEADERS_MS = 10_000;
const PASS_OVER_WITHIN_MS = 5_000;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** No key needed. */
    open?: boolean;
    /** Only the admin key, not an account's. */
    admin?: boolean;
    /** The admin key or an account's. */
    either?: boolean;
  }
}

/** Builds the API; the caller listens. */
export async function createApi(context: ApiContext, logger: Logger): Promise<Api> {
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // Request lines would contain ids and IP addresses.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX },
    forceCloseConnections: 'idle',
    http: { headersTimeout: SLOW_HEADERS_MS },
  }) as unknown as Api;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const known = apiErrorOf(error);
    // A response sent while the caller still writes is lost when the connection closes.
    if (known.status === 413 || known.status === 415) await passOver(request.raw);
    if (known.status >= 500)
      logger.error({ route: request.routeOptions.url, error: error.message }, 'request failed');
    return reply.code(known.status).headers(known.headers).send(errorBody(known));
  });
  refuseUnknownRoutes(app);
  // Responses depend on the time and the key, so caches must not keep them. Cacheable routes override this.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
  app.addHook('onRequest', (request) => authenticate(context, request));
  refuseUnreadable(app);

  await registerDocument(app);

  const open = { config: { open: true }, schema: { hide: true } };
  app.get('/openapi.json', open, () => app.swagger());
  app.get('/healthz', open, () => ({ alive: true }));

  accountRoutes(app, context);
  domainRoutes(app, context);
  offerRoutes(app, context);
  creativeRoutes(app, context);
  campaignRoutes(app, context);
  audienceRoutes(app, context);
  messageRoutes(app, context);
  linkRoutes(app, context);
  linkPreviewRoutes(app, context);
  conversionRoutes(app, context);
  conversionListRoutes(app, context);
  reconcileRoutes(app, context);
  reportRoutes(app, context);
  botRoutes(app, context);
  rejudgementRoutes(app, context);
  unattributedRoutes(app, context);
  traceRoutes(app, context);
  conversionTraceRoutes(app, context);
  contactRoutes(app, context);
  operationRoutes(app, context);
  healthRoutes(app, context);
  liveRoutes(app, context);
  dashboardRoutes(app, context);
  schemaRoutes(app, context);
  tlsAskRoutes(app, context);
  guideRoutes(app);
  return app;
}

async function authenticate(context: ApiContext, request: FastifyRequest): Promise<void> {
  const { config, url } = request.routeOptions;
  if (url === undefined || config.open || url.startsWith('/docs')) return;
  // Without records every key is unknown, and new records would conflict with the restored ones.
  if (context.records_lost()) throw new ApiError('unavailable', new RecordsLostError().message);
  // A session replaces the key for reads only, so that no other site can use it to change anything.
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const session = reads ? sessionKey(request.headers.cookie) : undefined;
  const key = request.headers['x-api-key'] ?? session;
  if (typeof key !== 'string' || !/^trk_[0-9a-f]{32}$/.test(key)) {
    throw new ApiError('unauthorized', 'send your API key in the X-Api-Key header');
  }
  const admin = timingSafeEqual(
    Buffer.from(hashKey(key), 'hex'),
    Buffer.from(context.admin_key_sha256, 'hex'),
  );
  request.is_admin = admin;
  if (config.either && admin) return;
  if (config.admin) {
    if (!admin) throw new ApiError('forbidden', 'this route needs the admin key');
    return;
  }
  if (admin)
    throw new ApiError(
      'forbidden',
      "this route needs an account's key: the admin key only manages accounts and the installation",
    );
  const account = await accountOfKey(context.redis, key);
  if (account === undefined)
    throw new ApiError('unauthorized', 'this API key is not known: check it, or ask for a new one');
  request.account = account;
}

/** Discards the rest of a body, for at most PASS_OVER_WITHIN_MS. */
async function passOver(body: IncomingMessage): Promise<void> {
  body.resume();
  const late = AbortSignal.timeout(PASS_OVER_WITHIN_MS);
  await finished(body, { signal: late, writable: false }).catch(() => {});
}

function apiErrorOf(error: FastifyError): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof ConflictError) return new ApiError('conflict', error.message);
  if (error instanceof LogFullError)
    return new ApiError('unavailable', 'the system is full: try again later');
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issue = error.validation[0];
    const path = issue?.instancePath.split('/').filter(Boolean).join('.') ?? '';
    return new ApiError(
      'invalid_request',
      `${path === '' ? '' : `${path}: `}${issue?.message ?? 'is not valid'}`,
    );
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiError(
        'too_large',
        `a body may have at most ${BODY_BYTES_MAX} bytes: send less at once, or NDJSON`,
      );
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ApiError(
        'unsupported_media_type',
        'send application/json (messages and conversions also take application/x-ndjson, conversions text/csv)',
      );
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new ApiError('invalid_json', 'the body is not valid JSON');
  }
  if (error instanceof SyntaxError)
    return new ApiError('invalid_json', `the body is not valid JSON: ${error.message.slice(0, 100)}`);
  if (isRedisAway(error))
    return new ApiError('unavailable', 'the store can not be reached: try again in a moment');
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new ApiError('invalid_request', error.message);
  }
  return new ApiError('internal', 'an internal error occurred and was logged');
}

/** ioredis has no common error class for a lost connection, a time-out and a server that is loading. */
function isRedisAway(error: Error): boolean {
  return (
    error.name === 'MaxRetriesPerRequestError' ||
    /isn't writeable|Connection is closed|Command timed out|^LOADING|^OOM|ECONNRE/.test(error.message)
  );
}
