/** Continued fractions, used to compute the incomplete beta and gamma functions. Pure. */

const TINY = 1e-300;
const PRECISION = 1e-15;
/** The incomplete beta function needs about the square root of its larger parameter: enough for 10^11 messages. */
const TERMS_MAX = 1_000_000;

/**
 * b(0) + a(1) / (b(1) + a(2) / (b(2) + …)) to about 15 digits. Source: modified Lentz method, Press et al.
 * (2007), "Numerical Recipes", 3rd ed., section 5.2.
 */
export function continuedFraction(a: (n: number) => number, b: (n: number) => number): number {
  let value = b(0) || TINY;
  let c = value;
  let d = 0;
  for (let n = 1; n < TERMS_MAX; n++) {
    d = 1 / (b(n) + a(n) * d || TINY);
    c = b(n) + a(n) / c || TINY;
    value *= c * d;
    if (Math.abs(c * d - 1) < PRECISION) break;
  }
  return value;
}
