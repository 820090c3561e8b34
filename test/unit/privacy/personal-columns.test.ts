import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { filled } from '../../../src/clickhouse/column-sql.ts';
import { personalOf } from '../../../src/privacy/personal-columns.ts';

const SCHEMA = new URL('../../../src/clickhouse/schema/', import.meta.url);

/** The columns of every table that the files of the schema create. */
function columnsOfSchema(): [table: string, column: string][] {
  const files = readdirSync(SCHEMA).filter((name) => name.endsWith('.sql'));
  return files.flatMap((file) => {
    const sql = filled(readFileSync(new URL(file, SCHEMA), 'utf8'));
    const tables = sql.matchAll(/CREATE TABLE IF NOT EXISTS trackly\.(\w+) \(\n(.*?)\n\)\nENGINE/gs);
    return [...tables].flatMap(([, table = '', body = '']) =>
      [...body.matchAll(/^ {2}(\w+) /gm)].flatMap(([, name = '']): [string, string][] =>
        name === 'INDEX' ? [] : [[table, name]],
      ),
    );
  });
}

it('knows of every column of every table what it tells about a person', () => {
  const columns = columnsOfSchema();
  expect(new Set(columns.map(([table]) => table)).size).toBeGreaterThanOrEqual(12);
  const unknown = columns.filter(([table, column]) => personalOf(table, column) === undefined);
  expect(unknown).toEqual([]);
});

it('does not take a column for classified that is not', () => {
  expect(personalOf('clicks', 'contact_id')).toBe('id');
  expect(personalOf('clicks', 'shoe_size')).toBeUndefined();
  expect(personalOf('records', 'shoe_size')).toBeUndefined();
});
