/** Intervals of rates and of their differences against the tables in Newcombe's two papers of 1998. */
import { expect, it } from 'vitest';
import { rateDifference, rateOf } from '../../../../src/reports/experiments/rate.ts';

it.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])(
  'of %i of %i is what Newcombe prints (Statistics in Medicine 17, 857-872, table I, method 3)',
  (successes, trials, low, high) => {
    const rate = rateOf(successes, trials);
    expect(rate.value).toBe(successes / trials);
    expect(rate.low).toBeCloseTo(low, 4);
    expect(rate.high).toBeCloseTo(high, 4);
  },
);

type OutOf = [successes: number, trials: number];

it.each<[OutOf, OutOf, low: number, high: number]>([
  [[56, 70], [48, 80], 0.0524, 0.3339],
  [[9, 10], [3, 10], 0.1705, 0.809],
  [[6, 7], [2, 7], 0.0582, 0.8062],
  [[5, 56], [0, 29], -0.0381, 0.1926],
  [[0, 10], [0, 20], -0.1611, 0.2775],
  [[0, 10], [0, 10], -0.2775, 0.2775],
  [[10, 10], [0, 20], 0.6791, 1],
  [[10, 10], [0, 10], 0.6075, 1],
])(
  'difference of %j and %j is what Newcombe prints (Statistics in Medicine 17, 873-890, table II, method 10)',
  ([a, m], [b, n], low, high) => {
    const difference = rateDifference(rateOf(a, m), rateOf(b, n));
    expect(difference.value).toBe(a / m - b / n);
    expect(difference.low).toBeCloseTo(low, 4);
    expect(difference.high).toBeCloseTo(high, 4);
  },
);

it('knows nothing without trials, and stays between 0 and 1', () => {
  expect(rateOf(0, 0)).toEqual({ value: 0, low: 0, high: 1 });
  expect(rateOf(7, 7)).toMatchObject({ value: 1, high: 1 });
});
