/**
 * Compares the variants of a campaign: from counts it computes intervals, chances, warnings and a sentence. This is the
 * answer of the reports on A/B tests; each formula is in its own file in this folder. Pure.
 */
import { beliefOfMean, beliefOfRate, chancesBest } from './chance-best.ts';
import { type MeanEstimate, meanDifference, meanEstimate, meanOf, type Sums } from './mean.ts';
import { type Estimate, rateDifference, rateOf } from './rate.ts';
import type { ExperimentCounts, VariantCounts } from './variant-counts.ts';
import { type Verdict, verdictOf } from './verdict.ts';
import { isMismatch, tooEarly, type Warning, warningsOf } from './warnings.ts';
import { weightedMean } from './weighted-rate.ts';

type Compared<E> = E & { chance_best: number | null; difference: E | null };

export interface VariantFigures {
  variant_id: string;
  planned_percent: number;
  sent: number;
  clicks_unique: number;
  conversions: number;
  revenue: string;
  click_rate: Compared<Estimate>;
  /** null where the campaign does not choose by results. */
  click_rate_weighted: Estimate | null;
  message_cvr: Compared<MeanEstimate>;
  revenue_per_message: Compared<MeanEstimate>;
}

export interface Experiment {
  /** The variant that the others are compared with. */
  control: string;
  currency: string;
  variants: VariantFigures[];
  warnings: Warning[];
  verdict: Verdict;
}

/** All figures of an A/B test. Variants without a message have no chance and no difference. */
export function experimentOf(counts: ExperimentCounts): Experiment {
  const { variants, currency } = counts;
  const [control] = variants as [VariantCounts];
  const click_rates = ratesOf(variants, (variant) => variant.clicked);
  const message_cvrs = messageCvrsOf(variants);
  const revenues = meansOf(variants, ({ revenue_sums }) => revenue_sums);
  return {
    control: control.variant_id,
    currency,
    variants: variants.map(
      ({ variant_id, planned_percent, sent, clicked, conversions, revenue, weighted }, i) => ({
        variant_id,
        planned_percent,
        sent,
        clicks_unique: clicked,
        conversions,
        revenue,
        click_rate: click_rates[i] as Compared<Estimate>,
        click_rate_weighted: weightedOf(weighted),
        message_cvr: message_cvrs[i] as Compared<MeanEstimate>,
        revenue_per_message: revenues[i] as Compared<MeanEstimate>,
      }),
    ),
    warnings: warningsOf(counts),
    verdict: verdictOf(
      variants.map(({ variant_id, planned_percent, sent, clicked }, i) => ({
        variant_id,
        planned_percent,
        sent,
        rate: rateOf(clicked, sent).value,
        chance: click_rates[i]?.chance_best ?? null,
      })),
      { early: tooEarly(counts) !== undefined, mismatch: isMismatch(counts) },
    ),
  };
}

function weightedOf(sums: VariantCounts['weighted']): Estimate | null {
  const estimate = sums === undefined ? null : weightedMean(sums);
  return estimate && rounded<Estimate>(estimate);
}

function ratesOf(
  variants: readonly VariantCounts[],
  successes: (variant: VariantCounts) => number,
): Compared<Estimate>[] {
  const exact = variants.map((variant) => rateOf(successes(variant), variant.sent));
  const chances = chancesOf(variants, (variant) => beliefOfRate(successes(variant), variant.sent));
  const comparable = comparedToControl(variants);
  return exact.map((rate, i) => ({
    ...rounded(rate),
    chance_best: chances[i] ?? null,
    difference: comparable(i) ? rounded(rateDifference(rate, exact[0] as Estimate)) : null,
  }));
}

/**
 * Conversions per message. While no message has several it is the share of messages that converted, whose interval is
 * valid for rare conversions too; otherwise it is a mean.
 */
function messageCvrsOf(variants: readonly VariantCounts[]): Compared<MeanEstimate>[] {
  return variants.every(({ conversions, converted }) => conversions === converted)
    ? ratesOf(variants, ({ converted }) => converted)
    : meansOf(variants, ({ conversion_sums }) => conversion_sums);
}

function meansOf(
  variants: readonly VariantCounts[],
  sumsOf: (variant: VariantCounts) => Omit<Sums, 'count'>,
): Compared<MeanEstimate>[] {
  const means = variants.map((variant) => meanOf({ count: variant.sent, ...sumsOf(variant) }));
  // While nothing came in, equal means do not prove that the variants are equal.
  const chances = means.every(({ value, variance }) => value === 0 && variance === 0)
    ? []
    : chancesOf(variants, (_, i) => beliefOfMean(means[i]?.value ?? 0, Math.sqrt(means[i]?.variance ?? 0)));
  const comparable = comparedToControl(variants);
  return means.map((mean, i) => ({
    ...rounded(meanEstimate(mean)),
    chance_best: chances[i] ?? null,
    difference: comparable(i)
      ? rounded(meanEstimate(meanDifference(mean, means[0] as (typeof means)[number])))
      : null,
  }));
}

/**
 * The chance of each variant to be best; null for variants without messages, which the uniform prior alone might make
 * the best.
 */
function chancesOf(
  variants: readonly VariantCounts[],
  believe: (variant: VariantCounts, i: number) => ReturnType<typeof beliefOfRate>,
): (number | null)[] {
  const beliefs = variants.map((variant, i) => (variant.sent === 0 ? null : believe(variant, i)));
  const chances = chancesBest(beliefs.filter((belief) => belief !== null));
  return beliefs.map((belief) => (belief === null ? null : round(chances.shift() ?? 0, CHANCE_DECIMALS)));
}

/** Whether the variant at `i` can be compared with the control. */
function comparedToControl(variants: readonly VariantCounts[]): (i: number) => boolean {
  return (i) => i > 0 && variants[0]?.sent !== 0 && variants[i]?.sent !== 0;
}

const ESTIMATE_DECIMALS = 6;
const CHANCE_DECIMALS = 4;

const round = (value: number, decimals: number): number => Number(value.toFixed(decimals));

function rounded<E extends MeanEstimate>({ value, low, high }: E): E {
  const orNull = (each: number | null): number | null =>
    each === null ? null : round(each, ESTIMATE_DECIMALS);
  return { value: round(value, ESTIMATE_DECIMALS), low: orNull(low), high: orNull(high) } as E;
}
