/**
 * The columns of the report views that show rows of clicks, conversions, sends and verdicts: the columns of the table
 * that are `reported`, and what the view selects for each. Their SQL is in schema/0013_report_views.sql. Pure.
 */

import { CLICK_FIELDS } from '../clicks/click-fields.ts';
import { REFUSED_FIELDS } from '../clicks/refused-fields.ts';
import { VERDICT_FIELDS, VERDICT_OF_CLICK } from '../clicks/verdict-fields.ts';
import { CONVERSION_FIELDS } from '../conversions/conversion-fields.ts';
import { STATE_SQL } from '../messages/delivery-state.ts';
import { EVENT_FIELDS } from '../messages/event-fields.ts';
import { SEND_FIELDS } from '../messages/send-fields.ts';
import { AMOUNT_NAMES, meaningOf, REVENUE_MEANING } from '../reports/measures.ts';
import { type AnyColumns, type ColumnType, shownMeaning } from './columns.ts';
import { MONEY_MAP } from './report-view-definitions.ts';

export interface ViewColumn<Type extends ColumnType = ColumnType> {
  type: Type;
  meaning: string;
  /** An expression over the tables of the view. */
  select: string;
}

/** In a view also types that no table has. */
export type ViewColumns = Readonly<Record<string, Omit<ViewColumn, 'type'> & { type: string }>>;

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

/** An amount with its currency as a map, which sum() refuses; nothing where it is 0. */
const moneyMap = (amount: string, currency: string): string =>
  `if(${amount} = 0, CAST(map(), '${MONEY_MAP}'), map(${currency}, ${amount}))`;

/** The same columns, with each amount in a map from the row's currency, so that no two currencies are added up. */
export function withMoneyMaps(columns: ViewColumns): ViewColumns {
  const currency = columns['currency']?.select ?? '';
  return Object.fromEntries(
    Object.entries(columns).map(([name, one]) => [
      name,
      one.type.startsWith('Decimal')
        ? {
            type: MONEY_MAP,
            meaning: `${one.meaning}; by currency, empty where it is 0`,
            select: moneyMap(one.select, currency),
          }
        : one,
    ]),
  );
}

/** `line` is the latest verdict of a rejudgement; its change is 0 if there is none. */
export const REPORT_CLICKS = reported(CLICK_FIELDS, (name) =>
  (VERDICT_OF_CLICK as readonly string[]).includes(name)
    ? `if(line.change = 0, click.${name}, line.${name})`
    : `click.${name}`,
);

const NAME = { type: 'String', meaning: '' } as const;
/** With the names as they are now; see report_catalog. */
export const REPORT_REFUSED = {
  ...reported(REFUSED_FIELDS, (name) => `tap.${name}`),
  offer_name: { ...NAME, meaning: 'Name of the offer; empty without one', select: "ifNull(offer.name, '')" },
  campaign_name: {
    ...NAME,
    meaning: 'Name of the campaign; empty without one',
    select: "ifNull(campaign.name, '')",
  },
} as const satisfies ViewColumns;

export const REPORT_SENDS = reported(SEND_FIELDS, (name) => name);
/** Flags and amounts have the sign of their line, so that their sum is what the changes add up to. */
export const REPORT_VERDICTS: ViewColumns = withMoneyMaps(
  Object.fromEntries(
    Object.entries(reported(VERDICT_FIELDS, (name): string => name)).map(
      ([name, one]): [string, ViewColumns[string]] => {
        const meaning = `${one.meaning}; negative on a line that reverses`;
        if (name.startsWith('is_'))
          return [name, { type: 'Int8', meaning, select: `toInt8(sign * ${name})` }];
        return one.type.startsWith('Decimal')
          ? [name, { ...one, meaning, select: `(sign * ${name})` }]
          : [name, one];
      },
    ),
  ),
);

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
  view_conversions: {
    ...one_of_each.view_conversions,
    type: 'Int64',
    select: 'sum(toInt64(ledger.sign) * ledger.view_conversions)',
  },
  view_revenue: {
    type: 'Decimal(38, 6)',
    meaning: 'What it adds to view_revenue; negative for a refund',
    select: 'sum(ledger.sign * (ledger.view_sales - ledger.view_refunds))',
  },
} as const satisfies ViewColumns;

