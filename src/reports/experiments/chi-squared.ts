/** The chi-squared distribution: how far counts deviate from planned counts by chance. Pure. */
import { continuedFraction } from './continued-fraction.ts';
import { logGamma } from './log-gamma.ts';

const PRECISION = 1e-16;

/** The probability of more than `x` with `df` degrees of freedom. */
export function chiSquaredTail(x: number, df: number): number {
  return gammaTail(df / 2, x / 2);
}

/**
 * Q(a, x), the regularized upper incomplete gamma function. Source: NIST Digital Library of Mathematical
 * Functions, 8.7.1 (series) and 8.9.2 (continued fraction); the switch between them follows Press et al.
 * (2007), "Numerical Recipes", section 6.2.
 */
export function gammaTail(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * PRECISION; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return 1 - front * sum;
  }
  return (
    front /
    continuedFraction(
      (n) => -n * (n - a),
      (n) => x - a + 1 + 2 * n,
    )
  );
}
