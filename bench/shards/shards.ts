/** What does a Redis Cluster cost, and how is the work distributed over it? See README.md beside this file. */
import type { Bench } from '../bench.ts';
import { type Contender, startRedirects } from '../support/contenders.ts';
import { type LinkBase, startLinkBase } from '../support/links.ts';
import { load, warmUp } from '../support/load.ts';
import { cpuOf, cpuOfAll, figure, inRounds, machine, ratio, round } from '../support/measure.ts';

const LINKS = 50_000;
const CONNECTIONS = 64;
const NODES = 6;

interface Measure {
  per_s: number;
  cpu_us: number;
  redis_us: number;
  /** Share of each Redis node in the processor time of all nodes. */
  shares: number[];
}

export const bench: Bench = async ({ quick }) => {
  const seconds = quick ? 3 : 8;
  const bases: LinkBase[] = [];
  const redirects: Contender[] = [];
  try {
    const contenders: Record<string, () => Promise<Measure>> = {};
    for (const [name, nodes] of [
      ['one', 1],
      ['cluster', NODES],
    ] as const) {
      const base = await startLinkBase(nodes);
      bases.push(base);
      const paths = await base.add(LINKS);
      const ours = await startRedirects({ name, redis_url: base.url, settings: { TRUST_PROXY: '1' } });
      redirects.push(ours);
      await warmUp(ours.url, paths);
      contenders[name] = async () => {
        const to = { url: ours.url, paths, connections: CONNECTIONS, core: undefined };
        await load({ ...to, seconds: 1 });
        const cpu = cpuOfAll(ours.pids);
        const redis = base.pids.map(cpuOf);
        const result = await load({ ...to, seconds });
        const used = base.pids.map((pid, n) => cpuOf(pid) - (redis[n] ?? 0));
        const all = used.reduce((sum, one) => sum + one, 0);
        await base.forgetClicks();
        return {
          per_s: result.per_s,
          cpu_us: (cpuOfAll(ours.pids) - cpu) / result.requests,
          redis_us: all / result.requests,
          shares: used.map((one) => round(one / all)),
        };
      };
    }
    const measures = await inRounds(
      quick ? 3 : 5,
      contenders,
      (name, { per_s, cpu_us, redis_us, shares }) =>
        `${name}: ${per_s}/s, ${round(cpu_us)} µs, Redis ${round(redis_us)} µs, shares ${shares.join(' ')}`,
    );
    const of = (name: string, what: 'per_s' | 'cpu_us' | 'redis_us'): number[] =>
      (measures[name] ?? []).map((one) => one[what]);
    return {
      ...machine(),
      nodes: NODES,
      ...Object.fromEntries(
        Object.keys(contenders).map((name) => [
          name,
          {
            per_s: figure(of(name, 'per_s'), 0),
            cpu_us: figure(of(name, 'cpu_us')),
            redis_us: figure(of(name, 'redis_us')),
            shares: measures[name]?.at(-1)?.shares,
          },
        ]),
      ),
      cluster_cpu_to_one: ratio(of('cluster', 'cpu_us'), of('one', 'cpu_us')),
      cluster_redis_to_one: ratio(of('cluster', 'redis_us'), of('one', 'redis_us')),
    };
  } finally {
    for (const one of redirects) await one.stop();
    for (const base of bases) await base.close();
  }
};
