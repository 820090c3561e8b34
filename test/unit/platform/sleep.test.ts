/** Sleeping, and being woken. */
import { expect, it } from 'vitest';
import { runRounds, Sleeper, sleep } from '../../../src/platform/sleep.ts';

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

it('repeats rounds, with the rest that each asks for, until it is closed', async () => {
  const seen: boolean[] = [];
  const rounds = runRounds(async () => {
    seen.push(rounds.closed);
    return seen.length < 3 ? 0 : 60_000;
  });
  while (seen.length < 3) await sleep(1);
  expect(rounds.closed).toBe(false);
  await rounds.close();
  expect(rounds.closed).toBe(true);
  expect(seen).toEqual([false, false, false]);
});

it('runs no round that was closed before the first', async () => {
  let runs = 0;
  const rounds = runRounds(async () => ++runs, 60_000);
  await rounds.close();
  expect(runs).toBe(0);
});
