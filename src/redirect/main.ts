/**
 * The entry of one redirect process; see handle-tap.ts for what it does. It starts with Redis away as well, and listens
 * once it can answer.
 */
import { join } from 'node:path';
import { InstallationKeys } from '../access/installation-key.ts';
import { openJudge } from '../bots/judge.ts';
import { readAnyNode } from '../clickhouse/any-node.ts';
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { CLICKS_LOG, keyOfClickRow } from '../clicks/click.ts';
import { ClickIds } from '../clicks/click-id.ts';
import { ConfigError, readConfig } from '../config.ts';
import { ReportRecorder } from '../conversions/inspector/report-recorder.ts';
import { RefusalCounter } from '../conversions/refusals.ts';
import { REPLICA_WITHIN_MS } from '../log/append.ts';
import { followLayouts } from '../log/layouts.ts';
import { Spool } from '../log/spool.ts';
import { optOutByLink } from '../optouts/opt-out-by-link.ts';
import { followChanges, tellAll } from '../platform/change-log.ts';
import { hostName } from '../platform/host.ts';
import { createLogger } from '../platform/logger.ts';
import { readFamilies } from '../platform/metrics.ts';
import { announcePresence } from '../platform/presence.ts';
import { runRole } from '../platform/process.ts';
import { ownMark } from '../platform/process-mark.ts';
import { newProducerId, randomShare } from '../platform/random.ts';
import { BatchedReader } from '../platform/record-cache.ts';
import {
  askRedis,
  askRedisClock,
  connectRedis,
  findRedis,
  isReady,
  type RedisClient,
  untilReady,
} from '../platform/redis.ts';
import { untilServes } from '../platform/server-fault.ts';
import { ServerWatch, watchClocks } from '../platform/server-watch.ts';
import type { TraceSampling } from '../platform/telemetry/settings.ts';
import type { Tracer } from '../platform/telemetry/traces.ts';
import { readContactKey } from '../privacy/contact-key.ts';
import { Archive } from '../records/archive.ts';
import { ARCHIVE_SOURCES } from '../records/archive-sources.ts';
import { CompletenessWatch } from '../records/completeness.ts';
import { CapGate } from './cap-gate.ts';
import { ClickLog } from './click-log/click-log.ts';
import { addressReader } from './client-address.ts';
import { cachedSources } from './conversion-lookup.ts';
import { domainRoutes } from './domain-answers.ts';
import { Exchanges } from './exchange.ts';
import { Guesses } from './guesses.ts';
import { ConversionHandler } from './handle-conversion.ts';
import { TapHandler } from './handle-tap.ts';
import { LinkLookup } from './link-lookup.ts';
import { plainRoutes } from './plain-answers.ts';
import { redirectReadiness } from './readiness.ts';
import { createRedirectMetrics } from './redirect-metrics.ts';
import { ServedCertificates } from './served-certificates.ts';
import { startRedirectServer } from './server.ts';
import { siteRoutes } from './site-answers.ts';
import { Sites } from './sites.ts';
import { tapRoutes } from './tap-routes.ts';
import { TapTracing } from './tap-tracing.ts';
import { TlsListener, type TlsListenerOptions } from './tls-listener.ts';
import { warmUp } from './warm-up.ts';

const CONNECT_WITHIN_MS = 5_000;
const DRAIN_WITHIN_MS = 6_000;
const ARCHIVE_WITHIN_MS = 3_000;

const config = readConfig();
const process_name = config.process_name ?? `redirect-${process.pid}`;
const logger = createLogger(process_name, config.log_level, config.log_fd);
const log_bytes_max = config.log_bytes_max;

await runRole('trackly-redirect', logger, async () => {
  const records = await openRecordReading();
  const { redis, lookup, sites, reader, archive, sources, keys } = records;
  const clickLog = openClickLog(records.log_redis, records.clickhouse);
  const caps = new CapGate(redis);
  const metrics = createRedirectMetrics({ lookup, reader, clickLog, archive, caps });
  const presence = announcePresence({
    ...{ redis, registry: metrics.registry, process_name, data_dir: config.data_dir },
    notes: () => ({
      spool_bytes: clickLog.spool_bytes,
      spool_bytes_max: clickLog.spool_bytes_max,
      spooling: clickLog.trouble !== undefined,
    }),
  });
  const contact_key = await readContactKey(redis, config.data_dir);
  const refusals = new RefusalCounter(redis);
  const inspector = new ReportRecorder(redis, { sources, keys, contact_key });
  const guesses = new Guesses(redis, logger, metrics.guesses);
  const exchanges = new Exchanges({
    // A client behind a proxy that passes bytes on could write a frame of its own before its second request.
    one_answer_per_connection: config.trust_proxy > 0 && config.trust_proxy_header === 'proxy-protocol',
  });
  const readAddress = addressReader(config);
  const { redis_url = '' } = config;
  const watches = {
    redis: new ServerWatch(() => askRedis(redis, redis_url), logger),
    clock: watchClocks(logger, () => askRedisClock(redis, redis_url)),
  };
  const readiness = () =>
    redirectReadiness({
      closing: exchanges.closing,
      trouble: clickLog.trouble,
      redis_url,
      redis_ready: isReady(redis),
      redis_watch: watches.redis,
      clock_watch: watches.clock,
      has_archive: archive !== undefined,
    });
  const click_ids = new ClickIds(keys);
  const { tracer, sampling } = await openTracing();
  const keep_s = config.link_days * 24 * 3_600;
  const optOutGround = { redis, contact_key, log_bytes_max, keep_s };
  const judge = openJudge(config.bot_rules);
  const taps = new TapHandler({
    exchanges,
    lookup,
    sites,
    clickLog,
    guesses,
    metrics,
    judge,
    caps,
    keys,
    click_ids,
    optOut: (link, at_ms) => optOutByLink(optOutGround, link, at_ms),
    readAddress,
    settings: config,
    tracing: tracer && new TapTracing(tracer, sampling, config.trust_proxy > 0, randomShare),
  });
  const conversions = new ConversionHandler({
    exchanges,
    context: { sources, click_ids, keys, contact_key, log_bytes_max },
    redis,
    metrics,
    refusals,
    inspector,
    guesses,
    readAddress,
  });
  const routes = [
    ...plainRoutes(exchanges, readiness),
    ...siteRoutes(exchanges, { sites, accounts: lookup.accounts }),
    ...domainRoutes(exchanges, redis, config.public_domain),
    ...tapRoutes({ exchanges, taps, conversions, metrics }),
  ];
  const { redirect_host: host, redirect_port: port, tls_port } = config;
  const listener = await openTls(records.certificates, keys, {
    exchanges,
    routes,
    counts: metrics.tls,
  });
  const tls = listener && tls_port !== undefined ? { port: tls_port, listener } : undefined;
  const warmed_up = await warmUp({ sites, judge, keys, click_ids, readAddress, settings: config });
  logger.debug({ taps: warmed_up.redirected }, 'warmed up');
  const server = await startRedirectServer({ host, port, exchanges, routes, tls, metrics });

  return {
    metrics: () => readFamilies(metrics.registry),
    readiness,
    async stop() {
      for (const watch of Object.values(watches)) watch.close();
      await server.drain(DRAIN_WITHIN_MS);
      await clickLog.close();
      await refusals.close();
      await inspector.close();
      await guesses.close();
      await tracer?.close();
      await presence.close();
      await records.close();
    },
  };
});

