/**
 * Pauses logs: while paused, no new batches are frozen, so rows stay in their logs; open batches are still processed.
 * If the pausing process dies, the pause ends by itself within 10 s. With Redis down, starting or ending a pause
 * rejects.
 */

import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { sleep } from '../platform/sleep.ts';
import { openBatchKey, pausedKey } from './keys.ts';
import { refreshLayouts } from './layouts.ts';
import { allPartitions } from './partitions.ts';

const HOLDS_MS = 10_000;
const RENEW_EVERY_MS = 2_000;
/** If a batch is not finished within this, no worker is running. */
const OPEN_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

export interface Pause {
  /** Rejects if the pause was interrupted: then the data read during it is not consistent. */
  end(): Promise<void>;
}

/**
 * Resolves once no batch of these logs is open. Rejects when Redis is down, or a batch stays open for OPEN_WITHIN_MS.
 */
export async function pauseLogs(redis: RedisClient, logs: readonly string[]): Promise<Pause> {
  const before = await refreshLayouts(redis);
  const partitions = logs.flatMap((log) => allPartitions().map((partition) => ({ log, partition })));
  const keys = partitions.map(({ log, partition }) => pausedKey(log, partition));
  await runAll(
    redis,
    keys.map((key): Command => ['SET', key, '1', 'PX', HOLDS_MS]),
  );
  let held = true;
  const timer = setInterval(() => {
    runAll(
      redis,
      keys.map((key): Command => ['PEXPIRE', key, HOLDS_MS]),
    ).then(
      (replies) => {
        held &&= replies.every((reply) => reply === 1);
      },
      () => {},
    );
  }, RENEW_EVERY_MS);
  const pause: Pause = {
    async end() {
      clearInterval(timer);
      const ended = await runAll(
        redis,
        keys.map((key): Command => ['DEL', key]),
      );
      const changed = (await refreshLayouts(redis)).layouts.length !== before.layouts.length;
      if (changed)
        throw new Error('the pause was interrupted because the partitions were changed. Try again.');
      if (!held || ended.some((reply) => reply !== 1)) {
        throw new Error('the pause was interrupted because Redis was away. Try again.');
      }
    },
  };
  const until = performance.now() + OPEN_WITHIN_MS;
  for (;;) {
    const open = await runAll(
      redis,
      partitions.map((one): Command => ['HEXISTS', openBatchKey(one), 'first']),
    );
    if (open.every((there) => there === 0)) return pause;
    if (performance.now() > until) {
      await pause.end();
      throw new Error('no worker finishes the open batches: start the system, or look at its log');
    }
    await sleep(LOOK_EVERY_MS);
  }
}
