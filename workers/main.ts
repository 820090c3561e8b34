/**
 * The entry of a worker process: cuts the logs into batches and processes them. Any number of workers may run, on
 * any number of machines. While Redis or ClickHouse is down, batches stay frozen and are retried.
 */

import { AUDIT_LOG } from '../src/access/audit/audit-entry.ts';
import { settleLeft } from '../src/access/audit/record-audit.ts';
import { InstallationKeys } from '../src/access/installation-key.ts';
import { openJudge } from '../src/bots/judge.ts';
import type { Account, Offer } from '../src/catalog/definitions.ts';
import { readAnyNode } from '../src/clickhouse/any-node.ts';
import { ClickHouseError } from '../src/clickhouse/client.ts';
import {
  askClickHouse,
  askClickHouseClock,
  askClickHouseRoom,
  openClickHouse,
  type WithoutRoom,
} from '../src/clickhouse/open.ts';
import { shardCount } from '../src/clickhouse/shards.ts';
import { Agents } from '../src/clicks/agent.ts';
import { CLICKS_LOG } from '../src/clicks/click.ts';
import { ConfigError, readConfig } from '../src/config.ts';
import { CONVERSIONS_LOG } from '../src/conversions/conversion.ts';
import { certificateContext } from '../src/domains/certificates/certificate-context.ts';
import { publicName } from '../src/domains/certificates/certificate-names.ts';
import { ensureCertificate } from '../src/domains/certificates/ensure-certificate.ts';
import { watchDns } from '../src/domains/watch-dns.ts';
import { ENTRIES_MAX } from '../src/log/append.ts';
import { backlogOf } from '../src/log/backlog.ts';
import { type Batch, finish, isOpen } from '../src/log/batches.ts';
import { type Group, goAlone, groupToProcess } from '../src/log/groups.ts';
import { followLayouts, refreshLayouts, spreadFirst } from '../src/log/layouts.ts';
import { layoutOf, partitionShare } from '../src/log/partitions.ts';
import { ReplicaBarrier } from '../src/log/replica-barrier.ts';
import { EVENTS_LOG } from '../src/messages/message-event.ts';
import { SENDS_LOG } from '../src/messages/send.ts';
import { followChanges, tellAll } from '../src/platform/change-log.ts';
import { hostName } from '../src/platform/host.ts';
import { createLogger } from '../src/platform/logger.ts';
import { openMailer } from '../src/platform/mail.ts';
import { readFamilies } from '../src/platform/metrics.ts';
import { announcePresence } from '../src/platform/presence.ts';
import { runRole } from '../src/platform/process.ts';
import { BatchedReader, RecordCache } from '../src/platform/record-cache.ts';
import {
  askRedis,
  askRedisClock,
  connectRedis,
  probeRedis,
  type RedisClient,
  untilReady,
} from '../src/platform/redis.ts';
import { untilServes } from '../src/platform/server-fault.ts';
import { ServerWatch, watchClocks } from '../src/platform/server-watch.ts';
import type { Tracer } from '../src/platform/telemetry/traces.ts';
import { readContactKey } from '../src/privacy/contact-key.ts';
import { ErasedContacts } from '../src/privacy/erased-contacts.ts';
import { RoundMovedError } from '../src/privacy/erasure.ts';
import { Archive } from '../src/records/archive.ts';
import { ARCHIVE_SOURCES } from '../src/records/archive-sources.ts';
import {
  assertComplete,
  CompletenessWatch,
  openRecords,
  RecordsLostError,
} from '../src/records/completeness.ts';
import { RECORDS_LOG } from '../src/records/record.ts';
import { WebhookCache } from '../src/webhooks/webhook-cache.ts';
import { processAuditBatch } from './audit/process-audit-batch.ts';
import { isInserted } from './batch/is-inserted.ts';
import { assertServed } from './batch/node-of-batch.ts';
import { collectLedger } from './clicks/collect-ledger.ts';
import { FORGET_EVERY_MS, forgetClaims } from './clicks/forget-claims.ts';
import { processClickBatches } from './clicks/process-click-batches.ts';
import { processConversionBatch } from './conversions/process-conversion-batch.ts';
import { RECHECK_EVERY_MS, recheckMissed } from './conversions/recheck-missed.ts';
import { undoUploads } from './conversions/undo-uploads.ts';
import { watchSilentOffers } from './conversions/watch-silent-offers.ts';
import { cutBatches, GROUPS } from './cut-batches.ts';
import { checkDueDomains, type DueDomains } from './domains/check-due-domains.ts';
import { processEventBatch } from './events/process-event-batch.ts';
import { keepLayouts } from './keep-layouts.ts';
import { Lateness } from './lateness.ts';
import { FORGET_LINKS_EVERY_MS, forgetLinks } from './links/forget-links.ts';
import { eraseContacts } from './privacy/erase-contacts.ts';
import { removeAccounts } from './privacy/remove-accounts.ts';
import { openBatchQueue, processBatches } from './queue.ts';
import { untilRoom, workerReadiness } from './readiness.ts';
import { runRebookings } from './rebook/run-rebookings.ts';
import { processRecordBatch } from './records/process-record-batch.ts';
import { runRejudgements } from './rejudge/run-rejudgements.ts';
import { runInTurn } from './run-alone.ts';
import { sendDueReports } from './schedules/send-due-reports.ts';
import { processSendBatches } from './sends/process-send-batches.ts';
import { TakerWatchdog } from './taker-watchdog.ts';
import { runExports } from './transfer/run-exports.ts';
import { runImports } from './transfer/run-imports.ts';
import { FILE_WITHIN_MS } from './transfer/write-file.ts';
import { backlogBound, deliverMessages } from './webhooks/deliver-messages.ts';
import { numberAllMessages } from './webhooks/number-messages.ts';
import type { WorkerContext } from './worker-context.ts';
import { createWorkerMetrics } from './worker-metrics.ts';

