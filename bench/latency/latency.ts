/** How long does a tap wait at a load that the server can carry? See README.md beside this file. */
import type { Bench } from '../bench.ts';
import { type Contender, OTHER_CORE, OWN_CORE, startBare, startRedirects } from '../support/contenders.ts';
import { startLinkBase } from '../support/links.ts';
import { load, warmUp } from '../support/load.ts';
import { figure, inRounds, machine, progress, ratio } from '../support/measure.ts';
import { countErrors, latencyFigures, openLoad, steady } from '../support/open-load.ts';

const LINKS = 50_000;
const CONNECTIONS = 256;
const SHARES = [0.25, 0.5, 0.75];
/** Warm-up, in which the sender compiles its code. */
const BEGINNING_MS = 1_000;

export const bench: Bench = async ({ quick }) => {
  const rounds = quick ? 3 : 5;
  const seconds = quick ? 2 : 6;
  const base = await startLinkBase();
  const contenders: Contender[] = [];
  try {
    const paths = await base.add(LINKS);
    contenders.push(await startRedirects({ name: 'durable', redis_url: base.url, core: OWN_CORE }));
    contenders.push(await startBare(OWN_CORE));
    const [ours] = contenders as [Contender];
    await warmUp(ours.url, paths);
    const most = await load({ url: ours.url, paths, seconds: 4, connections: 64, core: OTHER_CORE });
    progress(`at most ${most.per_s}/s`);
    const measures = await inRounds(
      rounds,
      Object.fromEntries(
        SHARES.flatMap((share) =>
          contenders.map(({ name, url }) => [
            `${name} at ${share * 100} %`,
            async () => {
              const result = await openLoad(url, steady(paths, most.per_s * share, seconds), CONNECTIONS);
              await base.forgetClicks();
              const counted = result.latencies.filter(({ due_ms }) => due_ms > BEGINNING_MS);
              return {
                ...latencyFigures(counted),
                errors: countErrors(result.errors),
                late_ms: result.late_ms,
              };
            },
          ]),
        ),
      ),
      (name, measure) => `${name}: ${JSON.stringify(measure)}`,
    );
    const of = (name: string, what: string): number[] =>
      (measures[name] ?? []).map((one) => (one as Record<string, number>)[what] ?? 0);
    return {
      ...machine(),
      rounds,
      seconds,
      connections: CONNECTIONS,
      max_per_s: most.per_s,
      at: Object.fromEntries(
        Object.keys(measures).map((name) => [
          name,
          Object.fromEntries(
            ['p50_ms', 'p99_ms', 'p999_ms', 'errors', 'late_ms'].map((what) => [
              what,
              figure(of(name, what)),
            ]),
          ),
        ]),
      ),
      p99_at_50_to_bare: ratio(of('durable at 50 %', 'p99_ms'), of('bare at 50 %', 'p99_ms')),
    };
  } finally {
    for (const contender of contenders) await contender.stop();
    await base.close();
  }
};
