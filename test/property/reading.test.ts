/** Small readers of what people and programs write: paths, numbers, times. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal, parseDecimal, perCentOf } from '../../src/platform/decimal.ts';
import { linkIdOfPath } from '../../src/redirect/link-path.ts';
import { formatInZone, InvalidReportError, readRange } from '../../src/reports/report-range.ts';

const RUNS = { numRuns: 500 };
const QUARTER_HOUR_MS = 900_000;
const HOUR_MS = 3_600_000;

describe('a path', () => {
  const link_id = fc.stringMatching(/^[A-Za-z0-9]{7}$/);

  it('gives the link that it begins with, whatever punctuation follows', () => {
    const tail = fc.string({
      unit: fc.constantFrom('.', ',', ')', '!', '”', '…', '»', '/', '%', "'", '€', ' '),
      maxLength: 4,
    });
    fc.assert(
      fc.property(link_id, tail, (id, text) => {
        expect(linkIdOfPath(`/${id}${encodeURIComponent(text)}`)).toBe(id);
      }),
      RUNS,
    );
  });

  it('gives nothing but the seven characters it begins with', () => {
    const path = fc
      .tuple(link_id, fc.string({ unit: 'binary', maxLength: 8 }), fc.string({ maxLength: 8 }))
      .map((parts) => `/${parts.join('')}`);
    fc.assert(
      fc.property(path, (text) => {
        const found = linkIdOfPath(text);
        if (found === undefined) return;
        expect(found).toBe(text.slice(1, 8));
        // Behind the id there is no letter, digit or control character before one outside ASCII.
        expect(text.slice(8).split(/[^\0-\x7f]|%[89a-f][\da-f]/i)[0]).not.toMatch(/[a-z0-9]|(?!\s)\p{Cc}/iu);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a decimal', () => {
  const near = fc.oneof(
    fc.string({
      unit: fc.constantFrom('0', '1', '9', '.', '-', '+', 'e', ',', ' ', '\n', '٣'),
      maxLength: 45,
    }),
    fc.string({ unit: 'binary' }),
  );
  const micros = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
  const per_cent = fc.bigInt({ min: 0n, max: 10n ** 12n });

  it('is read exactly, or not at all', () => {
    fc.assert(
      fc.property(near, (text) => {
        const value = parseDecimal(text);
        if (value === undefined) return;
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        const [whole = '', fraction = ''] = text.replace('-', '').split('.');
        const exact = BigInt(whole + fraction) * 1_000_000n;
        const sign = text.startsWith('-') ? -1n : 1n;
        expect(value * 10n ** BigInt(fraction.length)).toBe(sign * exact);
        expect(parseDecimal(formatDecimal(value))).toBe(value);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is written so that amounts of money sort and add up', () => {
    fc.assert(
      fc.property(micros, (value) => {
        expect(formatDecimal(value)).toMatch(/^-?(0|[1-9]\d*)\.\d{2,6}$/);
        expect(parseDecimal(formatDecimal(value))).toBe(value);
      }),
      RUNS,
    );
  });

  it('has its per cent within half a millionth, the same with a minus', () => {
    fc.assert(
      fc.property(micros, per_cent, (amount, of) => {
        const got = perCentOf(amount, of);
        const off = got * 100_000_000n - amount * of;
        expect(off <= 50_000_000n && off >= -50_000_000n).toBe(true);
        expect(perCentOf(-amount, of)).toBe(-got);
      }),
      RUNS,
    );
  });
});

describe('the range of a report', () => {
  const NOW_MS = Date.parse('2026-11-23T10:07:30Z');
  const zone = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/St_Johns',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Pacific/Kiritimati',
    'America/New_York',
  );
  const day = fc
    .integer({ min: Date.UTC(2012, 0, 2), max: Date.UTC(2098, 0, 1) })
    .map((ms) => new Date(ms).toISOString().slice(0, 10));
  const part = fc.constantFrom(
    '2026',
    '-',
    '11',
    '30',
    '02',
    'T',
    ' ',
    '10:00',
    ':30',
    '24:00',
    '.5',
    'Z',
    '+',
    '-',
    '05:30',
    '99:99',
    '14:00',
    '1999-12-31',
    '2099-12-31',
    '2026-11-01',
    '\0',
    'z',
  );
  const when = fc.option(
    fc.oneof(
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join('')),
      day,
      fc
        .tuple(
          day,
          fc.constantFrom('T10:00', 'T23:59:59.999999999', ' 00:07'),
          fc.constantFrom('', 'Z', '+05:30', '-1100', ' 02:00'),
        )
        .map((parts) => parts.join('')),
      fc.string({ unit: 'binary', maxLength: 30 }),
    ),
    { nil: undefined },
  );

  it('is whole quarter hours from an earlier to a later time, or refused with what to write', () => {
    let read = 0;
    fc.assert(
      fc.property(when, when, fc.oneof(zone, fc.string({ maxLength: 20 })), (from, to, tz) => {
        try {
          const range = readRange(from, to, tz, NOW_MS);
          read++;
          expect(range.from_ms).toBeLessThan(range.to_ms);
          for (const ms of [range.from_ms, range.to_ms]) expect(Math.abs(ms % QUARTER_HOUR_MS)).toBe(0);
          expect(() => new Intl.DateTimeFormat('en', { timeZone: range.tz })).not.toThrow();
        } catch (error) {
          if (!(error instanceof InvalidReportError)) throw error;
          expect(error.message).toMatch(/: write .*\.$/);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(read).toBeGreaterThan(20);
  });

  it('of a day in any zone is that day there', () => {
    fc.assert(
      fc.property(day, zone, (date, tz) => {
        const { from_ms, to_ms } = readRange(date, date, tz, NOW_MS);
        expect((to_ms - from_ms) / HOUR_MS).toBeGreaterThanOrEqual(23);
        expect((to_ms - from_ms) / HOUR_MS).toBeLessThanOrEqual(25);
        expect(formatInZone(from_ms, tz).slice(0, 16)).toBe(`${date}T00:00`);
        expect(formatInZone(to_ms - 1_000, tz).slice(0, 16)).toBe(`${date}T23:59`);
      }),
      RUNS,
    );
  });

  it('begins where a time that a report has written says', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2012, 0, 2), max: Date.UTC(2098, 0, 1) }), zone, (ms, tz) => {
        const at_ms = Math.floor(ms / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
        expect(readRange(formatInZone(at_ms, tz), '2099-12-31', tz, NOW_MS).from_ms).toBe(at_ms);
      }),
      RUNS,
    );
  });
});
