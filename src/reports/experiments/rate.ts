/**
 * A rate, the difference between two rates, and their intervals, of 95 % by default, which are valid for small and rare
 * counts too. Pure.
 */
import { Z_95 } from './normal.ts';

export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/**
 * successes / trials with Wilson's score interval, `z` standard errors wide on each side; without trials 0, with the interval from 0 to 1.
 * 0 <= successes <= trials. Source: Wilson (1927), "Probable inference, the law of succession, and statistical
 * inference", JASA 22, 209-212; in the form of Newcombe (1998), Statistics in Medicine 17, 857-872, method 3.
 */
export function rateOf(successes: number, trials: number, z = Z_95): Estimate {
  if (trials === 0) return { value: 0, low: 0, high: 1 };
  const value = successes / trials;
  const z2 = z * z;
  const middle = 2 * successes + z2;
  const spread = z * Math.sqrt(z2 + 4 * successes * (1 - value));
  const width = 2 * (trials + z2);
  return {
    value,
    low: successes === 0 ? 0 : (middle - spread) / width,
    high: successes === trials ? 1 : (middle + spread) / width,
  };
}

/**
 * `rate` - `control`, as a fraction, with its interval. Source: Newcombe (1998), "Interval estimation for
 * the difference between independent proportions: comparison of eleven methods", Statistics in Medicine 17,
 * 873-890, method 10 (hybrid score without continuity correction).
 */
export function rateDifference(rate: Estimate, control: Estimate): Estimate {
  const value = rate.value - control.value;
  return {
    value,
    low: value - Math.hypot(rate.value - rate.low, control.high - control.value),
    high: value + Math.hypot(rate.high - rate.value, control.value - control.low),
  };
}
