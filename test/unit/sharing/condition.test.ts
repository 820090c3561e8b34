import { describe, expect, it } from 'vitest';
import { conditionText, isMet } from '../../../src/sharing/condition.ts';
import type { Cells, ReadReport } from '../../../src/sharing/read-view-report.ts';
import type { Condition } from '../../../src/sharing/schedule.ts';

const report = (totals: Cells, currencies: Cells[] = []): ReadReport => ({
  range: {
    ...{ from: '2026-11-29T00:00:00Z', to: '2026-11-30T00:00:00Z', tz: 'UTC', range_by: 'sent' },
    unfinished: null,
  },
  columns: ['clicks_unique'],
  totals,
  currencies,
  ...{ rows: [], total_rows: 0, points: [], period: null },
});
const met = (
  given: Partial<Condition>,
  now: ReadReport,
  before: ReadReport | undefined = undefined,
): boolean => isMet({ measure: 'clicks_unique', is: 'below', value: 0, currency: '', ...given }, now, before);
const clicks = (clicks_unique: number): ReadReport => report({ clicks_unique });

describe('a condition', () => {
  it('of a figure is met below or above its value, not at it', () => {
    expect([99, 100, 101].map((n) => met({ is: 'below', value: 100 }, clicks(n)))).toEqual([
      true,
      false,
      false,
    ]);
    expect([99, 100, 101].map((n) => met({ is: 'above', value: 100 }, clicks(n)))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('of a change is met from its percentage on, in its direction alone', () => {
    const fallen = (now: number) => met({ is: 'fallen', value: 30 }, clicks(now), clicks(100));
    expect([71, 70, 0, 200].map(fallen)).toEqual([false, true, true, false]);
    const risen = (now: number) => met({ is: 'risen', value: 50 }, clicks(now), clicks(100));
    expect([149, 150, 0].map(risen)).toEqual([false, true, false]);
  });

  it('is not met by what is not known', () => {
    const rate = { measure: 'click_rate', is: 'below', value: 1 } as const;
    expect(met(rate, report({ click_rate: null }))).toBe(false);
    expect(met({ is: 'risen', value: 1 }, clicks(5), clicks(0))).toBe(false);
    expect(met({ is: 'fallen', value: 1 }, clicks(5))).toBe(false);
  });

  it('of money looks at its currency, in which nothing is 0', () => {
    const revenue = { measure: 'revenue', is: 'below', value: 10, currency: 'EUR' } as const;
    expect(met(revenue, report({ revenue: null }, [{ currency: 'USD', revenue: '99.00' }]))).toBe(true);
    expect(met(revenue, report({ revenue: null }, [{ currency: 'EUR', revenue: '10.01' }]))).toBe(false);
    expect(conditionText(revenue, 'en')).toBe('Revenue below €10.00');
  });

  it('is said in the reader’s words', () => {
    const fallen = { measure: 'clicks_unique', is: 'fallen', value: 30, currency: '' } as const;
    expect(conditionText(fallen, 'en')).toBe('Unique clicks fallen by 30% or more');
    expect(conditionText(fallen, 'de')).toBe('Eindeutige Klicks um 30\u00a0% oder mehr gefallen');
  });
});