/** The packages are loaded only where traces are asked for. */
async function openTracing(): Promise<{ tracer: Tracer | undefined; sampling: TraceSampling }> {
  const { telemetry } = config;
  const sampling = telemetry?.traces;
  if (telemetry === undefined || sampling === undefined) {
    return { tracer: undefined, sampling: { ratio: 0, parent_based: false } };
  }
  const { openTracer } = await import('../platform/telemetry/tracer.ts');
  return { tracer: openTracer(telemetry, process_name), sampling };
}

/** Links, offers and accounts: from memory, from Redis, and from ClickHouse what Redis does not have. */
async function openRecordReading() {
  if (config.redis_url === undefined)
    throw new ConfigError('REDIS_URL is not set: a redirect process needs it.');
  const { redis_url, data_dir } = config;
  const { target, away } = await untilServes(() => findRedis(redis_url, data_dir), logger);
  const redis = connectRedis(target, 'fast');
  if (away)
    logger.warn(
      'Redis is away: links are looked up in ClickHouse and clicks go to the spool until it is back',
    );
  else await untilReady(redis, CONNECT_WITHIN_MS);
  // Whoever waits for a replica keeps what comes after it on the connection waiting.
  const log_redis = config.click_ack === 'replicated' ? connectRedis(target, 'fast') : redis;

  const completeness = new CompletenessWatch(redis);
  if (!away) await completeness.look();
  const clickhouse =
    config.clickhouse_url === undefined
      ? undefined
      : readAnyNode(config.clickhouse_url, config.clickhouse_cluster, ARCHIVE_WITHIN_MS);
  const archive = clickhouse && new Archive(redis, clickhouse, completeness, ARCHIVE_SOURCES);
  const reader = new BatchedReader(redis, archive);
  const lookup = new LinkLookup(reader);
  const sites = new Sites(reader, hostName(config.public_domain), logger);
  const { sources, listener } = cachedSources(lookup, reader);
  const certificates =
    config.tls_port === undefined ? undefined : new ServedCertificates(redis, config, logger);
  const caches = tellAll([lookup, sites, listener, ...(certificates === undefined ? [] : [certificates])]);
  const keys = await InstallationKeys.open(redis, config.data_dir);
  reader.tellWhenBack(caches);
  const layouts = await followLayouts(redis);
  const changes = await followChanges(target, tellAll([caches, keys, layouts.listener]), away);
  return {
    redis,
    log_redis,
    clickhouse,
    lookup,
    sites,
    reader,
    archive,
    sources,
    certificates,
    keys,
    async close(): Promise<void> {
      await changes.close();
      layouts.close();
      keys.close();
      await certificates?.close();
      completeness.close();
      await clickhouse?.close();
      log_redis.disconnect();
      redis.disconnect();
    },
  };
}

/** Where TLS_PORT is set. */
async function openTls(
  certificates: ServedCertificates | undefined,
  keys: InstallationKeys,
  options: Pick<TlsListenerOptions, 'exchanges' | 'routes' | 'counts'>,
): Promise<TlsListener | undefined> {
  if (certificates === undefined) return undefined;
  await certificates.start(keys);
  const listener = new TlsListener({ ...options, files: certificates.files, keys, logger });
  certificates.onChange((stem) => listener.changed(stem));
  return listener;
}

function openClickLog(redis: RedisClient, clickhouse: ClickHouseClient | undefined): ClickLog {
  const producer = newProducerId();
  const owner = `${process_name}.${ownMark()}.${producer}`;
  const spool = new Spool(join(config.data_dir, 'spool'), owner, config.spool_bytes_max);
  return new ClickLog(redis, spool, {
    log: CLICKS_LOG,
    producer,
    process: process_name,
    bounds: {
      bytes_max: log_bytes_max,
      keyOf: keyOfClickRow,
      replica_within_ms: config.click_ack === 'replicated' ? REPLICA_WITHIN_MS : 0,
    },
    clickhouse,
    logger,
  });
}
