/**
 * The definition of a column: its type, its meaning, and how its value is read from the row that is inserted. The
 * tables clicks, verdicts, conversions and sends are each defined once from these (clicks/click-fields.ts and its
 * siblings). Inserts, the schema, the report views, the answers of traces and reads all derive from it by name, so that
 * two columns cannot be swapped unnoticed. Pure.
 */

/**
 * Types of columns, with the value inserted for each: times are Unix times in ms (DateTime64) or seconds (DateTime).
 */
interface Inserted {
  String: string;
  'LowCardinality(String)': string;
  UInt8: number;
  UInt16: number;
  UInt32: number;
  Int8: number;
  Int32: number;
  Int64: number;
  Float64: number;
  "DateTime('UTC')": number;
  "DateTime64(3, 'UTC')": number;
  /** A decimal text. */
  'Decimal(38, 6)': string;
  IPv6: string;
  'Array(String)': readonly string[];
  'Array(LowCardinality(String))': readonly string[];
  'Map(LowCardinality(String), String)': Readonly<Record<string, string>>;
}

export type ColumnType = keyof Inserted;

/**
 * What a column tells about a person. The record of processing and the erasure of contacts derive from it.
 *   id       names the contact; an erasure puts a pseudonym in its place
 *   address  the client address; an erasure empties it, as it does agent and content
 *   agent    user agent and request headers
 *   content  what the sender or the recipient gave: fields of the text, parameters of a tap
 *   place    network and country of an address: an erasure keeps it, because it names nobody without the address
 *   kind     kind of device, system, browser and app, each of a short list: an erasure keeps it, because thousands share it
 *   none     nothing. Ids of messages, links and clicks name no person here
 */
export const PERSONAL = ['id', 'address', 'agent', 'content', 'place', 'kind', 'none'] as const;
export type Personal = (typeof PERSONAL)[number];

interface ColumnOf<Row, Type extends ColumnType> {
  type: Type;
  personal: Personal;
  /** The comment of the column, for analysts and in the descriptions of the API. */
  meaning: string;
  /** Reads the value from the inserted row; without it ClickHouse fills the column by `default`. */
  value?: (row: Row) => Inserted[Type];
  /** The type in a Native block, where it differs from the column's type; see native-rows.ts. */
  sent_as?: SentType;
  /** An expression of ClickHouse. */
  default?: string;
  /** A codec of ClickHouse. */
  codec?: string;
  /** Set if the report view has the column too; a text replaces its meaning there. */
  reported?: true | string;
}

export type Column<Row> = { [Type in ColumnType]: ColumnOf<Row, Type> }[ColumnType];
/** Columns by name, in the order of the table. */
export type Columns<Row> = Readonly<Record<string, Column<Row>>>;
/** Columns of any row type. */
export type AnyColumns = Columns<never>;
/** Columns of a table, a view or a query, as far as their values are concerned. */
type TypedColumns = Readonly<Record<string, { type: ColumnType }>>;

/** The definition of a table's columns, checked: each value fits its column's type. */
export const defineColumns =
  <Row>() =>
  <const Defined extends Columns<Row>>(columns: Defined): Defined =>
    columns;

/** Types in which values are sent; ClickHouse converts them to the type of the table's column. */
export type SentType = Exclude<ColumnType, 'Int8' | 'Int64' | 'Decimal(38, 6)' | 'IPv6'>;

/** A column of an insert. */
export interface InsertColumn<Row> {
  name: string;
  value: (row: Row) => unknown;
}

/** A column of an insert as a Native block. */
export interface NativeColumn<Row> extends InsertColumn<Row> {
  sent: SentType;
}

/** The columns of an insert, with their values: all except those that ClickHouse fills. */
export function insertColumns<Row>(columns: Columns<Row>): InsertColumn<Row>[] {
  return Object.entries(columns).flatMap(([name, { value }]) =>
    value === undefined ? [] : [{ name, value }],
  );
}

