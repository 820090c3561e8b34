/**
 * What a column is: its type, what it means, and how its value is read from the row that is inserted. Each table of clicks,
 * verdicts, conversions and sends has one definition made of these (clicks/click-fields.ts and its siblings). The columns
 * of an insert, the schema, the report views, the answers of traces and what is read back all derive from it by name, so
 * that no two columns can change places unnoticed. Pure.
 */

/** Types of columns, with what is inserted for each: times as Unix time in ms (DateTime64) and in seconds (DateTime). */
interface Inserted {
  String: string;
  'LowCardinality(String)': string;
  UInt8: number;
  UInt16: number;
  UInt32: number;
  Int8: number;
  Int32: number;
  Int64: number;
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

interface ColumnOf<Row, Type extends ColumnType> {
  type: Type;
  /** The comment of the column, for analysts and in the descriptions of the API. */
  meaning: string;
  /** Of the row that is inserted; without it ClickHouse fills the column by `default`. */
  value?: (row: Row) => Inserted[Type];
  /** How a Native block carries it, where that is not its type; see native-rows.ts. */
  sent_as?: SentType;
  /** An expression of ClickHouse. */
  default?: string;
  /** A codec of ClickHouse. */
  codec?: string;
  /** The report view has it too; a text says what it means there, where that is something else. */
  reported?: true | string;
}

export type Column<Row> = { [Type in ColumnType]: ColumnOf<Row, Type> }[ColumnType];
/** Columns by name, in the order of the table. */
export type Columns<Row> = Readonly<Record<string, Column<Row>>>;
/** Of whatever rows. */
export type AnyColumns = Columns<never>;

/** The definition of a table's columns, checked: each value fits its column's type. */
export const defineColumns =
  <Row>() =>
  <const Defined extends Columns<Row>>(columns: Defined): Defined =>
    columns;

/** How the values of a column are sent; ClickHouse makes the type of the table's column of it. */
export type SentType = Exclude<ColumnType, 'Int8' | 'Int64' | 'Decimal(38, 6)' | 'IPv6' | 'Array(String)'>;

/** A column of an insert. */
export interface InsertColumn<Row> {
  name: string;
  value: (row: Row) => unknown;
}

/** A column of an insert as a Native block. */
export interface NativeColumn<Row> extends InsertColumn<Row> {
  sent: SentType;
}

/** The columns that an insert names, with their values: all but those that ClickHouse fills. */
export function insertColumns<Row>(columns: Columns<Row>): InsertColumn<Row>[] {
  return Object.entries(columns).flatMap(([name, { value }]) =>
    value === undefined ? [] : [{ name, value }],
  );
}

/** The same with how each is sent. An address and an amount go as text, which ClickHouse reads and may refuse. */
export function nativeColumns<Row>(columns: Columns<Row>): NativeColumn<Row>[] {
  return insertColumns(columns).map((column) => {
    const { type, sent_as } = columns[column.name] as Column<Row>;
    const sent = sent_as ?? (type === 'IPv6' || type === 'Decimal(38, 6)' ? 'String' : type);
    if (sent === 'Int8' || sent === 'Int64' || sent === 'Array(String)') {
      throw new Error(`no Native block is written with ${sent}, the type of ${column.name}`);
    }
    return { ...column, sent };
  });
}

/** Some of the columns, by name and in the order of `names`. */
export function pickColumns<Defined extends AnyColumns, const Name extends keyof Defined>(
  columns: Defined,
  names: readonly Name[],
): Pick<Defined, Name> {
  return Object.fromEntries(names.map((name) => [name, columns[name]])) as Pick<Defined, Name>;
}

/** All columns but some. */
export function omitColumns<Defined extends AnyColumns, const Name extends keyof Defined>(
  columns: Defined,
  names: readonly Name[],
): Omit<Defined, Name> {
  const left = Object.entries(columns).filter(([name]) => !(names as readonly unknown[]).includes(name));
  return Object.fromEntries(left) as Omit<Defined, Name>;
}

/** What a column means in the report view and in the answers of the API. */
export function shownMeaning({ meaning, reported }: Column<never>): string {
  return typeof reported === 'string' ? reported : meaning;
}

/** What ClickHouse gives for each type where times are ISO 8601 and decimals are texts; see reports/ask-clickhouse.ts. */
type Shown<Type extends ColumnType> = Type extends `DateTime${string}`
  ? string
  : Inserted[Type] extends readonly string[]
    ? string[]
    : Inserted[Type] extends Readonly<Record<string, string>>
      ? Record<string, string>
      : Inserted[Type];

/** Columns as a query gives them with the settings of reports/ask-clickhouse.ts. */
export type ShownRow<Defined extends AnyColumns> = {
  -readonly [Name in keyof Defined]: Shown<Defined[Name]['type']>;
};

/** The same with columns `is_…` as yes or no. */
export type ShownAnswer<Defined extends AnyColumns> = {
  -readonly [Name in keyof Defined]: Name extends `is_${string}` ? boolean : Shown<Defined[Name]['type']>;
};

/** Columns as readColumns selects them: a time by the name of its unit. */
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
 * What a query selects to have StoredRow in the format JSONEachRow with STORED_SETTINGS: what was inserted, as it was
 * given. An IPv4 address comes without its prefix.
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

/** Big whole numbers as numbers: times in ms are below 2^53. */
export const STORED_SETTINGS = { output_format_json_quote_64bit_integers: 0 } as const;
