/**
 * The report, trace and audience routes on a bare Fastify, with a real engine and a real Redis behind them, in a
 * temporary folder. The account of a request is whatever the header `x-account` says.
 */

import { tmpdir } from 'node:os';
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Caller } from '../../src/access/caller.ts';
import type { InstallationKeys } from '../../src/access/installation-key.ts';
import { Limits } from '../../src/access/limits/limits.ts';
import { OpenRequests } from '../../src/access/open-requests.ts';
import { RememberedOperators } from '../../src/access/remembered-operators.ts';
import { openGate } from '../../src/access/sign-in.ts';
import { BodySpool } from '../../src/api/http/body-spool.ts';
import type { Api, ApiContext } from '../../src/api/http/context.ts';
import { ApiError, errorBody } from '../../src/api/http/errors.ts';
import { limitRequests } from '../../src/api/http/limit-requests.ts';
import { audienceRoutes } from '../../src/api/routes/audiences.ts';
import { botRoutes } from '../../src/api/routes/bots.ts';
import { breakdownReportRoutes } from '../../src/api/routes/breakdown-report.ts';
import { clickListRoutes } from '../../src/api/routes/click-list.ts';
import { cohortReportRoutes } from '../../src/api/routes/cohort-report.ts';
import { reportRoutes } from '../../src/api/routes/reports.ts';
import { sendTimeReportRoutes } from '../../src/api/routes/send-time-report.ts';
import { traceRoutes } from '../../src/api/routes/traces.ts';
import type { Account } from '../../src/catalog/definitions.ts';
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import type { ReportRecorder } from '../../src/conversions/inspector/report-recorder.ts';
import type { Found } from '../../src/health/found.ts';
import { NO_BYTES_MAX } from '../../src/log/append.ts';
import { UNKNOWN_DISK } from '../../src/platform/disk-reserve.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { BatchedReader } from '../../src/platform/record-cache.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { CurrentAllocations } from '../../src/reports/current-allocations.ts';
import type { BodyOf } from './api-types.ts';
import { startDatabase } from './clickhouse-cluster.ts';
import { keysOf } from './installation-keys.ts';
import { startRedis } from './redis.ts';

const log = createLogger('test', 'silent');

export interface Answer<Body> {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  json(): Body;
}

export interface ReportsApi {
  /** Of every account. */
  click_retention_days: number;
  clickhouse: ClickHouseClient;
  redis: RedisClient;
  get<Path extends string>(
    path: Path,
    query?: Record<string, string>,
    account_id?: string,
  ): Promise<Answer<BodyOf<'GET', Path>>>;
  send<M extends 'POST' | 'PATCH', Path extends string>(
    method: M,
    path: Path,
    body: object,
    account_id?: string,
  ): Promise<Answer<BodyOf<M, Path>>>;
  stopClickHouse(): Promise<void>;
  stop(): Promise<void>;
}

export const ACCOUNT = 'acc_own';

export async function startReportsApi(): Promise<ReportsApi> {
  const engine = await startDatabase();
  const server = await startRedis();
  const redis = await server.connect();
  const context: ApiContext = {
    redis,
    clickhouse: engine.client,
    redis_disk: UNKNOWN_DISK,
    bodies: new BodySpool(tmpdir()),
    limits: new Limits(redis),
    installation: { found: {} as Found, alarms: () => [], lag: [] },
    open_requests: new OpenRequests(),
    operators: new RememberedOperators(),
    allocations: new CurrentAllocations(engine.client, log),
    contact_key: 'contact key',
    gate: openGate(redis, keysOf()),
    oidc: undefined,
    sends_mail: false,
    allow_private_endpoints: false,
    export_dir: '',
    keys: keysOf() as InstallationKeys,
    proxies: { trust_proxy: 0, trust_proxy_header: 'x-forwarded-for' },
    default_domain: 'localhost:8080',
    domains: { public_domain: 'localhost', public_address: '', resolvers: [], serves_tls: false },
    reader: new BatchedReader(redis),
    link_keep_s: 60,
    log_bytes_max: NO_BYTES_MAX,
    records_lost: () => false,
    inspector: { close: async () => {} } as ReportRecorder,
  };
  const app = Fastify({ routerOptions: { maxParamLength: 1_000 } });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof ApiError) return reply.status(error.status).send(errorBody(error));
    return reply.send(error);
  });
  app.addHook('onRequest', async (request) => {
    const account_id = request.headers['x-account'];
    request.account = { account_id, click_retention_days: api.click_retention_days } as unknown as Account;
    request.caller = { account_id: request.account.account_id, id: 'key_1' } as Caller;
  });
  limitRequests(app as unknown as Api, context);
  reportRoutes(app as unknown as Api, context);
  breakdownReportRoutes(app as unknown as Api, context);
  for (const routes of [botRoutes, clickListRoutes, cohortReportRoutes, sendTimeReportRoutes])
    routes(app as unknown as Api, context);
  traceRoutes(app as unknown as Api, context);
  audienceRoutes(app as unknown as Api, context);
  let running = true;
  async function stopClickHouse(): Promise<void> {
    if (running) await engine.stop();
    running = false;
  }
  const api: ReportsApi = {
    click_retention_days: 3_650,
    clickhouse: engine.client,
    redis,
    async get(path, query = {}, account_id = ACCOUNT) {
      const response = await app.inject({ url: path, query, headers: { 'x-account': account_id } });
      const { statusCode: status, headers, payload: text } = response;
      return { status, headers, text, json: () => JSON.parse(text) };
    },
    async send(method, url, payload, account_id = ACCOUNT) {
      const response = await app.inject({ method, url, payload, headers: { 'x-account': account_id } });
      const { statusCode: status, headers, payload: text } = response;
      return { status, headers, text, json: () => JSON.parse(text) };
    },
    stopClickHouse,
    async stop() {
      await app.close();
      await server.stop();
      await stopClickHouse();
    },
  };
  return api;
}
