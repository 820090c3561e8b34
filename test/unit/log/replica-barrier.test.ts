/** How long a batch waits for a replica, and that it goes on without where there has been none for long. */
import { afterEach, expect, it, vi } from 'vitest';
import { NotReplicatedError } from '../../../src/log/append.ts';
import { ReplicaBarrier } from '../../../src/log/replica-barrier.ts';
import type { RedisClient } from '../../../src/platform/redis.ts';
import { loadScript } from '../../../src/platform/script.ts';

const SCRIPT = loadScript(new URL('../../../src/log/lua/confirm-open.lua', import.meta.url));

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
  const wait = () => barrier.run(0, SCRIPT, ['open'], []);
  await expect(wait()).rejects.toThrow(NotReplicatedError);
  now_ms = 59_999;
  await expect(wait()).rejects.toThrow(NotReplicatedError);
  now_ms = 60_000;
  expect(await wait()).toBe(1);
  // One that was back is waited for again.
  replicas = 1;
  expect(await wait()).toBe(1);
  replicas = 0;
  await expect(wait()).rejects.toThrow(NotReplicatedError);
});

it('tells what the script told', async () => {
  replicas = 1;
  open = 0;
  expect(await new ReplicaBarrier(redis).run(0, SCRIPT, ['open'], [])).toBe(0);
});
