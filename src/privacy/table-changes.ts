/**
 * The changes of ClickHouse's tables that an erasure makes, as SQL. The contacts and their pseudonyms are read from a
 * table that exists only meanwhile, because ClickHouse keeps the text of a mutation on its disk. Running a change again
 * changes nothing. Pure: names and expressions only.
 */
import type { AnyColumns } from '../clickhouse/columns.ts';
import { CLICK_FIELDS } from '../clicks/click-fields.ts';
import { REFUSED_FIELDS } from '../clicks/refused-fields.ts';
import { linkKey } from '../links/link.ts';
import { SEND_FIELDS } from '../messages/send-fields.ts';
import { STAGED_CLICK_FIELDS, STAGED_SEND_FIELDS } from '../transfer/imports/staged-fields.ts';
import { WEBHOOK_EVENT_COLUMNS } from '../webhooks/event-columns.ts';
import { EMPTIED, emptyValue, ID_IN_URL_LENGTH_MIN } from './erase-rows.ts';

/** A database of its own, so that no backup includes it. */
export const ERASING_DATABASE = 'trackly_erasing';
export const ERASING_TABLE = `${ERASING_DATABASE}.contacts`;
/** `name` is account and contact with a line break between; `contact_json` the contact's id as JavaScript writes it. */
export const ERASING_COLUMNS = ['account_id', 'contact_id', 'name', 'contact_json', 'pseudonym'] as const;

type ErasingColumn = (typeof ERASING_COLUMNS)[number];

const listOf = (column: ErasingColumn): string =>
  `(SELECT groupArray(${column}) FROM (SELECT ${column} FROM ${ERASING_TABLE} ORDER BY name))`;
/** The value of `column` for a contact; `otherwise` for contacts that are not erased. */
const lookUp = (name: string, column: ErasingColumn, otherwise: string): string =>
  `transform(${name}, ${listOf('name')}, ${listOf(column)}, ${otherwise})`;

const nameOf = (account_id: string, contact_id: string): string =>
  `concat(toString(${account_id}), '\\n', ${contact_id})`;
const isErased = (account_id: string, contact_id: string): string =>
  `(${account_id}, ${contact_id}) IN (SELECT account_id, contact_id FROM ${ERASING_TABLE})`;

const pseudonymOf = (contact_id: string): string =>
  lookUp(nameOf('account_id', contact_id), 'pseudonym', contact_id);

/** `text` is JSON that has the contact under contact_id. */
const withoutContactIn = (text: string, contact_id: string): string => {
  const name = nameOf('account_id', contact_id);
  const json = (value: string): string => `concat('"contact_id":', ${value})`;
  const pseudonym = `concat('"', ${lookUp(name, 'pseudonym', "''")}, '"')`;
  return `replaceOne(${text}, ${json(lookUp(name, 'contact_json', "''"))}, ${json(pseudonym)})`;
};

export interface TableChange {
  table: string;
  /** The account of a row. */
  account: string;
  /** Which rows are of erased contacts. */
  where: string;
  /** Which of them the erasure tells of; absent: all. */
  told?: string;
  /** The new value of each column that changes. */
  set: Readonly<Record<string, string>>;
}

/** What a column is set to: a literal, by its type. */
function emptyLiteral(type: AnyColumns[string]['type']): string {
  const value = emptyValue(type);
  if (type === 'IPv6') return `toIPv6('${String(value)}')`;
  return typeof value === 'string'
    ? `'${value}'`
    : `CAST(${type.startsWith('Map') ? 'map()' : '[]'}, '${type}')`;
}

/** The change of a table of which every column follows its class. */
function byClass(table: string, columns: AnyColumns): TableChange {
  const set: Record<string, string> = {};
  for (const [name, { personal, type }] of Object.entries(columns)) {
    if (personal === 'id') set[name] = pseudonymOf(name);
    if (EMPTIED.includes(personal)) set[name] = emptyLiteral(type);
  }
  return { table, account: 'account_id', where: isErased('account_id', 'contact_id'), set };
}

