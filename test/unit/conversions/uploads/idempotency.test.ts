import { expect, it } from 'vitest';
import { repeatableId } from '../../../../src/conversions/receive/conversion-id.ts';
import { parseKey } from '../../../../src/conversions/uploads/idempotency.ts';

it.each([
  ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
  ['"a key of its own"', 'a key of its own'],
  ['two words', undefined],
  ['"open', undefined],
  ['""', undefined],
  ['ü', undefined],
  ['x'.repeat(256), undefined],
])('the header %j is the key %j', (header, key) => {
  expect(parseKey(header)).toBe(key);
});

it('ids of a request are the same at each try, different at each position, and sort by it', () => {
  const at = (position: number, request = 'upl_1'): string =>
    repeatableId(request, 1_795_168_800_000, position);
  expect(at(7)).toBe(at(7));
  expect(at(7)).not.toBe(at(7, 'upl_2'));
  expect(at(7)).toMatch(/^cnv_[0-9A-Za-z]{8}000007[0-9A-Za-z]{8}$/);
  const ids = [0, 1, 9, 10, 999_999, 1_000_000, 1_000_001, 25_000_000].map((position) => at(position));
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(ids.length);
});
