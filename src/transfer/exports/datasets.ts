/**
 * What can be exported: for each dataset its columns and the statement that reads the lines of a window. A line has a
 * `sign`: a click, message or conversion is a line with sign 1, and what later changes about it, such as a second verdict
 * or a reversal, is a line with sign -1 that repeats the old one, and one with sign 1. So sum(sign * x) over all files is
 * what the reports have. Only names from here are written into SQL; every value is a parameter. Pure.
 */
import type { ColumnType } from '../../clickhouse/columns.ts';
import { CLICK_FIELDS } from '../../clicks/click-fields.ts';
import { VERDICT_FIELDS } from '../../clicks/verdict-fields.ts';
import { CONVERSION_FIELDS } from '../../conversions/conversion-fields.ts';
import { DELIVERY_FIELDS } from '../../messages/delivery-fields.ts';
import { SEND_FIELDS } from '../../messages/send-fields.ts';
import type { DatasetName, ExportFilter, ExportFilters, WindowBy } from './export.ts';

export interface ExportColumn {
  type: ColumnType | 'UInt64';
  meaning: string;
}
type ExportColumns = Readonly<Record<string, ExportColumn>>;

/** A table whose rows are lines of a dataset. */
interface Source {
  /** With aliases. */
  from: string;
  /** What a column is read by. */
  select(name: string): string;
  /** The table and its alias that the account and the filters are conditions of. */
  table: string;
  alias: string;
  time: Readonly<Record<WindowBy, string>>;
  where?: string;
  /** Filters that are no comparison with a column of the alias. */
  filter?: Partial<Record<ExportFilter, string>>;
}

interface Dataset {
  columns: ExportColumns;
  /** What lines that belong together have in common: they are in one file. */
  id: string;
  order: readonly string[];
  filters: readonly ExportFilter[];
  sources: readonly Source[];
  /**
   * Which of several lines of one id a range has: those that are not reversed. Undefined: all. The text selects the ids
   * that may have several.
   */
  changed?: Pick<Source, 'table' | 'alias' | 'time' | 'where'>;
}

const SIGN: ExportColumn = {
  type: 'Int8',
  meaning: '1: the line counts. -1: it takes an earlier line back. Always use sum(sign * …)',
};
const STORED_AT: ExportColumn = { type: "DateTime64(3, 'UTC')", meaning: 'When the line was stored, UTC' };
const ENDING = { sign: SIGN, stored_at: STORED_AT } as const;

/** Fields that only the system reads. */
const INTERNAL = new Set([
  'batch',
  'process',
  'facts',
  'line',
  'expires_at',
  'headers',
  'visitor',
  'account_id',
]);

type Defined = Readonly<Record<string, { type: ColumnType; meaning: string; reported?: true | string }>>;

function columnsOf(fields: Defined, isChosen: (name: string) => boolean): ExportColumns {
  const chosen = Object.entries(fields).filter(([name]) => !INTERNAL.has(name) && isChosen(name));
  return Object.fromEntries(
    chosen.map(([name, { type, meaning }]) => [name, { type: type === 'IPv6' ? 'String' : type, meaning }]),
  );
}
const isReported =
  (fields: Defined, also: readonly string[] = []) =>
  (name: string): boolean =>
    fields[name]?.reported !== undefined || also.includes(name);

const read = (alias: string, name: string): string =>
  name === 'ip' ? `replaceOne(toString(${alias}.ip), '::ffff:', '')` : `${alias}.${name}`;

const CAMPAIGN_FILTERS = ['campaign_id', 'variant_id', 'creative_id', 'domain', 'offer_id'] as const;

const CLICK_TIME = { event: 'click.clicked_at', sent: 'click.sent_at', stored: 'click.inserted_at' } as const;
const VERDICT_TIME = { event: 'line.clicked_at', sent: 'line.sent_at', stored: 'line.judged_at' } as const;

