/**
 * Tells whether an offer that used to convert has gone silent: whether so many clicks without a conversion would be
 * chance. Conversions are expected of clicks, not of hours, so an offer that nothing is sent for is not silent. Pure.
 */

/** Hours of history: four weeks. */
export const HISTORY_HOURS = 28 * 24;
/** Conversions without which nothing is usual yet. */
export const HISTORY_CONVERSIONS_MIN = 30;
/** The chance of a false alarm in four weeks, of an offer whose conversions are independent of each other. */
export const FALSE_ALARM_CHANCE = 1 / 10_000;
/** A gap must also be this many times the longest of the history. */
const LONGEST_GAPS = 1.5;
/** Clicks convert at the middle of their hour at the earliest. */
const DELAY_HOURS_MIN = 0.5;
/** Delays after which what was clicked before the history no longer counts, and hours that this may take at most. */
const WARM_UP_DELAYS = 3;
const WARM_UP_HOURS_MAX = 7 * 24;

/** Numbers by hour, oldest first, all of the same length. The last hour is complete, and so are its reports. */
export interface OfferHistory {
  /** First human clicks on the offer. */
  clicks: readonly number[];
  /** Conversions by the hour of the conversion. */
  converted: readonly number[];
  /** The same conversions by the hour of their click. */
  earned: readonly number[];
}

export interface Silence {
  /** The hour of the last conversion. */
  last_hour: number;
  /** Conversions that the clicks since then lead to expect; none was seen. */
  expected: number;
  /** The chance to see none of them. */
  probability: number;
}

/**
 * Undefined unless the offer is silent. What a click leads to is expected after a delay that is exponential with the
 * mean of the history. The number of conversions then has a Poisson distribution, of which none is seen with the chance
 * e^-expected (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.6.19). A history has as many gaps as conversions,
 * so the chance of each gap is divided by their number (Bonferroni; the same, 7.4.7.3). Conversions that come in groups,
 * as from a network that reports once a day, are fewer independent ones: both numbers are divided by their dispersion
 * (Wedderburn 1974, quasi-likelihood).
 */
export function judgeSilence(history: OfferHistory): Silence | undefined {
  const last_hour = history.converted.findLastIndex((count) => count > 0);
  const conversions = sum(history.converted);
  if (conversions < HISTORY_CONVERSIONS_MIN || last_hour === history.converted.length - 1) return undefined;
  const delay_hours = Math.max(DELAY_HOURS_MIN, meanHour(history.converted) - meanHour(history.earned));
  const due = dueByHour(history.clicks, delay_hours);
  const warm = Math.min(Math.ceil(WARM_UP_DELAYS * delay_hours), WARM_UP_HOURS_MAX, last_hour);
  const clicks_due = sum(due.slice(warm, last_hour + 1));
  if (clicks_due <= 0) return undefined;
  const rate = sum(history.converted.slice(warm, last_hour + 1)) / clicks_due;
  const expected = rate * sum(due.slice(last_hour + 1));
  const spread = dispersion(history.converted, due, { rate, from: warm, to: last_hour });
  const is_rare = expected / spread > Math.log(conversions / spread / FALSE_ALARM_CHANCE);
  const longest = rate * longestGap(history.converted, due, warm, last_hour);
  if (!is_rare || expected <= LONGEST_GAPS * longest) return undefined;
  return { last_hour, expected, probability: Math.exp(-expected / spread) };
}

/** How many clicks come due in each hour: those that convert do so with an exponential delay. */
function dueByHour(clicks: readonly number[], delay_hours: number): number[] {
  const share = 1 - Math.exp(-1 / delay_hours);
  let waiting = 0;
  return clicks.map((count) => {
    waiting += Math.max(0, count);
    const due = waiting * share;
    waiting -= due;
    return due;
  });
}

/** Variance over mean, by Pearson's statistic; 1 for independent conversions, and never less. */
function dispersion(
  converted: readonly number[],
  due: readonly number[],
  { rate, from, to }: { rate: number; from: number; to: number },
): number {
  let [squares, total] = [0, 0];
  for (let hour = from; hour <= to; hour++) {
    const expected = rate * (due[hour] ?? 0);
    squares += ((converted[hour] ?? 0) - expected) ** 2;
    total += expected;
  }
  return Math.max(1, squares / total);
}

/** The most clicks that came due between two conversions. */
function longestGap(converted: readonly number[], due: readonly number[], from: number, to: number): number {
  let [gap, longest] = [0, 0];
  for (let hour = from; hour <= to; hour++) {
    if ((converted[hour] ?? 0) > 0) gap = 0;
    else gap += due[hour] ?? 0;
    longest = Math.max(longest, gap);
  }
  return longest;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function meanHour(counts: readonly number[]): number {
  const total = sum(counts);
  return total === 0 ? 0 : counts.reduce((weighted, count, hour) => weighted + count * hour, 0) / total;
}
