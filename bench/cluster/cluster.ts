/** How much do more redirect processes gain, and does each get its share? See README.md beside this file. */
import type { Bench } from '../bench.ts';
import { startRedirects } from '../support/contenders.ts';
import { startLinkBase } from '../support/links.ts';
import { load, warmUp } from '../support/load.ts';
import { cpuOf, cpuOfAll, figure, inRounds, machine, round } from '../support/measure.ts';

const LINKS = 50_000;
const CONNECTIONS = 256;
const PROCESSES = [1, 2, 4];

interface Measure {
  per_s: number;
  cpu_us: number;
  /** The busiest process's processor time divided by the mean of all. */
  busiest_to_mean: number;
}

export const bench: Bench = async ({ quick }) => {
  const rounds = quick ? 2 : 5;
  const seconds = quick ? 2 : 8;
  const base = await startLinkBase();
  try {
    const paths = await base.add(LINKS);
    const measure = async (processes: number): Promise<Measure> => {
      const ours = await startRedirects({ name: `${processes}`, redis_url: base.url, processes });
      try {
        for (let n = 0; n < processes; n++) await warmUp(ours.url, paths);
        const before = ours.pids.map(cpuOf);
        const result = await load({
          url: ours.url,
          paths,
          seconds,
          connections: CONNECTIONS,
          core: undefined,
        });
        const used = ours.pids.map((pid, n) => cpuOf(pid) - (before[n] ?? 0));
        const mean = used.reduce((sum, one) => sum + one, 0) / processes;
        return {
          per_s: result.per_s,
          cpu_us: (cpuOfAll(ours.pids) - before.reduce((sum, one) => sum + one, 0)) / result.requests,
          busiest_to_mean: Math.max(...used) / mean,
        };
      } finally {
        await ours.stop();
        await base.forgetClicks();
      }
    };
    const measures = await inRounds(
      rounds,
      Object.fromEntries(PROCESSES.map((processes) => [String(processes), () => measure(processes)])),
      (name, { per_s, cpu_us, busiest_to_mean }) =>
        `${name} processes: ${per_s}/s, ${round(cpu_us)} µs, busiest ${round(busiest_to_mean)} × the mean`,
    );
    return {
      ...machine(),
      rounds,
      seconds,
      connections: CONNECTIONS,
      processes: Object.fromEntries(
        Object.entries(measures).map(([name, all]) => [
          name,
          {
            per_s: figure(
              all.map(({ per_s }) => per_s),
              0,
            ),
            cpu_us: figure(all.map(({ cpu_us }) => cpu_us)),
            busiest_to_mean: figure(all.map(({ busiest_to_mean }) => busiest_to_mean)),
          },
        ]),
      ),
    };
  } finally {
    await base.close();
  }
};
