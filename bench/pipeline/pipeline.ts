/** How many clicks a second get from the tap to the report, with everything on one machine? See README.md. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createCampaign, createSender } from '../../test/support/sender.ts';
import { untilSettled } from '../../test/support/settled.ts';
import { startSystem } from '../../test/support/system.ts';
import type { Bench } from '../bench.ts';
import { warmUp } from '../support/load.ts';
import { figure, inRounds, machine, quantile, ratio, round } from '../support/measure.ts';
import { createMessages } from '../support/messages.ts';
import { measureTaps } from '../support/pipeline.ts';

const MESSAGES = 10_000;
const CONNECTIONS = 64;
/** Taps a second: the aim, plus a reserve because the last clicks take a part of the minute to reach the report. */
const RATE = 26_000;
const ROOT = join(import.meta.dirname, '../..');
/** Of pairs. */
const ROUNDS = 5;
const ROUNDS_QUICK = 2;

/**
 * `--seconds 60`, `--processes 2`, `--rate 26000`; `--rate most`: as fast as taps are answered. `--against <folder>`:
 * another checkout of this project with its packages installed, measured in turn with this one.
 */
export const bench: Bench = (given) =>
  given.options.against === undefined ? measure(given) : compare(given, given.options.against);

interface Run {
  answered_per_s: number;
  lag_p99_ms: number;
  cpu_us: Record<string, number>;
}

/** Runs this bench in each checkout, in processes of their own. */
async function compare({ quick, options }: Parameters<Bench>[0], against: string): Promise<object> {
  const words = Object.entries({ ...options, against: '' }).flatMap(([name, value]) =>
    value === '' ? [] : [`--${name}`, value],
  );
  const runIn = (cwd: string) => async (): Promise<Run> => {
    const args = ['bench/bench.ts', 'pipeline', ...(quick ? ['--quick'] : []), ...words];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Run;
  };
  const sum = ({ cpu_us }: Run): number => Object.values(cpu_us).reduce((all, one) => all + one, 0);
  const runs = await inRounds(
    quick ? ROUNDS_QUICK : ROUNDS,
    { ours: runIn(ROOT), against: runIn(against) },
    (name, run) => `${name}: ${run.answered_per_s}/s, ${round(sum(run))} µs ${JSON.stringify(run.cpu_us)}`,
  );
  const { ours = [], against: theirs = [] } = runs;
  const names = Object.keys(ours[0]?.cpu_us ?? {});
  const of = (some: readonly Run[], name: string): number[] => some.map(({ cpu_us }) => cpu_us[name] ?? 0);
  return {
    ...machine(),
    answered_per_s: [ours, theirs].map((some) => figure(some.map((run) => run.answered_per_s))),
    lag_p99_ms: [ours, theirs].map((some) => figure(some.map((run) => run.lag_p99_ms))),
    cpu_us: Object.fromEntries(
      names.map((name) => [name, [ours, theirs].map((some) => figure(of(some, name)))]),
    ),
    cpu_us_all: [ours, theirs].map((some) => figure(some.map(sum))),
    cpu_to_against: ratio(ours.map(sum), theirs.map(sum)),
    cpu_to_against_each: Object.fromEntries(
      names.map((name) => [name, ratio(of(ours, name), of(theirs, name))]),
    ),
  };
}

const measure: Bench = async ({ quick, options }) => {
  const seconds = Number(options.seconds ?? (quick ? 15 : 60));
  const rate = options.rate === 'most' ? undefined : Number(options.rate ?? RATE);
  const system = await startSystem({ REDIRECT_PROCESSES: options.processes ?? '1', LOG_MB: '8192' });
  try {
    const sender = await createSender(system);
    const { creative_ids } = await createCampaign(sender, 'Pipeline');
    const messages = await createMessages(sender, creative_ids[0], MESSAGES);
    const paths = messages.flatMap(({ links }) => links.map(({ link_id }) => `/${link_id}`));
    await warmUp(system.redirect_url, paths);
    await untilSettled(system, paths.length, MESSAGES);
    const { sent, counted, lags_ms, ...tapped } = await measureTaps(system, {
      ...{ paths, messages: MESSAGES, seconds, connections: CONNECTIONS, rate },
      pids: await system.pids(),
    });
    const half = lags_ms.length >> 1;
    return {
      ...machine(),
      seconds,
      connections: CONNECTIONS,
      offered_per_s: rate ?? 'most',
      answered_per_s: sent.per_s,
      p99_ms: sent.p99_ms,
      errors: sent.errors,
      answered: sent.requests,
      // At the end, wrk closes connections whose answers are pending.
      counted,
      ...tapped,
      lag_p50_ms: quantile(lags_ms, 0.5),
      lag_p99_ms: quantile(lags_ms, 0.99),
      lag_p99_first_half_ms: quantile(lags_ms.slice(0, half), 0.99),
      lag_p99_second_half_ms: quantile(lags_ms.slice(half), 0.99),
    };
  } finally {
    await system.destroy();
  }
};
