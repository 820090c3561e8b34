/** How many clicks a second get from the tap to the report, with everything on one machine? See README.md. */
import { createCampaign, createSender } from '../../test/support/sender.ts';
import { untilSettled } from '../../test/support/settled.ts';
import { startSystem } from '../../test/support/system.ts';
import type { Bench } from '../bench.ts';
import { warmUp } from '../support/load.ts';
import { machine, quantile } from '../support/measure.ts';
import { createMessages } from '../support/messages.ts';
import { measureTaps } from '../support/pipeline.ts';

const MESSAGES = 10_000;
const CONNECTIONS = 64;
/** Taps a second: the aim, plus a reserve because the last clicks take a part of the minute to reach the report. */
const RATE = 26_000;

/** `--seconds 60`, `--processes 2`, `--rate 26000`; `--rate most`: as fast as taps are answered. */
export const bench: Bench = async ({ quick, options }) => {
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
