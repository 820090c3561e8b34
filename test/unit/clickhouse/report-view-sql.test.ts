/** The SQL of report views as far as it can be checked without a server; reports.test.ts compares what they answer. */
import { expect, it } from 'vitest';
import { RANGE_VIEWS, REPORT_VIEWS } from '../../../src/analysts/report-views.ts';
import { reportViewOf, viewColumns } from '../../../src/clickhouse/report-view-definitions.ts';
import { reportViewSql } from '../../../src/clickhouse/report-view-sql.ts';
import { COUNT_NAMES, RATE_NAMES } from '../../../src/reports/measures.ts';

const written = REPORT_VIEWS.map((view) => view.replace('report_', '')).filter((name) => reportViewOf(name));

it('has every measure in every view, and money in maps', () => {
  expect(written.length).toBe(RANGE_VIEWS.length * 2 - 1);
  for (const name of written) {
    const view = reportViewOf(name);
    const columns = view === undefined ? [] : viewColumns(view);
    const names = columns.map((column) => column.name);
    for (const measure of [...COUNT_NAMES, ...RATE_NAMES, 'conversions', 'revenue', 'payout']) {
      expect(names, name).toContain(measure);
    }
    expect(columns.filter(({ type }) => type.startsWith('Decimal'))).toEqual([]);
    expect(reportViewSql(name)).toContain(`CREATE VIEW IF NOT EXISTS trackly.report_${name}`);
  }
});

it('takes the parameters of a range where the view is over one, and only there', () => {
  for (const name of written) {
    const parameters = new Set([...reportViewSql(name).matchAll(/\{(\w+):String\}/g)].map(([, one]) => one));
    const expected = name.endsWith('_in') ? ['from', 'range_by', 'to', 'tz'] : [];
    expect([...parameters].toSorted(), name).toEqual(expected);
  }
});

it('refuses an unknown view', () => {
  expect(() => reportViewSql('shoes_in')).toThrow(/stands for nothing/);
  expect(() => reportViewSql('days')).toThrow(/stands for nothing/);
});
