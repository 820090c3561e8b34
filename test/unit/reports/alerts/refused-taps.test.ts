import { expect, it } from 'vitest';
import { judgeRefused } from '../../../../src/reports/alerts/refused-taps.ts';

const people = (recent: number, before: number) =>
  judgeRefused({ offer_id: 'off', reason: 'offer_paused', recent, before });

it('tells of an offer that turns hundreds away where nobody was before', () => {
  const told = people(600, 0);
  expect(told).toMatchObject({ recent: 600, offer_id: 'off', reason: 'offer_paused' });
  expect(told?.expected).toBeLessThan(0.1);
  expect(told?.probability).toBeLessThan(1e-9);
});

it.each([
  ['so few that it is not worth a look', 19, 0],
  ['as many as on any day', 600, 27 * 600],
  ['not twice as many as usual', 1_100, 27 * 600],
  ['more than usual, as may happen by chance', 20, 27 * 9],
])('is silent about %s', (_, recent, before) => {
  expect(people(recent, before)).toBeUndefined();
});
