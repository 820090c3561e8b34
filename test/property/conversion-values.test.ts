/** What a report of a conversion says is read back as it was sent, or is an error: amounts, times, text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readReported } from '../../src/conversions/receive/conversion-input.ts';
import { isUnfilled } from '../../src/conversions/receive/unfilled-macro.ts';
import { parametersOfPost, parametersOfQuery } from '../../src/redirect/read-report.ts';

const RUNS = { numRuns: 1_000 };
const NOW_MS = Date.UTC(2026, 10, 23, 12);
const DAY_MS = 24 * 3_600_000;

const read = (given: Record<string, string>) => readReported(given, NOW_MS, true);

describe('an amount', () => {
  const micros = fc.bigInt({ min: 0n, max: 10n ** 26n - 1n });
  const written = (of: bigint): string => {
    const digits = String(of).padStart(7, '0');
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  };
  /** In millionths, by the digits alone. */
  const exact = (text: string): bigint => BigInt(text.replace('.', '').padEnd(text.indexOf('.') + 6, '0'));

  it('is read to the millionth however it is written', () => {
    const forms = fc.constantFrom<(text: string, of: bigint) => string>(
      (text) => text,
      (text) => `+${text}`,
      (text) => `000${text}`,
      (text) => ` ${text}000 `,
      (text) => text.replace(/^0+\./, '.'),
      (_text, of) => `${of}e-6`,
      (text) => `${text}E+0`,
    );
    fc.assert(
      fc.property(micros, forms, (of, form) => {
        const reported = read({ revenue: form(written(of), of) });
        expect(reported.amount_unreadable).toBe(false);
        expect(exact(reported.amount)).toBe(of);
      }),
      RUNS,
    );
  });

  it('of any other text is no amount, and no zero', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'0123456789.,-+eE $€{}()') }),
      fc.string(),
      fc.tuple(fc.nat(), fc.constantFrom(',', ' ', "'", '_'), fc.nat()).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (revenue) => {
        const { amount, amount_unreadable } = read({ revenue });
        if (revenue.trim() === '') expect([amount, amount_unreadable]).toEqual(['', false]);
        else if (amount_unreadable) expect(amount).toBe('');
        // JavaScript reads the same numbers, and less exactly.
        else
          expect(Number(amount)).toBeCloseTo(Number(revenue), 5 - Math.ceil(Math.log10(Number(amount) + 1)));
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('a time', () => {
  const time_ms = fc.integer({ min: Date.UTC(2000, 0, 2), max: NOW_MS });
  const offset_minutes = fc.integer({ min: -14 * 60, max: 14 * 60 });
  const two = (n: number): string => String(Math.abs(n)).padStart(2, '0');
  const offsetOf = (minutes: number, plus: string): string =>
    `${minutes < 0 ? '-' : plus}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;

  it('is the same in seconds, in milliseconds, and in every offset, also where its plus became a space', () => {
    fc.assert(
      fc.property(time_ms, offset_minutes, fc.constantFrom('+', ' '), (at_ms, minutes, plus) => {
        const local = new Date(at_ms + minutes * 60_000).toISOString().slice(0, -1);
        for (const ts of [
          `${Math.floor(at_ms / 1_000)}.${String(at_ms % 1_000).padStart(3, '0')}`,
          String(at_ms),
          new Date(at_ms).toISOString(),
          `${local}${offsetOf(minutes, plus)}`,
        ]) {
          expect(read({ ts }), ts).toMatchObject({ converted_at_ms: at_ms, problem: '', unreadable: [] });
        }
      }),
      RUNS,
    );
  });

  it('of a date is that whole day, as far as it has passed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_000 }), (days_ago) => {
        const ts = new Date(NOW_MS - days_ago * DAY_MS).toISOString().slice(0, 10);
        const { converted_from_ms, converted_at_ms } = read({ ts });
        expect(converted_from_ms).toBe(Date.parse(ts));
        expect(converted_at_ms).toBe(Math.min(NOW_MS, Date.parse(ts) + DAY_MS - 1));
      }),
      RUNS,
    );
  });

  it('that does not exist, and any other text, is kept without credit', () => {
    const dates = fc
      .record({ month: fc.integer({ min: 0, max: 14 }), day: fc.integer({ min: 0, max: 33 }) })
      .map(({ month, day }) => `2026-${two(month)}-${two(day)}`);
    fc.assert(
      fc.property(fc.oneof(dates, fc.string()), (ts) => {
        const { unreadable, converted_at_ms } = read({ ts });
        const shown = new Date(converted_at_ms).toISOString();
        if (unreadable.length > 0 || ts.trim() === '' || isUnfilled(ts.trim())) {
          expect(converted_at_ms).toBe(NOW_MS);
        } else if (/^\d{4}-/.test(ts)) {
          const today = new Date(NOW_MS).toISOString().slice(0, 10);
          expect(shown.slice(0, 10)).toBe([ts, today].sort()[0]);
        }
      }),
      RUNS,
    );
  });
});

describe('text', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the search is for these characters
  const isKept = (text: string): boolean => !/[\u0000-\u001f\u007f\ufffd]/.test(text);
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .map((one) => one.trim())
    .filter((one) => one !== '' && one.length <= 200 && isKept(one) && one.isWellFormed());

  it('is read back as it was sent, in an address, a form, JSON and multipart', () => {
    const of = (type: string, body: string | Buffer): string | undefined =>
      parametersOfPost('', { type, encoding: '' }, Buffer.from(body))['txn_id'];
    fc.assert(
      fc.property(text, (txn_id) => {
        const form = new URLSearchParams({ txn_id }).toString();
        expect(parametersOfQuery(`txn_id=${encodeURIComponent(txn_id)}`)['txn_id']).toBe(txn_id);
        expect(parametersOfQuery(form)['txn_id']).toBe(txn_id);
        expect(of('application/x-www-form-urlencoded', form)).toBe(txn_id);
        expect(of('application/json', JSON.stringify({ txn_id }))).toBe(txn_id);
        const part = `--x\r\ncontent-disposition: form-data; name="txn_id"\r\n\r\n${txn_id}\r\n--x--\r\n`;
        expect(of('multipart/form-data; boundary=x', part)).toBe(txn_id);
        const reported = read({ txn_id });
        if (isUnfilled(txn_id)) expect(reported).toMatchObject({ txn_id: '', problem: `txn_id=${txn_id}` });
        else expect(reported).toMatchObject({ txn_id, problem: '' });
      }),
      RUNS,
    );
  });
});
