/** Student's t distribution, for the mean of a small sample. Pure. */
import { betaCdf } from './beta.ts';
import { Z_95 } from './normal.ts';

/** Above this many degrees of freedom, t and the normal distribution agree to seven digits. */
const DF_NORMAL = 1e7;
const HALVINGS = 100;

/**
 * The probability of less than `t` with `df` degrees of freedom. Source: Abramowitz and Stegun (1964),
 * "Handbook of Mathematical Functions", 26.7.1.
 */
export function studentCdf(t: number, df: number): number {
  const tail = betaCdf(df / (df + t * t), df / 2, 0.5) / 2;
  return t < 0 ? tail : 1 - tail;
}

/** The quantile at 97.5 %, so that 95 % lie between -t and t; found by bisection. `df` > 0. */
export function student95(df: number): number {
  if (df > DF_NORMAL) return Z_95;
  let low = Z_95;
  let high = Z_95;
  while (studentCdf(high, df) < 0.975) high *= 2;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (studentCdf(middle, df) < 0.975) low = middle;
    else high = middle;
  }
  return high;
}
