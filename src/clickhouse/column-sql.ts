/**
 * Writes what is defined elsewhere as SQL into the files of schema/: `{columns:clicks}` is replaced by the columns of that
 * table or view, and `{select:report_clicks}` by what that view selects; TABLES and VIEWS name the definitions.
 * `{report_view:…}` is a whole statement, see report-view-sql.ts. `{delay_step:click}` and `{tapped_with:click}` are
 * expressions of a row, `{tapped_with_part:country}` is one of the column. Pure.
 */

import { AUDIT_FIELDS } from '../access/audit/audit-fields.ts';
import { CLICK_FIELDS } from '../clicks/click-fields.ts';
import { delayStepSql } from '../clicks/delay.ts';
import { REFUSED_FIELDS } from '../clicks/refused-fields.ts';
import { partOf, TAPPED_WITH, tappedWith } from '../clicks/tapped-with.ts';
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

/** What stands for a placeholder, by its kind; undefined where its name is unknown. */
const FILLED: Readonly<Record<string, (name: string) => string | undefined>> = {
  columns: (name) => {
    const columns = TABLES[name] ?? VIEWS[name];
    return columns && columnList(columns);
  },
  select: (name) => VIEWS[name] && selectList(VIEWS[name]),
  report_view: reportViewSql,
  delay_step: delayStepSql,
  tapped_with: tappedWith,
  tapped_with_part: (name) => {
    const part = TAPPED_WITH.find((one) => one === name);
    return part && partOf(part, 'tapped_with');
  },
};
const PLACEHOLDER = new RegExp(`\\{(${Object.keys(FILLED).join('|')}):(\\w+)\\}`, 'g');

/** The text of a schema file with all of these. Throws when a placeholder stands for nothing. */
export function filled(sql: string): string {
  return sql.replace(PLACEHOLDER, (placeholder, kind: string, name: string) => {
    const text = FILLED[kind]?.(name);
    if (text === undefined) throw new Error(`the placeholder ${placeholder} stands for nothing`);
    return text;
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
