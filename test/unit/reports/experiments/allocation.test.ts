/** Shares of a campaign that chooses by results. LONG=1 plays 200 campaigns of each kind in place of 20. */
import { expect, it } from 'vitest';
import { allocate, type Cohort, totalsOf } from '../../../../src/reports/experiments/allocation.ts';
import { weightedMean } from '../../../../src/reports/experiments/weighted-rate.ts';
import { type Played, playCampaign } from '../../../support/simulated-campaign.ts';

const RUNS = process.env['LONG'] === '1' ? 200 : 20;
const VARIANTS = [
  { variant_id: 'A', percent: 50 },
  { variant_id: 'B', percent: 50 },
];
const cohort = (variant_id: string, quarter_hour_s: number, sent: number, successes: number): Cohort => ({
  ...{ variant_id, quarter_hour_s, sent, successes },
  revenue: 0,
});
const sharesOf = (cohorts: Cohort[], more: object = {}): number[] =>
  allocate({ variants: VARIANTS, cohorts, metric: 'click_rate', control_percent: 10, ...more }).map(
    ({ probability }) => probability,
  );

it('splits as planned without results, and gives no more than the control share to the worse one with many', () => {
  expect(sharesOf([])).toEqual([0.5, 0.5]);
  const [a = 0, b = 0] = sharesOf([cohort('A', 0, 10_000, 300), cohort('B', 0, 10_000, 600)]);
  expect(a).toBeCloseTo(0.05, 6);
  expect(a + b).toBeCloseTo(1, 9);
});

it('follows the plan for the control share, and leaves a variant at 0 per cent out', () => {
  const variants = [
    { variant_id: 'A', percent: 80 },
    { variant_id: 'B', percent: 20 },
    { variant_id: 'C', percent: 0 },
  ];
  const cohorts = [cohort('A', 0, 10_000, 300), cohort('B', 0, 10_000, 600), cohort('C', 0, 10_000, 900)];
  const [a = 0, b = 0, c = 0] = sharesOf(cohorts, { variants });
  expect(a).toBeCloseTo(0.08, 6);
  expect(b).toBeCloseTo(0.92, 6);
  expect(c).toBe(0);
});

it('does not take messages that had less time for worse ones', () => {
  // B is as good as A, and has most of the newest messages, of which a tenth of the clicks has come.
  const cohorts = [
    ...[cohort('A', 0, 1_000, 100), cohort('B', 0, 1_000, 100)],
    ...[cohort('A', 900, 1_000, 10), cohort('B', 900, 9_000, 90)],
  ];
  const [a, b] = totalsOf(VARIANTS, cohorts);
  expect((a?.successes ?? 0) / (a?.exposure ?? 1)).toBeCloseTo((b?.successes ?? 0) / (b?.exposure ?? 1), 6);
  const [share = 0] = sharesOf(cohorts);
  expect(share).toBeGreaterThan(0.4);
  expect(share).toBeLessThan(0.6);
});

it('gives a new variant a fair part, not everything', () => {
  const [, b = 0] = sharesOf([cohort('A', 0, 10_000, 300)]);
  expect(b).toBeGreaterThan(0.2);
  expect(b).toBeLessThan(0.7);
});

const KINDS: [name: string, Played][] = [
  ['two click rates', { rates: [0.03, 0.036], minutes: 120, per_minute: 500, delay_min: 10, refresh_min: 2 }],
  [
    'three close ones',
    { rates: [0.1, 0.12, 0.11], minutes: 60, per_minute: 300, delay_min: 10, refresh_min: 2 },
  ],
  [
    'four with late clicks',
    { rates: [0.02, 0.03, 0.025, 0.015], minutes: 240, per_minute: 200, delay_min: 30, refresh_min: 8 },
  ],
  [
    'revenue that takes a day to come',
    {
      ...{ rates: [0.01, 0.014], amounts: [20, 25], metric: 'revenue_per_message' },
      ...{ minutes: 2_000, per_minute: 50, delay_min: 1_500, refresh_min: 25 },
    },
  ],
];

it.each(KINDS)(
  'loses less than an even split, in at least 19 of 20 seeded campaigns: %s',
  { timeout: 120_000 },
  (_, played) => {
    const regrets = Array.from({ length: RUNS }, (_unused, seed) => playCampaign(seed + 1, played).regret);
    expect(regrets.filter((regret) => regret < 1).length).toBeGreaterThanOrEqual(Math.ceil(0.95 * RUNS));
  },
);

it('intervals by probability hold the true difference of rates that the shares depend on', () => {
  const played = { rates: [0.05, 0.05], minutes: 60, per_minute: 100, delay_min: 5, refresh_min: 3 };
  const RUNS_OF_INTERVALS = 10 * RUNS;
  let held = 0;
  for (let seed = 1; seed <= RUNS_OF_INTERVALS; seed++) {
    const { sums } = playCampaign(seed, played);
    const [a, b] = sums.map((each) => weightedMean(each));
    if (!a || !b) throw new Error('nothing was sent');
    const half = Math.hypot((a.high - a.low) / 2, (b.high - b.low) / 2);
    if (Math.abs(a.value - b.value) <= half) held++;
  }
  // 95 % of 200 runs; three standard deviations of that count below it are 181.
  expect(held / RUNS_OF_INTERVALS).toBeGreaterThan(0.9);
});
