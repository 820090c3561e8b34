/**
 * The logarithm of the gamma function, the base of every distribution in this folder. Pure. This is own code because
 * the libraries that have it either install 229 packages or are exact to only eight digits.
 */

/**
 * Lanczos' coefficients for g = 7, n = 9, as Godfrey computed them (2001, "A note on the computation of the convergent
 * Lanczos complex Gamma approximation").
 */
const G = 7;
const COEFFICIENTS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/**
 * ln Γ(x) for x > 0, to about 15 digits. Source: Lanczos (1964), "A precision approximation of the gamma
 * function", SIAM J. Numer. Anal. 1, 86-96.
 */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const base = x + G - 0.5;
  const series = COEFFICIENTS.reduce((sum, value, i) => (i === 0 ? value : sum + value / (x - 1 + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(series);
}
