/**
 * Whether messages were split as planned. If not, the variants were not chosen at random, and no figure of the test can
 * be trusted. Pure.
 */
import { chiSquaredTail } from './chi-squared.ts';

/**
 * Below this probability, chance is ruled out. Source: Kohavi, Tang, Xu (2020), "Trustworthy Online Controlled
 * Experiments", chapter 21, which warns below 0.001.
 */
export const MISMATCH_P_MAX = 0.001;

/**
 * The probability that a split as planned deviates at least this much: chi-squared test of goodness of fit. `planned`
 * has the shares in the order of `sent`, in any unit. Returns 0 if a variant without a planned share has messages, and
 * 1 if there is nothing to compare. Source: Fabijan et al. (2019), "Diagnosing sample ratio mismatch in online
 * controlled experiments", KDD; Pearson (1900), Philosophical Magazine 50, 157-175.
 */
export function sampleRatioP(sent: readonly number[], planned: readonly number[]): number {
  const total = sent.reduce((sum, count) => sum + count, 0);
  const plan = planned.reduce((sum, share) => sum + share, 0);
  if (total === 0 || plan === 0) return 1;
  let chi_squared = 0;
  let arms = 0;
  for (const [i, count] of sent.entries()) {
    const expected = (total * (planned[i] ?? 0)) / plan;
    if (expected === 0 && count > 0) return 0;
    if (expected === 0) continue;
    chi_squared += (count - expected) ** 2 / expected;
    arms++;
  }
  return arms < 2 ? 1 : chiSquaredTail(chi_squared, arms - 1);
}
