import { expect, it } from 'vitest';
import { Lateness } from '../../../workers/lateness.ts';

it('is late while batches with old clicks come, and for a little after the last one', () => {
  const lateness = new Lateness();
  expect(lateness.isLate(100_000)).toBe(false);
  lateness.counted(98_500, 100_000);
  expect(lateness.isLate(100_000)).toBe(false);
  lateness.counted(97_000, 100_000);
  lateness.counted(102_000, 102_500);
  expect(lateness.isLate(102_900)).toBe(true);
  expect(lateness.isLate(103_100)).toBe(false);
});

it('is not late for long after the clock was set back', () => {
  const lateness = new Lateness();
  lateness.counted(0, 100_000);
  expect(lateness.isLate(50_000)).toBe(false);
});
