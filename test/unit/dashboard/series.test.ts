/** The figures of a chart and of the file beside it. */
import { expect, it } from 'vitest';
import { csvOf, csvOfRows } from '../../../src/dashboard/app/file.ts';
import { countsOf, isAlone, periodsOf, revenuesOf, seriesOf } from '../../../src/dashboard/app/series.ts';

const bucket = (start: string): { start_ms: number; partial: boolean } => ({
  start_ms: Date.parse(start),
  partial: false,
});

it('stands at the periods of its rows, 0 between them, with conversions of all currencies and money of each', () => {
  const series = seriesOf(
    [
      {
        hour: '2026-11-01T00:00:00+01:00',
        clicks_unique: 5,
        conversions: 1,
        currency: 'EUR',
        revenue: '1.50',
      },
      { hour: '2026-11-01T00:00:00+01:00', clicks_unique: 5, conversions: 2, currency: 'USD', revenue: '2' },
      { hour: '2026-11-03T00:00:00+01:00', clicks_unique: 7, conversions: 0, currency: '', revenue: '0.00' },
    ],
    ['2026-10-31T23:00:00Z', '2026-11-01T23:00:00Z', '2026-11-02T23:00:00Z'].map(bucket),
  );
  expect(countsOf(series, 'clicks_unique')).toEqual([5, 0, 7]);
  expect(countsOf(series, 'conversions')).toEqual([3, 0, 0]);
  expect(series.currencies).toEqual(['EUR', 'USD']);
  expect(revenuesOf(series, 'USD')).toEqual([2, 0, 0]);
  expect(countsOf(series, 'sent')).toEqual([0, 0, 0]);
});

it('draws one bar for a period of two currencies, with the conversions of both', () => {
  const [at, later] = ['2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z'];
  expect(
    periodsOf([
      { at, clicks_unique: 5, conversions: 1 },
      { at, clicks_unique: 5, conversions: 2 },
      { at: later, clicks_unique: 7, conversions: 4 },
    ]),
  ).toEqual([
    { at, clicks_unique: 5, conversions: 3 },
    { at: later, clicks_unique: 7, conversions: 4 },
  ]);
});

it('writes a file that no spreadsheet runs', () => {
  expect(csvOf([['=1+1', 'a "b", c', -3, null]])).toBe('"\'=1+1","a ""b"", c",-3,\r\n');
  expect(
    csvOfRows([
      { reason: '=x', clicks: 2 },
      { reason: 'y', clicks: 1, of: null, list: [1] },
    ]),
  ).toBe('reason,clicks,of,list\r\n"\'=x",2,,\r\ny,1,,"[1]"\r\n');
});

it('knows what stands alone: at an edge too, and not beside what is missing', () => {
  const alone = (values: (number | null)[]): number[] =>
    values.flatMap((_, i) => (isAlone(values, i) ? [i] : []));
  expect(alone([0, 0, 7, 0, 3, 4, 0, -2])).toEqual([2, 7]);
  expect(alone([5, null, 6])).toEqual([0, 2]);
  expect(alone([5, 1, 0, 0, 9, 8])).toEqual([]);
});
