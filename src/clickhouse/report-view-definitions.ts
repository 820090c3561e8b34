/**
 * The report views of analysts: for each report one over all time, report_campaigns, and one over a range,
 * report_campaigns_in(from, to, tz, range_by); what a row is, and its columns. report-view-sql.ts writes their SQL. A row
 * is one item. Money is a map from currency to amount: amounts of two currencies cannot be added by mistake, and no row
 * repeats a count. Pure.
 */
import type { ReportName } from '../reports/definitions.ts';
import {
  AMOUNT_NAMES,
  COUNT_NAMES,
  isAnswered,
  isMoneyRate,
  meaningOf,
  RATE_NAMES,
  type RateName,
  REVENUE_MEANING,
  TALLY_NAMES,
} from '../reports/measures.ts';

export const MONEY_MAP = 'Map(LowCardinality(String), Decimal(38, 6))';
const WORD = 'LowCardinality(String)';
const BY_CURRENCY = 'by currency; a currency without money is left out';

/** A column of a view: its type and its comment. */
export interface DescribedColumn {
  name: string;
  type: string;
  comment: string;
}

export interface ReportView {
  report: ReportName;
  /** Whether it is over a range, with parameters. */
  range: boolean;
  /** What one row is. */
  row: string;
  /** Columns that identify or describe a row, beside account_id. */
  columns: readonly DescribedColumn[];
  /** Columns from the catalog: of which kind, by which id, and the view's name for each column of the catalog. */
  names?: { kind: string; id: string; of: Readonly<Record<string, string>> };
  /** The column of the report by hours: its name, and its value from the time of a row. */
  period?: { name: string; startOf: (time: string) => string };
}

const column = (name: string, comment: string, type = WORD): DescribedColumn => ({ name, type, comment });
const named = (what: string): DescribedColumn =>
  column(
    `${what}_name`,
    `Name of the ${what}; empty before it has reached ClickHouse, a second after its creation`,
    'String',
  );
const CAMPAIGN = column('campaign_id', 'Campaign of the message; empty without one');
const VARIANT = column('variant_id', 'Arm of the campaign’s A/B test; empty without one');

type Shown = Pick<ReportView, 'row' | 'columns' | 'names' | 'period'>;

const ALL_TIME: Record<ReportName, Shown> = {
  messages: {
    row: 'Each message. A message has one contact, so clicks_unique is 0 or 1.',
    columns: [
      column('message_id', 'The message', 'String'),
      CAMPAIGN,
      VARIANT,
      column('creative_id', 'Creative of the message'),
    ],
  },
  offers: {
    row: 'Each offer: messages that carried it, clicks on its links, first clicks by contact, message and offer.',
    columns: [column('offer_id', 'The offer'), named('offer')],
    names: { kind: 'offer', id: 'offer_id', of: { name: 'offer_name' } },
  },
  creatives: {
    row: 'Each creative, with its text.',
    columns: [
      column('creative_id', 'The creative'),
      named('creative'),
      column('body', 'Text of the creative, with its placeholders', 'String'),
    ],
    names: { kind: 'creative', id: 'creative_id', of: { name: 'creative_name', body: 'body' } },
  },
  campaigns: {
    row: 'Each campaign.',
    columns: [column('campaign_id', 'The campaign'), named('campaign')],
    names: { kind: 'campaign', id: 'campaign_id', of: { name: 'campaign_name' } },
  },
  variants: {
    row: 'Each arm of each campaign’s A/B test.',
    columns: [
      column('campaign_id', 'Campaign that the variant is an arm of'),
      named('campaign'),
      column('variant_id', 'Arm of the campaign’s A/B test'),
    ],
    names: { kind: 'campaign', id: 'campaign_id', of: { name: 'campaign_name' } },
  },
  domains: {
    row: 'Each tracking domain: messages with links on it, clicks on it.',
    columns: [column('domain', 'The tracking domain')],
  },
  links: {
    row: 'Each link. clicks_unique is 1 if the contact’s first click on the offer was on this link.',
    columns: [
      column('link_id', 'The link, 7 characters', 'String'),
      column('link_key', 'Key of the link in its creative: link1, link2 …; empty outside a creative'),
      column('message_id', 'Message that carried the link; empty for a link outside a message', 'String'),
      column('offer_id', 'Offer of the link; empty for a link with its own address'),
      column('creative_id', 'Creative of the message'),
      CAMPAIGN,
      VARIANT,
    ],
  },
  hours: {
    row: 'Each UTC hour in which messages were sent: these messages and all that came of them.',
    columns: [column('hour', 'Start of the hour, UTC, of sent_at of the messages', "DateTime('UTC')")],
    period: { name: 'hour', startOf: (time) => `toStartOfHour(${time})` },
  },
};

