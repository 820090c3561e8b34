/** The taps before the port is opened: over real connections, through every step, and nothing is left of them. */
import { Socket } from 'node:net';
import { expect, it, vi } from 'vitest';
import { openJudge } from '../../../src/bots/judge.ts';
import { ClickIds } from '../../../src/clicks/click-id.ts';
import { BatchedReader } from '../../../src/platform/record-cache.ts';
import type { RedisClient } from '../../../src/platform/redis.ts';
import { addressReader } from '../../../src/redirect/client-address.ts';
import { TAP_OUTCOMES } from '../../../src/redirect/outcomes.ts';
import { Sites } from '../../../src/redirect/sites.ts';
import { type WarmUpGround, warmUp } from '../../../src/redirect/warm-up.ts';
import { keysOf } from '../../support/installation-keys.ts';

/** Whatever is asked of Redis fails the test. */
const NO_REDIS = {} as RedisClient;

function ground(): WarmUpGround {
  return {
    sites: new Sites(new BatchedReader(NO_REDIS), 'links.example', { warn: expect.unreachable }),
    judge: openJudge(''),
    keys: keysOf(),
    click_ids: new ClickIds(keysOf()),
    readAddress: addressReader({
      trust_proxy: 0,
      trust_proxy_header: 'x-forwarded-for',
    }),
    settings: { click_ack: 'durable', when_full: 'refuse', trust_proxy: 0 },
  };
}

it('takes every step of a tap that is redirected, as often as it may', async () => {
  const counted = await warmUp(ground(), { taps_max: 100, until: performance.now() + 60_000 });
  expect(counted).toEqual({
    ...Object.fromEntries(TAP_OUTCOMES.map((outcome) => [outcome, 0])),
    redirected: 100,
  });
});

it('takes taps that come one after another: some look for their link while others look for their account', async () => {
  const { write } = Socket.prototype;
  const writes: (() => void)[] = [];
  // The taps of one link in each turn of the event loop.
  const writeNext = (): void => {
    for (const tap of writes.splice(0, 4)) tap();
    if (writes.length > 0) setImmediate(writeNext);
  };
  const spy = vi.spyOn(Socket.prototype, 'write').mockImplementation(function (
    this: Socket,
    ...given: unknown[]
  ) {
    writes.push(() => write.apply(this, given as Parameters<Socket['write']>));
    if (writes.length === 1) setImmediate(writeNext);
    return true;
  });
  const counted = await warmUp(ground(), { taps_max: 100, until: performance.now() + 60_000 });
  spy.mockRestore();
  expect(counted.redirected).toBe(100);
});

it('ends in time, with taps that were not answered', async () => {
  const counted = await warmUp(ground(), { taps_max: 1_000_000, until: performance.now() + 5 });
  expect(counted.redirected).toBeLessThan(1_000_000);
});
