/** How many messages are needed to detect a difference between two rates. Pure. */
import { Z_95, Z_POWER_80 } from './normal.ts';

/**
 * Messages needed in each of two variants to detect a difference between these rates in 80 % of all tests, with a 5 %
 * risk of finding one that does not exist (two-sided). Infinity for equal rates. For another power, pass its normal
 * quantile as `z_power`. Source: Fleiss, Levin, Paik (2003), "Statistical Methods for Rates and
 * Proportions", 3rd ed., chapter 4, without the correction for continuity; R's power.prop.test computes the same.
 */
export function sampleSize(rate: number, other: number, z_power = Z_POWER_80): number {
  if (rate === other) return Number.POSITIVE_INFINITY;
  const mean = (rate + other) / 2;
  const under_equal = Z_95 * Math.sqrt(2 * mean * (1 - mean));
  const under_different = z_power * Math.sqrt(rate * (1 - rate) + other * (1 - other));
  return ((under_equal + under_different) / (rate - other)) ** 2;
}
