/**
 * The figures of a report in words, for mails and chats, in English: counts and money with their change in percent, rates
 * with theirs in points. What can't be compared has no change. Pure.
 */
import { MEASURES, type Measure } from '../reports/measures.ts';
import { COLUMN_TITLES } from './column-titles.ts';
import type { Cell, Cells, ReadReport } from './read-view-report.ts';

const LOCALE = 'en-US';
const whole = new Intl.NumberFormat(LOCALE);
const percent = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 2 });
const points = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2, signDisplay: 'exceptZero' });
const share = new Intl.NumberFormat(LOCALE, {
  style: 'percent',
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});

export interface Figure {
  title: string;
  value: string;
  /** Against the period before, such as `+12.5%` or `+0.4 points`; '' where there is none. */
  change: string;
}

/** In the order of the columns; money once for each currency. */
export function figuresOf(now: ReadReport, before: ReadReport | undefined): Figure[] {
  return now.columns.flatMap((column): Figure[] => {
    if (column === 'currency') return [];
    const title = COLUMN_TITLES[column];
    if (MEASURES[column] !== 'money') {
      const [value, was] = [now.totals[column], before?.totals[column]];
      return [{ title, value: shownCell(column, value, ''), change: changeOf(column, value, was) }];
    }
    if (now.currencies.length === 0) return [{ title, value: '–', change: '' }];
    return now.currencies.map((sums) => {
      const currency = String(sums.currency ?? '');
      const was = before?.currencies.find((one) => one.currency === currency)?.[column];
      return {
        title: now.currencies.length > 1 ? `${title}, ${currency}` : title,
        value: shownCell(column, sums[column], currency),
        change: changeOf(column, sums[column], was),
      };
    });
  });
}

/** The cells of a row in the order of the columns, without the currency. */
export function shownRow(columns: readonly Measure[], row: Cells): string[] {
  const currency = String(row.currency ?? '');
  return columns
    .filter((column) => column !== 'currency')
    .map((column) => shownCell(column, row[column], currency));
}

function shownCell(column: Measure, value: Cell | undefined, currency: string): string {
  if (value === null || value === undefined || value === '') return '–';
  switch (MEASURES[column]) {
    case 'count':
      return whole.format(Number(value));
    case 'rate':
      return percent.format(Number(value));
    case 'money':
      return shownMoney(String(value), currency);
    default:
      return String(value);
  }
}

/** A decimal string stays one: no digit is lost. */
function shownMoney(value: string, currency: string): string {
  if (currency === '') return Number(value) === 0 ? '–' : value;
  try {
    const format = new Intl.NumberFormat(LOCALE, { style: 'currency', currency, maximumFractionDigits: 4 });
    return format.format(value as unknown as number);
  } catch {
    return `${value} ${currency}`;
  }
}

function changeOf(column: Measure, value: Cell | undefined, was: Cell | undefined): string {
  const isMissing = (cell: Cell | undefined): boolean => cell === null || cell === undefined || cell === '';
  if (isMissing(value) || isMissing(was)) return '';
  const [now, before] = [Number(value), Number(was)];
  if (MEASURES[column] === 'rate') return `${points.format((now - before) * 100)} points`;
  return before <= 0 ? '' : share.format(now / before - 1);
}
