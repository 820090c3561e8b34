import { expect, it } from 'vitest';
import { ConversionIds } from '../../../../src/conversions/receive/conversion-id.ts';

it('sorts as the reports came in, within one millisecond and over many', () => {
  const ids = new ConversionIds();
  const made: string[] = [];
  for (let time_ms = 1_700_000_000_000; time_ms < 1_700_000_000_100; time_ms++) {
    for (let n = 0; n < 50; n++) made.push(ids.create(time_ms));
  }
  expect(made.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
  for (const id of made) expect(id).toMatch(/^cnv_[0-9A-Za-z]{22}$/);
});
