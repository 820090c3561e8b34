/** Reasons not to trust an A/B test: a split that is not as planned, too few messages yet, imprecise figures. Pure. */
import { messagesForNormal } from './mean.ts';
import { MISMATCH_P_MAX, sampleRatioP } from './sample-ratio.ts';
import { sampleSize } from './sample-size.ts';
import type { ExperimentCounts } from './variant-counts.ts';

export const WARNING_CODES = [
  'sample_ratio_mismatch',
  'chosen_by_results',
  'too_early',
  'several_currencies',
  'few_sales',
  'other_variants',
] as const;

export interface Warning {
  code: (typeof WARNING_CODES)[number];
  message: string;
}

/** Expected clicks of a variant below which rates are not worth comparing. A rule of thumb, used only for a warning. */
const CLICKS_MIN = 10;
/**
 * A test should be large enough to detect a difference of this share of its click rate, and should not be read before
 * half of that sample is there. Earlier, a chance difference is often mistaken for a real one (Miller 2010, "How not to
 * run an A/B test", evanmiller.org: fix the sample size first).
 */
const RELEVANT_SHARE = 0.2;
const SAMPLE_SHARE_MIN = 0.5;
/** Most taps of a send arrive within a day. */
const SETTLED_MS = 24 * 3_600_000;

/** Whether the messages are not split as planned, by more than chance. */
export function isMismatch({ variants, chosen }: ExperimentCounts): boolean {
  if (chosen) return false;
  const sent = variants.map((variant) => variant.sent);
  const planned = variants.map((variant) => variant.planned_percent);
  return sampleRatioP(sent, planned) < MISMATCH_P_MAX;
}

/** Why it is too early to judge the test, or undefined. */
export function tooEarly({ variants, since_last_send_ms }: ExperimentCounts): string | undefined {
  const active = variants.filter((variant) => variant.planned_percent > 0 || variant.sent > 0);
  const sent = active.reduce((sum, variant) => sum + variant.sent, 0);
  const clicked = active.reduce((sum, variant) => sum + variant.clicked, 0);
  const rate = sent === 0 ? 0 : clicked / sent;
  const sent_least = Math.min(...active.map((variant) => variant.sent));
  if (sent_least * rate < CLICKS_MIN) {
    return `A variant has ${count(sent_least)} messages so far, too few to expect ${CLICKS_MIN} unique clicks of.`;
  }
  const needed = SAMPLE_SHARE_MIN * sampleSize(rate, Math.min(1, rate * (1 + RELEVANT_SHARE)));
  if (sent_least < needed) {
    return `A variant has ${count(sent_least)} messages; ${count(needed)} in each are half of what it takes to see a difference of ${RELEVANT_SHARE * 100} % in this click rate. A lead before that is often chance.`;
  }
  if (since_last_send_ms < SETTLED_MS) {
    return 'The last message was sent less than 24 hours ago: clicks and conversions are still coming in.';
  }
  return undefined;
}

/** All warnings, the most serious first. */
export function warningsOf(counts: ExperimentCounts): Warning[] {
  const { variants, currencies, currency, sent_elsewhere } = counts;
  const warnings: Warning[] = [];
  if (isMismatch(counts)) {
    const split = variants.map(
      ({ variant_id, sent, planned_percent }) => `${variant_id} ${count(sent)} (${planned_percent} %)`,
    );
    warnings.push({
      code: 'sample_ratio_mismatch',
      message: `The messages are not split as planned: ${split.join(', ')}. By chance that happens less than once in 1,000 tests, so find out what chose the variants before you trust a figure here.`,
    });
  }
  if (counts.chosen) {
    warnings.push({
      code: 'chosen_by_results',
      message:
        'The campaign chooses its variants by results, so their messages were sent at different times: compare click_rate_weighted, in which each message counts by one over its probability.',
    });
  }
  const early = tooEarly(counts);
  if (early !== undefined) warnings.push({ code: 'too_early', message: early });
  if (currencies.length > 1) {
    warnings.push({
      code: 'several_currencies',
      message: `Revenue came in ${currencies.join(', ')} and is compared in ${currency} alone: add currency=… for another one.`,
    });
  }
  const rough = variants.filter(
    ({ sent, revenue_sums }) => sent < messagesForNormal({ count: sent, ...revenue_sums }),
  );
  if (rough.length > 0) {
    warnings.push({
      code: 'few_sales',
      message: `Too few messages earned anything under ${rough.map(({ variant_id }) => variant_id).join(', ')}: the interval and the chance of its revenue per message are rough.`,
    });
  }
  if (sent_elsewhere > 0) {
    warnings.push({
      code: 'other_variants',
      message: `${count(sent_elsewhere)} messages of this campaign were sent under variants that it does not have; they are not compared.`,
    });
  }
  return warnings;
}

const count = (value: number): string => Math.ceil(value).toLocaleString('en-US');