/**
 * The same, each with the type in which it is sent. Addresses and amounts are sent as text, which ClickHouse parses and
 * may refuse.
 */
export function nativeColumns<Row>(columns: Columns<Row>): NativeColumn<Row>[] {
  return insertColumns(columns).map((column) => {
    const { type, sent_as } = columns[column.name] as Column<Row>;
    const sent = sent_as ?? (type === 'IPv6' || type === 'Decimal(38, 6)' ? 'String' : type);
    if (sent === 'Int8' || sent === 'Int64') {
      throw new Error(`no Native block is written with ${sent}, the type of ${column.name}`);
    }
    return { ...column, sent };
  });
}

/** The columns with these names, in the order of `names`. */
export function pickColumns<Defined extends AnyColumns, const Name extends keyof Defined>(
  columns: Defined,
  names: readonly Name[],
): Pick<Defined, Name> {
  return Object.fromEntries(names.map((name) => [name, columns[name]])) as Pick<Defined, Name>;
}

/** All columns except those with these names. */
export function omitColumns<Defined extends AnyColumns, const Name extends keyof Defined>(
  columns: Defined,
  names: readonly Name[],
): Omit<Defined, Name> {
  const left = Object.entries(columns).filter(([name]) => !(names as readonly unknown[]).includes(name));
  return Object.fromEntries(left) as Omit<Defined, Name>;
}

/** The meaning of a column in the report view and in the answers of the API. */
export function shownMeaning({ meaning, reported }: Pick<Column<never>, 'meaning' | 'reported'>): string {
  return typeof reported === 'string' ? reported : meaning;
}

/**
 * What ClickHouse returns for each type when times are ISO 8601 and decimals are texts; see reports/ask-clickhouse.ts.
 */
type Shown<Type extends ColumnType> = Type extends `DateTime${string}`
  ? string
  : Inserted[Type] extends readonly string[]
    ? string[]
    : Inserted[Type] extends Readonly<Record<string, string>>
      ? Record<string, string>
      : Inserted[Type];

/** A row as a query returns it with the settings of reports/ask-clickhouse.ts. */
export type ShownRow<Defined extends TypedColumns> = {
  -readonly [Name in keyof Defined]: Shown<Defined[Name]['type']>;
};

/** The same with columns `is_…` as booleans. */
export type ShownAnswer<Defined extends TypedColumns> = {
  -readonly [Name in keyof Defined]: Name extends `is_${string}` ? boolean : Shown<Defined[Name]['type']>;
};

/** A row as readColumns selects it: the names of times end with their unit. */
export type StoredRow<Defined extends AnyColumns> = {
  -readonly [Name in keyof Defined as StoredName<
    Name & string,
    Defined[Name]['type']
  >]: Defined[Name]['type'] extends `DateTime${string}` ? number : Shown<Defined[Name]['type']>;
};

type StoredName<Name extends string, Type extends ColumnType> = Type extends `DateTime64${string}`
  ? `${Name}_ms`
  : Type extends `DateTime${string}`
    ? `${Name}_s`
    : Name;

/**
 * What a query must select to return StoredRow in the format JSONEachRow with STORED_SETTINGS: the values as they were
 * inserted. An IPv4 address has no `::ffff:` prefix.
 */
export function readColumns(columns: AnyColumns): string {
  return Object.entries(columns)
    .map(([name, { type }]) => {
      if (type.startsWith('DateTime64')) return `toUnixTimestamp64Milli(${name}) AS ${name}_ms`;
      if (type.startsWith('DateTime')) return `toUnixTimestamp(${name}) AS ${name}_s`;
      if (type.startsWith('Decimal')) return `toString(${name}) AS ${name}`;
      if (type === 'IPv6') return `replaceOne(toString(${name}), '::ffff:', '') AS ${name}`;
      return name;
    })
    .join(', ');
}

/** Returns 64-bit integers as numbers, which is exact because times in ms are below 2^53. */
export const STORED_SETTINGS = { output_format_json_quote_64bit_integers: 0 } as const;
