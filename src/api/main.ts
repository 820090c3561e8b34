/** The entry of the API process: the control plane, reports, metrics. Redirects never wait for it. */
import type { Server } from 'node:http';
import { InstallationKeys } from '../access/installation-key.ts';
import { addFirstAdminKey } from '../access/key-store.ts';
import { API_CONNECTIONS } from '../access/limits/bounds.ts';
import { Limits } from '../access/limits/limits.ts';
import { OidcProvider } from '../access/oidc.ts';
import { OpenRequests } from '../access/open-requests.ts';
import { RememberedOperators } from '../access/remembered-operators.ts';
import { openGate } from '../access/sign-in.ts';
import { createAnalystListener, isConfined } from '../analysts/listener.ts';
import { keptPasswords } from '../clickhouse/embedded/passwords.ts';
import { askClickHouse, askClickHouseClock, openClickHouse, unfilteredViews } from '../clickhouse/open.ts';
import { ConfigError, readConfig } from '../config.ts';
import { ReportRecorder } from '../conversions/inspector/report-recorder.ts';
import { directSources } from '../conversions/receive/conversion-sources.ts';
import { addInstallationGauges } from '../health/installation-gauges.ts';
import { InstallationWatch } from '../health/installation-watch.ts';
import { followLayouts } from '../log/layouts.ts';
import { boundConnections } from '../platform/bound-connections.ts';
import { followChanges, tellAll } from '../platform/change-log.ts';
import { DiskReserve, UNKNOWN_DISK } from '../platform/disk-reserve.ts';
import { exposition, METRICS_TYPE } from '../platform/exposition.ts';
import { hostName } from '../platform/host.ts';
import { createLogger } from '../platform/logger.ts';
import { readFamilies } from '../platform/metrics.ts';
import { announcePresence } from '../platform/presence.ts';
import { runRole } from '../platform/process.ts';
import { BatchedReader } from '../platform/record-cache.ts';
import { askRedis, askRedisClock, connectRedis, probeRedis, untilReady } from '../platform/redis.ts';
import { untilServes } from '../platform/server-fault.ts';
import { ServerWatch, watchClocks } from '../platform/server-watch.ts';
import { machineMetrics } from '../platform/supervisor-channel.ts';
import { within } from '../platform/within.ts';
import { readContactKey } from '../privacy/contact-key.ts';
import { Archive } from '../records/archive.ts';
import { ARCHIVE_SOURCES } from '../records/archive-sources.ts';
import { CompletenessWatch, openRecords, RecordsLostError } from '../records/completeness.ts';
import { CurrentAllocations } from '../reports/current-allocations.ts';
import { BodySpool } from './http/body-spool.ts';
import { createApi } from './http/server.ts';
import { apiReadiness } from './readiness.ts';

const CONNECT_WITHIN_MS = 5_000;
/** What a question for readiness waits for the servers' answers; then it says what was found last. */
const ASKED_WITHIN_MS = 1_000;

const config = readConfig();
const process_name = config.process_name ?? 'api';
const logger = createLogger(process_name, config.log_level);

