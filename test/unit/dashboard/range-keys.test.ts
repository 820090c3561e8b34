import { expect, it } from 'vitest';
import { rangeOfKey } from '../../../src/dashboard/app/range-keys.ts';

const TODAY = '2026-03-31';
const at = (from: string, to: string) => ({ from, to });
const MARCH = at('2026-03-02', '2026-03-08');

it('reads letters as days until today, in any case', () => {
  expect(rangeOfKey('d', MARCH, TODAY)).toEqual({ from: TODAY, to: TODAY });
  expect(rangeOfKey('W', MARCH, TODAY)).toEqual({ from: '2026-03-25', to: TODAY });
  expect(rangeOfKey('m', MARCH, TODAY)).toEqual({ from: '2026-03-02', to: TODAY });
});

it('moves by the length of the range, over the change of clocks and the end of a month', () => {
  expect(rangeOfKey('ArrowLeft', MARCH, TODAY)).toEqual({ from: '2026-02-23', to: '2026-03-01' });
  expect(rangeOfKey('ArrowRight', at('2026-03-23', '2026-03-29'), TODAY)).toEqual({
    from: '2026-03-30',
    to: '2026-04-05',
  });
});

it('goes to no range that is all in the future, and takes no other key', () => {
  expect(rangeOfKey('ArrowRight', at(TODAY, TODAY), TODAY)).toBeUndefined();
  expect(rangeOfKey('z', MARCH, TODAY)).toBeUndefined();
  expect(rangeOfKey('Enter', MARCH, TODAY)).toBeUndefined();
});
