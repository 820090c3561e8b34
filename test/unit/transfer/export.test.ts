import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLOSED_AFTER_MS,
  endOf,
  FAILURES_MAX,
  HOUR_MS,
  lateAt,
  nextHourAt,
  nextWindow,
  restAfter,
} from '../../../src/transfer/exports/export.ts';
import { fileName, manifestName } from '../../../src/transfer/exports/file-names.ts';

const at = (text: string): number => Date.parse(text);

describe('windows', () => {
  it.each(['once', 'hour'] as const)(
    'of an export (%s) follow each other without gap or overlap',
    (every) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 4e11 }),
          fc.integer({ min: 1, max: 4e9 }),
          (from_ms, length_ms) => {
            const start_ms = every === 'hour' ? Math.floor(from_ms / HOUR_MS) * HOUR_MS : from_ms;
            const end_ms =
              start_ms + (every === 'hour' ? Math.ceil(length_ms / HOUR_MS) * HOUR_MS : length_ms);
            let edge_ms = start_ms;
            for (let n = 0; edge_ms < end_ms; n++) {
              const window = nextWindow({ every }, edge_ms, end_ms);
              expect(window.from_ms).toBe(edge_ms);
              expect(window.to_ms).toBeGreaterThan(edge_ms);
              edge_ms = window.to_ms;
              expect(n).toBeLessThan(5_000);
            }
            expect(edge_ms).toBe(end_ms);
          },
        ),
      );
    },
  );

  it('of a range end with months, those of hours with hours, and with days where more than a day was missed', () => {
    const next = (every: 'once' | 'hour', from: string, end: string): string =>
      new Date(nextWindow({ every }, at(from), at(end)).to_ms).toISOString();
    expect(next('once', '2026-11-29T10:11:12Z', '2027-03-01T00:00Z')).toBe('2026-12-01T00:00:00.000Z');
    expect(next('once', '2026-11-29T10:11:12Z', '2026-11-29T11:00Z')).toBe('2026-11-29T11:00:00.000Z');
    expect(next('hour', '2026-11-29T10:00Z', '2026-11-29T13:00Z')).toBe('2026-11-29T11:00:00.000Z');
    expect(next('hour', '2026-11-29T10:00Z', '2026-12-04T13:00Z')).toBe('2026-11-30T00:00:00.000Z');
  });

  it('an hour is not written before it is closed', () => {
    const hourly = { every: 'hour', to_ms: null } as const;
    const hour_ms = at('2026-11-29T11:00Z');
    expect(endOf(hourly, hour_ms + CLOSED_AFTER_MS - 1)).toBe(hour_ms - HOUR_MS);
    expect(endOf(hourly, hour_ms + CLOSED_AFTER_MS)).toBe(hour_ms);
    expect(endOf({ ...hourly, to_ms: hour_ms - HOUR_MS }, hour_ms + 9e9)).toBe(hour_ms - HOUR_MS);
    expect(nextHourAt({ to_ms: null, written_to_ms: hour_ms })).toBe(hour_ms + HOUR_MS + CLOSED_AFTER_MS);
    expect(nextHourAt({ to_ms: hour_ms, written_to_ms: hour_ms })).toBeUndefined();
  });
});

it('pauses after failures grow to an hour, over more than a day in all', () => {
  const pauses = Array.from({ length: FAILURES_MAX - 1 }, (_, i) => restAfter(i + 1));
  expect(pauses[0]).toBe(10_000);
  expect(Math.max(...pauses)).toBe(HOUR_MS);
  expect(pauses.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(36 * HOUR_MS);
});

it('is late two hours after it could have written an hour, and again two hours after the next', () => {
  const one = {
    every: 'hour',
    state: 'running',
    to_ms: null,
    written_to_ms: at('2026-11-29T10:00Z'),
  } as const;
  const late = (other: object, now: string): string => {
    const late_ms = lateAt({ ...one, ...other }, at(now));
    return late_ms === undefined ? '' : new Date(late_ms).toISOString().slice(11, 16);
  };
  expect(late({}, '2026-11-29T10:30Z')).toBe('13:05');
  // It makes up for days: from window to window.
  expect(late({}, '2026-12-02T10:30Z')).toBe('12:30');
  expect(late({ state: 'failed' }, '2026-11-29T10:30Z')).toBe('13:05');
  for (const state of ['paused', 'done', 'removing'] as const)
    expect([state, late({ state }, '2026-11-29T10:30Z')]).toEqual([state, '']);
  expect(late({ every: 'once' }, '2026-11-29T10:30Z')).toBe('');
  expect(late({ to_ms: one.written_to_ms }, '2026-11-29T10:30Z')).toBe('');
});

it('names tell the dataset, the window and the part, and nothing that changes', () => {
  const window = { from_ms: at('2026-11-29T10:00Z'), to_ms: at('2026-11-29T11:00:00.250Z') };
  const name = (format: 'parquet' | 'csv', compression: 'none' | 'gzip', parts: number): string =>
    fileName({ format, compression }, 'clicks', window, { part: parts - 1, parts });
  expect(name('parquet', 'gzip', 1)).toBe('clicks/clicks_20261129T100000Z_20261129T110000250Z.parquet');
  expect(name('csv', 'gzip', 3)).toBe('clicks/clicks_20261129T100000Z_20261129T110000250Z_3of3.csv.gz');
  expect(manifestName({ every: 'once' }, window)).toBe('manifest.json');
  expect(manifestName({ every: 'hour' }, window)).toBe('manifests/20261129T100000Z_20261129T110000250Z.json');
});
