/**
 * Writes columns as SQL into the files of schema/: `{columns:clicks}` is replaced by the columns of that table or view,
 * and `{select:report_clicks}` by what that view selects. TABLES and VIEWS name the definitions. Pure.
 */

import { AUDIT_FIELDS } from '../access/audit/audit-fields.ts';
import { CLICK_FIELDS } from '../clicks/click-fields.ts';
import { VERDICT_FIELDS } from '../clicks/verdict-fields.ts';
import { CONVERSION_FIELDS } from '../conversions/conversion-fields.ts';
import { SEND_FIELDS } from '../messages/send-fields.ts';
import type { AnyColumns } from './columns.ts';
import {
  REPORT_CLICKS,
  REPORT_CONVERSIONS,
  REPORT_SENDS,
  REPORT_VERDICTS,
  selectList,
  type ViewColumns,
} from './report-columns.ts';

const TABLES: Readonly<Record<string, AnyColumns>> = {
  clicks: CLICK_FIELDS,
  sends: SEND_FIELDS,
  conversions: CONVERSION_FIELDS,
  verdicts: VERDICT_FIELDS,
  audit: AUDIT_FIELDS,
};

const VIEWS: Readonly<Record<string, ViewColumns>> = {
  report_clicks: REPORT_CLICKS,
  report_conversions: REPORT_CONVERSIONS,
  report_sends: REPORT_SENDS,
  report_verdicts: REPORT_VERDICTS,
};

const PLACEHOLDER = /\{(columns|select):(\w+)\}/g;

/** The text of a schema file with its columns. Throws when a placeholder names an unknown table or view. */
export function withColumns(sql: string): string {
  return sql.replace(PLACEHOLDER, (_, kind: string, name: string) => {
    const columns = kind === 'columns' ? (TABLES[name] ?? VIEWS[name]) : undefined;
    const view = VIEWS[name];
    if (columns !== undefined) return columnList(columns);
    if (kind === 'select' && view !== undefined) return selectList(view);
    throw new Error(`the placeholder {${kind}:${name}} stands for nothing`);
  });
}

function columnList(columns: AnyColumns | ViewColumns): string {
  return Object.entries(columns)
    .map(([name, column]: [string, AnyColumns[string]]) => {
      const filled = column.default === undefined ? '' : ` DEFAULT ${column.default}`;
      const codec = column.codec === undefined ? '' : ` CODEC(${column.codec})`;
      return `${name} ${column.type}${filled} COMMENT ${quoted(column.meaning)}${codec}`;
    })
    .join(',\n  ');
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
