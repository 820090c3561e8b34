/**
 * Rows without their contact: how a row of an erased contact is stored. Columns of clicks and sends follow their class
 * (`personal`, see clickhouse/columns.ts). Conversions and links, which are also stored as JSON, are rewritten here;
 * table-changes.ts says the same in SQL, and both must give the same text. Pure.
 */
import type { Column, Columns, ColumnType, Personal } from '../clickhouse/columns.ts';
import { type Conversion, decodeConversion, encodeConversion } from '../conversions/conversion.ts';
import type { OwnPart } from '../links/link.ts';

/** Classes of columns that an erasure empties. */
export const EMPTIED: readonly Personal[] = ['address', 'agent', 'content'];

/** A row whose contact is erased has the pseudonym. */
export interface Erasable {
  pseudonym?: string | undefined;
}

const EMPTY_BY_TYPE: readonly [start: string, value: unknown][] = [
  ['IPv6', '::'],
  ['Map', {}],
  ['Array', []],
  ['String', ''],
  ['LowCardinality(String)', ''],
];

/** What an emptied column holds. Throws for a type without an empty value. */
export function emptyValue(type: ColumnType): unknown {
  const found = EMPTY_BY_TYPE.find(([start]) => type.startsWith(start));
  if (found === undefined) throw new Error(`a column of type ${type} has no empty value`);
  return found[1];
}

/** The same columns, which for a row with a pseudonym have no personal data. */
export function erasableColumns<Row extends Erasable>(columns: Columns<Row>): Columns<Row> {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, erasableColumn(column)]));
}

function erasableColumn<Row extends Erasable>(column: Column<Row>): Column<Row> {
  const value = column.value as ((row: Row) => unknown) | undefined;
  if (value === undefined) return column;
  if (column.personal === 'id') {
    return { ...column, value: (row: Row) => row.pseudonym ?? value(row) } as Column<Row>;
  }
  if (!EMPTIED.includes(column.personal)) return column;
  const empty = emptyValue(column.type);
  return {
    ...column,
    value: (row: Row) => (row.pseudonym === undefined ? value(row) : empty),
  } as Column<Row>;
}

/** The conversion's ids as reported, without the contact's; it is the last one. */
export const withoutContact = (reported: string): string => reported.replace(/ ?contact_id=.*$/, '');

export function eraseConversion(conversion: Conversion, pseudonym: string): Conversion {
  return {
    ...conversion,
    reported: withoutContact(conversion.reported),
    subject: { ...conversion.subject, contact_id: pseudonym },
  };
}

/** The same of a conversion as text. */
export const eraseFacts = (facts: string, pseudonym: string): string =>
  encodeConversion(eraseConversion(decodeConversion(facts), pseudonym));

/** A line of the money ledger as text; the order of its properties stays. */
export const eraseLine = (line: string, pseudonym: string): string =>
  JSON.stringify({ ...(JSON.parse(line) as object), contact_id: pseudonym });

/** Shorter ids are not looked for in a link's own destination: they would be found in other words. */
export const ID_IN_URL_LENGTH_MIN = 6;

/** A link's own part without its contact: it goes on opening, with the pseudonym for `{{contact_id}}`. */
export function eraseLink(own: OwnPart, pseudonym: string): OwnPart {
  const { contact_id, url, url_params } = own;
  const replace = (text: string): string =>
    contact_id.length < ID_IN_URL_LENGTH_MIN ? text : text.replaceAll(contact_id, pseudonym);
  return {
    ...own,
    contact_id: pseudonym,
    fields: {},
    url: replace(url),
    ...(url_params && {
      url_params: Object.fromEntries(
        Object.entries(url_params).map(([name, value]) => [name, replace(value)]),
      ),
    }),
  };
}