const CONNECT_WITHIN_MS = 5_000;
const ACCOUNTS_CACHED_MAX = 10_000;
const OFFERS_CACHED_MAX = 10_000;
/** User agents; with some 300 bytes each. */
const AGENTS_CACHED_MAX = 20_000;
const WATCH_EVERY_MS = 2_000;
/** How often erasures go on. */
const ERASE_EVERY_MS = 1_000;
/** How often a worker looks for changes whose request has ended without an entry. */
const SETTLE_EVERY_MS = 60_000;
/** Share of a log's bounds above which a worker logs an error, long before clicks go to the spool. */
const BACKLOG_WARN_SHARE = 0.5;

type Processing = (context: WorkerContext, group: Group) => Promise<void>;

/** Of a log that is not one of GROUPED. */
const alone =
  (process_batch: (context: WorkerContext, batch: Batch) => Promise<void>): Processing =>
  (context, [batch]) =>
    process_batch(context, batch);

const LOGS: Record<string, Processing> = {
  [CLICKS_LOG]: processClickBatches,
  [SENDS_LOG]: processSendBatches,
  [EVENTS_LOG]: alone(processEventBatch),
  [CONVERSIONS_LOG]: alone(processConversionBatch),
  [RECORDS_LOG]: alone(processRecordBatch),
  [AUDIT_LOG]: alone(processAuditBatch),
};
/** With the most rows. What is decided of the others' depends on more, and a batch of them may wait for that. */
const GROUPED = [CLICKS_LOG, SENDS_LOG];

const config = readConfig();
const process_name = config.process_name ?? `worker-${process.pid}`;
const logger = createLogger(process_name, config.log_level);

