/** Waits until everything that was answered has gone through: rows, and both rollups behind them. */

import { backlog } from '../../src/log/backlog.ts';
import { refreshLayouts } from '../../src/log/layouts.ts';
import { allPartitions } from '../../src/log/partitions.ts';
import { connectRedis, probeRedis, type RedisClient } from '../../src/platform/redis.ts';
import type { System } from './system.ts';
import { HANGS_AFTER_MS, until } from './until.ts';

/** What waits for a batch or is in an open one, '' for nothing: a range leaves its stream once it is in. */
async function waiting(redis: RedisClient): Promise<string> {
  try {
    await refreshLayouts(redis);
    // Clicks first: they wake conversions.
    for (const log of ['clicks', 'sends', 'events', 'conversions', 'records', 'audit']) {
      for (const partition of allPartitions()) {
        const entries = await backlog(redis, log, partition);
        if (entries > 0) return `${entries} of ${log} in partition ${partition}`;
      }
    }
    return '';
  } catch (error) {
    return `Redis: ${error}`;
  }
}

/**
 * Resolves when at least so many clicks and sends are in, nothing waits any more, and the rollups count
 * exactly the rows: an insert's rows can be seen a moment before its views' are. Rejects, with what it
 * saw, where that never comes.
 */
export async function untilSettled(
  system: System,
  clicks: number,
  sends: number,
  within_ms = 2 * HANGS_AFTER_MS,
): Promise<void> {
  const sums = ['rollup_links', 'rollup_quarter_hours'].map(
    (rollup) => `(SELECT sum(clicks_total) FROM ${rollup}), (SELECT sum(messages_sent) FROM ${rollup})`,
  );
  const query = `SELECT (SELECT count() FROM clicks), (SELECT count() FROM sends), ${sums.join(', ')}`;
  let seen: number[] = [];
  let waits = '';
  const redis = connectRedis(await probeRedis(await system.redis_url()), 'fast');
  await until(
    async () => {
      waits = await waiting(redis);
      if (waits !== '') return false;
      const result = await system.clickhouse
        .query({ query, format: 'JSONCompactEachRow' })
        .catch(() => undefined);
      if (result === undefined) return false;
      seen = ((await result.json<string[]>())[0] ?? []).map(Number);
      const [rows = 0, messages = 0, ...rolled] = seen;
      return (
        rows >= clicks &&
        messages >= sends &&
        rolled.every((sum, i) => sum === (i % 2 === 0 ? rows : messages))
      );
    },
    within_ms,
    () =>
      `wanted ${clicks} clicks and ${sends} sends, saw rows ${seen.slice(0, 2).join(', ')} and rollups ${seen.slice(2).join(', ')}; ` +
      `waiting: ${waits || 'nothing'}\n${system.output()}`,
  ).finally(() => redis.disconnect());
}
