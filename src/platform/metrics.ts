/**
 * Prometheus metrics of one process, and of all processes added up. Every process publishes its numbers to Redis each
 * second under its stable name (`redirect-1`); the process that answers /metrics adds them up. A restarted process
 * continues from the numbers of its predecessor, so a sum never falls. With Redis down the counters stay as they were
 * last read, and of the gauges those of the process that answers are there.
 */
import {
  AggregatorRegistry,
  Counter,
  type CounterConfiguration,
  Gauge,
  Histogram,
  type Metric,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';
import { type Command, type RedisClient, runAll } from './redis.ts';

export { Counter, type CounterConfiguration, Gauge, Histogram, type Metric, Registry };

const PROCESSES_KEY = 'metrics:processes';
const PUBLISH_EVERY_MS = 1_000;
/** The gauges of a process that has not published for this long are left out: it is gone. */
export const PUBLISHED_WITHIN_MS = 10_000;
const KEPT_S = 7 * 24 * 3_600;

type Snapshot = MetricObjectWithValues<MetricValue<string>>[];

export interface Publisher {
  /** Publishes a last time and stops. */
  close(): Promise<void>;
}

const metricsKey = (process_name: string): string => `metrics:process:${process_name}`;

/** Starts publishing `registry` under `process_name`, which no other running process may have. */
export async function publishMetrics(
  redis: RedisClient,
  registry: Registry,
  process_name: string,
): Promise<Publisher> {
  let carried: Snapshot | undefined;

  async function publish(): Promise<void> {
    if (carried === undefined) {
      const before = await redis.get(metricsKey(process_name));
      carried = before === null ? [] : lasting(JSON.parse(before) as Snapshot);
    }
    const own = (await registry.getMetricsAsJSON()) as Snapshot;
    const sum = (await add([carried, own]).getMetricsAsJSON()) as Snapshot;
    await runAll(redis, [
      ['SET', metricsKey(process_name), JSON.stringify(sum), 'EX', KEPT_S],
      ['ZADD', PROCESSES_KEY, Date.now(), process_name],
    ]);
  }

  // If Redis is away, publishing starts when it is back.
  let publishing = publish().catch(() => {});
  await publishing;
  const timer = setInterval(() => {
    publishing = publish().catch(() => {});
  }, PUBLISH_EVERY_MS);
  return {
    async close() {
      clearInterval(timer);
      await publishing;
      await publish().catch(() => {});
    },
  };
}

/** The processes that published within KEPT_S, each with the time of the last publication in ms. */
export async function readProcesses(redis: RedisClient): Promise<{ name: string; at_ms: number }[]> {
  const flat = await redis.zrange(PROCESSES_KEY, '0', '-1', 'WITHSCORES');
  const names = flat.filter((_, i) => i % 2 === 0);
  return names.map((name, i) => ({ name, at_ms: Number(flat[2 * i + 1]) }));
}

/** All processes' metrics added up, in Prometheus's text format. Rejects when Redis is down. */
export async function metricsText(redis: RedisClient): Promise<string> {
  return add(await readSnapshots(redis)).metrics();
}

/** The same for whoever answers /metrics. */
export class AllMetrics {
  readonly #redis: RedisClient;
  /** Of this process, which publishes it too. */
  readonly #own: Registry;
  #last: Snapshot[] = [];

  constructor(redis: RedisClient, own: Registry) {
    this.#redis = redis;
    this.#own = own;
  }

  /** Never rejects for want of Redis. With it down: what was last read, and this process's own gauges. */
  async text(): Promise<string> {
    try {
      const all = await readSnapshots(this.#redis);
      this.#last = all.map(lasting);
      return await add(all).metrics();
    } catch {
      const own = ((await this.#own.getMetricsAsJSON()) as Snapshot).filter(isGauge);
      return add([...this.#last, own]).metrics();
    }
  }
}

/** What each process published last, without the gauges of those that are gone. Rejects when Redis is down. */
async function readSnapshots(redis: RedisClient): Promise<Snapshot[]> {
  const now_ms = Date.now();
  await redis.zremrangebyscore(PROCESSES_KEY, '-inf', String(now_ms - KEPT_S * 1_000));
  const processes = await readProcesses(redis);
  const texts = (await runAll(
    redis,
    processes.map(({ name }): Command => ['GET', metricsKey(name)]),
  )) as (string | null)[];
  return texts.flatMap((text, i): Snapshot[] => {
    if (text === null) return [];
    const snapshot = JSON.parse(text) as Snapshot;
    return [now_ms - (processes[i]?.at_ms ?? 0) > PUBLISHED_WITHIN_MS ? lasting(snapshot) : snapshot];
  });
}

/** The metrics that outlive their process: counters and histograms, not gauges. */
function lasting(snapshot: Snapshot): Snapshot {
  return snapshot.filter((metric) => !isGauge(metric));
}

const isGauge = ({ type }: Snapshot[number]): boolean => String(type) === 'gauge';

function add(snapshots: Snapshot[]): Registry {
  return AggregatorRegistry.aggregate(snapshots);
}
