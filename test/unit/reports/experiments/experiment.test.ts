/** What is said of an A/B test: the sentence, and the warnings. Its figures have tests of their own. */
import { expect, it } from 'vitest';
import { experimentOf } from '../../../../src/reports/experiments/experiment.ts';
import type { ExperimentCounts } from '../../../../src/reports/experiments/variant-counts.ts';

type Arm = readonly [sent: number, clicked: number, planned_percent?: number];

function experiment(arms: readonly Arm[], more: Partial<ExperimentCounts> = {}) {
  return experimentOf({
    chosen: false,
    variants: arms.map(([sent, clicked, planned_percent = 100 / arms.length], i) => ({
      variant_id: 'ABCDE'[i] ?? '',
      planned_percent,
      sent,
      clicked,
      converted: 0,
      conversions: 0,
      conversion_sums: { sum: 0, squares: 0, cubes: 0 },
      revenue: '0.00',
      revenue_sums: { sum: 0, squares: 0, cubes: 0 },
    })),
    currency: '',
    currencies: [],
    sent_elsewhere: 0,
    since_last_send_ms: Number.POSITIVE_INFINITY,
    ...more,
  });
}

const codes = (arms: readonly Arm[], more?: Partial<ExperimentCounts>): string[] =>
  experiment(arms, more).warnings.map(({ code }) => code);
const sentence = (...arms: Arm[]): string => experiment(arms).verdict.sentence;

it('says who is better, how surely, and what would settle it', () => {
  const { verdict, warnings } = experiment([
    [2_000, 400],
    [2_000, 450],
  ]);
  // The sample size of 20 % and 22.5 % is 4,201.9 in each, the chance 0.9733 (SciPy 1.11).
  expect(verdict).toEqual({
    metric: 'click_rate',
    outcome: 'better',
    best: 'B',
    second: 'A',
    chance: 0.9733,
    messages_needed: 4_404,
    sentence: 'B is better: 97 %; about 4,400 more messages would settle it.',
  });
  expect(warnings).toEqual([]);
});

it('counts the messages that a split needs until its smaller part is large enough', () => {
  const { verdict } = experiment([
    [6_000, 1_200, 75],
    [2_000, 450, 25],
  ]);
  expect(verdict.messages_needed).toBe(Math.ceil((4_201.895968326196 - 2_000) * 4));
});

it('says that it is settled, also among three', () => {
  expect(sentence([2_000, 400], [2_000, 520])).toBe('B is better: 99.9 %; that is settled.');
  expect(sentence([2_000, 400, 40], [1_500, 255, 30], [1_500, 390, 30])).toBe(
    'C is the best of 3: 99.9 %; that is settled.',
  );
});

it('says that there is no difference to see, or that there hardly is any', () => {
  expect(sentence([2_000, 430], [2_000, 400])).toBe(
    'No difference to see yet: A leads with 88 %; about 19,000 more messages would settle it.',
  );
  expect(sentence([2_000, 400], [2_000, 412])).toBe(
    'A and B hardly differ: B leads with 68 %; waiting is not worth it.',
  );
  expect(sentence([2_000, 400], [2_000, 400])).toBe('A and B are the same so far: 20 % click.');
});

it('says that there is nothing to compare, and claims no chance for what was not sent', () => {
  const { verdict, variants } = experiment([
    [2_000, 400],
    [0, 0],
  ]);
  expect(verdict).toMatchObject({ best: null, chance: null, messages_needed: null });
  expect(verdict.sentence).toMatch(/^Nothing to compare yet/);
  expect(variants[1]?.click_rate).toEqual({ value: 0, low: 0, high: 1, chance_best: null, difference: null });
});

it('warns of a split that is not as planned, and does not name a winner then', () => {
  // Kohavi, Tang, Xu (2020), chapter 21.
  const arms = [
    [821_588, 100_000],
    [815_482, 110_000],
  ] as const;
  expect(codes(arms)).toEqual(['sample_ratio_mismatch']);
  expect(sentence(...arms)).toBe(
    'Not to be trusted: the messages were not split as planned. B would lead with 99.9 %.',
  );
  expect(
    codes([
      [5_000, 500, 100],
      [3, 1, 0],
    ]),
  ).toContain('sample_ratio_mismatch');
});

it('finds it too early with few clicks, with less than half of a planned sample, and within a day', () => {
  const early: [Arm[], number, RegExp][] = [
    [
      [
        [90, 9],
        [90, 10],
      ],
      Infinity,
      /too few to expect 10 unique clicks/,
    ],
    [
      [
        [0, 0],
        [0, 0],
      ],
      Infinity,
      /has 0 messages/,
    ],
    [
      [
        [200, 20],
        [200, 36],
      ],
      Infinity,
      /has 200 messages; 1,304 in each are half of what it takes/,
    ],
    [
      [
        [2_000, 400],
        [2_000, 450],
      ],
      24 * 3_600_000 - 1,
      /less than 24 hours ago/,
    ],
  ];
  for (const [arms, since_last_send_ms, message] of early) {
    const { warnings, verdict } = experiment(arms, { since_last_send_ms });
    expect(warnings.map(({ code }) => code)).toEqual(['too_early']);
    expect(warnings[0]?.message).toMatch(message);
    expect(verdict.sentence).toMatch(/^Too early|^Nothing to compare/);
  }
  expect(
    codes(
      [
        [2_000, 400],
        [2_000, 450],
      ],
      { since_last_send_ms: 24 * 3_600_000 },
    ),
  ).toEqual([]);
  // Nobody is planned to get C, and nobody did.
  expect(
    codes([
      [2_000, 400, 50],
      [2_000, 450, 50],
      [0, 0, 0],
    ]),
  ).toEqual([]);
});

it('has 20 variants done in a moment, with chances that add up to 1', () => {
  const arms = Array.from({ length: 20 }, (_, i): Arm => [100_000 + i * 7, 3_000 + i * 11, 5]);
  const { variants } = experiment(arms);
  const sum = variants.reduce((total, { click_rate }) => total + (click_rate.chance_best ?? 0), 0);
  expect(sum).toBeCloseTo(1, 3);
});
