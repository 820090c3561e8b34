/**
 * Turns ClickHouse columns into response schemas, with each column's meaning as its description: numbers as numbers,
 * times and amounts as strings, columns `is_…` as booleans. Pure.
 */
import { z } from 'zod';
import { type Column, type ColumnType, type ShownAnswer, shownMeaning } from '../../clickhouse/columns.ts';

type Described = Readonly<Record<string, Pick<Column<never>, 'type' | 'meaning' | 'reported'>>>;

/** One schema for each column, by name. */
export function columnSchemas<Columns extends Described>(
  columns: Columns,
): { [Name in keyof Columns]: z.ZodType<ShownAnswer<Columns>[Name]> } {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => {
      const meaning = shownMeaning(column);
      return name.startsWith('is_')
        ? [name, z.boolean().describe(meaning.replace(/^1 for/, 'True for'))]
        : [name, schemaOf(column.type).describe(meaning)];
    }),
  ) as never;
}

function schemaOf(type: ColumnType): z.ZodType {
  if (type.startsWith('Array')) return z.array(z.string());
  if (type.startsWith('Map')) return z.record(z.string(), z.string());
  return /^U?Int/.test(type) ? z.number() : z.string();
}