/** Of a second verdict: what a verdict has itself, it has as it was counted; the rest is the click's. */
const REJUDGED: Source = {
  from: `trackly.verdicts AS line LEFT ANY JOIN (
    SELECT * FROM trackly.clicks AS click WHERE click.account_id = {account_id:String}
      AND click.click_id IN (SELECT line.click_id FROM trackly.verdicts AS line WHERE {window})
      AND click.clicked_at >= (SELECT min(line.clicked_at) FROM trackly.verdicts AS line WHERE {window})
      AND click.clicked_at <= (SELECT max(line.clicked_at) FROM trackly.verdicts AS line WHERE {window})
  ) AS click ON click.click_id = line.click_id`,
  table: 'verdicts',
  alias: 'line',
  time: VERDICT_TIME,
  select(name) {
    if (name === 'sign') return 'line.sign';
    if (name === 'stored_at') return 'line.judged_at';
    return Object.hasOwn(VERDICT_FIELDS, name) ? `line.${name}` : read('click', name);
  },
};

const DELIVERY_TIME = {
  event: "if(line.state = 'cancelled', line.sent_at, line.at)",
  sent: 'line.sent_at',
  stored: 'line.inserted_at',
} as const;
const OF_OFFERS = (alias: string) => ({ offer_id: `hasAny(${alias}.offer_ids, {offer_id:Array(String)})` });

/** A cancelled message was not sent: it is taken out of what was. */
const CANCELLED: Source = {
  from: `trackly.deliveries AS line LEFT ANY JOIN (
    SELECT * FROM trackly.sends AS send WHERE send.account_id = {account_id:String}
      AND send.message_id IN (SELECT line.message_id FROM trackly.deliveries AS line WHERE {window} AND line.state = 'cancelled')
  ) AS send ON send.message_id = line.message_id`,
  table: 'deliveries',
  alias: 'line',
  time: DELIVERY_TIME,
  where: "line.state = 'cancelled'",
  filter: OF_OFFERS('line'),
  select(name) {
    if (name === 'sign') return 'toInt8(-line.sign)';
    if (name === 'stored_at') return 'line.inserted_at';
    return Object.hasOwn(DELIVERY_FIELDS, name) ? `line.${name}` : `send.${name}`;
  },
};

/** The table's own rows. */
function own(
  table: string,
  alias: string,
  time: Source['time'],
  given: { sign: string; filter?: Source['filter'] },
): Source {
  return {
    from: `trackly.${table} AS ${alias}`,
    table,
    alias,
    time,
    ...(given.filter && { filter: given.filter }),
    select(name) {
      if (name === 'sign') return given.sign;
      return name === 'stored_at' ? time.stored : read(alias, name);
    },
  };
}

const SEND_TIME = { event: 'send.sent_at', sent: 'send.sent_at', stored: 'send.inserted_at' } as const;
const LEDGER_TIME = {
  event: 'ledger.converted_at',
  sent: 'ledger.sent_at',
  stored: 'ledger.inserted_at',
} as const;

type Lines = Exclude<DatasetName, 'contacts'>;

