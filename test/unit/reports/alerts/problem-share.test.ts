import { expect, it } from 'vitest';
import { judgeProblems } from '../../../../src/reports/alerts/problem-share.ts';
import { seededRandom } from '../../../support/report-data.ts';

it.each([
  ['the usual share', { reports: 1_000, problems: 20 }, { reports: 200, problems: 4 }, false],
  ['five times the usual share', { reports: 1_000, problems: 20 }, { reports: 200, problems: 20 }, true],
  ['all of few', { reports: 1_000, problems: 0 }, { reports: 10, problems: 10 }, true],
  ['fewer than ten', { reports: 1_000, problems: 0 }, { reports: 9, problems: 9 }, false],
  ['too short a history', { reports: 49, problems: 0 }, { reports: 20, problems: 20 }, false],
  [
    'less than twice the usual share',
    { reports: 90_000, problems: 9_000 },
    { reports: 9_000, problems: 1_500 },
    false,
  ],
  ['nothing but problems, as usual', { reports: 100, problems: 100 }, { reports: 50, problems: 50 }, false],
])('judges %s', (_name, usual, recent, rises) => {
  expect(judgeProblems(usual, recent) !== undefined).toBe(rises);
});

it('has the binomial tail: ten of ten at a share of one in a hundred', () => {
  const rise = judgeProblems({ reports: 98, problems: 0 }, { reports: 10, problems: 10 });
  expect(rise?.probability).toBeCloseTo(0.01 ** 10, 25);
});

it('raises no alarm on 10,000 days of which each has the usual share', () => {
  const random = seededRandom(31);
  const draw = (reports: number): { reports: number; problems: number } => {
    let problems = 0;
    for (let i = 0; i < reports; i++) if (random() < 0.03) problems++;
    return { reports, problems };
  };
  let alarms = 0;
  for (let day = 0; day < 10_000; day++) if (judgeProblems(draw(1_000), draw(100))) alarms++;
  expect(alarms).toBeLessThanOrEqual(2);
});
