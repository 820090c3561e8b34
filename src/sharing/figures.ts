/**
 * The figures of a report in words, for mails and chats, in the language of their readers: counts and money with their change in percent, rates
 * with theirs in points. What can't be compared has no change. Pure.
 */
import { MEASURES, type Measure } from '../reports/measures.ts';
import { LANGUAGES, type Language } from './languages.ts';
import type { Cell, Cells, ReadReport } from './read-view-report.ts';
import { WORDS } from './words.ts';

const formatsIn = (locale: string) => ({
  whole: new Intl.NumberFormat(locale),
  percent: new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 }),
  points: new Intl.NumberFormat(locale, { maximumFractionDigits: 2, signDisplay: 'exceptZero' }),
  share: new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  }),
});
const FORMATS = Object.fromEntries(
  LANGUAGES.map((language) => [language, formatsIn(WORDS[language].locale)]),
) as Record<Language, ReturnType<typeof formatsIn>>;

export interface Figure {
  title: string;
  value: string;
  /** Against the period before, such as `+12.5%` or `+0.4 points`; '' where there is none. */
  change: string;
}

/** In the order of the columns; money once for each currency. */
export function figuresOf(now: ReadReport, before: ReadReport | undefined, language: Language): Figure[] {
  return now.columns.flatMap((column): Figure[] => {
    if (column === 'currency') return [];
    const title = WORDS[language].columns[column];
    if (MEASURES[column] !== 'money') {
      const [value, was] = [now.totals[column], before?.totals[column]];
      return [
        {
          title,
          value: shownCell(column, value, '', language),
          change: changeOf(column, value, was, language),
        },
      ];
    }
    if (now.currencies.length === 0) return [{ title, value: '–', change: '' }];
    return now.currencies.map((sums) => {
      const currency = String(sums.currency ?? '');
      const was = before?.currencies.find((one) => one.currency === currency)?.[column];
      return {
        title: now.currencies.length > 1 ? `${title}, ${currency}` : title,
        value: shownCell(column, sums[column], currency, language),
        change: changeOf(column, sums[column], was, language),
      };
    });
  });
}

/** The cells of a row in the order of the columns, without the currency. */
export function shownRow(columns: readonly Measure[], row: Cells, language: Language): string[] {
  const currency = String(row.currency ?? '');
  return columns
    .filter((column) => column !== 'currency')
    .map((column) => shownCell(column, row[column], currency, language));
}

/** An amount without its currency is shown without one. */
export function shownCell(
  column: Measure,
  value: Cell | undefined,
  currency: string,
  language: Language,
): string {
  if (value === null || value === undefined || value === '') return '–';
  switch (MEASURES[column]) {
    case 'count':
      return FORMATS[language].whole.format(Number(value));
    case 'rate':
      return FORMATS[language].percent.format(Number(value));
    case 'money':
      return shownMoney(String(value), currency, language);
    default:
      return String(value);
  }
}

/** A share of 1 in percent, without a sign. */
export const shownShare = (value: number, language: Language): string =>
  FORMATS[language].percent.format(value);

/** A decimal string stays one: no digit is lost. */
function shownMoney(value: string, currency: string, language: Language): string {
  if (currency === '') return Number(value) === 0 ? '–' : value;
  try {
    const format = new Intl.NumberFormat(WORDS[language].locale, {
      ...{ style: 'currency', currency, maximumFractionDigits: 4 },
    });
    return format.format(value as unknown as number);
  } catch {
    return `${value} ${currency}`;
  }
}

function changeOf(
  column: Measure,
  value: Cell | undefined,
  was: Cell | undefined,
  language: Language,
): string {
  const { points, share } = FORMATS[language];
  const isMissing = (cell: Cell | undefined): boolean => cell === null || cell === undefined || cell === '';
  if (isMissing(value) || isMissing(was)) return '';
  const [now, before] = [Number(value), Number(was)];
  if (MEASURES[column] === 'rate') return WORDS[language].points(points.format((now - before) * 100));
  return before <= 0 ? '' : share.format(now / before - 1);
}
