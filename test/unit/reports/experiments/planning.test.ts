/** Sample ratios and sample sizes against published examples. */
import { expect, it } from 'vitest';
import { MISMATCH_P_MAX, sampleRatioP } from '../../../../src/reports/experiments/sample-ratio.ts';
import { sampleSize } from '../../../../src/reports/experiments/sample-size.ts';

it('finds the mismatch of 821,588 to 815,482: p = 1.8e-6 (Kohavi, Tang, Xu 2020, chapter 21)', () => {
  expect(sampleRatioP([821_588, 815_482], [50, 50])).toBeCloseTo(1.8e-6, 7);
});

it('finds that of 44,000 to 45,000: p = 0.0008 (srm.osc.garden)', () => {
  const p = sampleRatioP([44_000, 45_000], [1, 1]);
  expect(p).toBeCloseTo(0.0008, 5);
  expect(p).toBeLessThan(MISMATCH_P_MAX);
});

it("accepts Mendel's peas as 9 : 3 : 3 : 1: chi-squared 0.470, p = 0.925, as textbooks have it", () => {
  expect(sampleRatioP([315, 101, 108, 32], [9, 3, 3, 1])).toBeCloseTo(0.925, 3);
});

it('says nothing without messages or plan, and everything where none were planned', () => {
  expect(sampleRatioP([0, 0], [50, 50])).toBe(1);
  expect(sampleRatioP([5], [100])).toBe(1);
  expect(sampleRatioP([5, 9], [0, 0])).toBe(1);
  expect(sampleRatioP([500, 1], [100, 0])).toBe(0);
});

it("gives the 76.7 of R's documentation of power.prop.test for 50 % and 75 % at a power of 90 %", () => {
  expect(sampleSize(0.5, 0.75, 1.2815515655446004)).toBeCloseTo(76.7, 1);
  expect(sampleSize(0.75, 0.5, 1.2815515655446004)).toBeCloseTo(76.7, 1);
});

it('is near the rule n = 16 σ² / Δ²: 121,600 for 5 % of 5 % (Kohavi et al. 2009, Data Min. Knowl. Disc. 18, 140-181)', () => {
  expect(sampleSize(0.05, 0.0525) / 121_600).toBeCloseTo(1, 1);
});

it('has no end for rates that are the same', () => {
  expect(sampleSize(0.05, 0.05)).toBe(Number.POSITIVE_INFINITY);
});
