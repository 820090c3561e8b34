/**
 * The share of a campaign's next messages that each variant gets under Thompson sampling: its chance of being the best,
 * computed, not drawn, so that the probability of every choice is known. A fixed part of the messages is split as planned
 * whatever the results, which keeps every variant measured. Pure.
 *
 * Clicks come minutes after a message, conversions days: a variant that got most of the newest messages would look worse
 * than it is. Messages of one quarter of an hour have had the same time, so variants are compared within each quarter
 * only: of `sent` messages with variant v in quarter q, sent × pace(q) × rate(v) successes are expected, and pace and rate
 * are those that make this fit best. It is the Mantel-Haenszel comparison for rates, in its likelihood form. Source:
 * Breslow and Day (1987), "Statistical Methods in Cancer Research", volume II, section 4.3. It assumes that all variants
 * have the same delays.
 */
import { beliefOfMean, beliefOfRate, chancesBest } from './chance-best.ts';

export interface PlannedVariant {
  variant_id: string;
  percent: number;
}

/** Results until now of the messages that one variant sent in one quarter of an hour. */
export interface Cohort {
  variant_id: string;
  quarter_hour_s: number;
  sent: number;
  /** First clicks, or conversions where revenue is compared. */
  successes: number;
  /** Net revenue; 0 where clicks are compared. */
  revenue: number;
}

export type Metric = 'click_rate' | 'revenue_per_message';

export interface AllocationInput {
  /** At least one; `percent` adds up to 100. */
  variants: readonly PlannedVariant[];
  cohorts: readonly Cohort[];
  metric: Metric;
  /** Messages that are split as planned, in per cent: 1 to 100. */
  control_percent: number;
  /** Mean square of a conversion's revenue by the square of its mean; 1: all are equal. */
  revenue_spread?: number;
}

/** Adds up to 1, in the order of the variants. */
export type Allocation = { variant_id: string; probability: number }[];

export function allocate(input: AllocationInput): Allocation {
  const { variants, control_percent } = input;
  const control = control_percent / 100;
  const chances = chancesOf(input);
  return variants.map(({ variant_id, percent }, i) => ({
    variant_id,
    probability: (control * percent) / 100 + (1 - control) * (chances[i] ?? 0),
  }));
}

/** Variants that are planned at 0 % are switched off: their chance goes to the others. */
function chancesOf({ variants, cohorts, metric, revenue_spread = 1 }: AllocationInput): number[] {
  const totals = totalsOf(variants, cohorts);
  const beliefs = totals.map((total) =>
    metric === 'click_rate' ? rateBelief(total, totals) : revenueBelief(total, totals, revenue_spread),
  );
  const on = variants.flatMap(({ percent }, i) => (percent > 0 ? [i] : []));
  const chances = chancesBest(on.map((i) => beliefs[i] as (typeof beliefs)[number]));
  return variants.map((_, i) => chances[on.indexOf(i)] ?? 0);
}

interface VariantTotal {
  /** Messages, each counted by the part of its successes that has come. */
  exposure: number;
  successes: number;
  revenue: number;
}

const sumOf = <T>(list: readonly T[], value: (one: T) => number): number =>
  list.reduce((sum, one) => sum + value(one), 0);

const ROUNDS_MAX = 50;
const SETTLED = 1e-9;

/**
 * What came of each variant's messages, each counted by the pace of its quarter; the mean pace of all messages is 1.
 */
export function totalsOf(variants: readonly PlannedVariant[], cohorts: readonly Cohort[]): VariantTotal[] {
  const known = new Set(variants.map(({ variant_id }) => variant_id));
  const counted = cohorts.filter(({ variant_id, sent }) => known.has(variant_id) && sent > 0);
  const paces = pacesOf(counted);
  return variants.map(({ variant_id }) => {
    const list = counted.filter((one) => one.variant_id === variant_id);
    const successes = sumOf(list, (one) => one.successes);
    // A success can't be of less than one message.
    const exposure = Math.max(exposureOf(list, paces), successes);
    return { exposure, successes, revenue: sumOf(list, (one) => one.revenue) };
  });
}

