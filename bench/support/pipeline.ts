/** Taps on a whole system for some seconds: what is counted of them, how late, and what a click costs each process. */
import { oldestWaiting } from '../../src/log/backlog.ts';
import { connectRedis, probeRedis, untilReady } from '../../src/platform/redis.ts';
import { untilSettled } from '../../test/support/settled.ts';
import type { System } from '../../test/support/system.ts';
import { type Load, load } from './load.ts';
import { progress, round, watchCpu } from './measure.ts';

const SAMPLE_EVERY_MS = 500;
const CONNECTED_WITHIN_MS = 10_000;

export interface TapsOptions {
  /** Of its links. */
  paths: readonly string[];
  /** Messages that were sent before. */
  messages: number;
  seconds: number;
  connections: number;
  /** Taps a second; undefined: as fast as they are answered. */
  rate: number | undefined;
  /** Whose processor time is counted, by name. */
  pids: Readonly<Record<string, number>>;
}

export interface Tapped {
  sent: Load;
  /** Rows that came into ClickHouse. */
  counted: number;
  reported_per_s: number;
  settled_after_s: number;
  /** Of each sample while taps came: how long the oldest click in Redis had waited. */
  lags_ms: number[];
  /** Processor time of each process for a click, in µs. */
  cpu_us: Record<string, number>;
}

async function countRows(system: System): Promise<number> {
  const result = await system.clickhouse.query({
    query: 'SELECT count() FROM clicks',
    format: 'JSONCompactEachRow',
  });
  return Number((await result.json<[string]>())[0]?.[0] ?? 0);
}

/** The system has nothing to do before and after. */
export async function measureTaps(system: System, options: TapsOptions): Promise<Tapped> {
  const { paths, messages, seconds, connections, rate, pids } = options;
  const redis = connectRedis(await probeRedis(await system.redis_url()), 'fast');
  try {
    await untilReady(redis, CONNECTED_WITHIN_MS);
    const rows_before = await countRows(system);
    const cpuEach = watchCpu(pids);
    const samples: { at_ms: number; lag_ms: number }[] = [];
    const began = performance.now();
    let over = false;
    const sample = async (): Promise<void> => {
      while (!over) {
        const oldest_ms = await oldestWaiting(redis, 'clicks');
        const lag_ms = oldest_ms === undefined ? 0 : Math.max(0, Date.now() - oldest_ms);
        samples.push({ at_ms: performance.now() - began, lag_ms });
        if (samples.length % 10 === 0) progress(`${samples.length / 2} s, the oldest waits ${lag_ms} ms`);
        await new Promise((done) => setTimeout(done, SAMPLE_EVERY_MS));
      }
    };
    const sampling = sample();
    const sent = await load({
      ...{ url: system.redirect_url, paths, seconds, connections, rate },
      core: undefined,
    });
    const answered_ms = performance.now() - began;
    await untilSettled(system, rows_before + sent.requests, messages);
    const settled_ms = performance.now() - began;
    over = true;
    await sampling;
    const counted = (await countRows(system)) - rows_before;
    return {
      sent,
      counted,
      reported_per_s: Math.round((counted / settled_ms) * 1_000),
      settled_after_s: round((settled_ms - answered_ms) / 1_000),
      lags_ms: samples.filter(({ at_ms }) => at_ms < answered_ms).map(({ lag_ms }) => lag_ms),
      cpu_us: cpuEach(sent.requests),
    };
  } finally {
    redis.disconnect();
  }
}
