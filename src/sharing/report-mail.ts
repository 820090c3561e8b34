/**
 * A scheduled report as a mail: text and HTML with the same figures, their change, a link back, and the rows as CSV where
 * they are asked for; and the mail that asks an address whether it wants it. No pictures and no scripts. Pure.
 */
import type { Mail } from '../platform/mail.ts';
import { htmlText } from '../platform/plain-page.ts';
import { csvOf } from '../reports/report-csv.ts';
import { conditionText } from './condition.ts';
import { type Figure, figuresOf, shownRow } from './figures.ts';
import type { Language } from './languages.ts';
import { type ReadReport, withCurrency } from './read-view-report.ts';
import type { Schedule } from './schedule.ts';
import { WORDS, type Words } from './words.ts';

/** Rows of a list in the mail itself; the CSV has all that were read. */
const ROWS_SHOWN = 20;
const HOUR_MS = 3_600_000;

export interface ReportText extends Pick<Schedule, 'every' | 'only_if'> {
  /** Of whoever reads it. */
  language: Language;
  /** Name of the view. */
  title: string;
  account_name: string;
  report: ReadReport;
  before: ReadReport | undefined;
  /** The view in the console, with the dates of the report; undefined where nothing says where the console is. */
  url: string | undefined;
}

export type Content = Pick<Mail, 'subject' | 'text' | 'html'>;

/** `2026-11-28`, `2026-11-22 to 2026-11-28`, or `2026-11-28 14:00` of an hour. */
export function datesOfReport({ range: { from, to } }: ReadReport, language: Language): string {
  const first = from.slice(0, 10);
  if (Date.parse(to) - Date.parse(from) <= HOUR_MS) return `${first} ${from.slice(11, 16)}`;
  // `to` is not included: the last day is that of the moment before.
  const last = new Date(Date.parse(`${to.slice(0, 10)}T00:00:00Z`) - 1).toISOString().slice(0, 10);
  return last <= first ? first : WORDS[language].dates(first, last);
}

/** What is to be known of the figures. */
export function notesOf({ language, report, every, only_if, before }: ReportText): string[] {
  const words = WORDS[language];
  const { tz, range_by, unfinished } = report.range;
  return [
    ...(only_if === null ? [] : [words.because(conditionText(only_if, language))]),
    range_by === 'sent' ? words.of_messages(tz) : words.of_events(tz),
    ...(before === undefined ? [] : [words.against(words.before[every])]),
    ...(unfinished === null ? [] : [words.may_come]),
    ...(report.total_rows > ROWS_SHOWN ? [words.rows_of(ROWS_SHOWN, report.total_rows)] : []),
  ];
}

/** What came true, if anything had to, and the name of the view. */
export const titleOf = ({ title, only_if, language }: ReportText): string =>
  only_if === null ? title : `${conditionText(only_if, language)}: ${title}`;

function oftenOf(
  { every, only_if, language }: Pick<ReportText, 'every' | 'only_if' | 'language'>,
  words: Words,
): string {
  const often = words.often[every];
  return only_if === null ? often : words.whenever(often, conditionText(only_if, language));
}

/** `ending` is the address at which the reader ends these mails. */
export function reportMail(of: ReportText, ending: string): Content {
  const { language, account_name, report, before, url } = of;
  const title = titleOf(of);
  const words = WORDS[language];
  const dates = datesOfReport(report, language);
  const figures = figuresOf(report, before, language);
  const why = words.why(oftenOf(of, words), account_name);
  return {
    subject: `${title}: ${dates}`,
    text: [
      `${title}, ${dates}`,
      '',
      ...figureLines(figures),
      ...rowLines(report, language),
      '',
      ...notesOf(of),
      ...(url === undefined ? [] : ['', `${words.see}: ${url}`]),
      '',
      '-- ',
      why,
      `${words.end}: ${ending}`,
      '',
    ].join('\n'),
    html: page(title, language, [
      `<h1 style="font-size:20px;margin:0 0 4px">${htmlText(title)}</h1>`,
      `<p style="margin:0 0 16px;color:#55595f">${htmlText(dates)}</p>`,
      figureTable(figures),
      rowTable(report, language),
      ...notesOf(of).map((note) => `<p style="margin:0 0 4px;color:#55595f">${htmlText(note)}</p>`),
      ...(url === undefined
        ? []
        : [`<p style="margin:16px 0"><a href="${htmlText(url)}">${htmlText(words.see)}</a></p>`]),
      `<p style="margin:24px 0 0;padding-top:8px;border-top:1px solid #d9dce1;color:#55595f;font-size:13px">${htmlText(why)} <a href="${htmlText(ending)}">${htmlText(words.end)}</a></p>`,
    ]),
  };
}

