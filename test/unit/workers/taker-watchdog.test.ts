import { expect, it } from 'vitest';
import { TakerWatch } from '../../../workers/taker-watchdog.ts';

it('misses the taker after 15 s in which batches wait and none is worked on', () => {
  const watch = new TakerWatch();
  expect(watch.missing(3, 0, 0)).toBe(false);
  expect(watch.missing(3, 0, 14_999)).toBe(false);
  expect(watch.missing(3, 0, 15_000)).toBe(true);
});

it('begins anew whenever one is worked on or none waits', () => {
  const watch = new TakerWatch();
  for (const [waiting, active] of [
    [3, 1],
    [0, 0],
  ] as const) {
    watch.missing(3, 0, 0);
    expect(watch.missing(waiting, active, 20_000)).toBe(false);
    expect(watch.missing(3, 0, 21_000)).toBe(false);
  }
});
