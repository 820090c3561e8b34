/** The beta distribution: the belief about a rate after `alpha - 1` successes and `beta - 1` failures. Pure. */
import { continuedFraction } from './continued-fraction.ts';
import { logGamma } from './log-gamma.ts';

/** ln B(alpha, beta). */
export function logBeta(alpha: number, beta: number): number {
  return logGamma(alpha) + logGamma(beta) - logGamma(alpha + beta);
}

/** The density at `x`; 0 outside (0, 1). */
export function betaDensity(x: number, alpha: number, beta: number): number {
  if (x <= 0 || x >= 1) return 0;
  return Math.exp((alpha - 1) * Math.log(x) + (beta - 1) * Math.log1p(-x) - logBeta(alpha, beta));
}

/**
 * The probability of less than `x`: the regularized incomplete beta function. Source: NIST Digital Library
 * of Mathematical Functions, 8.17.22, with the reflection 8.17.4 when the fraction converges slowly.
 */
export function betaCdf(x: number, alpha: number, beta: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (alpha + 1) / (alpha + beta + 2)) return 1 - betaCdf(1 - x, beta, alpha);
  const front = Math.exp(alpha * Math.log(x) + beta * Math.log1p(-x) - logBeta(alpha, beta)) / alpha;
  return (
    front /
    continuedFraction(
      (n) => numerator(n, x, alpha, beta),
      () => 1,
    )
  );
}

function numerator(n: number, x: number, alpha: number, beta: number): number {
  const m = Math.floor(n / 2);
  if (n % 2 === 0) return (m * (beta - m) * x) / ((alpha + 2 * m - 1) * (alpha + 2 * m));
  return (-(alpha + m) * (alpha + beta + m) * x) / ((alpha + 2 * m) * (alpha + 2 * m + 1));
}
