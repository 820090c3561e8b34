/**
 * Writes columns as SQL into the files of schema/: `{columns:clicks}` is replaced by the columns of that table or view,
 * and `{select:report_clicks}` by what that view selects. `{report_view:…}` is a whole statement, see report-view-sql.ts. TABLES and VIEWS name the definitions. Pure.
 */

import { AUDIT_FIELDS } from '../access/audit/audit-fields.ts';
import { CLICK_FIELDS } from '../clicks/click-fields.ts';
import { REFUSED_FIELDS } from '../clicks/refused-fields.ts';
import { VERDICT_FIELDS } from '../clicks/verdict-fields.ts';
import { CONVERSION_FIELDS } from '../conversions/conversion-fields.ts';
import { DELIVERY_FIELDS } from '../messages/delivery-fields.ts';
import { EVENT_FIELDS } from '../messages/event-fields.ts';
import { SEND_FIELDS } from '../messages/send-fields.ts';
import {
  STAGED_CLICK_FIELDS,
  STAGED_CONVERSION_FIELDS,
  STAGED_SEND_FIELDS,
} from '../transfer/imports/staged-fields.ts';
import { WEBHOOK_EVENT_COLUMNS } from '../webhooks/event-columns.ts';
import type { AnyColumns } from './columns.ts';
import {
  MESSAGE_STATES,
  MONEY_OF_ROLLUP,
  REPORT_CLICKS,
  REPORT_CONVERSIONS,
  REPORT_DELIVERIES,
  REPORT_REFUSED,
  REPORT_SENDS,
  REPORT_VERDICTS,
  selectList,
  type ViewColumns,
  withMoneyMaps,
} from './report-columns.ts';
import { reportViewSql } from './report-view-sql.ts';

const TABLES: Readonly<Record<string, AnyColumns>> = {
  clicks: CLICK_FIELDS,
  sends: SEND_FIELDS,
  message_events: EVENT_FIELDS,
  deliveries: DELIVERY_FIELDS,
  conversions: CONVERSION_FIELDS,
  verdicts: VERDICT_FIELDS,
  refused_taps: REFUSED_FIELDS,
  test_sends: SEND_FIELDS,
  test_clicks: CLICK_FIELDS,
  test_refused_taps: REFUSED_FIELDS,
  audit: AUDIT_FIELDS,
  webhook_events: WEBHOOK_EVENT_COLUMNS,
  import_clicks: STAGED_CLICK_FIELDS,
  import_sends: STAGED_SEND_FIELDS,
  import_conversions: STAGED_CONVERSION_FIELDS,
};

const VIEWS: Readonly<Record<string, ViewColumns>> = {
  report_clicks: withMoneyMaps(REPORT_CLICKS),
  report_conversions: withMoneyMaps(REPORT_CONVERSIONS),
  report_refused: REPORT_REFUSED,
  report_sends: REPORT_SENDS,
  message_states: MESSAGE_STATES,
  report_deliveries: REPORT_DELIVERIES,
  report_verdicts: REPORT_VERDICTS,
  money_of_rollup: MONEY_OF_ROLLUP,
};

const PLACEHOLDER = /\{(columns|select|report_view):(\w+)\}/g;

/** The text of a schema file with its columns. Throws when a placeholder names an unknown table or view. */
export function withColumns(sql: string): string {
  return sql.replace(PLACEHOLDER, (_, kind: string, name: string) => {
    if (kind === 'report_view') return reportViewSql(name);
    const columns = kind === 'columns' ? (TABLES[name] ?? VIEWS[name]) : undefined;
    const view = VIEWS[name];
    if (columns !== undefined) return columnList(columns);
    if (kind === 'select' && view !== undefined) return selectList(view);
    throw new Error(`the placeholder {${kind}:${name}} stands for nothing`);
  });
}

/** What a table or a view may say of a column. */
interface ListedColumn {
  type: string;
  meaning: string;
  default?: string;
  codec?: string;
}

function columnList(columns: AnyColumns | ViewColumns): string {
  return Object.entries(columns)
    .map(([name, column]: [string, ListedColumn]) => {
      const filled = column.default === undefined ? '' : ` DEFAULT ${column.default}`;
      const codec = column.codec === undefined ? '' : ` CODEC(${column.codec})`;
      return `${name} ${column.type}${filled} COMMENT ${quoted(column.meaning)}${codec}`;
    })
    .join(',\n  ');
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
