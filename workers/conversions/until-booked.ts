/** Waits until all that is on the log of conversions now is in ClickHouse. Rejects when Redis is down. */
import { CONVERSIONS_LOG } from '../../src/conversions/conversion.ts';
import { notPassed, positionsIn } from '../../src/log/backlog.ts';
import { refreshLayouts } from '../../src/log/layouts.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { sleep } from '../../src/platform/sleep.ts';

const PASSED_CHECK_MS = 50;

/** `hold` is called at each look; it throws to give up. */
export async function untilBooked(redis: RedisClient, hold: () => Promise<void>): Promise<void> {
  await refreshLayouts(redis);
  let left = await positionsIn(redis, CONVERSIONS_LOG);
  for (;;) {
    left = await notPassed(redis, left);
    if (left.length === 0) return;
    await hold();
    await sleep(PASSED_CHECK_MS);
  }
}
