import { expect, it } from 'vitest';
import { withRevision } from '../../../src/clickhouse/embedded/native-blocks.ts';

const INFO = [1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0];
const text = (words: string): number[] => [words.length, ...Buffer.from(words)];
const column = (name: string, type: string): number[] => [...text(name), ...text(type)];
const ends = (...values: number[]): number[] => values.flatMap((value) => [value, 0, 0, 0, 0, 0, 0, 0]);

/** Two columns, the second one to show that the end of the first was found. */
function twoColumns(type: string, rows: number, data: number[]): { before: number[]; after: number[] } {
  const last = Array.from({ length: rows }, () => 7);
  const first = column('a', type);
  const second = column('b', 'UInt8');
  return {
    before: [2, rows, ...first, ...data, ...second, ...last],
    after: [...INFO, 2, rows, ...first, 0, ...data, ...second, 0, ...last],
  };
}

it.each<[string, number, number[]]>([
  ['UInt8', 2, [1, 2]],
  ['Date', 1, [1, 2]],
  ["DateTime64(3, 'UTC')", 1, ends(1)],
  ["Enum8('a,b)' = 1, 'c' = 2)", 1, [1]],
  ['Decimal(9, 2)', 1, [1, 2, 3, 4]],
  ['Decimal(38, 6)', 1, [...ends(1), ...ends(0)]],
  ['FixedString(3)', 2, [1, 2, 3, 4, 5, 6]],
  ['String', 2, [...text('ab'), ...text('')]],
  ['Nullable(String)', 2, [0, 1, ...text('a'), ...text('')]],
  ['Array(String)', 2, [...ends(1, 3), ...text('a'), ...text('b'), ...text('c')]],
  ['Array(Array(UInt8))', 1, [...ends(2), ...ends(1, 3), 1, 2, 3]],
  ['Map(String, UInt16)', 1, [...ends(1), ...text('k'), 1, 0]],
  ['Tuple(n UInt8, `odd name` String)', 1, [1, ...text('x')]],
])('finds the end of a column of the type %s', (type, rows, data) => {
  const { before, after } = twoColumns(type, rows, data);
  expect([...withRevision(Buffer.from(before), 54_460)]).toEqual(after);
});

it('passes over the dictionary of a LowCardinality, and over none where an array is empty', () => {
  const dictionary = [0, 6, 0, 0, 0, 0, 0, 0, ...ends(2), ...text(''), ...text('EUR'), ...ends(2), 1, 1];
  for (const [type, rows, data] of [
    ['LowCardinality(String)', 2, [...ends(1), ...dictionary]],
    ['LowCardinality(Nullable(String))', 2, [...ends(1), ...dictionary]],
    ['Array(LowCardinality(String))', 1, [...ends(1), ...ends(2), ...dictionary]],
    ['Array(LowCardinality(String))', 1, [...ends(1), ...ends(0)]],
  ] as [string, number, number[]][]) {
    const { before, after } = twoColumns(type, rows, data);
    expect([...withRevision(Buffer.from(before), 54_460)], type).toEqual(after);
  }
});

it('leaves the note on serialization out for a protocol that is older than it', () => {
  expect([...withRevision(Buffer.from([1, 1, ...column('a', 'UInt8'), 5]), 54_000)]).toEqual([
    ...INFO,
    1,
    1,
    ...column('a', 'UInt8'),
    5,
  ]);
});

it('refuses a type whose end it can not find', () => {
  const bytes = Buffer.from([1, 1, ...column('a', 'AggregateFunction(uniq, UInt8)'), 5]);
  expect(() => withRevision(bytes, 54_460)).toThrow('cast it to String');
});
