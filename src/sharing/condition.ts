/**
 * A condition of a scheduled report makes it an alert: it is sent only when a figure of its period is below or above a
 * value, or has fallen or risen against the period before. It is told once, when it comes true, and again only after it
 * was not true in between. Pure.
 */
import { MEASURES } from '../reports/measures.ts';
import { shownCell, shownShare } from './figures.ts';
import type { Language } from './languages.ts';
import type { Cell, ReadReport } from './read-view-report.ts';
import type { Condition } from './schedule.ts';
import { WORDS } from './words.ts';

/**
 * Whether a report meets it. A figure that is unknown, such as a rate of nothing, meets nothing; an amount in a currency in which
 * nothing was earned is 0. Nothing has fallen or risen against a period in which there was nothing.
 */
export function isMet(condition: Condition, now: ReadReport, before: ReadReport | undefined): boolean {
  const { is, value } = condition;
  const figure = figureOf(condition, now);
  if (figure === undefined) return false;
  if (is === 'below') return figure < value;
  if (is === 'above') return figure > value;
  const was = before && figureOf(condition, before);
  if (was === undefined || was <= 0) return false;
  const percent = (figure / was - 1) * 100;
  return is === 'fallen' ? percent <= -value : percent >= value;
}

/** `Click rate below 5%`, `Unique clicks fallen by 30% or more`. */
export function conditionText({ measure, is, value, currency }: Condition, language: Language): string {
  const words = WORDS[language];
  const isChange = is === 'fallen' || is === 'risen';
  const limit = isChange ? shownShare(value / 100, language) : shownCell(measure, value, currency, language);
  return words.conditions[is](words.columns[measure], limit);
}

function figureOf({ measure, currency }: Condition, report: ReadReport): number | undefined {
  if (MEASURES[measure] !== 'money') return numberOf(report.totals[measure]);
  const sums = report.currencies.find((one) => one.currency === currency);
  return sums === undefined ? 0 : numberOf(sums[measure]);
}

const numberOf = (cell: Cell | undefined): number | undefined =>
  cell === null || cell === undefined || cell === '' ? undefined : Number(cell);
