/** The normal distribution. Pure. */
import { gammaTail } from './chi-squared.ts';

/** Quantile at 97.5 %, for the two-sided 95 % intervals of all figures. */
export const Z_95 = 1.959963984540054;
/** Quantile at 80 %, the power of all sample sizes. */
export const Z_POWER_80 = 0.8416212335729143;

/** The density at `x` of a normal distribution. */
export function normalDensity(x: number, mean: number, sd: number): number {
  const z = (x - mean) / sd;
  return Math.exp((-z * z) / 2) / (sd * Math.sqrt(2 * Math.PI));
}

/**
 * The probability of less than `x`. Source: NIST Digital Library of Mathematical Functions, 7.11.2: the
 * error function is an incomplete gamma function.
 */
export function normalCdf(x: number, mean: number, sd: number): number {
  const z = (x - mean) / sd;
  const tail = gammaTail(0.5, (z * z) / 2) / 2;
  return z < 0 ? tail : 1 - tail;
}

/** Halvings until two neighbouring numbers remain between 0 and QUANTILE_MAX. */
const HALVINGS_MAX = 60;
/** Further out there is less than 1e-22. */
const QUANTILE_MAX = 10;

/** The quantile of the standard normal distribution at `probability`, from 0.5 up to, not including, 1. */
export function normalQuantile(probability: number): number {
  let [low, high] = [0, QUANTILE_MAX];
  for (let i = 0; i < HALVINGS_MAX; i++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle, 0, 1) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
