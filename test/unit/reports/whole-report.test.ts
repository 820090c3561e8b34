import { describe, expect, it } from 'vitest';
import { REPORTS } from '../../../src/reports/definitions.ts';
import { MONEY_NAMES } from '../../../src/reports/measures.ts';
import type { ReportQuestion } from '../../../src/reports/report-query.ts';
import { rowsOf, type Sums } from '../../../src/reports/whole-report.ts';

const question = (column: string, descending = false): ReportQuestion => ({
  report: REPORTS.campaigns,
  account_id: 'acc_1',
  range: { from_ms: 0, to_ms: 1, tz: 'UTC' },
  filters: {},
  range_by: 'sent',
  money_by: 'click',
  sort: { column, descending },
});

const counts = (campaign_id: string, sent: number, clicks_unique: number): Sums => ({
  campaign_id,
  of_money: 0,
  currency: '',
  sent,
  clicks_unique,
});
const money = (campaign_id: string, currency: string, sales: string): Sums => ({
  ...Object.fromEntries(MONEY_NAMES.map((name) => [name, 0])),
  campaign_id,
  of_money: 1,
  currency,
  sales,
  conversions: sales === '0.000000' ? 0 : 1,
});
const ids = (column: string, sums: Sums[], descending = false): unknown[] =>
  rowsOf(question(column, descending), sums).map((row) => [row['campaign_id'], row.currency]);

describe('rows of a short report', () => {
  it('are one for each currency in which an item earned, each with its counts and rates', () => {
    const sums = [money('a', 'USD', '3.000000'), counts('a', 8, 2), money('a', 'EUR', '0.100001')];
    expect(rowsOf(question('currency'), sums)).toMatchObject([
      { currency: 'EUR', sent: 8, clicks_unique: 2, click_rate: 0.25, revenue: '0.100001', epc: '0.05' },
      { currency: 'USD', sent: 8, clicks_unique: 2, cvr: 0.5, revenue: '3.00', rpm: '375.00' },
    ]);
  });

  it('are none for money that was taken back completely, but one for what was sent', () => {
    expect(ids('sent', [money('a', 'EUR', '0.000000')])).toEqual([]);
    expect(ids('sent', [counts('a', 0, 0), money('a', 'EUR', '0.000000')])).toEqual([['a', '']]);
  });

  it('are ordered by value, then by id and currency, and text by its bytes', () => {
    const sums = [
      counts('b', 1, 0),
      money('b', 'EUR', '9.500000'),
      counts('a', 1, 0),
      money('a', 'EUR', '10.000000'),
    ];
    expect(ids('revenue', sums)).toEqual([
      ['b', 'EUR'],
      ['a', 'EUR'],
    ]);
    expect(ids('sent', sums, true)).toEqual([
      ['a', 'EUR'],
      ['b', 'EUR'],
    ]);
    expect(ids('campaign_id', [counts('\u{1f600}', 1, 0), counts('\uff5e', 1, 0)])).toEqual([
      ['\uff5e', ''],
      ['\u{1f600}', ''],
    ]);
  });

  it('have rates of six decimals, of two as near the even one', () => {
    const rates = [1, 3, 5].map(
      (clicks) => rowsOf(question('sent'), [counts('a', 2_000_000, clicks)])[0]?.click_rate,
    );
    expect(rates).toEqual([0, 0.000002, 0.000002]);
  });
});
