/**
 * Tells whether the share of reports with a problem has risen: refused, credited to nothing, or counted though something
 * is wrong. Pure.
 */
import { betaCdf } from '../experiments/beta.ts';

/** Reports without which no share is usual yet, and problems without which a rise is not worth a look. */
export const USUAL_REPORTS_MIN = 50;
export const PROBLEMS_MIN = 10;
/** The chance of so many problems at the usual share, and how many times the usual share it must be. */
export const PROBLEMS_CHANCE = 1 / 10_000;
const TIMES_USUAL = 2;

export interface Reports {
  reports: number;
  /** Of these. */
  problems: number;
}

export interface Rise {
  /** Problems among the recent reports at the usual share. */
  expected: number;
  probability: number;
}

/**
 * Undefined unless it has risen. The usual share is Laplace's estimate (s + 1) / (n + 2), which is not 0 after few
 * reports; the chance is the upper tail of the binomial distribution (NIST Digital Library of Mathematical Functions,
 * 8.17.5).
 */
export function judgeProblems(usual: Reports, recent: Reports): Rise | undefined {
  if (usual.reports < USUAL_REPORTS_MIN || recent.problems < PROBLEMS_MIN) return undefined;
  const share = (usual.problems + 1) / (usual.reports + 2);
  const expected = share * recent.reports;
  if (recent.problems < TIMES_USUAL * expected) return undefined;
  const probability = betaCdf(share, recent.problems, recent.reports - recent.problems + 1);
  return probability < PROBLEMS_CHANCE ? { expected, probability } : undefined;
}
