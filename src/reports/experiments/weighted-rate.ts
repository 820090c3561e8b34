/**
 * A variant's rate or mean where each message was given the variant with a known probability that changed over time.
 * Messages that were unlikely to get it stand for those that did not, so each counts by one over its probability. The
 * plain rate would be off, because variants got more messages at the times at which they did well. Pure.
 *
 * Estimator and variance: Hájek's ratio. Source: Särndal, Swensson, Wretman (1992), "Model Assisted Survey Sampling",
 * section 5.7; Owen (2013), "Monte Carlo theory, methods and examples", section 9.2 (self-normalized weights). It needs
 * probabilities that are bounded from below, which the control share gives.
 */
import { Z_95 } from './normal.ts';

/** Sums over a variant's messages; `w` is one over the probability, `x` its success (0 or 1) or its revenue. */
export interface WeightedSums {
  count: number;
  /** Σ w, Σ w², Σ w x, Σ w² x, Σ w² x². */
  w: number;
  ww: number;
  wx: number;
  wwx: number;
  wwxx: number;
}

/** The value with its 95 % interval; null where nothing was sent, or every message had the same result. */
export function weightedMean(sums: WeightedSums): { value: number; low: number; high: number } | null {
  const { count, w, ww, wx, wwx, wwxx } = sums;
  if (count === 0 || w === 0) return null;
  const value = wx / w;
  const variance = Math.max(0, wwxx - 2 * value * wwx + value * value * ww) / (w * w);
  if (variance === 0) return null;
  const half = Z_95 * Math.sqrt(variance);
  return { value, low: value - half, high: value + half };
}