const LINES: Readonly<Record<Lines, Dataset>> = {
  clicks: {
    columns: { ...columnsOf(CLICK_FIELDS, isReported(CLICK_FIELDS, ['link_key'])), ...ENDING },
    id: 'click_id',
    order: ['clicked_at', 'click_id', 'stored_at', 'sign'],
    filters: [...CAMPAIGN_FILTERS, 'country', 'verdict'],
    sources: [own('clicks', 'click', CLICK_TIME, { sign: 'toInt8(1)' }), REJUDGED],
    changed: { table: 'verdicts', alias: 'line', time: VERDICT_TIME },
  },
  sends: {
    columns: { ...columnsOf(SEND_FIELDS, (name) => name !== 'inserted_at'), ...ENDING },
    id: 'message_id',
    order: ['sent_at', 'message_id', 'stored_at', 'sign'],
    filters: CAMPAIGN_FILTERS,
    sources: [own('sends', 'send', SEND_TIME, { sign: 'toInt8(1)', filter: OF_OFFERS('send') }), CANCELLED],
    changed: {
      ...{ table: 'deliveries', alias: 'line', time: DELIVERY_TIME },
      where: "line.state = 'cancelled'",
    },
  },
  deliveries: {
    columns: {
      ...columnsOf(DELIVERY_FIELDS, (name) => name !== 'inserted_at' && name !== 'sign'),
      ...ENDING,
    },
    id: 'message_id',
    order: ['at', 'message_id', 'stored_at', 'sign'],
    filters: [...CAMPAIGN_FILTERS, 'country'],
    sources: [own('deliveries', 'line', DELIVERY_TIME, { sign: 'line.sign', filter: OF_OFFERS('line') })],
    changed: { table: 'deliveries', alias: 'line', time: DELIVERY_TIME, where: 'line.sign = -1' },
  },
  conversions: {
    columns: {
      ...columnsOf(
        CONVERSION_FIELDS,
        isReported(CONVERSION_FIELDS, ['link_key', 'sales', 'refunds', 'view_sales', 'view_refunds']),
      ),
      ...ENDING,
    },
    id: 'conversion_id',
    order: ['converted_at', 'conversion_id', 'stored_at', 'sign'],
    filters: [...CAMPAIGN_FILTERS, 'event'],
    sources: [own('conversions', 'ledger', LEDGER_TIME, { sign: 'ledger.sign' })],
    changed: { table: 'conversions', alias: 'ledger', time: LEDGER_TIME, where: 'ledger.sign = -1' },
  },
  verdicts: {
    columns: {
      ...columnsOf(VERDICT_FIELDS, (name) => name !== 'sign' && name !== 'judged_at'),
      ...ENDING,
    },
    id: 'click_id',
    order: ['clicked_at', 'click_id', 'change', 'sign'],
    filters: [...CAMPAIGN_FILTERS, 'country', 'verdict'],
    sources: [own('verdicts', 'line', VERDICT_TIME, { sign: 'line.sign' })],
  },
};

const COUNT = { type: 'Int64' } as const;
const MONEY = { type: 'Decimal(38, 6)' } as const;
const LATEST = { type: "DateTime64(3, 'UTC')" } as const;
const NEVER = '1970: none in the window, UTC';

/** What a contact's lines of a window add up to, by the currency of the amounts. */
const CONTACT_COLUMNS = {
  contact_id: { type: 'String', meaning: SEND_FIELDS.contact_id.meaning },
  currency: {
    type: 'String',
    meaning:
      'Currency of the amounts; a row without one has what brought no money. Add up the rows of a contact',
  },
  messages: { ...COUNT, meaning: 'Messages that were sent' },
  clicks_total: { ...COUNT, meaning: 'Clicks' },
  clicks_human: { ...COUNT, meaning: 'Clicks by people' },
  clicks_bot: { ...COUNT, meaning: 'Clicks by bots' },
  clicks_unique: { ...COUNT, meaning: 'First clicks, one of each message' },
  conversions: { ...COUNT, meaning: 'Conversions' },
  revenue: { ...MONEY, meaning: 'Sales without refunds' },
  payout: { ...MONEY, meaning: 'Payout, of conversions and of clicks' },
  last_sent_at: { ...LATEST, meaning: `When the last message was sent; ${NEVER}` },
  last_clicked_at: { ...LATEST, meaning: `The last click by a person; ${NEVER}` },
  last_converted_at: { ...LATEST, meaning: `The last conversion; ${NEVER}` },
  sign: {
    type: 'Int8',
    meaning: 'Always 1: the counts of a window may be negative, and add up over all files',
  },
} as const satisfies ExportColumns;

const EPOCH = "toDateTime64(0, 3, 'UTC')";

type ContactColumn = keyof typeof CONTACT_COLUMNS;

