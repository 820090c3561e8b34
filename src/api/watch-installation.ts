/**
 * What an operator must see when processes or servers are gone: which servers answer, how many processes of each role
 * publish, and what waits. The API measures it, because the gauges of a process disappear with the process. It stands
 * beside the journey: with Redis or ClickHouse down it says so, and keeps nothing.
 */

import type { ClickHouseClient } from '../clickhouse/client.ts';
import { CLICKS_LOG } from '../clicks/click.ts';
import { backlogOf, oldestWaiting } from '../log/backlog.ts';
import { countDeadLetters } from '../log/dead-letters.ts';
import { PARTITIONS } from '../log/partitions.ts';
import { Gauge, type Registry } from '../platform/metrics.ts';
import { readPresent } from '../platform/presence.ts';
import { isReady, memoryOf, type RedisClient } from '../platform/redis.ts';
import { within } from '../platform/within.ts';
import { LOGS } from '../records/backup/redis-keys.ts';

const LOOK_EVERY_MS = 2_000;
const ANSWERS_WITHIN_MS = 1_000;
const ROLES = ['redirect', 'worker', 'api'] as const;

export interface Watched {
  redis: RedisClient;
  clickhouse: ClickHouseClient;
  registry: Registry;
}

/** Looks every LOOK_EVERY_MS until it is closed. */
export function watchInstallation(watched: Watched): { close(): void } {
  const gauges = createGauges(watched.registry);
  const timer = setInterval(() => void look(watched, gauges), LOOK_EVERY_MS);
  void look(watched, gauges);
  return { close: () => clearInterval(timer) };
}

type Gauges = ReturnType<typeof createGauges>;

function createGauges(registry: Registry) {
  const registers = [registry];
  return {
    server_up: new Gauge({
      name: 'trackly_server_up',
      help: '1 while the server answers the API and takes its writes.',
      labelNames: ['server'],
      aggregator: 'min',
      registers,
    }),
    processes: new Gauge({
      name: 'trackly_processes',
      help: 'Processes of a role that run and reach Redis.',
      labelNames: ['role'],
      aggregator: 'max',
      registers,
    }),
    entries: new Gauge({
      name: 'trackly_stream_entries',
      help: 'Stream entries that wait to be processed.',
      labelNames: ['log'],
      aggregator: 'max',
      registers,
    }),
    bytes: new Gauge({
      name: 'trackly_stream_bytes',
      help: 'Bytes of payload that wait to be processed; LOG_MB bounds them.',
      labelNames: ['log'],
      aggregator: 'max',
      registers,
    }),
    behind: new Gauge({
      name: 'trackly_behind_seconds',
      help: 'Age of the oldest click that is not in the reports yet; 0 if none waits.',
      aggregator: 'max',
      registers,
    }),
    dead_letters: new Gauge({
      name: 'trackly_dead_letters',
      help: 'Dead letters that were neither replayed nor discarded yet.',
      aggregator: 'max',
      registers,
    }),
    memory: new Gauge({
      name: 'trackly_redis_memory_ratio',
      help: 'Share of its maxmemory that Redis uses; 0 where none is set.',
      aggregator: 'max',
      registers,
    }),
    evicts: new Gauge({
      name: 'trackly_redis_evicts',
      help: '1 while Redis removes data when its memory is full.',
      aggregator: 'max',
      registers,
    }),
  };
}

async function look({ redis, clickhouse }: Watched, gauges: Gauges): Promise<void> {
  const answers = await within(ANSWERS_WITHIN_MS, () => clickhouse.ping()).catch(() => undefined);
  gauges.server_up.set({ server: 'clickhouse' }, answers?.success === true ? 1 : 0);
  const there = await within(ANSWERS_WITHIN_MS, () => lookIntoRedis(redis, gauges)).then(
    () => true,
    () => false,
  );
  gauges.server_up.set({ server: 'redis' }, there && isReady(redis) ? 1 : 0);
}

/** Rejects when Redis is down; the gauges then keep what was last seen. */
async function lookIntoRedis(redis: RedisClient, gauges: Gauges): Promise<void> {
  const now_ms = Date.now();
  const { used_ratio, evicts } = await memoryOf(redis);
  gauges.memory.set(used_ratio);
  gauges.evicts.set(evicts ? 1 : 0);
  const present = (await readPresent(redis)).filter((one) => one.present);
  for (const role of ROLES) {
    gauges.processes.set({ role }, present.filter((one) => one.role === role).length);
  }
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
  for (const log of LOGS) {
    const { entries, bytes } = await backlogOf(redis, log);
    gauges.entries.set({ log }, sumOf(entries));
    gauges.bytes.set({ log }, sumOf(bytes));
  }
  const oldest = await Promise.all(
    partitions.map((partition) => oldestWaiting(redis, CLICKS_LOG, partition)),
  );
  const ages_ms = oldest.map((at_ms) => (at_ms === undefined ? 0 : now_ms - at_ms));
  gauges.behind.set(Math.max(0, ...ages_ms) / 1_000);
  gauges.dead_letters.set(await countDeadLetters(redis));
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