await runRole('trackly-worker', logger, async () => {
  if (config.redis_url === undefined || config.clickhouse_url === undefined) {
    throw new ConfigError('REDIS_URL and CLICKHOUSE_URL must both be set for a worker.');
  }
  const { redis_url, clickhouse_url } = config;
  const target = await untilServes(() => probeRedis(redis_url), logger);
  const redis = connectRedis(target, 'fast');
  await untilReady(redis, CONNECT_WITHIN_MS);
  const replicated = config.click_ack === 'replicated' ? connectRedis(target, 'fast') : undefined;
  const clickhouse = await untilServes(
    () => openClickHouse(clickhouse_url, logger, config.clickhouse_cluster),
    logger,
  );

  const complete = await openRecords(redis, clickhouse, config.link_days);
  if (complete) await spreadFirst(redis, shardCount(clickhouse));
  else logger.error(new RecordsLostError().message);
  const records = new CompletenessWatch(redis);
  await records.look();
  const reader = new BatchedReader(redis, new Archive(redis, clickhouse, records, ARCHIVE_SOURCES));
  const accounts = new RecordCache(reader, ACCOUNTS_CACHED_MAX, (_key, text) => JSON.parse(text) as Account);
  const offers = new RecordCache(reader, OFFERS_CACHED_MAX, (_key, text) => JSON.parse(text) as Offer);
  reader.tellWhenBack(tellAll([accounts, offers]));
  const keys = await InstallationKeys.open(redis, config.data_dir);
  const webhooks = new WebhookCache(redis);
  const layouts = await followLayouts(redis);
  const changes = await followChanges(target, tellAll([accounts, offers, keys, webhooks, layouts.listener]));
  const metrics = createWorkerMetrics();
  const dns = watchDns(redis, metrics.registry, config.dns_resolvers);
  const presence = announcePresence({
    ...{ redis, registry: metrics.registry, process_name, data_dir: config.data_dir },
    notes: () => {
      const resolvers_away = dns.away();
      return { abilities: [GROUPS], ...(resolvers_away !== undefined && { resolvers_away }) };
    },
  });
  const judge = openJudge(config.bot_rules);
  const own_domain = hostName(config.public_domain);
  const contact_key = await readContactKey(redis, config.data_dir);
  const tracer = await openTracing();
  const context: WorkerContext = {
    redis,
    barrier: replicated && new ReplicaBarrier(replicated),
    clickhouse,
    reader,
    accounts,
    offers,
    webhooks,
    judge,
    agents: new Agents(AGENTS_CACHED_MAX),
    named_networks: new Set(),
    erased: new ErasedContacts(redis, contact_key),
    contact_key,
    own_domain,
    metrics,
    lateness: new Lateness(),
    tracer,
    logger,
  };

  const without_room: WithoutRoom = new Map();
  const watches = {
    redis: new ServerWatch(() => askRedis(redis, redis_url), logger),
    clickhouse: new ServerWatch(() => askClickHouse(clickhouse, clickhouse_url), logger),
    room: new ServerWatch(
      () => askClickHouseRoom(clickhouse, clickhouse_url, config.disk_reserve_bytes, without_room),
      logger,
    ),
    clock: watchClocks(
      logger,
      () => askRedisClock(redis, redis_url),
      () => askClickHouseClock(clickhouse, clickhouse_url),
    ),
  };
  const nodeTroubles = (): string[] | undefined => {
    const troubles = clickhouse.shards?.troubles();
    return troubles && [...troubles, ...without_room.values()];
  };
  let stopping = false;

  async function groupOf(batch: Batch): Promise<Group | undefined> {
    const group = await groupToProcess(redis, batch);
    if (group !== 'left') return group;
    if (!(await isInserted(context, batch))) return goAlone(redis, batch);
    await finish(redis, batch);
    return undefined;
  }

  const queue = openBatchQueue(target);
  const worker = processBatches(
    target,
    async (batch) => {
      const process_group = LOGS[batch.log];
      if (process_group === undefined) throw new Error(`no processor for the log ${batch.log}`);
      // Without the claims in Redis, clicks that are not first would be counted as first clicks.
      await assertComplete(redis);
      if (!(await knowsLayout(redis, batch))) return;
      await untilRoom(watches.room, () => stopping);
      assertServed({ clickhouse, without_room }, batch);
      const group = GROUPED.includes(batch.log) ? await groupOf(batch) : ([batch] as const);
      if (group !== undefined) await process_group(context, group);
    },
    (batch, error) => {
      metrics.failed(batch);
      logger.warn({ batch: batch?.token, ...withoutRows(error) }, 'batch failed and is tried again');
    },
  );
  const cutter = cutBatches({
    ...{ redis, queue, logs: Object.keys(LOGS), grouped: GROUPED, logger },
  });
  const keeper = keepLayouts(redis, Object.keys(LOGS), logger);
  const rejudgements = runRejudgements(context);
  const rebookings = runRebookings(context);
  const undoing = undoUploads(context, config.log_bytes_max);
  const imports = runImports(context);
  const ledger = collectLedger(context);
  const silence = watchSilentOffers(context);
  const domains = checkDueDomains(redis, await dueDomains(redis, keys), logger);
  const mailer = config.mail && openMailer({ url: config.mail.smtp_url, from: config.mail.from });
  const reports = sendDueReports(target, {
    ...{ redis, clickhouse, reader, keys, metrics, logger },
    mail: mailer && config.mail && { mailer, console_url: config.mail.console_url },
    allow_private_endpoints: config.allow_private_endpoints,
  });
  const to_webhooks = {
    ...{ redis, clickhouse, keys, metrics, lateness: context.lateness, logger, webhooks },
    mail: mailer && config.mail && { mailer, console_url: config.mail.console_url },
    allow_private_endpoints: config.allow_private_endpoints,
  };
  const numbering = numberAllMessages(context, backlogBound(to_webhooks));
  const deliveries = deliverMessages(to_webhooks);
  const erasures = runInTurn(redis, { name: 'erasures', every_ms: ERASE_EVERY_MS }, () =>
    eraseContacts({ ...context, data_dir: config.data_dir }).then(
      () => {},
      (error: Error) => {
        if (!(error instanceof RoundMovedError))
          logger.warn(withoutRows(error), 'an erasure goes on shortly');
      },
    ),
  );
  const missed = runInTurn(redis, { name: 'missed_credits', every_ms: RECHECK_EVERY_MS }, () =>
    recheckMissed(context).then(
      (conversions) => {
        if (conversions > 0) logger.warn({ conversions }, 'conversions whose click was missed are rechecked');
      },
      (error: Error) => logger.warn(withoutRows(error), 'missed credits are looked for again shortly'),
    ),
  );
  const { data_dir, export_dir, disk_reserve_bytes, allow_private_endpoints } = config;
  const patient_clickhouse = readAnyNode(clickhouse_url, config.clickhouse_cluster, FILE_WITHIN_MS);
  const exports = runExports({
    ...{ redis, clickhouse, patient_clickhouse, keys, logger },
    ...{ data_dir, export_dir, disk_reserve_bytes, allow_private_endpoints },
  });
  const removals = removeAccounts({ ...context, data_dir, export_dir });
  const forgetting = setInterval(() => void forgetClaims(redis, Date.now()).catch(() => {}), FORGET_EVERY_MS);
  const forgetting_links = runInTurn(
    redis,
    { name: 'forget_links', every_ms: FORGET_LINKS_EVERY_MS },
    async () => void (await forgetLinks(redis, Date.now())),
  );
  const settling = setInterval(() => void settleLeft(redis, Date.now()).catch(() => {}), SETTLE_EVERY_MS);
  const takers = new TakerWatchdog();
  const checking = setInterval(() => void checkBacklog().catch(() => {}), WATCH_EVERY_MS);

  async function checkBacklog(): Promise<void> {
    for (const name of Object.keys(LOGS)) {
      const { entries: waiting, bytes } = await backlogOf(redis, name);
      const entries = Math.max(...waiting);
      const share = Math.max(
        entries / ENTRIES_MAX,
        Math.max(...bytes) / partitionShare(config.log_bytes_max),
      );
      if (share > BACKLOG_WARN_SHARE) {
        logger.error({ stream: name, entries, bytes: sumOf(bytes), share }, 'stream is filling up');
      }
    }
    if (records.lost) logger.error(new RecordsLostError().message);
    const { waiting = 0, active = 0 } = await queue.getJobCounts('waiting', 'active');
    if (takers.missing(waiting, active, performance.now())) {
      logger.fatal({ waiting }, 'batches wait and no worker takes them: this process ends and begins anew');
      process.exit(1);
    }
  }

  const stop = async (): Promise<void> => {
    stopping = true;
    for (const watch of Object.values(watches)) watch.close();
    clearInterval(checking);
    clearInterval(forgetting);
    clearInterval(settling);
    records.close();
    keys.close();
    dns.close();
    await Promise.all([numbering.close(), deliveries.close()]);
    await rejudgements.close();
    await rebookings.close();
    await undoing.close();
    await imports.close();
    await ledger.close();
    await silence.close();
    await domains.close();
    await erasures.close();
    await missed.close();
    await forgetting_links.close();
    await removals.close();
    await exports.close();
    await cutter.close();
    await keeper.close();
    await worker.close();
    await queue.close();
    // A mail server may be slow: no batch waits for it.
    await reports.close();
    mailer?.close();
    await tracer?.close();
    await presence.close();
    await changes.close();
    layouts.close();
    await Promise.all([clickhouse.close(), patient_clickhouse.close()]);
    replicated?.disconnect();
    redis.disconnect();
  };
  return {
    metrics: () => readFamilies(metrics.registry),
    readiness: () => workerReadiness(watches, records.lost, nodeTroubles()),
    stop,
  };
});

