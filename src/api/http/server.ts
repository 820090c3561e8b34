/**
 * The control plane's HTTP server: authentication, errors, the OpenAPI document, and one route file per resource.
 * With Redis or ClickHouse down it answers 503; redirects do not pass through it.
 */
import Fastify, { type FastifyBaseLogger, type FastifyError, LogController } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import { TooManyKeysError } from '../../access/key-store.ts';
import { ConflictError } from '../../catalog/conflict.ts';
import { AccountSuspendedError } from '../../catalog/suspension.ts';
import { LogFullError } from '../../log/append.ts';
import { CHECK_EVERY_MS } from '../../platform/bound-connections.ts';
import type { Logger } from '../../platform/logger.ts';
import { accountRoutes } from '../routes/accounts.ts';
import { audienceRoutes } from '../routes/audiences.ts';
import { botRoutes } from '../routes/bots.ts';
import { campaignRoutes } from '../routes/campaigns.ts';
import { contactRoutes } from '../routes/contacts.ts';
import { conversionListRoutes } from '../routes/conversion-list.ts';
import { conversionTraceRoutes } from '../routes/conversion-traces.ts';
import { conversionRoutes } from '../routes/conversions.ts';
import { creativeRoutes } from '../routes/creatives.ts';
import { dashboardRoutes } from '../routes/dashboard.ts';
import { domainRoutes } from '../routes/domains.ts';
import { guideRoutes } from '../routes/guides.ts';
import { healthRoutes } from '../routes/health.ts';
import { installationKeyRoutes } from '../routes/installation-key.ts';
import { keyRoutes } from '../routes/keys.ts';
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
import { takedownRoutes } from '../routes/takedowns.ts';
import { tlsAskRoutes } from '../routes/tls-ask.ts';
import { traceRoutes } from '../routes/traces.ts';
import { unattributedRoutes } from '../routes/unattributed.ts';
import { authenticateRequests } from './authenticate.ts';
import { BODY_BOUNDS, boundBodies, endRefusedBody } from './bound-bodies.ts';
import type { Api, ApiContext } from './context.ts';
import { ApiError, errorBody } from './errors.ts';
import { limitRequests, limitWrongKeys } from './limit-requests.ts';
import { refuseUnknownRoutes } from './methods.ts';
import { registerDocument } from './openapi.ts';
import { refuseUnreadable } from './request-text.ts';

/** Enough for 10,000 messages with fields. */
const BODY_BYTES_MAX = 32 * 1024 * 1024;
/** A sender's id may have 128 characters, each up to 12 bytes when URL-encoded. */
const PARAMETER_LENGTH_MAX = 2_000;

/** Builds the API; the caller listens. */
export async function createApi(context: ApiContext, logger: Logger): Promise<Api> {
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // Request lines would contain ids and IP addresses.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX },
    forceCloseConnections: 'idle',
    http: { connectionsCheckingInterval: CHECK_EVERY_MS },
  }) as unknown as Api;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const known = limitWrongKeys(apiErrorOf(error, request.routeOptions.bodyLimit), request, context);
    await endRefusedBody(request, reply, known, BODY_BOUNDS);
    if (known.status >= 500)
      logger.error({ route: request.routeOptions.url, error: error.message }, 'request failed');
    return reply.code(known.status).headers(known.headers).send(errorBody(known));
  });
  refuseUnknownRoutes(app);
  // Responses depend on the time and the key, so caches must not keep them. Cacheable routes override this.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
  authenticateRequests(app, context);
  limitRequests(app, context);
  boundBodies(app, context.limits, BODY_BOUNDS);
  refuseUnreadable(app);

  await registerDocument(app);

  const open = { config: { open: true }, schema: { hide: true } };
  app.get('/openapi.json', open, () => app.swagger());
  app.get('/healthz', open, () => ({ alive: true }));

  accountRoutes(app, context);
  keyRoutes(app, context);
  domainRoutes(app, context);
  takedownRoutes(app, context);
  offerRoutes(app, context);
  installationKeyRoutes(app, context);
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

function apiErrorOf(error: FastifyError, body_bytes_max: number): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof AccountSuspendedError) return new ApiError(error.code, error.message);
  if (error instanceof ConflictError || error instanceof TooManyKeysError)
    return new ApiError('conflict', error.message);
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
        `a body may have at most ${body_bytes_max} bytes: send less at once, or NDJSON`,
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
