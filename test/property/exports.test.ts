/** What a spreadsheet writes is what is read: amounts and times in every notation, or undefined, never another value. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decimalOf, readExportAmount } from '../../src/conversions/exports/export-amount.ts';
import { orderOf, readExportTime } from '../../src/conversions/exports/export-time.ts';
import { formatDecimal } from '../../src/platform/decimal.ts';

const cents = fc.bigInt({ min: 0n, max: 10n ** 14n });
const MARKS = { point: ['.', ','], comma: [',', '.'] } as const;

const grouped = (whole: string, separator: string): string => whole.replace(/\B(?=(\d{3})+$)/g, separator);

it('reads an amount as it was written, with its sign and currency', () => {
  const styles = fc.record({
    decimal: fc.constantFrom('point' as const, 'comma' as const),
    groups: fc.boolean(),
    minus: fc.constantFrom('', '-', '−', '()', 'after'),
    mark: fc.constantFrom('', '$', '€', 'USD', ' EUR', '£'),
    before: fc.boolean(),
  });
  fc.assert(
    fc.property(cents, styles, (amount, { decimal, groups, minus, mark, before }) => {
      const [point, separator] = MARKS[decimal];
      const whole = String(amount / 100n);
      const number = `${groups ? grouped(whole, separator) : whole}${point}${String(amount % 100n).padStart(2, '0')}`;
      const marked = before ? `${mark.trim()}${number}` : `${number}${mark}`;
      const written = minus === '()' ? `(${marked})` : minus === 'after' ? `${marked}-` : `${minus}${marked}`;
      expect(readExportAmount(written, decimal)).toEqual({
        amount: formatDecimal(amount * 10_000n),
        negative: minus !== '' && amount > 0n,
        currency: { '': '', $: '', '€': 'EUR', USD: 'USD', EUR: 'EUR', '£': 'GBP' }[mark.trim()],
      });
      // Two decimals say for certain what begins them.
      expect(decimalOf(written)).toBe(decimal);
    }),
  );
});

it('never reads an amount of one notation as another one', () => {
  fc.assert(
    fc.property(cents, fc.constantFrom('point' as const, 'comma' as const), (amount, decimal) => {
      const [point] = MARKS[decimal];
      const written = `${amount / 100n}${point}${String(amount % 100n).padStart(2, '0')}`;
      expect(readExportAmount(written, decimal === 'point' ? 'comma' : 'point')).toBeUndefined();
    }),
  );
});

it('reads no amount where there is none', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const read = readExportAmount(text, 'point');
      expect(read === undefined || /\d/.test(text)).toBe(true);
    }),
  );
});

const pad = (value: number): string => String(value).padStart(2, '0');

it('reads a time as it was written, in every order of day and month', () => {
  const times = fc.date({
    min: new Date('2001-01-01T00:00:00Z'),
    max: new Date('2098-12-31T23:59:59Z'),
    noInvalidDate: true,
  });
  const styles = fc.record({
    order: fc.constantFrom('mdy' as const, 'dmy' as const, 'ymd' as const, 'named' as const),
    separator: fc.constantFrom('/', '-'),
    padded: fc.boolean(),
    half: fc.boolean(),
  });
  fc.assert(
    fc.property(times, styles, (time, { order, separator, padded, half }) => {
      const number = padded ? pad : String;
      const [year, month, day] = [time.getUTCFullYear(), time.getUTCMonth() + 1, time.getUTCDate()];
      const name = time.toLocaleString('en-US', { month: 'short', timeZone: 'UTC' });
      const date = {
        mdy: [number(month), number(day), year].join(separator),
        dmy: [number(day), number(month), year].join(separator),
        ymd: [year, pad(month), pad(day)].join(separator),
        named: `${number(day)}-${name}-${year}`,
      }[order];
      const hour = time.getUTCHours();
      const clock = half
        ? `${hour % 12 || 12}:${pad(time.getUTCMinutes())} ${hour < 12 ? 'AM' : 'PM'}`
        : `${pad(hour)}:${pad(time.getUTCMinutes())}`;
      const read = readExportTime(`${date} ${clock}`, order === 'dmy' ? 'dmy' : 'mdy');
      expect(read).toEqual({
        local_ms: Math.floor(time.getTime() / 60_000) * 60_000,
        offset_ms: undefined,
        date_only: false,
      });
      if (order === 'mdy' || order === 'dmy') expect([order, 'either', undefined]).toContain(orderOf(date));
    }),
  );
});

it.each([
  ['150.000 ₫', 'comma'],
  ['₩1,500', 'point'],
  ['JPY 1.500.000', 'comma'],
] as const)('%s has no decimals, because its currency has none', (written, decimal) => {
  expect(decimalOf(written)).toBe(decimal);
  expect(readExportAmount(written, decimal)?.amount).toMatch(/00\.00$/);
});

it('a cell of any length is read in no time', () => {
  const from = performance.now();
  for (const text of ['('.repeat(64_000), `1/1/2026 10:00${' '.repeat(64_000)}x`]) {
    expect(decimalOf(text)).toBeUndefined();
    expect(readExportTime(text, 'mdy')).toBeUndefined();
    expect(orderOf(text)).toBeUndefined();
  }
  expect(performance.now() - from).toBeLessThan(1_000);
});
