import { expect, it } from 'vitest';
import {
  listReader,
  nested,
  objectReader,
  oneOf,
  text,
  texts,
  time_ms,
  whole,
} from '../../../src/platform/row-shape.ts';

const shape = {
  name: text,
  other: text,
  at_ms: time_ms,
  count: whole,
  kind: oneOf(['a', 'b']),
  more: texts,
} as const;
const row = { name: 'n', other: 'o', at_ms: 1, count: -1, kind: 'b', more: { key: 'value' } };

it('gives a list back by name, and an object without what is not named', () => {
  expect(listReader('test', shape)(Object.values(row))).toEqual(row);
  expect(objectReader('test', shape)({ ...row, extra: 1 })).toEqual(row);
});

it.each([
  ['name', 1],
  ['other', null],
  ['at_ms', -1],
  ['at_ms', Date.UTC(2200, 0, 1)],
  ['count', 0.5],
  ['kind', 'c'],
  ['more', { key: 1 }],
  ['more', []],
  ['more', null],
])('names %s for %j', (name, value) => {
  const wrong = { ...row, [name]: value };
  expect(() => objectReader('test', shape)(wrong)).toThrow(`malformed test row: ${name}`);
  expect(() => listReader('test', shape)(Object.values(wrong))).toThrow(`malformed test row: ${name}`);
});

it.each([null, 'text', 7, {}, [1, 2, 3, 4, 5, 6, 7]])('refuses %j for a list', (parts) => {
  expect(() => listReader('test', shape)(parts)).toThrow('malformed test row');
});

it('reads an object within an object', () => {
  const read = objectReader('test', { inner: nested({ name: text }) });
  expect(read({ inner: { name: 'n' } })).toEqual({ inner: { name: 'n' } });
  expect(() => read({ inner: { name: 1 } })).toThrow('malformed test row: inner');
  expect(() => read({ inner: [] })).toThrow('malformed test row: inner');
});
