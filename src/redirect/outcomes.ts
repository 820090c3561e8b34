/**
 * How requests of the public listener end: closed lists, each value with a counter (see redirect-metrics.ts). The
 * names are labels of metrics: dashboards and alerts use them.
 */
import type { RefusedReason } from '../clicks/refused-tap.ts';
import { CONVERSION_ERRORS } from '../conversions/receive/conversion-error.ts';

/** How a tap ended. */
export const TAP_OUTCOMES = [
  'redirected',
  'interstitial',
  'preview',
  'continued',
  'blocked',
  'opt_out_page',
  'opted_out',
  'fallback',
  'not_found',
  'too_many_unknown',
  'gone',
  'unavailable',
  'method_not_allowed',
  'aborted',
] as const;
export type TapOutcome = (typeof TAP_OUTCOMES)[number];

/** What a link that has ended is answered with (see links/destination.ts): outcome `gone`, or outcome `fallback`. */
export const GONE_ANSWERS = ['page', 'fallback'] as const;
export type GoneAnswer = (typeof GONE_ANSWERS)[number];

/** Taps that named a link and did not reach its destination, by reason: those whose row is held, and the others. */
export type RefusedCounts = Record<RefusedReason, { kept: number; left_out: number }>;

/** How a conversion on the public listener ended. HEAD is checked and not recorded; preflights are not conversions. */
export const CONVERSION_OUTCOMES = [
  'accepted',
  'duplicate',
  'checked',
  'preflight',
  'aborted',
  ...CONVERSION_ERRORS,
] as const;
export type ConversionOutcome = (typeof CONVERSION_OUTCOMES)[number];