const REPORTED_CONTACT = "' ?contact_id=.*$', ''";
/** The same within the JSON of a conversion, where it is the end of the text `reported`. */
const REPORTED_IN_FACTS = String.raw`'("reported":"(?:[^"\\\\]|\\\\.)*?) ?contact_id=(?:[^"\\\\]|\\\\.)*"', '\\1"'`;

const whose = isErased('account_id', 'subject_contact_id');
const CONVERSIONS: TableChange = {
  table: 'conversions',
  account: 'account_id',
  where: `${isErased('account_id', 'contact_id')} OR ${whose}`,
  set: {
    contact_id: pseudonymOf('contact_id'),
    subject_contact_id: pseudonymOf('subject_contact_id'),
    line: `if(${isErased('account_id', 'contact_id')}, ${withoutContactIn('line', 'contact_id')}, line)`,
    reported: `if(${whose}, replaceRegexpOne(reported, ${REPORTED_CONTACT}), reported)`,
    facts: `if(${whose}, ${withoutContactIn(`replaceRegexpOne(facts, ${REPORTED_IN_FACTS})`, 'subject_contact_id')}, facts)`,
  },
};

/** Positions, from 1, in the JSON list of a link: see encodeLink in links/link.ts. */
const LINK = { account_id: 1, contact_id: 3, url: 10, fields: 11, rules: 15 } as const;
const LINK_ACCOUNT = `JSONExtractString(value, ${LINK.account_id})`;
const LINK_NAME = nameOf(LINK_ACCOUNT, 'contact_id');
const LINK_PSEUDONYM = lookUp(LINK_NAME, 'pseudonym', 'contact_id');
const IN_URL = `if(length(contact_id) < ${ID_IN_URL_LENGTH_MIN}, part, replaceAll(part, contact_id, ${LINK_PSEUDONYM}))`;

const RECORDS: TableChange = {
  table: 'records',
  account: LINK_ACCOUNT,
  where: isErased(LINK_ACCOUNT, 'contact_id'),
  // The others are opt-outs, whose lists have account and contact in the same places: see optouts/opt-out.ts.
  told: `startsWith(key, '${linkKey('')}')`,
  set: {
    value: `concat('[', arrayStringConcat(arrayMap((part, i) -> multiIf(
      i = ${LINK.contact_id}, concat('"', ${LINK_PSEUDONYM}, '"'),
      i = ${LINK.fields}, '0',
      i IN (${LINK.url}, ${LINK.rules}), ${IN_URL},
      part), JSONExtractArrayRaw(value), arrayEnumerate(JSONExtractArrayRaw(value))), ','), ']')`,
    contact_id: LINK_PSEUDONYM,
  },
};

/** Every table with data of contacts. */
export const TABLE_CHANGES: readonly TableChange[] = [
  byClass('clicks', CLICK_FIELDS),
  byClass('refused_taps', REFUSED_FIELDS),
  byClass('sends', SEND_FIELDS),
  byClass('test_sends', SEND_FIELDS),
  byClass('test_clicks', CLICK_FIELDS),
  byClass('test_refused_taps', REFUSED_FIELDS),
  byClass('webhook_events', WEBHOOK_EVENT_COLUMNS),
  byClass('import_clicks', STAGED_CLICK_FIELDS),
  byClass('import_sends', STAGED_SEND_FIELDS),
  CONVERSIONS,
  { ...CONVERSIONS, table: 'import_conversions' },
  RECORDS,
];

/** The mutation of a server's own table, which is in `database`. */
export function updateOf({ table, set, where }: TableChange, database: string): string {
  const assignments = Object.entries(set).map(([name, value]) => `${name} = ${value}`);
  return `ALTER TABLE ${database}.${table} UPDATE ${assignments.join(',\n')} WHERE ${where}`;
}
