/**
 * The installation as its operator looks at it, under the admin key: alarms, spools, partitions, domains of all accounts; see
 * queues.ts and usage.ts. What is read from Redis or ClickHouse answers 503 while that is away; alarms are read from what
 * this process has found.
 */
import { z } from 'zod';
import { readSpools } from '../../clicks/spools.ts';
import { helpOf, readRunbook } from '../../guides/guides.ts';
import { ALARM_STATES } from '../../health/alarms.ts';
import { listDomains } from '../../health/domain-list.ts';
import { LAYOUT_STATES, listPartitions } from '../../health/partition-list.ts';
import { pageOf, spoolNotice } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { pageQuery } from '../http/paging.ts';

const count = z.number();
const time = z.string().describe('ISO 8601');
const timeOrNull = z.string().nullable();
const isoTime = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));

const alarm = z.object({
  name: z.string().describe('As in deploy/alerts.yml'),
  severity: z.enum(['page', 'ticket']),
  state: z
    .enum(ALARM_STATES)
    .describe(
      'pending: its cause is there, not yet for so long that it fires. elsewhere: only Prometheus can judge it',
    ),
  since: timeOrNull.describe('Since when the answering process has seen the cause'),
  for_s: count.describe('How long the cause lasts before it fires'),
  found: z.string(),
  means: z.string().describe("The runbook's words"),
  do: z.string(),
  help: z.string().describe('Where the runbook says it'),
});

const spools = z.object({
  processes: z.array(
    z.object({
      name: z.string(),
      present: z.boolean(),
      spooling: z.boolean().nullable().describe('Whether its clicks go to the spool now'),
      bytes: count,
      bytes_max: count.nullable(),
      disk_free_bytes: count.nullable(),
      disk_size_bytes: count.nullable(),
    }),
  ),
  spools: z.array(spoolNotice).describe('Clicks that wait in spools, also of processes that are gone'),
});

const partition = z.object({
  partition: z.int(),
  shard: z.int().describe('Of ClickHouse, from 1'),
  shard_away: z.boolean(),
  takes_rows: z.boolean(),
  entries: count,
  bytes: count,
  behind_ms: count.describe('Age of the oldest entry that waits; 0 if none does'),
  logs: z.array(
    z.object({
      ...{ log: z.string(), entries: count, bytes: count, behind_ms: count },
      batch_rows: count.describe('Rows of its open batch'),
    }),
  ),
});
const partitionList = pageOf('partitions', partition).extend({
  layouts: z.array(
    z.object({ first: z.int(), count: z.int(), shards: z.int(), state: z.enum(LAYOUT_STATES) }),
  ),
  shards: z.array(z.object({ shard: z.int(), up: z.boolean() })),
  troubles: z.array(z.string()).describe('What is wrong with nodes of ClickHouse that are away'),
  redis_shards: z.array(
    z.object({
      ...{ shard: z.int(), master: z.string(), up: z.boolean(), replicas: z.int() },
      used_ratio: z.number().nullable(),
    }),
  ),
  disks: z.array(z.object({ name: z.string(), free_bytes: count, size_bytes: count })),
});

const domain = z.object({
  domain: z.string(),
  account_id: z.string(),
  status: z.enum(['pending_dns', 'verified', 'active', 'failing', 'retired']),
  hint: z.string(),
  taken_down: z.boolean(),
  checked_at: timeOrNull,
  next_check_at: time,
  certificate: z
    .object({
      ...{ issuer: z.string(), not_before: z.string(), not_after: z.string() },
      renewal_at: time.describe('From when it is ordered anew'),
    })
    .nullable(),
  order_failures: z.int().describe('In a row'),
  order_error: z.string(),
  next_order_at: timeOrNull,
});

export function installationRoutes(app: Api, context: ApiContext): void {
  const { redis, clickhouse, installation } = context;
  const answering = (answer: z.ZodType) => ({ admin: true, documented_answers: { 200: answer } });
  const tags = ['operations'];
  const sayOf = readRunbook();

  app.get(
    '/v2/operations/alarms',
    {
      config: { ...answering(z.object({ alarms: z.array(alarm) })), without_redis: true },
      schema: { tags, summary: 'The alarms of deploy/alerts.yml as they stand now' },
    },
    async () => ({
      alarms: installation.alarms().map(({ since_ms, ...one }) => {
        const { means, todo } = sayOf(one.name);
        return { ...one, since: isoOrNull(since_ms), means, do: todo, help: helpOf(one.name.toLowerCase()) };
      }),
    }),
  );

  app.get(
    '/v2/operations/spools',
    {
      config: answering(spools),
      schema: { tags, summary: 'Answered clicks that wait on the disks of machines' },
    },
    () =>
      explainErrors(async () => ({
        processes: (installation.found.parts.processes ?? [])
          .filter(({ role }) => role === 'redirect')
          .map(({ name, present, notes }) => ({
            ...{ name, present, spooling: notes.spooling ?? null, bytes: notes.spool_bytes },
            bytes_max: notes.spool_bytes_max ?? null,
            disk_free_bytes: notes.disk_free_bytes ?? null,
            disk_size_bytes: notes.disk_size_bytes ?? null,
          })),
        spools: await readSpools(redis, clickhouse, Date.now()),
      })),
  );

  app.get(
    '/v2/operations/partitions',
    {
      config: answering(partitionList),
      schema: {
        tags,
        summary: 'What waits in each partition of the logs, and the shards that take it',
        querystring: pageQuery,
      },
    },
    async (request) => {
      const { page, per_page } = request.query;
      const { layouts, partitions } = await listPartitions(redis, clickhouse, Date.now());
      const { parts, shards } = installation.found;
      return {
        layouts,
        shards: Array.from({ length: shards?.count ?? 1 }, (_, i) => ({
          shard: i + 1,
          up: shards === undefined ? installation.found.clickhouse_up : !shards.away.includes(i + 1),
        })),
        troubles: shards?.troubles ?? [],
        redis_shards: (parts.redis_shards ?? []).map(({ used_ratio = null, ...one }) => ({
          ...one,
          used_ratio,
        })),
        disks: parts.clickhouse_disks ?? [],
        partitions: partitions.slice((page - 1) * per_page, page * per_page),
        ...{ page, per_page, total: partitions.length },
      };
    },
  );

  app.get(
    '/v2/operations/domains',
    {
      config: answering(pageOf('domains', domain)),
      schema: {
        tags,
        summary: 'The tracking domains of all accounts and their certificates, what is wrong first',
        querystring: pageQuery.extend({
          q: z.string().max(300).default('').describe('A part of the name, or of the account_id'),
        }),
      },
    },
    async (request) => {
      const { page, per_page } = request.query;
      const { items, total } = await listDomains(redis, request.query);
      return { domains: items, page, per_page, total };
    },
  );
}
