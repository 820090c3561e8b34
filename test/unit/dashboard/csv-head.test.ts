/** The first lines of a network's file, for its preview. */
import { expect, it } from 'vitest';
import { csvHead } from '../../../src/dashboard/app/csv-head.ts';

it.each([
  ['a,b\r\n1,2\r\n', ',', ['a', 'b'], [['1', '2']]],
  [
    '\ufeffa;b;c\n"1;x";"say ""hi""";\n\n2;3;4',
    ';',
    ['a', 'b', 'c'],
    [
      ['1;x', 'say "hi"', ''],
      ['2', '3', '4'],
    ],
  ],
  ['a\tb\n1\t', '\t', ['a', 'b'], [['1']]],
  ['a|b\n"1\n2"|3\n', '|', ['a', 'b'], [['1\n2', '3']]],
  ['a,b', ',', ['a', 'b'], []],
  ['', ',', [], []],
])('reads %j', (text, separator, columns, rows) => {
  expect(csvHead(text, 5)).toEqual({ separator, columns, rows });
});

it('reads no more lines than are shown', () => {
  expect(csvHead(`a\n${'1\n'.repeat(100)}`, 3).rows).toHaveLength(3);
});