/** What a line of each dataset adds to its contact. Times of lines that are taken back tell nothing. */
const ADDED: readonly {
  lines: Lines;
  needs: readonly string[];
  only?: string;
  adds: Partial<Record<ContactColumn, string>>;
}[] = [
  {
    lines: 'sends',
    needs: ['contact_id', 'sent_at', 'sign'],
    adds: { messages: 'toInt64(sign)', last_sent_at: `if(sign = 1, sent_at, ${EPOCH})` },
  },
  {
    lines: 'clicks',
    needs: ['contact_id', 'clicked_at', 'verdict', 'is_first', 'payout', 'currency', 'sign'],
    adds: {
      currency: 'toString(currency)',
      clicks_total: 'toInt64(sign)',
      clicks_human: "if(verdict = 'human', toInt64(sign), 0)",
      clicks_bot: "if(verdict = 'bot', toInt64(sign), 0)",
      clicks_unique: 'toInt64(sign) * is_first',
      payout: 'sign * payout',
      last_clicked_at: `if(sign = 1 AND verdict = 'human', clicked_at, ${EPOCH})`,
    },
  },
  {
    lines: 'conversions',
    needs: [
      ...['contact_id', 'converted_at', 'status', 'conversions', 'currency', 'sales', 'refunds', 'payout'],
      'sign',
    ],
    only: "status IN ('attributed', 'view_through')",
    adds: {
      currency: 'toString(currency)',
      conversions: 'toInt64(sign) * conversions',
      revenue: 'sign * (sales - refunds)',
      payout: 'sign * payout',
      last_converted_at: `if(sign = 1 AND conversions = 1, converted_at, ${EPOCH})`,
    },
  },
];

const SUMMED: readonly ContactColumn[] = [
  ...(['messages', 'clicks_total', 'clicks_human', 'clicks_bot', 'clicks_unique', 'conversions'] as const),
  ...(['revenue', 'payout'] as const),
];
const LAST: readonly ContactColumn[] = ['last_sent_at', 'last_clicked_at', 'last_converted_at'];
const NOTHING: Record<string, string> = {
  Int64: 'toInt64(0)',
  'Decimal(38, 6)': 'toDecimal128(0, 6)',
  "DateTime64(3, 'UTC')": EPOCH,
  String: "''",
};

export const columnsOfDataset = (name: DatasetName): ExportColumns =>
  name === 'contacts' ? CONTACT_COLUMNS : LINES[name].columns;

export const filtersOf = (name: DatasetName): readonly ExportFilter[] =>
  name === 'contacts' ? CAMPAIGN_FILTERS : LINES[name].filters;

/** Which lines are asked for. */
export interface Question {
  dataset: DatasetName;
  account_id: string;
  from_ms: number;
  to_ms: number;
  by: WindowBy;
  filters: ExportFilters;
  /** Whether lines that take each other back are left out. */
  net: boolean;
  /** Of so many files, the one of this number; lines that belong together are in one. */
  part: number;
  parts: number;
}

export interface ExportQuery {
  query: string;
  query_params: Record<string, unknown>;
}

/** The statement that counts the rows of all parts: `rows`. */
export function countQuery(question: Question): ExportQuery {
  const { query, query_params } = rowsQuery({ ...question, part: 0, parts: 1 });
  return { query: `SELECT toString(count()) AS rows FROM (${query})`, query_params };
}

/** The rows of one file, in an order that is always the same. */
export function rowsQuery(question: Question): ExportQuery {
  const { dataset, account_id, from_ms, to_ms, filters, part, parts } = question;
  const query_params = { account_id, from_ms, to_ms, ...filters, ...(parts > 1 && { part, parts }) };
  return {
    query: dataset === 'contacts' ? contactRows(question) : lineRows(question, dataset),
    query_params,
  };
}

