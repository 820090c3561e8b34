import { expect, it } from 'vitest';
import { networkOf } from '../../../../src/conversions/receive/network.ts';

it.each([
  ['everflow', 'everflow'],
  [' Rakuten LS ', 'rakuten-ls'],
  ['CJ_2', 'cj_2'],
  ['ü', ''],
  ['{network}', ''],
  ['null', ''],
  [undefined, ''],
  ['=1+1', '1-1'],
  [`${'a'.repeat(39)} b`, 'a'.repeat(39)],
])('makes of %j the name %j', (given, name) => {
  expect(networkOf(given)).toBe(name);
});
