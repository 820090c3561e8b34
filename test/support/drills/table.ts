/** How drills went, as a table for people. */
import type { Outcome } from './run-drill.ts';

const HEAD = ['drill', 'taps answered / refused / no answer / counted', 'alarm', 'resolved after', 'result'];

export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ drill, books, faults, passed, why }) => [
    drill,
    books === undefined ? '-' : [books.answered, books.refused, books.unanswered, books.counted].join(' / '),
    faults.map(({ alarm, alarm_s }) => `${alarm} ${alarm_s} s`).join(', ') || '-',
    faults.map(({ resolved_s }) => `${resolved_s} s`).join(', ') || '-',
    passed ? 'passed' : `FAILED: ${why}`,
  ]);
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  const saw = outcomes
    .filter((one) => one.saw.length > 0)
    .map((one) => `${one.drill}: the operator saw\n${one.saw.map((text) => `  - ${text}`).join('\n')}`);
  return [line(HEAD), rule, ...rows.map(line), '', ...saw].join('\n');
}