function lineRows(question: Question, dataset: Lines): string {
  const { columns, id, order, changed } = LINES[dataset];
  const names = Object.keys(columns);
  const split = partOf(question, id);
  const lines = `(${linesOf(question, dataset, names)})`;
  const all = `SELECT ${names.join(', ')} FROM ${lines}`;
  const sorted = `ORDER BY ${order.join(', ')}`;
  if (!question.net || changed === undefined) return `${all} WHERE ${split} ${sorted}`;
  const { table, alias, where } = changed;
  const ids = `SELECT ${alias}.${id} FROM trackly.${table} AS ${alias}
    WHERE ${[windowOf(changed, question), ...(where === undefined ? [] : [where])].join(' AND ')}`;
  const same = names.filter((name) => name !== 'sign' && name !== 'stored_at');
  return `SELECT ${names.join(', ')} FROM (
    ${all} WHERE ${split} AND ${id} NOT IN (${ids})
    UNION ALL
    SELECT ${same.join(', ')}, toInt8(sum(line_sign)) AS sign, max(line_stored_at) AS stored_at
    FROM (SELECT ${same.join(', ')}, sign AS line_sign, stored_at AS line_stored_at FROM ${lines} WHERE ${split} AND ${id} IN (${ids}))
    GROUP BY ${same.join(', ')} HAVING sign != 0
  ) ${sorted}`;
}

function contactRows(question: Question): string {
  const names = [...SUMMED, ...LAST];
  const added = ADDED.map(({ lines, needs, only, adds }) => {
    const values = (['currency', ...names] as const).map(
      (name) => `${adds[name] ?? NOTHING[CONTACT_COLUMNS[name].type]} AS added_${name}`,
    );
    return `SELECT contact_id AS contact, ${values.join(', ')} FROM (${linesOf(question, lines, needs)})
      WHERE contact_id != ''${only === undefined ? '' : ` AND ${only}`}`;
  });
  return `SELECT contact AS contact_id, added_currency AS currency,
    ${SUMMED.map((name) => `sum(added_${name}) AS ${name}`).join(', ')},
    ${LAST.map((name) => `max(added_${name}) AS ${name}`).join(', ')}, toInt8(1) AS sign
    FROM (${added.join('\n UNION ALL ')}) WHERE ${partOf(question, 'contact')}
    GROUP BY contact, added_currency HAVING ${names.map((name) => `${name} != ${NOTHING[CONTACT_COLUMNS[name].type]}`).join(' OR ')}
    ORDER BY contact_id, currency`;
}

const partOf = ({ parts }: Question, id: string): string =>
  parts === 1 ? 'true' : `cityHash64(${id}) % {parts:UInt32} = {part:UInt32}`;

const IMPORTED: ReadonlySet<Lines> = new Set(['clicks', 'sends', 'conversions']);

function linesOf(question: Question, dataset: Lines, names: readonly string[]): string {
  return LINES[dataset].sources
    .map((source) => {
      const window = windowOf(source, question);
      const conditions = [
        window,
        ...(source.where === undefined ? [] : [source.where]),
        // An undo removes what was imported, without a line that takes it back.
        ...(question.by === 'stored' && source.table === dataset && IMPORTED.has(dataset)
          ? [`${source.alias}.import_id = ''`]
          : []),
        ...asked(source, question),
      ];
      const selected = names.map((name) => `${source.select(name)} AS ${name}`).join(', ');
      return `SELECT ${selected} FROM ${source.from.replaceAll('{window}', window)} WHERE ${conditions.join(' AND ')}`;
    })
    .join('\n UNION ALL ');
}

function windowOf({ alias, time }: Pick<Source, 'alias' | 'time'>, { by }: Question): string {
  const at = time[by];
  return `${alias}.account_id = {account_id:String} AND ${at} >= fromUnixTimestamp64Milli({from_ms:Int64}) AND ${at} < fromUnixTimestamp64Milli({to_ms:Int64})`;
}

function asked({ alias, filter = {} }: Source, { filters }: Question): string[] {
  return (Object.keys(filters) as ExportFilter[]).map(
    (name) => filter[name] ?? `${alias}.${name} IN {${name}:Array(String)}`,
  );
}
