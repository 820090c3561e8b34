/**
 * A mean, such as revenue per message, the difference between two means, and their 95 % intervals. Pure.
 *
 * Most messages earn nothing, a few earn a lot. Student's t requires only that means are approximately normal. With
 * enough messages they are, whatever the distribution of one message's revenue. The skewness determines how many are
 * enough (see messagesForNormal); with fewer, an interval is too narrow on the side of the rare large amounts.
 */
import { student95 } from './student-t.ts';

/**
 * Sums over all messages of a variant, including those that earned nothing: `sum` of x, `squares` of x², `cubes` of x³.
 */
export interface Sums {
  count: number;
  sum: number;
  squares: number;
  cubes: number;
}

/** A mean with the variance of the mean; `df` are the degrees of freedom of the variance. */
export interface Mean {
  value: number;
  variance: number;
  df: number;
}

export interface MeanEstimate {
  value: number;
  /** null if every message earned the same, because the error of the mean is then unknown. */
  low: number | null;
  high: number | null;
}

/** Mean and sample variance of the mean, s² / n; with fewer than two messages the variance is 0. */
export function meanOf({ count, sum, squares }: Sums): Mean {
  if (count === 0) return { value: 0, variance: 0, df: 0 };
  const value = sum / count;
  if (count === 1) return { value, variance: 0, df: 0 };
  return {
    value,
    variance: Math.max(0, squares - count * value * value) / (count - 1) / count,
    df: count - 1,
  };
}

/**
 * `mean` - `control` with Welch's degrees of freedom, for variances that differ. Source: Welch (1947), "The
 * generalization of Student's problem when several different population variances are involved", Biometrika
 * 34, 28-35; Satterthwaite (1946), Biometrics Bulletin 2, 110-114.
 */
export function meanDifference(mean: Mean, control: Mean): Mean {
  const variance = mean.variance + control.variance;
  const part = (each: Mean): number => (each.variance === 0 ? 0 : each.variance ** 2 / each.df);
  return {
    value: mean.value - control.value,
    variance,
    df: variance === 0 ? 0 : variance ** 2 / (part(mean) + part(control)),
  };
}

/** The mean with its t interval. Source: Student (1908), "The probable error of a mean", Biometrika 6, 1-25. */
export function meanEstimate({ value, variance, df }: Mean): MeanEstimate {
  if (variance === 0) return { value, low: null, high: null };
  const half = student95(df) * Math.sqrt(variance);
  return { value, low: value - half, high: value + half };
}

/**
 * Messages needed for the mean to be normal enough for these intervals: 355 s², where s is the skewness.
 * Source: Kohavi, Deng, Longbotham, Xu (2014), "Seven rules of thumb for web site experimenters", KDD, rule 7.
 */
export function messagesForNormal({ count, sum, squares, cubes }: Sums): number {
  if (count === 0) return 0;
  const mean = sum / count;
  const variance = squares / count - mean ** 2;
  if (variance <= 0) return 0;
  const third = cubes / count - (3 * mean * squares) / count + 2 * mean ** 3;
  return Math.ceil((355 * third ** 2) / variance ** 3);
}
