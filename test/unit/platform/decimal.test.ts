import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatDecimal, parseDecimal, perCentOf, roundDecimal } from '../../../src/platform/decimal.ts';

it('gives a number back as it was written, with two decimals at least', () => {
  expect(
    ['0', '12', '12.5', '-0.000001', '1.230000'].map((text) => formatDecimal(parseDecimal(text) ?? -1n)),
  ).toEqual(['0.00', '12.00', '12.50', '-0.000001', '1.23']);
});

it('reads what it wrote', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (micros) => {
      expect(parseDecimal(formatDecimal(micros))).toBe(micros);
    }),
  );
});

it.each(['', '.', '1.', '.1', '1,0', '1e3', ' 1', '+1', '0.1234567', '١'])('refuses %j', (text) => {
  expect(parseDecimal(text)).toBeUndefined();
});

it('takes per cent, half a millionth away from zero', () => {
  const of = (amount: string, per_cent: string): string =>
    formatDecimal(perCentOf(parseDecimal(amount) ?? 0n, parseDecimal(per_cent) ?? 0n));
  expect(of('19.99', '12.5')).toBe('2.49875');
  expect(of('0.000001', '50')).toBe('0.000001');
  expect(of('-0.000001', '50')).toBe('-0.000001');
  expect(of('0.000001', '49.999999')).toBe('0.00');
  expect(of('100', '0')).toBe('0.00');
});

it('reads what programs write as the nearest millionth', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (number) => {
      for (const text of [String(number), number.toExponential(), number.toFixed(12)]) {
        const micros = roundDecimal(text) ?? Number.NaN;
        // A double has 15 to 17 digits.
        expect(Math.abs(Number(micros) / 1e6 - number)).toBeLessThan(0.000_000_7);
      }
    }),
  );
});

it('reads a decimal as parseDecimal does', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }), (micros) => {
      expect(roundDecimal(formatDecimal(micros))).toBe(micros);
    }),
  );
  expect(roundDecimal('1e32')).toBeUndefined();
  expect(roundDecimal(`1e${'9'.repeat(10)}`)).toBeUndefined();
  expect(roundDecimal('1e-999')).toBe(0n);
});