/** Hours and days are by the clocks of the range's time zone, as ClickHouse knows them. */
const OVER_RANGE: Readonly<Record<string, Shown>> = {
  ...ALL_TIME,
  hours: {
    row: 'Each hour of the time zone.',
    columns: [column('hour', 'Start of the hour, in tz', 'DateTime')],
    period: { name: 'hour', startOf: (time) => `toStartOfHour(${time}, {tz:String})` },
  },
  days: {
    row: 'Each day of the time zone.',
    columns: [column('day', 'The day, in tz', 'Date')],
    period: { name: 'day', startOf: (time) => `toDate(${time}, {tz:String})` },
  },
};

/** The definition of a view, by its name without `report_`; undefined if there is none. */
export function reportViewOf(view: string): ReportView | undefined {
  const range = view.endsWith('_in');
  const name = range ? view.slice(0, -'_in'.length) : view;
  const shown = range ? OVER_RANGE[name] : ALL_TIME[name as ReportName];
  return shown && { ...shown, report: (name === 'days' ? 'hours' : name) as ReportName, range };
}

const RANGE_COMMENT =
  "Called as report_…_in(from='2026-10-01', to='2026-10-31', tz='Europe/Berlin', range_by='sent'); a date as to includes that day. range_by sent: of messages sent in the range, with all that came of them until now; event: of what happened in it, money at the time of its click.";

export const viewComment = ({ row, range }: ReportView): string =>
  `${row} ${range ? RANGE_COMMENT : 'All time.'}`;

/** All columns of a view. In a range, rates per message are null where it is of events. */
export const viewColumns = ({ columns, range }: ReportView): DescribedColumn[] => [
  column('account_id', 'Account'),
  ...columns,
  ...measureColumns(range),
];

function measureColumns(range: boolean): DescribedColumn[] {
  const missing = range ? '; null, or no amount, with range_by event' : '';
  return [
    ...COUNT_NAMES.map((name) => column(name, meaningOf(name), 'UInt64')),
    ...TALLY_NAMES.map((name) => column(name, `${meaningOf(name)}; in all currencies`, 'Int64')),
    ...RATE_NAMES.map((name) => {
      const of_messages = isOfMessages(name) ? missing : '';
      if (isMoneyRate(name))
        return column(name, `${meaningOf(name)}, ${BY_CURRENCY}${of_messages}`, MONEY_MAP);
      const type = range && isOfMessages(name) ? 'Nullable(Float64)' : 'Float64';
      return column(name, `${meaningOf(name)}; 0 when it would divide by 0${of_messages}`, type);
    }),
    column('revenue', `${REVENUE_MEANING}, ${BY_CURRENCY}`, MONEY_MAP),
    ...AMOUNT_NAMES.map((name) => column(name, `${meaningOf(name)}, ${BY_CURRENCY}`, MONEY_MAP)),
  ];
}

/** Whether it divides by messages, which a range of events does not have. */
export const isOfMessages = (name: RateName): boolean => !isAnswered(name, 'event', 'click');
