/**
 * What does a click cost on one Redis and one ClickHouse, and on three and two? How far do more of them carry? See README.md
 * beside this file.
 */
import { startCluster } from '../../test/support/clickhouse-cluster.ts';
import { startRedisCluster } from '../../test/support/redis-cluster.ts';
import { createCampaign, createSender } from '../../test/support/sender.ts';
import { untilSettled } from '../../test/support/settled.ts';
import { startSystem } from '../../test/support/system.ts';
import type { Bench } from '../bench.ts';
import { warmUp } from '../support/load.ts';
import { figure, inRounds, machine, ratio, round } from '../support/measure.ts';
import { createMessages } from '../support/messages.ts';
import { measureTaps } from '../support/pipeline.ts';
import { type Costs, grow } from './grow.ts';

const MESSAGES = 10_000;
const CONNECTIONS = 64;
/** Taps a second: far enough apart to tell what an insert costs from what a row costs. */
const RATES = [800, 3_200];
const REDIS_NODES = 3;
const SHARDS = 2;

const PARTS = ['redirect', 'worker', 'redis', 'clickhouse'] as const;
type Part = (typeof PARTS)[number];

interface Ground {
  measure(rate: number, seconds: number): Promise<Record<Part, number>>;
  stop(): Promise<void>;
}

async function startGround(nodes: { redis: number; shards: number } | undefined): Promise<Ground> {
  const redis = nodes === undefined ? undefined : await startRedisCluster({ count: nodes.redis });
  const clickhouse = nodes === undefined ? undefined : await startCluster(nodes.shards);
  const system = await startSystem({
    ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
    ...clickhouse?.settings,
  });
  const sender = await createSender(system);
  const { creative_ids } = await createCampaign(sender, 'Shards');
  const messages = await createMessages(sender, creative_ids[0], MESSAGES);
  const paths = messages.flatMap(({ links }) => links.map(({ link_id }) => `/${link_id}`));
  await warmUp(system.redirect_url, paths);
  await untilSettled(system, paths.length, MESSAGES);
  const numbered = (name: string, pids: readonly number[]): Record<string, number> =>
    Object.fromEntries(pids.map((pid, i) => [`${name}-${i + 1}`, pid]));
  const servers = {
    ...numbered('redis', redis?.pids ?? []),
    ...numbered('clickhouse', clickhouse?.nodes.map((node) => node.process().pid ?? 0) ?? []),
  };
  return {
    async measure(rate, seconds) {
      const { sent, counted, cpu_us } = await measureTaps(system, {
        ...{ paths, messages: MESSAGES, seconds, connections: CONNECTIONS, rate },
        pids: { ...(await system.pids()), ...servers },
      });
      if (counted < sent.requests) throw new Error(`${counted} of ${sent.requests} clicks were counted`);
      const of = (part: Part): number =>
        Object.entries(cpu_us).reduce((sum, [name, us]) => sum + (name.startsWith(part) ? us : 0), 0);
      return Object.fromEntries(PARTS.map((part) => [part, of(part)])) as Record<Part, number>;
    },
    async stop() {
      await system.destroy();
      await clickhouse?.stop();
      await redis?.stop();
    },
  };
}

export const bench: Bench = async ({ quick, options }) => {
  const seconds = Number(options.seconds ?? (quick ? 8 : 20));
  const grounds: Record<string, Ground> = {};
  try {
    grounds['one'] = await startGround(undefined);
    grounds['cluster'] = await startGround({ redis: REDIS_NODES, shards: SHARDS });
    const contenders = Object.fromEntries(
      Object.entries(grounds).flatMap(([name, ground]) =>
        RATES.map((rate) => [`${name} ${rate}`, () => ground.measure(rate, seconds)]),
      ),
    );
    const measures = await inRounds(quick ? 2 : 5, contenders, (name, cost) => `${name}/s: ${textOf(cost)}`);
    const of = (name: string, rate: number, part: Part): number[] =>
      (measures[`${name} ${rate}`] ?? []).map((cost) => cost[part]);
    const costs: Costs[] = RATES.map((rate) => ({
      rate,
      redis_us: figure(of('cluster', rate, 'redis')).median,
      worker_us: figure(of('cluster', rate, 'worker')).median,
      clickhouse_us: figure(of('cluster', rate, 'clickhouse')).median,
    }));
    return {
      ...machine(),
      seconds,
      nodes: { redis: REDIS_NODES, clickhouse: SHARDS },
      ...Object.fromEntries(
        Object.keys(contenders).map((name) => [
          name,
          Object.fromEntries(
            PARTS.map((part) => [part, figure((measures[name] ?? []).map((cost) => cost[part]))]),
          ),
        ]),
      ),
      cluster_to_one: Object.fromEntries(
        PARTS.map((part) => [
          part,
          ratio(of('cluster', RATES[1] ?? 0, part), of('one', RATES[1] ?? 0, part)),
        ]),
      ),
      grows: grow(costs),
    };
  } finally {
    for (const ground of Object.values(grounds)) await ground.stop();
  }
};

const textOf = (cost: Record<Part, number>): string =>
  PARTS.map((part) => `${part} ${round(cost[part], 1)} µs`).join(', ');
