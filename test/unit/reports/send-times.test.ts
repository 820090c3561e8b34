/** When an hour of the week is named as the best one, and when it is not. */
import { expect, it } from 'vitest';
import { answerOf } from '../../../src/reports/read-send-times.ts';

const hour = (at: number, sent: number, clicks_unique: number, days = 4) => ({
  hour: at,
  sent,
  clicks_unique,
  days,
});
const best = (hours: Parameters<typeof answerOf>[0]): string | null => answerOf(hours, [], undefined).best;
/** Twenty hours at 10 %. */
const usual = Array.from({ length: 20 }, (_, i) => hour(i, 2_000, 200));

it.each([
  ['an hour that is far better than all others', [...usual, hour(34, 2_000, 300)], 'Tue 10'],
  ['none where it is within what many comparisons bring by chance', [...usual, hour(34, 2_000, 235)], null],
  ['none where it was one day only', [...usual, hour(34, 2_000, 300, 1)], null],
  ['none where it has too few messages', [...usual, hour(34, 99, 60)], null],
  ['none where there is nothing to compare with', [hour(34, 2_000, 300)], null],
  ['none without messages', [], null],
])('names %s', (_name, hours, expected) => {
  expect(best(hours)).toBe(expected);
});

it('takes the money of the currency with most conversions, and the conversions of all', () => {
  const earned = [
    { hour: 3, currency: 'USD', conversions: 1, revenue: '900.000000' },
    { hour: 3, currency: 'EUR', conversions: 5, revenue: '12.500000' },
    { hour: 4, currency: 'EUR', conversions: 0, revenue: '-2.500000' },
  ];
  const { rows, totals, currency, currencies } = answerOf(
    [hour(3, 1_000, 100), hour(4, 0, 3)],
    earned,
    undefined,
  );
  expect([currency, currencies]).toEqual(['EUR', ['EUR', 'USD']]);
  expect(rows[3]).toMatchObject({ value: 'Mon 03', revenue: '12.50', rpm: '12.50', conversions: 6 });
  expect(rows[4]).toMatchObject({ sent: 0, click_rate: 0, revenue: '-2.50', rpm: '0.00', too_few: true });
  expect(totals).toMatchObject({ sent: 1_000, clicks_unique: 103, revenue: '10.00', rpm: '10.00' });
  expect(answerOf([], earned, 'USD').totals.revenue).toBe('900.00');
});
