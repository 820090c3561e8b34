import { expect, it } from 'vitest';
import { TakerWatchdog } from '../../../workers/taker-watchdog.ts';

it('misses the taker after 15 s in which batches wait and none is worked on', () => {
  const watchdog = new TakerWatchdog();
  expect(watchdog.missing(3, 0, 0)).toBe(false);
  expect(watchdog.missing(3, 0, 14_999)).toBe(false);
  expect(watchdog.missing(3, 0, 15_000)).toBe(true);
});

it('begins anew whenever one is worked on or none waits', () => {
  const watchdog = new TakerWatchdog();
  for (const [waiting, active] of [
    [3, 1],
    [0, 0],
  ] as const) {
    watchdog.missing(3, 0, 0);
    expect(watchdog.missing(waiting, active, 20_000)).toBe(false);
    expect(watchdog.missing(3, 0, 21_000)).toBe(false);
  }
});
