import { expect, it } from 'vitest';
import { splitStatements } from '../../../src/clickhouse/split-statements.ts';

it('refuses a string that is never closed', () => {
  expect(() => splitStatements("SELECT 'a; SELECT 1;")).toThrow('never closed');
  expect(() => splitStatements('SELECT /* a; SELECT 1;')).toThrow('never closed');
});

it('cuts only at semicolons of plain SQL', () => {
  const statements = [
    "SELECT 'a;b', 'it''s;', 'x\\';y'",
    'SELECT `a;b`, "c;d" -- not; here\n + 1',
    'SELECT 1 /* nor; -- here */ + 2',
  ];
  expect(splitStatements(statements.join(';\n'))).toEqual(statements);
});

it('leaves out comments before a statement, and empty statements', () => {
  expect(splitStatements("-- it's; a header\n\n/* and; more */ SELECT 1;\n;\n-- the end")).toEqual([
    'SELECT 1',
  ]);
  expect(splitStatements('')).toEqual([]);
});
