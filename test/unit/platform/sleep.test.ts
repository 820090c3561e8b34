/** Sleeping, and being woken. */
import { expect, it } from 'vitest';
import { Sleeper, sleep } from '../../../src/platform/sleep.ts';

it('ends a sleep that is woken, and is not asleep afterwards', async () => {
  const sleeper = new Sleeper();
  sleeper.wake();
  const began = performance.now();
  const sleeping = sleeper.sleep(60_000);
  sleeper.wake();
  await sleeping;
  expect(performance.now() - began).toBeLessThan(10_000);
  // What was woken before does not shorten the next one.
  const again = sleeper.sleep(60_000).then(() => 'woken');
  expect(await Promise.race([again, sleep(50).then(() => 'asleep')])).toBe('asleep');
  sleeper.wake();
  expect(await again).toBe('woken');
});
