/** How many messages it takes to tell two rates apart. Pure. */
import { Z_95, Z_POWER_80 } from './normal.ts';

/**
 * Messages in each of two variants that show a difference between these rates in 80 % of all tests, at a 5 %
 * risk of seeing one where there is none (two-sided). Infinity for equal rates; `z_power` is the normal
 * quantile of another power. Source: Fleiss, Levin, Paik (2003), "Statistical Methods for Rates and
 * Proportions", 3rd ed., chapter 4, without the correction for continuity; R's power.prop.test computes the same.
 */
export function sampleSize(rate: number, other: number, z_power = Z_POWER_80): number {
  if (rate === other) return Number.POSITIVE_INFINITY;
  const mean = (rate + other) / 2;
  const under_equal = Z_95 * Math.sqrt(2 * mean * (1 - mean));
  const under_different = z_power * Math.sqrt(rate * (1 - rate) + other * (1 - other));
  return ((under_equal + under_different) / (rate - other)) ** 2;
}
