/**
 * A campaign that is played by its true rates: messages minute by minute, successes that come late, and a pace that swings
 * with the time of day. The draws come from a seed, so a run can be repeated.
 */
import { allocate, type Cohort, type Metric } from '../../src/reports/experiments/allocation.ts';
import type { WeightedSums } from '../../src/reports/experiments/weighted-rate.ts';
import { seededRandom } from './click-plan.ts';

const QUARTER_MIN = 15;

export interface Played {
  /** True chance of a success for a message of each variant, at the mean pace. */
  rates: readonly number[];
  /** Mean revenue of a success; all 1 where clicks are compared. */
  amounts?: readonly number[];
  metric?: Metric;
  minutes: number;
  per_minute: number;
  /** Mean time to a success; exponential. */
  delay_min: number;
  /** Minutes between two computations of the shares. */
  refresh_min: number;
  control_percent?: number;
}

export interface Outcome {
  /** Expected loss against sending only the best, by that of an even split. */
  regret: number;
  sent: number[];
  /** Of each variant, successes that are known at the end; the pace is constant for them. */
  sums: WeightedSums[];
}

export function playCampaign(seed: number, played: Played): Outcome {
  const campaign = new SimulatedCampaign(seed, played);
  for (let minute = 0; minute < played.minutes; minute++) campaign.play(minute);
  return campaign.outcome;
}

class SimulatedCampaign {
  readonly #played: Required<Played>;
  readonly #random: () => number;
  readonly #variants: { variant_id: string; percent: number }[];
  readonly #cohorts = new Map<string, Cohort>();
  /** Successes by the minute in which they come. */
  readonly #due = new Map<number, { cohort: Cohort; amount: number }[]>();
  #shares: { probability: number }[];
  readonly #sent: number[];
  readonly #sums: WeightedSums[];

  constructor(seed: number, played: Played) {
    const { rates } = played;
    this.#random = seededRandom(seed);
    this.#played = { amounts: rates.map(() => 1), metric: 'click_rate', control_percent: 10, ...played };
    this.#variants = rates.map((_, i) => ({ variant_id: String(i), percent: 100 / rates.length }));
    this.#shares = rates.map(() => ({ probability: 1 / rates.length }));
    this.#sent = rates.map(() => 0);
    this.#sums = rates.map(() => ({ count: 0, w: 0, ww: 0, wx: 0, wwx: 0, wwxx: 0 }));
  }

  get outcome(): Outcome {
    const { rates, amounts, metric } = this.#played;
    const worth = metric === 'click_rate' ? rates.map(() => 1) : amounts;
    return { regret: regretOf(this.#sent, rates, worth), sent: this.#sent, sums: this.#sums };
  }

  play(minute: number): void {
    for (const { cohort, amount } of this.#due.get(minute) ?? []) {
      cohort.successes++;
      cohort.revenue += amount;
    }
    this.#due.delete(minute);
    const { metric, control_percent, refresh_min, per_minute } = this.#played;
    if (minute > 0 && minute % refresh_min === 0) {
      const known = { variants: this.#variants, cohorts: [...this.#cohorts.values()] };
      this.#shares = allocate({ ...known, metric, control_percent, revenue_spread: 1.5 });
    }
    for (let n = 0; n < per_minute; n++) this.#send(minute);
  }

  #send(minute: number): void {
    const { rates } = this.#played;
    const i = draw(this.#shares, this.#random());
    const cohort = cohortOf(this.#cohorts, i, Math.floor(minute / QUARTER_MIN) * QUARTER_MIN * 60);
    cohort.sent++;
    this.#sent[i] = (this.#sent[i] ?? 0) + 1;
    const pace = 1 + 0.4 * Math.sin(minute / 200);
    const success = this.#random() < (rates[i] ?? 0) * pace;
    addTo(this.#sums[i] as WeightedSums, 1 / (this.#shares[i]?.probability ?? 1), success ? 1 : 0);
    if (success) this.#succeed(cohort, i, minute);
  }

  #succeed(cohort: Cohort, i: number, minute: number): void {
    const { amounts, delay_min } = this.#played;
    const at = minute + 1 + Math.floor(-Math.log(1 - this.#random()) * delay_min);
    // A quarter of the sales is large: the mean square of an amount is 1.5 times the square of its mean.
    const amount = (amounts[i] ?? 1) * (this.#random() < 0.25 ? 2.2 : 0.6);
    this.#due.set(at, [...(this.#due.get(at) ?? []), { cohort, amount }]);
  }
}

function draw(shares: readonly { probability: number }[], point: number): number {
  let left = point;
  const at = shares.findIndex(({ probability }) => {
    left -= probability;
    return left < 0;
  });
  return at === -1 ? shares.length - 1 : at;
}

function cohortOf(cohorts: Map<string, Cohort>, i: number, quarter_hour_s: number): Cohort {
  const key = `${i} ${quarter_hour_s}`;
  const found = cohorts.get(key);
  if (found !== undefined) return found;
  const made = { variant_id: String(i), quarter_hour_s, sent: 0, successes: 0, revenue: 0 };
  cohorts.set(key, made);
  return made;
}

function addTo(sums: WeightedSums, w: number, x: number): void {
  sums.count++;
  sums.w += w;
  sums.ww += w * w;
  sums.wx += w * x;
  sums.wwx += w * w * x;
  sums.wwxx += w * w * x * x;
}

function regretOf(sent: readonly number[], rates: readonly number[], worth: readonly number[]): number {
  const values = rates.map((rate, i) => rate * (worth[i] ?? 1));
  const best = Math.max(...values);
  const total = sent.reduce((sum, n) => sum + n, 0);
  const lost = values.reduce((sum, value, i) => sum + (sent[i] ?? 0) * (best - value), 0);
  const even = values.reduce((sum, value) => sum + (total / values.length) * (best - value), 0);
  return lost / even;
}
