/**
 * The columns of the report views that show rows of clicks, conversions, sends and verdicts: the columns of the table
 * that are `reported`, and what the view selects for each. Their SQL is in schema/0013_report_views.sql. Pure.
 */

import { CLICK_FIELDS } from '../clicks/click-fields.ts';
import { VERDICT_FIELDS, VERDICT_OF_CLICK } from '../clicks/verdict-fields.ts';
import { CONVERSION_FIELDS } from '../conversions/conversion-fields.ts';
import { SEND_FIELDS } from '../messages/send-fields.ts';
import { type AnyColumns, type ColumnType, shownMeaning } from './columns.ts';

export interface ViewColumn<Type extends ColumnType = ColumnType> {
  type: Type;
  meaning: string;
  /** An expression over the tables of the view. */
  select: string;
}

export type ViewColumns = Readonly<Record<string, ViewColumn>>;

type ReportedName<Defined extends AnyColumns> = {
  [Name in keyof Defined]: Defined[Name] extends { reported: true | string } ? Name : never;
}[keyof Defined];

/** The view's columns of a table. */
type Reported<Defined extends AnyColumns> = {
  [Name in ReportedName<Defined>]: ViewColumn<Defined[Name]['type']>;
};

function reported<Defined extends AnyColumns>(
  columns: Defined,
  select: (name: string) => string,
): Reported<Defined> {
  const shown = Object.entries(columns).filter(([, column]) => column.reported !== undefined);
  return Object.fromEntries(
    shown.map(([name, column]) => [
      name,
      { type: column.type, meaning: shownMeaning(column), select: select(name) },
    ]),
  ) as Reported<Defined>;
}

/** `line` is the latest verdict of a rejudgement; its change is 0 if there is none. */
export const REPORT_CLICKS = reported(CLICK_FIELDS, (name) =>
  (VERDICT_OF_CLICK as readonly string[]).includes(name)
    ? `if(line.change = 0, click.${name}, line.${name})`
    : `click.${name}`,
);

export const REPORT_SENDS = reported(SEND_FIELDS, (name) => name);
export const REPORT_VERDICTS = reported(VERDICT_FIELDS, (name) => name);

/** Columns that the lines of a conversion are grouped by; a condition on them reaches the table. */
const GROUPED = ['account_id', 'conversion_id', 'offer_id'];
const { payout, ...one_of_each } = reported(CONVERSION_FIELDS, (name) =>
  GROUPED.includes(name) ? `ledger.${name}` : `any(ledger.${name})`,
);

/** The lines of a group differ only in their sign. */
export const REPORT_CONVERSIONS = {
  ...one_of_each,
  conversions: {
    ...one_of_each.conversions,
    type: 'Int64',
    select: 'sum(toInt64(ledger.sign) * ledger.conversions)',
  },
  revenue: {
    type: 'Decimal(38, 6)',
    meaning: 'What it adds to revenue; negative for a refund',
    select: 'sum(ledger.sign * (ledger.sales - ledger.refunds))',
  },
  payout: { ...payout, select: 'sum(ledger.sign * ledger.payout)' },
} as const satisfies ViewColumns;

/** What a view selects for its columns, in their order. */
export function selectList(columns: ViewColumns): string {
  return Object.entries(columns)
    .map(([name, { select }]) => (select === name ? name : `${select} AS ${name}`))
    .join(',\n  ');
}
