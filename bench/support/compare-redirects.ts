/**
 * Compares one redirect process with nginx and bare uWebSockets.js, in turn: rate, processor time for a request,
 * latency. The servers run on core 0; the load generator and Redis run on core 1.
 */
import type { BenchOptions } from '../bench.ts';
import { type Contender, OTHER_CORE, OWN_CORE, startBare, startNginx, startRedirects } from './contenders.ts';
import { startLinkBase } from './links.ts';
import { type Load, load, warmUp } from './load.ts';
import { cpuOfAll, figure, inRounds, machine, ratio, round } from './measure.ts';

const LINKS = 50_000;
const CONNECTIONS = 64;
/** With CLICK_ACK=replicated. */
const REPLICATED = 'replicated';

interface Measure extends Load {
  /** Processor time for a request, of the answering processes and of Redis. */
  cpu_us: number;
  redis_us: number;
}

/**
 * `--against <folder>`: another checkout of this project with its packages installed, measured in turn with this one.
 */
export async function compareRedirects(
  { quick, options }: BenchOptions,
  new_connections: boolean,
): Promise<object> {
  const rounds = quick ? 3 : 5;
  const seconds = quick ? 3 : 8;
  const base = await startLinkBase();
  // Of another Redis, so that the others do not pay for its replica.
  const followed = await startLinkBase(1, true);
  const contenders: Contender[] = [];
  try {
    const own_paths = await base.add(LINKS);
    const followed_paths = await followed.add(LINKS);
    const groundOf = (name: string) =>
      name === REPLICATED ? { links: followed, paths: followed_paths } : { links: base, paths: own_paths };
    const settings = { TRUST_PROXY: new_connections ? '0' : '1' };
    const ours = { redis_url: base.url, core: OWN_CORE, settings };
    contenders.push(await startBare(OWN_CORE));
    contenders.push(await startNginx(OWN_CORE));
    contenders.push(await startRedirects({ ...ours, name: 'durable' }));
    contenders.push(await startRedirects({ ...ours, name: 'fast', click_ack: 'fast' }));
    contenders.push(
      await startRedirects({
        ...{ ...ours, redis_url: followed.url },
        ...{ name: REPLICATED, click_ack: 'replicated' },
      }),
    );
    if (options.against !== undefined) {
      contenders.push(await startRedirects({ ...ours, name: 'against', root: options.against }));
    }
    for (const { name, url } of contenders) {
      const { links, paths } = groundOf(name);
      if (name !== 'bare' && name !== 'nginx') await warmUp(url, paths);
      await links.forgetClicks();
    }
    const measure = async ({ name, url, pids }: Contender): Promise<Measure> => {
      const { links, paths } = groundOf(name);
      const to = { url, paths, connections: CONNECTIONS, core: OTHER_CORE, new_connections };
      await load({ ...to, seconds: quick ? 1 : 3 });
      const [cpu, redis_cpu] = [cpuOfAll(pids), cpuOfAll(links.pids)];
      const result = await load({ ...to, seconds });
      const cpu_us = (cpuOfAll(pids) - cpu) / result.requests;
      const redis_us = (cpuOfAll(links.pids) - redis_cpu) / result.requests;
      await links.forgetClicks();
      return { ...result, cpu_us, redis_us };
    };
    const measures = await inRounds(
      rounds,
      Object.fromEntries(contenders.map((contender) => [contender.name, () => measure(contender)])),
      (name, { per_s, cpu_us, redis_us, p99_ms, errors }) =>
        `${name} ${per_s}/s, ${round(cpu_us)} µs, Redis ${round(redis_us)} µs, p99 ${p99_ms} ms, ${errors} errors`,
    );
    const of = (name: string, what: keyof Measure): number[] =>
      (measures[name] ?? []).map((one) => one[what]);
    return {
      ...machine(),
      rounds,
      seconds,
      connections: CONNECTIONS,
      links: LINKS,
      contenders: Object.fromEntries(
        contenders.map(({ name }) => [
          name,
          {
            per_s: figure(of(name, 'per_s'), 0),
            cpu_us: figure(of(name, 'cpu_us')),
            redis_us: figure(of(name, 'redis_us')),
            p99_ms: figure(of(name, 'p99_ms')),
            errors: of(name, 'errors').reduce((sum, count) => sum + count, 0),
          },
        ]),
      ),
      durable_cpu_to_nginx: ratio(of('durable', 'cpu_us'), of('nginx', 'cpu_us')),
      durable_rate_to_nginx: ratio(of('durable', 'per_s'), of('nginx', 'per_s')),
      durable_rate_to_bare: ratio(of('durable', 'per_s'), of('bare', 'per_s')),
      fast_cpu_to_nginx: ratio(of('fast', 'cpu_us'), of('nginx', 'cpu_us')),
      replicated_cpu_to_durable: ratio(of(REPLICATED, 'cpu_us'), of('durable', 'cpu_us')),
      replicated_redis_to_durable: ratio(of(REPLICATED, 'redis_us'), of('durable', 'redis_us')),
      replicated_rate_to_durable: ratio(of(REPLICATED, 'per_s'), of('durable', 'per_s')),
      ...(options.against === undefined
        ? {}
        : { durable_cpu_to_against: ratio(of('durable', 'cpu_us'), of('against', 'cpu_us')) }),
    };
  } finally {
    for (const contender of contenders) await contender.stop();
    await base.close();
    await followed.close();
  }
}
