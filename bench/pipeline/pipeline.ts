/** How many clicks a second get from the tap to the report, with everything on one machine? See README.md. */

import { oldestWaiting } from '../../src/log/backlog.ts';
import { PARTITIONS } from '../../src/log/partitions.ts';
import { connectRedis } from '../../src/platform/redis.ts';
import { createCampaign, createSender } from '../../test/support/sender.ts';
import { untilSettled } from '../../test/support/settled.ts';
import { type System, startSystem } from '../../test/support/system.ts';
import type { Bench } from '../bench.ts';
import { type Load, load, warmUp } from '../support/load.ts';
import { machine, progress, quantile, round, watchCpu } from '../support/measure.ts';
import { createMessages } from '../support/messages.ts';

const MESSAGES = 10_000;
const CONNECTIONS = 64;
/** Taps a second: the aim, plus a reserve because the last clicks take a part of the minute to reach the report. */
const RATE = 26_000;
const SAMPLE_EVERY_MS = 500;

interface Sample {
  at_ms: number;
  rows: number;
  lag_ms: number;
}

async function countRows(system: System): Promise<number> {
  const result = await system.clickhouse.query({
    query: 'SELECT count() FROM clicks',
    format: 'JSONCompactEachRow',
  });
  return Number((await result.json<[string]>())[0]?.[0] ?? 0);
}

/** `--seconds 60`, `--processes 2`, `--rate 26000`; `--rate most`: as fast as taps are answered. */
export const bench: Bench = async ({ quick, options }) => {
  const seconds = Number(options.seconds ?? (quick ? 15 : 60));
  const rate = options.rate === 'most' ? undefined : Number(options.rate ?? RATE);
  const system = await startSystem({ REDIRECT_PROCESSES: options.processes ?? '1', LOG_MB: '8192' });
  const redis = connectRedis({ url: await system.redis_url(), cluster: false }, 'fast');
  try {
    const sender = await createSender(system);
    const { creative_ids } = await createCampaign(sender, 'Pipeline');
    const messages = await createMessages(sender, creative_ids[0], MESSAGES);
    const paths = messages.flatMap(({ links }) => links.map(({ link_id }) => `/${link_id}`));
    await warmUp(system.redirect_url, paths);
    await untilSettled(system, paths.length, MESSAGES);
    const rows_before = await countRows(system);
    const cpuEach = watchCpu(await system.pids());

    const samples: Sample[] = [];
    const began = performance.now();
    let over = false;
    const sample = async (): Promise<void> => {
      while (!over) {
        const oldest = await Promise.all(
          Array.from({ length: PARTITIONS }, (_, partition) => oldestWaiting(redis, 'clicks', partition)),
        );
        const now = Date.now();
        const lag_ms = Math.max(0, ...oldest.map((at_ms) => (at_ms === undefined ? 0 : now - at_ms)));
        const rows = (await countRows(system)) - rows_before;
        samples.push({ at_ms: performance.now() - began, rows, lag_ms });
        if (samples.length % 10 === 0) progress(`${rows} rows are in, the oldest waits ${lag_ms} ms`);
        await new Promise((done) => setTimeout(done, SAMPLE_EVERY_MS));
      }
    };
    const sampling = sample();
    const sent: Load = await load({
      url: system.redirect_url,
      paths,
      seconds,
      connections: CONNECTIONS,
      core: undefined,
      rate,
    });
    const answered_s = (performance.now() - began) / 1_000;
    await untilSettled(system, rows_before + sent.requests, MESSAGES);
    const settled_s = (performance.now() - began) / 1_000;
    over = true;
    await sampling;
    const rows = (await countRows(system)) - rows_before;
    const lags = samples.filter(({ at_ms }) => at_ms < answered_s * 1_000).map(({ lag_ms }) => lag_ms);
    const half = lags.length >> 1;
    const cpu_us = cpuEach(sent.requests);
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
      counted: rows,
      reported_per_s: Math.round(rows / settled_s),
      settled_after_s: round(settled_s - answered_s),
      lag_p50_ms: quantile(lags, 0.5),
      lag_p99_ms: quantile(lags, 0.99),
      lag_p99_first_half_ms: quantile(lags.slice(0, half), 0.99),
      lag_p99_second_half_ms: quantile(lags.slice(half), 0.99),
      cpu_us,
    };
  } finally {
    redis.disconnect();
    await system.destroy();
  }
};