/** The money of a row of rollup_quarter_hours. */
export const MONEY_OF_ROLLUP: ViewColumns = withMoneyMaps({
  currency: { type: 'LowCardinality(String)', meaning: 'Currency of the money', select: 'rollup.currency' },
  revenue: { type: 'Decimal(38, 6)', meaning: REVENUE_MEANING, select: '(rollup.sales - rollup.refunds)' },
  ...Object.fromEntries(
    AMOUNT_NAMES.map((name) => [
      name,
      { type: 'Decimal(38, 6)', meaning: meaningOf(name), select: `rollup.${name}` },
    ]),
  ),
});

const TIME = "DateTime64(3, 'UTC')";
const WORD = 'LowCardinality(String)';
const NEVER = "toDateTime64(0, 3, 'UTC')";

/** What became of each message, from the rows of trackly.message_events AS event. */
export const MESSAGE_STATES = {
  account_id: {
    type: WORD,
    meaning: EVENT_FIELDS.account_id.meaning,
    select: 'event.account_id',
  },
  message_id: { type: 'String', meaning: EVENT_FIELDS.message_id.meaning, select: 'event.message_id' },
  state: {
    type: WORD,
    meaning:
      'What became of it: delivered, undelivered, failed, sent or cancelled; empty where no event tells',
    select: STATE_SQL.state,
  },
  state_at: {
    type: TIME,
    meaning: 'When, as the provider says, UTC; 1970 without a state',
    select: STATE_SQL.state_at,
  },
  code: {
    type: WORD,
    meaning: "The provider's code of the event that gave the state; empty without one",
    select: STATE_SQL.code,
  },
  opted_out_at: {
    type: TIME,
    meaning: 'When the recipient opted out first, as an event says, UTC; 1970: no event says so',
    select: STATE_SQL.opted_out_at,
  },
} as const satisfies ViewColumns;

const { account_id, message_id, campaign_id, variant_id, creative_id, domain, sent_at } = reported(
  SEND_FIELDS,
  (name) => `send.${name}`,
);
const nameOf = (kind: string): ViewColumn<'String'> => ({
  type: 'String',
  meaning: `Name of the ${kind}; empty before it has reached ClickHouse, a second after its creation`,
  select: `ifNull(${kind}.name, '')`,
});
const told = <Type extends ColumnType>(
  column: ViewColumn<Type>,
  name: string,
  none: string,
): ViewColumn<Type> => ({
  ...column,
  select: `ifNull(told.${name}, ${none})`,
});

/** `told` is the state of the message, `campaign` and `creative` are their rows of the catalog. */
export const REPORT_DELIVERIES = {
  account_id,
  message_id,
  campaign_id,
  campaign_name: nameOf('campaign'),
  variant_id,
  creative_id,
  creative_name: nameOf('creative'),
  domain,
  country: {
    type: WORD,
    meaning: 'Country of the contact, ISO 3166, from the message’s field country; empty without one',
    select: "extract(upper(trimBoth(send.fields['country'])), '^[A-Z]{2}$')",
  },
  sent_at,
  state: told(MESSAGE_STATES.state, 'state', "''"),
  state_at: told(MESSAGE_STATES.state_at, 'state_at', NEVER),
  code: told(MESSAGE_STATES.code, 'code', "''"),
  opted_out_at: told(MESSAGE_STATES.opted_out_at, 'opted_out_at', NEVER),
} as const satisfies ViewColumns;

/** What a view selects for its columns, in their order. */
export function selectList(columns: ViewColumns): string {
  return Object.entries(columns)
    .map(([name, { select }]) => (select === name ? name : `${select} AS ${name}`))
    .join(',\n  ');
}