/** By quarter of an hour; 1 where nothing is known. */
type Paces = ReadonlyMap<number, number>;

const exposureOf = (list: readonly Cohort[], paces: Paces): number =>
  sumOf(list, (one) => one.sent * (paces.get(one.quarter_hour_s) ?? 1));

/**
 * Rates of variants and paces of quarters of largest likelihood, each computed from the other in turn until they settle.
 */
function pacesOf(cohorts: readonly Cohort[]): Paces {
  const sent = sumOf(cohorts, (one) => one.sent);
  const quarters = Map.groupBy(cohorts, ({ quarter_hour_s }) => quarter_hour_s);
  const of_variant = Map.groupBy(cohorts, ({ variant_id }) => variant_id);
  let rates = new Map<string, number>();
  let paces: Paces = new Map();
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const raw = new Map([...quarters].map(([quarter, list]) => [quarter, paceOf(list, rates)]));
    const mean = exposureOf(cohorts, raw) / sent;
    // Without any success no pace is known.
    if (!(mean > 0)) return new Map();
    paces = new Map([...raw].map(([quarter, pace]) => [quarter, pace / mean]));
    const before = rates;
    rates = new Map([...of_variant].map(([variant_id, list]) => [variant_id, rateOfCohorts(list, paces)]));
    const moved = [...rates].map(([variant_id, rate]) => Math.abs(rate - (before.get(variant_id) ?? 0)));
    if (Math.max(...moved) < SETTLED) break;
  }
  return paces;
}

/** Successes of a quarter by those that the variants' rates let expect. */
function paceOf(list: readonly Cohort[], rates: ReadonlyMap<string, number>): number {
  const expected = sumOf(list, (one) => one.sent * (rates.get(one.variant_id) ?? 1));
  return expected === 0 ? 0 : sumOf(list, (one) => one.successes) / expected;
}

function rateOfCohorts(list: readonly Cohort[], paces: Paces): number {
  const exposure = exposureOf(list, paces);
  return exposure === 0 ? 0 : sumOf(list, (one) => one.successes) / exposure;
}

/**
 * The prior is as strong as the messages in which all variants together had one success, with their rate: a new variant
 * starts as an average one, and soon has its own results. Without any success it is uniform.
 */
function rateBelief({ exposure, successes }: VariantTotal, totals: readonly VariantTotal[]) {
  const all = sumOf(totals, (one) => one.successes);
  const per_success = all === 0 ? 2 : sumOf(totals, (one) => one.exposure) / all;
  return beliefOfRate(successes, exposure, { alpha: 1, beta: Math.max(per_success - 1, Number.EPSILON) });
}

/**
 * Revenue of a message is a Poisson number of conversions with amounts of their own: its variance is the rate of
 * conversions times the mean square of an amount. Source: Ross (2014), "Introduction to Probability Models", 11th ed.,
 * section 5.4.2. The prior is one average conversion, as for rates.
 */
function revenueBelief(
  { exposure, successes, revenue }: VariantTotal,
  totals: readonly VariantTotal[],
  revenue_spread: number,
) {
  const conversions = sumOf(totals, (one) => one.successes);
  // Nothing is known: all are equal.
  if (conversions <= 0) return beliefOfMean(0, 0);
  const amount = sumOf(totals, (one) => one.revenue) / conversions;
  const prior_exposure = sumOf(totals, (one) => one.exposure) / conversions;
  const [all_exposure, all_conversions] = [exposure + prior_exposure, successes + 1];
  const variance = (all_conversions * amount ** 2 * revenue_spread) / all_exposure ** 2;
  return beliefOfMean((revenue + amount) / all_exposure, Math.sqrt(variance));
}
