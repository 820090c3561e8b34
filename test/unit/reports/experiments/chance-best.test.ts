/** Chances to be best against closed forms, published figures and symmetry. */
import { expect, it } from 'vitest';
import { logBeta } from '../../../../src/reports/experiments/beta.ts';
import { beliefOfMean, beliefOfRate, chancesBest } from '../../../../src/reports/experiments/chance-best.ts';
import { normalCdf } from '../../../../src/reports/experiments/normal.ts';

type Counts = readonly [successes: number, trials: number];
const chancesOfRates = (...counts: Counts[]): number[] =>
  chancesBest(counts.map(([successes, trials]) => beliefOfRate(successes, trials)));

/** Evan Miller (2015), "Formulas for Bayesian A/B testing", evanmiller.org, formula 6. */
function closedForm([a_successes, a_trials]: Counts, [b_successes, b_trials]: Counts): number {
  const [alpha_a, beta_a] = [a_successes + 1, a_trials - a_successes + 1];
  const [alpha_b, beta_b] = [b_successes + 1, b_trials - b_successes + 1];
  let sum = 0;
  for (let i = 0; i < alpha_b; i++) {
    sum += Math.exp(
      logBeta(alpha_a + i, beta_b + beta_a) -
        Math.log(beta_b + i) -
        logBeta(1 + i, beta_b) -
        logBeta(alpha_a, beta_a),
    );
  }
  return sum;
}

it("is 0.607 to 0.608 for Piazza's batting against Aaron's, as Robinson (2016) computes in three ways", () => {
  // "Understanding Bayesian A/B testing (using baseball statistics)", varianceexplained.org.
  const prior = { alpha: 76.451, beta: 218.639 };
  const [, piazza] = chancesBest([beliefOfRate(3771, 12_364, prior), beliefOfRate(2127, 6911, prior)]);
  expect(piazza).toBeGreaterThan(0.6065);
  expect(piazza).toBeLessThan(0.6085);
});

it.each<[Counts, Counts]>([
  [
    [100, 200],
    [120, 200],
  ],
  [
    [0, 10],
    [1, 10],
  ],
  [
    [30, 1_000],
    [45, 1_000],
  ],
  [
    [3, 100],
    [900, 30_000],
  ],
  [
    [0, 5_000],
    [4, 4_000],
  ],
  [
    [1_000, 1_000],
    [990, 1_000],
  ],
])("is Miller's closed form for %j and %j", (a, b) => {
  const [chance_a, chance_b] = chancesOfRates(a, b);
  expect(chance_b).toBeCloseTo(closedForm(a, b), 8);
  expect(chance_a).toBeCloseTo(closedForm(b, a), 8);
});

it('of three is the double integral that SciPy gives, also for widths that differ by a thousand', () => {
  const close = [0.018374540894402547, 0.2840990845997096, 0.6975263745058875];
  const apart = [0.2683836668040724, 0.10238437721773677, 0.629231955978192];
  for (const [i, chance] of chancesOfRates([30, 1_000], [40, 1_000], [45, 1_000]).entries()) {
    expect(chance).toBeCloseTo(close[i] ?? Number.NaN, 8);
  }
  for (const [i, chance] of chancesOfRates([3, 100], [30_000, 1_000_000], [0, 10]).entries()) {
    expect(chance).toBeCloseTo(apart[i] ?? Number.NaN, 8);
  }
});

it('is shared equally by equals, and adds up to 1', () => {
  for (const chance of chancesOfRates([7, 90], [7, 90], [7, 90], [7, 90]))
    expect(chance).toBeCloseTo(0.25, 10);
  const chances = chancesOfRates([1, 5], [50, 1_000], [0, 3_000], [400_000, 9_000_000]);
  expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12);
  expect(chancesOfRates([1, 5])).toEqual([1]);
});

it('of two means is the normal distribution of their difference', () => {
  const [, chance] = chancesBest([beliefOfMean(1, 0.3), beliefOfMean(1.5, 0.4)]);
  expect(chance).toBeCloseTo(normalCdf(0.5, 0, 0.5), 10);
});

it('of a mean that is known exactly is what the others leave to it', () => {
  const [nothing, something] = chancesBest([beliefOfMean(0, 0), beliefOfMean(1, 0.5)]);
  expect(nothing).toBeCloseTo(normalCdf(-2, 0, 1), 10);
  expect(something).toBeCloseTo(normalCdf(2, 0, 1), 10);
  expect(chancesBest([beliefOfMean(0, 0), beliefOfMean(0, 0)])).toEqual([0.5, 0.5]);
});
