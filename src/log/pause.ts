/**
 * A pause of logs: while it holds, their rows stay where they are; batches that are open go through. It ends by
 * itself soon after whoever asked for it is gone. With Redis down it rejects, at its begin or its end.
 */

import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { sleep } from '../platform/sleep.ts';
import { openBatchKey, pausedKey } from './keys.ts';
import { PARTITIONS } from './partitions.ts';

const HOLDS_MS = 10_000;
const RENEW_EVERY_MS = 2_000;
/** A batch that nobody finishes within this has no worker. */
const OPEN_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

export interface Pause {
  /** Rejects where it did not hold all the time: what was read meanwhile does not fit together. */
  end(): Promise<void>;
}

/** Resolves once no batch of these logs is open. Rejects where Redis can't be asked, or a batch stays open. */
export async function pauseLogs(redis: RedisClient, logs: readonly string[]): Promise<Pause> {
  const partitions = logs.flatMap((log) =>
    Array.from({ length: PARTITIONS }, (_, partition) => ({ log, partition })),
  );
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
      if (!held || ended.some((reply) => reply !== 1)) {
        throw new Error('the logs went on meanwhile: Redis was away. Try again.');
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
      throw new Error('batches are open and no worker finishes them: start the system, or look at its log');
    }
    await sleep(LOOK_EVERY_MS);
  }
}
