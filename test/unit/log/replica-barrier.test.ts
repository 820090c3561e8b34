/** How long a batch waits for a replica, and that it goes on without where there has been none for long. */
import { afterEach, expect, it, vi } from 'vitest';
import { NotReplicatedError } from '../../../src/log/append.ts';
import type { Batch } from '../../../src/log/batches.ts';
import { ReplicaBarrier } from '../../../src/log/replica-barrier.ts';
import type { RedisClient } from '../../../src/platform/redis.ts';

const BATCH = { log: 'l', partition: 0, first_id: '1-0', last_id: '2-0' } as Batch;

let replicas = 0;
let open = 1;
/** Answers the script and the WAIT behind it. */
const redis = {
  defineCommand: () => {},
  pipeline: () =>
    new Proxy(
      {},
      {
        get: (_target, name) =>
          name === 'exec'
            ? async () => [
                [null, open],
                [null, replicas],
              ]
            : () => {},
      },
    ),
} as unknown as RedisClient;

afterEach(() => vi.restoreAllMocks());

it('waits for a replica, and goes on without one after a minute', async () => {
  let now_ms = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now_ms);
  const barrier = new ReplicaBarrier(redis);
  const wait = (): Promise<boolean> => barrier.isOpen(BATCH);
  await expect(wait()).rejects.toThrow(NotReplicatedError);
  now_ms = 59_999;
  await expect(wait()).rejects.toThrow(NotReplicatedError);
  now_ms = 60_000;
  expect(await wait()).toBe(true);
  // One that was back is waited for again.
  replicas = 1;
  expect(await wait()).toBe(true);
  replicas = 0;
  await expect(wait()).rejects.toThrow(NotReplicatedError);
});

it('tells that a batch was finished by another worker', async () => {
  replicas = 1;
  open = 0;
  expect(await new ReplicaBarrier(redis).isOpen(BATCH)).toBe(false);
});
