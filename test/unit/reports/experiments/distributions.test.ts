/** Special functions against printed tables: Abramowitz and Stegun (1964), "Handbook of Mathematical Functions", and others as named. */
import { expect, it } from 'vitest';
import { betaCdf, betaDensity } from '../../../../src/reports/experiments/beta.ts';
import { chiSquaredTail } from '../../../../src/reports/experiments/chi-squared.ts';
import { logGamma } from '../../../../src/reports/experiments/log-gamma.ts';
import { normalCdf, Z_95, Z_POWER_80 } from '../../../../src/reports/experiments/normal.ts';
import { student95, studentCdf } from '../../../../src/reports/experiments/student-t.ts';

it('has the gamma function of factorials, of 1/2 and of large numbers', () => {
  expect(logGamma(1)).toBeCloseTo(0, 14);
  expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 14);
  // Stirling's series with its first correction is exact to the last digit here.
  const x = 1e6;
  const stirling = (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + 1 / (12 * x);
  expect(logGamma(x) / stirling).toBeCloseTo(1, 14);
});

it('has the normal distribution of table 26.1 and its quantiles', () => {
  expect(normalCdf(1, 0, 1)).toBeCloseTo(0.841344746068543, 14);
  expect(normalCdf(-2, 0, 1)).toBeCloseTo(1 - 0.977249868051821, 14);
  expect(normalCdf(Z_95, 0, 1)).toBeCloseTo(0.975, 14);
  expect(normalCdf(Z_POWER_80, 0, 1)).toBeCloseTo(0.8, 14);
  expect(normalCdf(7, 3, 2)).toBeCloseTo(0.977249868051821, 14);
});

it('has the percentage points of chi-squared, table 26.8', () => {
  for (const [x, df, tail] of [
    [3.84146, 1, 0.05],
    [10.8276, 1, 0.001],
    [5.99147, 2, 0.05],
    [18.307, 10, 0.05],
    [2.15586, 10, 0.995],
  ] as const) {
    expect(chiSquaredTail(x, df)).toBeCloseTo(tail, 5);
  }
  expect(chiSquaredTail(0, 3)).toBe(1);
});

it("has the percentage points of Student's t, table 26.10", () => {
  for (const [df, t] of [
    [1, 12.706],
    [2, 4.303],
    [10, 2.228],
    [30, 2.042],
    [120, 1.98],
  ] as const) {
    expect(student95(df)).toBeCloseTo(t, 3);
    expect(studentCdf(-student95(df), df)).toBeCloseTo(0.025, 12);
  }
  expect(student95(1e9)).toBe(Z_95);
  expect(student95(9e6)).toBeCloseTo(Z_95, 6);
});

it('has the beta distribution where it is a polynomial, and of a million messages', () => {
  for (const x of [0, 0.01, 0.3, 0.5, 0.99, 1]) {
    expect(betaCdf(x, 1, 1)).toBeCloseTo(x, 14);
    expect(betaCdf(x, 2, 3)).toBeCloseTo(x * x * (6 - 8 * x + 3 * x * x), 13);
    expect(betaDensity(x, 2, 3)).toBeCloseTo(12 * x * (1 - x) ** 2, 12);
  }
  // SciPy 1.11: stats.beta.cdf(0.0301, 30000, 970000).
  expect(betaCdf(0.0301, 30_000, 970_000)).toBeCloseTo(0.721538016797628, 8);
});