await runRole('trackly-api', logger, async () => {
  if (config.redis_url === undefined || config.clickhouse_url === undefined) {
    throw new ConfigError('REDIS_URL and CLICKHOUSE_URL must both be set for the API.');
  }
  if (config.admin_key === undefined) {
    throw new ConfigError(
      'ADMIN_KEY is not set: choose "trk_" and 32 hex digits, such as from `openssl rand -hex 16`.',
    );
  }
  const { redis_url, clickhouse_url } = config;
  const target = await untilServes(() => probeRedis(redis_url), logger);
  const redis = connectRedis(target, 'fast');
  await untilReady(redis, CONNECT_WITHIN_MS);
  const clickhouse = await untilServes(
    () => openClickHouse(clickhouse_url, logger, config.clickhouse_cluster),
    logger,
  );
  if (await openRecords(redis, clickhouse, config.link_days)) await addFirstAdminKey(redis, config.admin_key);
  else logger.error(new RecordsLostError().message);
  const records = new CompletenessWatch(redis);
  await records.look();
  const archive = new Archive(redis, clickhouse, records, ARCHIVE_SOURCES);

  const limits = new Limits(redis);
  const serves_tls = config.tls_port !== undefined;
  const public_domain = hostName(config.public_domain);
  const installation = new InstallationWatch({
    ...{ redis, clickhouse, redis_url, clickhouse_url, domains: { public_domain, serves_tls } },
    log_bytes_max: config.log_bytes_max,
    records_lost: () => records.lost,
  });
  addInstallationGauges(limits.registry, () => installation.found);
  const presence = announcePresence({
    ...{ redis, registry: limits.registry, process_name, data_dir: config.data_dir },
    otherServer() {
      const { clickhouse_up: up, parts } = installation.found;
      return { server: 'clickhouse', up, clock_offset_s: parts.clickhouse?.clock_offset_s };
    },
  });
  const open_requests = new OpenRequests();
  const operators = new RememberedOperators();
  const keys = await InstallationKeys.open(redis, config.data_dir);
  const layouts = await followLayouts(redis);
  const changes = await followChanges(target, tellAll([open_requests, operators, keys, layouts.listener]));
  let closing = false;
  const watches = {
    redis: new ServerWatch(() => askRedis(redis, redis_url), logger),
    clickhouse: new ServerWatch(() => askClickHouse(clickhouse, clickhouse_url), logger),
    clock: watchClocks(
      logger,
      () => askRedisClock(redis, redis_url),
      () => askClickHouseClock(clickhouse, clickhouse_url),
    ),
  };
  const disk = await DiskReserve.open(config.data_dir, config.disk_reserve_bytes, logger);
  const readinessNow = () =>
    apiReadiness({
      redis,
      redis_watch: watches.redis,
      clickhouse_watch: watches.clickhouse,
      clock_watch: watches.clock,
      nodes_away: clickhouse.shards?.troubles(),
      disk,
      private_redis: config.private_redis,
      records_lost: records.lost,
      closing,
    });
  const contact_key = await readContactKey(redis, config.data_dir);
  const reader = new BatchedReader(redis, archive);
  const inspector = new ReportRecorder(redis, { sources: directSources(reader), keys, contact_key });
  const api = await createApi(
    {
      redis,
      clickhouse,
      limits,
      installation,
      gate: openGate(redis, keys),
      oidc: config.oidc === undefined ? undefined : new OidcProvider(config.oidc, keys),
      open_requests,
      operators,
      keys,
      contact_key,
      reader,
      allocations: new CurrentAllocations(clickhouse, logger),
      inspector,
      bodies: await BodySpool.open(config.data_dir, process_name, disk),
      log_bytes_max: config.log_bytes_max,
      link_keep_s: config.link_days * 24 * 3_600,
      records_lost: () => records.lost,
      redis_disk: config.private_redis ? disk : UNKNOWN_DISK,
      sends_mail: config.mail !== undefined,
      allow_private_endpoints: config.allow_private_endpoints,
      export_dir: config.export_dir,
      proxies: config,
      default_domain: config.public_domain,
      domains: {
        public_domain,
        public_address: config.public_address,
        resolvers: config.dns_resolvers,
        serves_tls,
      },
    },
    logger,
  );
  api.get('/readyz', { config: { open: true }, schema: { hide: true } }, async (_request, reply) => {
    await within(ASKED_WITHIN_MS, () => Promise.all([watches.redis.look(), watches.clickhouse.look()])).catch(
      () => {},
    );
    const readiness = readinessNow();
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });
  api.get(
    '/metrics',
    { config: { admin: true, without_redis: true }, schema: { hide: true } },
    async (_request, reply) =>
      reply
        .type(METRICS_TYPE)
        .send((await machineMetrics()) ?? exposition(await readFamilies(limits.registry))),
  );
  boundConnections(api.server, API_CONNECTIONS, config.trust_proxy === 0, () =>
    limits.noteRefused('connections'),
  );
  await api.listen({ host: config.api_host, port: config.api_port });
  const { analyst_port } = config;
  const { analyst: password } = await keptPasswords(config.data_dir);
  const analysts = createAnalystListener(
    {
      redis,
      get clickhouse_url() {
        return clickhouse.shards?.address() ?? clickhouse_url;
      },
      password,
      records_lost: () => records.lost,
      open_requests,
      limits,
      proxies: config,
    },
    logger,
  );
  if (analyst_port !== undefined) {
    const address = clickhouse.shards?.address() ?? clickhouse_url;
    const open_views = await unfilteredViews(clickhouse);
    const whole = (clickhouse.shards?.away().length ?? 0) === 0;
    if (open_views.length > 0 || !(await isConfined({ clickhouse_url: address, password, whole }))) {
      throw new ConfigError(
        'ANALYST_PORT is set, and ClickHouse knows no user for analysts: run the SQL that "npm run -s analyst-sql" prints on your server, or leave ANALYST_PORT unset.',
      );
    }
    await listen(analysts, analyst_port, config.api_host);
  }

  return {
    metrics: () => readFamilies(limits.registry),
    readiness: readinessNow,
    async stop() {
      closing = true;
      for (const watch of Object.values(watches)) watch.close();
      disk.close();
      installation.close();
      analysts.close();
      analysts.closeAllConnections();
      await api.close();
      await inspector.close();
      await presence.close();
      records.close();
      open_requests.close();
      await changes.close();
      layouts.close();
      keys.close();
      await clickhouse.close();
      redis.disconnect();
    },
  };
});

/** Rejects where the port can't be opened. */
function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
}
