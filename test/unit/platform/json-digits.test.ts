import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJsonDigits } from '../../../src/platform/json-digits.ts';

it.each(['9007199254740993', '1.10', '-0', '1e2', '1E+400', '0.1234567890123456789'])(
  'keeps the number %s as it was sent',
  (number) => {
    expect(parseJsonDigits(`{"a":${number},"b":[${number}]}`)).toEqual({ a: number, b: [number] });
  },
);

it('reads all else as JSON.parse does', () => {
  const asText = (_key: string, value: unknown): unknown =>
    typeof value === 'number' ? JSON.stringify(value) : value;
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseJsonDigits(JSON.stringify(JSON.parse(text)))).toEqual(JSON.parse(text, asText));
    }),
  );
  expect(() => parseJsonDigits('{"a":01}')).toThrow(SyntaxError);
});