/** Asks an address whether it wants the report; nothing is sent to it before. */
export function confirmMail(
  of: Pick<ReportText, 'language' | 'title' | 'account_name' | 'every' | 'only_if'>,
  confirming: string,
): Content {
  const { language, title, account_name } = of;
  const words = WORDS[language];
  const asks = words.asks(account_name, oftenOf(of, words), title);
  const { confirm, otherwise } = words;
  return {
    subject: words.wants(title),
    text: `${asks}\n\n${confirm}: ${confirming}\n\n${otherwise}\n`,
    html: page(title, language, [
      `<p style="margin:0 0 16px">${htmlText(asks)}</p>`,
      `<p style="margin:0 0 16px"><a href="${htmlText(confirming)}">${htmlText(confirm)}</a></p>`,
      `<p style="margin:0;color:#55595f">${htmlText(otherwise)}</p>`,
    ]),
  };
}

/** The rows as a file that opens in a spreadsheet. */
export async function reportCsv({ columns, points, rows, period }: ReadReport): Promise<string> {
  const measures = withCurrency(columns);
  const [first, of] = period === null ? (['name', rows] as const) : (['at', points] as const);
  const parts: string[] = [];
  async function* groups() {
    yield [...of];
  }
  for await (const part of csvOf([first, ...measures], groups(), { reader: 'people', bom: true }))
    parts.push(part);
  return parts.join('');
}

const page = (title: string, language: Language, parts: readonly string[]): string =>
  `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${htmlText(title)}</title></head><body style="margin:0;padding:24px 16px;background:#fff;color:#1c1e21;font:15px/1.5 system-ui,-apple-system,Segoe UI,sans-serif"><div style="max-width:640px;margin:0 auto">${parts.join('\n')}</div></body></html>`;

function figureLines(figures: readonly Figure[]): string[] {
  const width = Math.max(0, ...figures.map(({ title }) => title.length));
  return figures.map(({ title, value, change }) =>
    `${title.padEnd(width)}  ${value}${change === '' ? '' : `  (${change})`}`.trimEnd(),
  );
}

function rowLines(report: ReadReport, language: Language): string[] {
  const titles = titlesOf(report, language);
  return report.rows
    .slice(0, ROWS_SHOWN)
    .flatMap((row) => [
      '',
      row.name,
      ...shownRow(report.columns, row, language).map((cell, i) => `  ${titles[i]}: ${cell}`),
    ]);
}

const titlesOf = ({ columns }: ReadReport, language: Language): string[] =>
  columns.filter((column) => column !== 'currency').map((column) => WORDS[language].columns[column]);

const CELL = 'padding:6px 12px 6px 0;border-bottom:1px solid #d9dce1';
const NUMBER = `${CELL};text-align:right;white-space:nowrap`;
const TABLE = '<table style="border-collapse:collapse;width:100%;margin:0 0 16px">';

function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map(
    ({ title, value, change }) =>
      `<tr><th scope="row" style="${CELL};text-align:left;font-weight:400">${htmlText(title)}</th><td style="${NUMBER}"><strong>${htmlText(value)}</strong></td><td style="${NUMBER};color:#55595f">${htmlText(change)}</td></tr>`,
  );
  return `${TABLE}${rows.join('')}</table>`;
}

function rowTable(report: ReadReport, language: Language): string {
  if (report.rows.length === 0) return '';
  const heads = ['', ...titlesOf(report, language)].map(
    (title, i) =>
      `<th scope="col" style="${i === 0 ? `${CELL};text-align:left` : NUMBER}">${htmlText(title)}</th>`,
  );
  const rows = report.rows.slice(0, ROWS_SHOWN).map(
    (row) =>
      `<tr><th scope="row" style="${CELL};text-align:left;font-weight:400">${htmlText(row.name)}</th>${shownRow(
        report.columns,
        row,
        language,
      )
        .map((cell) => `<td style="${NUMBER}">${htmlText(cell)}</td>`)
        .join('')}</tr>`,
  );
  return `<div style="overflow-x:auto">${TABLE}<tr>${heads.join('')}</tr>${rows.join('')}</table></div>`;
}
