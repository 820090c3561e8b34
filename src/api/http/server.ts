/**
 * The control plane's HTTP server: authentication, errors, the OpenAPI document, and one route file per resource.
 * With Redis or ClickHouse down it answers 503; redirects do not pass through it.
 */
import fastifyCompress from '@fastify/compress';
import fastifyCookie from '@fastify/cookie';
import Fastify, { type FastifyBaseLogger, type FastifyError, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { openAssets } from '../../dashboard/assets.ts';
import { asksForPage, NOT_FOUND_HEADERS, notFoundPage } from '../../dashboard/not-found-page.ts';
import { CHECK_EVERY_MS } from '../../platform/bound-connections.ts';
import type { Logger } from '../../platform/logger.ts';
import { REQUEST_ID_HEADER, requestIdOf } from '../../platform/request-id.ts';
import { accountRoutes } from '../routes/accounts.ts';
import { alertRoutes } from '../routes/alerts.ts';
import { annotationRoutes } from '../routes/annotations.ts';
import { attributionRoutes } from '../routes/attribution.ts';
import { audienceRoutes } from '../routes/audiences.ts';
import { auditRoutes } from '../routes/audit.ts';
import { botRoutes } from '../routes/bots.ts';
import { breakdownReportRoutes } from '../routes/breakdown-report.ts';
import { campaignRoutes } from '../routes/campaigns.ts';
import { chooseRoute } from '../routes/choose.ts';
import { clickListRoutes } from '../routes/click-list.ts';
import { cohortReportRoutes } from '../routes/cohort-report.ts';
import { contactRoutes } from '../routes/contacts.ts';
import { conversionListRoutes } from '../routes/conversion-list.ts';
import { conversionTraceRoutes } from '../routes/conversion-traces.ts';
import { conversionRoutes } from '../routes/conversions.ts';
import { countryReportRoutes } from '../routes/country-report.ts';
import { creativeRoutes } from '../routes/creatives.ts';
import { dashboardRoutes } from '../routes/dashboard.ts';
import { domainRoutes } from '../routes/domains.ts';
import { exportRoutes } from '../routes/exports.ts';
import { googleConversionRoutes } from '../routes/google-conversions.ts';
import { guideRoutes } from '../routes/guides.ts';
import { healthRoutes } from '../routes/health.ts';
import { importRoutes } from '../routes/imports.ts';
import { installationRoutes } from '../routes/installation.ts';
import { installationKeyRoutes } from '../routes/installation-key.ts';
import { invitationRoutes } from '../routes/invitations.ts';
import { keyRoutes } from '../routes/keys.ts';
import { linkPreviewRoutes } from '../routes/link-preview.ts';
import { linkRoutes } from '../routes/links.ts';
import { liveRoutes } from '../routes/live.ts';
import { memberRoutes } from '../routes/members.ts';
import { messageEventRoutes } from '../routes/message-events.ts';
import { messageRoutes } from '../routes/messages.ts';
import { moneyReportRoutes } from '../routes/money-reports.ts';
import { offerReportRoutes } from '../routes/offer-reports.ts';
import { offerRoutes } from '../routes/offers.ts';
import { oidcRoutes } from '../routes/oidc.ts';
import { operationRoutes } from '../routes/operations.ts';
import { optOutRoutes } from '../routes/optouts.ts';
import { postbackTestRoutes } from '../routes/postback-tests.ts';
import { queueRoutes } from '../routes/queues.ts';
import { receiptRoutes } from '../routes/receipts.ts';
import { reconcileRoutes } from '../routes/reconcile.ts';
import { reconciliationRoutes } from '../routes/reconciliations.ts';
import { refusedTapRoutes } from '../routes/refused-taps.ts';
import { rejudgementRoutes } from '../routes/rejudgements.ts';
import { reportRoutes } from '../routes/reports.ts';
import { scheduleRoutes } from '../routes/schedules.ts';
import { schemaRoutes } from '../routes/schema.ts';
import { securityRoutes } from '../routes/security.ts';
import { sendTimeReportRoutes } from '../routes/send-time-report.ts';
import { sessionRoutes } from '../routes/sessions.ts';
import { sharedViewRoutes } from '../routes/shared-views.ts';
import { subscriptionRoutes } from '../routes/subscriptions.ts';
import { takedownRoutes } from '../routes/takedowns.ts';
import { tlsAskRoutes } from '../routes/tls-ask.ts';
import { traceRoutes } from '../routes/traces.ts';
import { unattributedRoutes } from '../routes/unattributed.ts';
import { uploadRoutes } from '../routes/uploads.ts';
import { usageRoutes } from '../routes/usage.ts';
import { viewRoutes } from '../routes/views.ts';
import { webhookDeliveryRoutes } from '../routes/webhook-deliveries.ts';
import { webhookTestRoutes } from '../routes/webhook-tests.ts';
import { webhookRoutes } from '../routes/webhooks.ts';
import { apiErrorOf } from './api-error-of.ts';
import { auditChanges } from './audit.ts';
import { authenticateRequests } from './authenticate.ts';
import { BODY_BOUNDS, boundBodies, endRefusedBody } from './bound-bodies.ts';
import type { Api, ApiContext } from './context.ts';
import { errorBody } from './errors.ts';
import { inflateBodies } from './inflate-bodies.ts';
import { limitRequests, limitWrongKeys } from './limit-requests.ts';
import { refuseLowDisk } from './low-disk.ts';
import { refuseUnknownRoutes } from './methods.ts';
import { registerDocument } from './openapi.ts';
import { refuseUnreadable } from './request-text.ts';
import { sayShardsAway } from './shards-away.ts';

/** Enough for 10,000 messages with fields. */
const BODY_BYTES_MAX = 32 * 1024 * 1024;
/** Less fits into one packet anyway. */
const COMPRESSED_FROM_BYTES = 1_024;
/** A sender's id may have 128 characters, each up to 12 bytes when URL-encoded. */
const PARAMETER_LENGTH_MAX = 2_000;

/** Builds the API; the caller listens. */
export async function createApi(context: ApiContext, logger: Logger): Promise<Api> {
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // Request lines would contain ids and IP addresses.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    requestIdHeader: false,
    genReqId: ({ headers }) => requestIdOf(headers[REQUEST_ID_HEADER], context.proxies.trust_proxy > 0),
    bodyLimit: BODY_BYTES_MAX,
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX },
    forceCloseConnections: 'idle',
    http: { connectionsCheckingInterval: CHECK_EVERY_MS },
  }) as unknown as Api;
  const assets = openAssets();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const asked = {
      body_bytes_max: request.routeOptions.bodyLimit,
      content_type: request.headers['content-type'],
    };
    const known = limitWrongKeys(apiErrorOf(error, asked), request, context);
    await endRefusedBody(request, reply, known, BODY_BOUNDS);
    if (known.status >= 500)
      request.log.error({ route: request.routeOptions.url, error: error.message }, 'request failed');
    reply.code(known.status).headers(known.headers);
    const { method, url, headers } = request;
    if (known.code === 'not_found' && asksForPage(method, url, headers.accept))
      return reply.headers(NOT_FOUND_HEADERS).send(notFoundPage(known.message, assets.parts?.styles ?? []));
    return reply.send(errorBody(known));
  });
  // Responses depend on the time and the key, so caches must not keep them. Cacheable routes override this.
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store').header(REQUEST_ID_HEADER, request.id);
  });
  app.addHook('onResponse', async ({ log, method, routeOptions }, { statusCode: status, elapsedTime }) => {
    log.debug({ method, route: routeOptions.url, status, ms: Math.round(elapsedTime) }, 'answered');
  });
  await app.register(fastifyCookie);
  // Whoever could measure the length of an answer beside a secret has no session: its cookie is of this site alone.
  await app.register(fastifyCompress, {
    ...{ encodings: ['gzip'], threshold: COMPRESSED_FROM_BYTES, customTypes: /^application\/json\b/ },
    globalDecompression: false,
  });
  refuseUnknownRoutes(app);
  authenticateRequests(app, context);
  limitRequests(app, context);
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.stores === true) refuseLowDisk(context.redis_disk);
  });
  boundBodies(app, context.limits, BODY_BOUNDS);
  inflateBodies(app);
  refuseUnreadable(app);
  sayShardsAway(app);
  auditChanges(app, context);

  await registerDocument(app);

  const open = { config: { open: true }, schema: { hide: true } };
  app.get('/openapi.json', open, () => app.swagger());
  app.get('/healthz', open, () => ({ alive: true }));

  accountRoutes(app, context);
  keyRoutes(app, context);
  memberRoutes(app, context);
  domainRoutes(app, context);
  takedownRoutes(app, context);
  offerRoutes(app, context);
  offerReportRoutes(app, context);
  postbackTestRoutes(app, context);
  installationKeyRoutes(app, context);
  creativeRoutes(app, context);
  campaignRoutes(app, context);
  chooseRoute(app, context);
  audienceRoutes(app, context);
  messageRoutes(app, context);
  messageEventRoutes(app, context);
  receiptRoutes(app, context);
  linkRoutes(app, context);
  linkPreviewRoutes(app, context);
  conversionRoutes(app, context);
  uploadRoutes(app, context);
  importRoutes(app, context);
  conversionListRoutes(app, context);
  reconcileRoutes(app, context);
  reconciliationRoutes(app, context);
  reportRoutes(app, context);
  moneyReportRoutes(app, context);
  annotationRoutes(app, context);
  viewRoutes(app, context);
  sharedViewRoutes(app, context);
  scheduleRoutes(app, context);
  subscriptionRoutes(app, context);
  exportRoutes(app, context);
  webhookRoutes(app, context);
  webhookTestRoutes(app, context);
  webhookDeliveryRoutes(app, context);
  googleConversionRoutes(app, context);
  alertRoutes(app, context);
  botRoutes(app, context);
  attributionRoutes(app, context);
  rejudgementRoutes(app, context);
  unattributedRoutes(app, context);
  refusedTapRoutes(app, context);
  countryReportRoutes(app, context);
  breakdownReportRoutes(app, context);
  cohortReportRoutes(app, context);
  sendTimeReportRoutes(app, context);
  clickListRoutes(app, context);
  traceRoutes(app, context);
  conversionTraceRoutes(app, context);
  contactRoutes(app, context);
  optOutRoutes(app, context);
  auditRoutes(app, context);
  operationRoutes(app, context);
  installationRoutes(app, context);
  queueRoutes(app, context);
  usageRoutes(app, context);
  healthRoutes(app, context);
  liveRoutes(app, context);
  dashboardRoutes(app, assets);
  sessionRoutes(app, context);
  invitationRoutes(app, context);
  securityRoutes(app, context);
  oidcRoutes(app, context);
  schemaRoutes(app, context);
  tlsAskRoutes(app, context);
  guideRoutes(app);
  return app;
}