/**
 * Reads the layouts again: they tell the batch's shard, and where else its claims and records are, which after a restore
 * this process may not know yet. False for a batch that is finished already. Throws, for it to be tried again, while nobody knows them.
 */
async function knowsLayout(redis: RedisClient, batch: Batch): Promise<boolean> {
  await refreshLayouts(redis);
  if (layoutOf(batch.partition) !== undefined) return true;
  if (!(await isOpen(redis, batch))) return false;
  throw new Error('the layout of its partition is not known');
}

/** The packages are loaded only where traces are asked for. */
async function openTracing(): Promise<Tracer | undefined> {
  const { telemetry } = config;
  if (telemetry?.traces === undefined) return undefined;
  return (await import('../src/platform/telemetry/tracer.ts')).openTracer(telemetry, process_name);
}

/** How domains are checked, and with TLS in the redirect processes how their certificates are seen to. */
async function dueDomains(redis: RedisClient, keys: InstallationKeys): Promise<DueDomains> {
  const { public_address, dns_resolvers: resolvers, tls_port, public_domain } = config;
  const check = { redis, public_address, resolvers };
  if (tls_port === undefined) return { check: { ...check, certify: undefined }, certifyOwn: undefined };
  const context = certificateContext(redis, keys, config);
  const ensure = (name: string) => ensureCertificate(context, name, Date.now());
  const own = publicName(public_domain);
  return {
    check: { ...check, certify: ({ domain }) => ensure(domain) },
    certifyOwn: own === undefined ? undefined : () => ensure(own),
  };
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

/**
 * The part of an error that may be logged. ClickHouse's messages quote the rows that it refuses, which are personal
 * data.
 */
function withoutRows(error: Error): { error: string; code?: string } {
  if (error instanceof ClickHouseError) return { error: error.type ?? 'ClickHouse error', code: error.code };
  return { error: error.message };
}
