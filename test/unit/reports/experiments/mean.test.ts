/** Means, Welch's difference and their intervals against published computations. */
import { expect, it } from 'vitest';
import {
  type Mean,
  meanDifference,
  meanEstimate,
  meanOf,
  messagesForNormal,
  type Sums,
} from '../../../../src/reports/experiments/mean.ts';

function sumsOf(values: readonly number[]): Sums {
  const power = (k: number): number => values.reduce((sum, x) => sum + x ** k, 0);
  return { count: values.length, sum: power(1), squares: power(2), cubes: power(3) };
}

/** Hours of sleep that two drugs added: Student (1908), Biometrika 6, p. 20; in R as `sleep`. */
const FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
const SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

it("gives Welch's test of Student's sleep data as R's documentation of t.test prints it", () => {
  const difference = meanDifference(meanOf(sumsOf(FIRST)), meanOf(sumsOf(SECOND)));
  expect(difference.value / Math.sqrt(difference.variance)).toBeCloseTo(-1.8608, 4);
  expect(difference.df).toBeCloseTo(17.776, 3);
  const { low, high } = meanEstimate(difference);
  expect(low).toBeCloseTo(-3.3654832, 7);
  expect(high).toBeCloseTo(0.2054832, 7);
});

it('gives the statistic of the NIST/SEMATECH handbook for cars of two countries (1.3.5.3)', () => {
  const cars = (value: number, sd: number, count: number): Mean => ({
    value,
    variance: sd ** 2 / count,
    df: count - 1,
  });
  const difference = meanDifference(cars(20.14458, 6.4147, 249), cars(30.48101, 6.10771, 79));
  expect(difference.value / Math.sqrt(difference.variance)).toBeCloseTo(-12.946, 3);
  expect(difference.df).toBeCloseTo(136.875, 3);
});

it('gives the interval of a mean of the first drug: 0.75 and t(9) = 2.262', () => {
  const { value, low, high } = meanEstimate(meanOf(sumsOf(FIRST)));
  expect(value).toBeCloseTo(0.75, 12);
  expect(low).toBeCloseTo(0.75 - 2.262 * 0.5657, 3);
  expect(high).toBeCloseTo(0.75 + 2.262 * 0.5657, 3);
});

it('claims no interval where nothing varies', () => {
  for (const values of [[], [5], [0, 0, 0]]) {
    expect(meanEstimate(meanOf(sumsOf(values)))).toMatchObject({ low: null, high: null });
  }
});

it('wants more messages the more skewed revenue is, as rule 7 of Kohavi et al. (2014) counts them', () => {
  // Of a Bernoulli variable s² = (1 - 2p)² / (p (1 - p)).
  const rate = 0.02;
  const messages = sumsOf([...Array(980).fill(0), ...Array(20).fill(1)]);
  expect(messagesForNormal(messages)).toBe(Math.ceil((355 * (1 - 2 * rate) ** 2) / (rate * (1 - rate))));
  expect(messagesForNormal(sumsOf([...Array(980).fill(0), ...Array(20).fill(49.9)]))).toBeCloseTo(
    messagesForNormal(messages),
    -1,
  );
  expect(messagesForNormal(sumsOf([1, 2, 3]))).toBeLessThanOrEqual(1);
});
