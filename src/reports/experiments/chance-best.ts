/**
 * The chance of each variant to be the best, from the belief about each. It is integrated, not sampled at random, so
 * the same input gives the same result. Pure.
 */
import { betaCdf, betaDensity } from './beta.ts';
import { normalCdf, normalDensity } from './normal.ts';

/** The belief about a variant's true rate or mean, as a distribution. */
export interface Belief {
  mean: number;
  /** 0: known exactly. */
  sd: number;
  /** The bounds of its values, where the density may jump. */
  from: number;
  to: number;
  density(x: number): number;
  cdf(x: number): number;
}

/**
 * A rate after successes out of trials, with the uniform prior Beta(1, 1): Beta(successes + 1, failures + 1).
 * Source: Miller (2015), "Formulas for Bayesian A/B testing", evanmiller.org; the tests compare with its closed form
 * for two variants. `prior` is for another prior. 0 <= successes <= trials.
 */
export function beliefOfRate(successes: number, trials: number, prior = { alpha: 1, beta: 1 }): Belief {
  const alpha = successes + prior.alpha;
  const beta = trials - successes + prior.beta;
  const total = alpha + beta;
  return {
    mean: alpha / total,
    sd: Math.sqrt((alpha * beta) / (total * total * (total + 1))),
    from: 0,
    to: 1,
    density: (x) => betaDensity(x, alpha, beta),
    cdf: (x) => betaCdf(x, alpha, beta),
  };
}

/**
 * A mean with its standard error, as a normal distribution: the posterior of a flat prior with many messages. Source:
 * Gelman et al. (2013), "Bayesian Data Analysis", 3rd ed., section 4.1. The limits in mean.ts apply.
 */
export function beliefOfMean(mean: number, sd: number): Belief {
  const known = { mean, sd, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  if (sd === 0) {
    // If two values are known to be equal, each counts as the best in half of all cases.
    return { ...known, density: () => 0, cdf: (x) => (x < mean ? 0 : x === mean ? 0.5 : 1) };
  }
  return {
    ...known,
    density: (x) => normalDensity(x, mean, sd),
    cdf: (x) => normalCdf(x, mean, sd),
  };
}

/**
 * Where the integral is split, in standard deviations from each mean: finely near the mean, and as far out as the tail
 * of a rare rate, which falls like e^-x, exceeds 1e-15.
 */
const CUTS_SD = [0, 1, 2, 3, 4, 6, 8, 12, 20, 40];

/**
 * For each belief in order, P(it is larger than all others) = ∫ density(x) · Π cdf of the others(x) dx; the sum is 1.
 * Exact to about 10 digits even if the widths differ much, because the integral is split at the cuts of each belief.
 */
export function chancesBest(beliefs: readonly Belief[]): number[] {
  const cuts = beliefs.flatMap(({ mean, sd, from, to }) =>
    CUTS_SD.flatMap((k) => [Math.max(from, mean - k * sd), Math.min(to, mean + k * sd)]),
  );
  const edges = [...new Set(cuts)].sort((a, b) => a - b);
  const chances = beliefs.map((belief, i) => (belief.sd === 0 ? cdfOfOthers(beliefs, i, belief.mean) : 0));
  for (let i = 1; i < edges.length; i++) {
    const [from, to] = [edges[i - 1] as number, edges[i] as number];
    for (const { node, weight } of GAUSS_LEGENDRE) {
      const x = (from + to + (to - from) * node) / 2;
      const cdfs = beliefs.map((belief) => belief.cdf(x));
      for (const [best, belief] of beliefs.entries()) {
        const density = belief.density(x);
        if (density === 0) continue;
        const others = cdfs.reduce((product, cdf, other) => (other === best ? product : product * cdf), 1);
        chances[best] = (chances[best] as number) + (weight * (to - from) * density * others) / 2;
      }
    }
  }
  const sum = chances.reduce((total, chance) => total + chance, 0);
  return chances.map((chance) => chance / sum);
}

function cdfOfOthers(beliefs: readonly Belief[], best: number, x: number): number {
  return beliefs.reduce((product, belief, i) => (i === best ? product : product * belief.cdf(x)), 1);
}

const NODES = 12;

/**
 * Nodes and weights of Gauss-Legendre quadrature on [-1, 1], by Newton's method on the Legendre polynomial.
 * Source: NIST Digital Library of Mathematical Functions, 3.5(v) and 18.9.
 */
const GAUSS_LEGENDRE = Array.from({ length: NODES }, (_, i) => {
  let node = Math.cos((Math.PI * (i + 0.75)) / (NODES + 0.5));
  let slope = 0;
  for (let round = 0; round < 50; round++) {
    let [before, value] = [1, node];
    for (let n = 2; n <= NODES; n++)
      [before, value] = [value, ((2 * n - 1) * node * value - (n - 1) * before) / n];
    slope = (NODES * (node * value - before)) / (node * node - 1);
    node -= value / slope;
  }
  return { node, weight: 2 / ((1 - node * node) * slope * slope) };
});
