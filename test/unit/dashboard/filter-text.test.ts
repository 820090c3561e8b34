import { expect, it } from 'vitest';
import { has, toggled, wantedBy, withoutValue, withValue } from '../../../src/dashboard/app/filter-text.ts';
import { wantedBy as wantedByApi } from '../../../src/reports/filter-values.ts';

it('reads a filter as the API does', () => {
  for (const text of ['US', 'US,DE', '!US', '!US,DE'])
    expect(wantedBy(text)).toEqual(wantedByApi('country', text));
  expect(wantedBy(undefined)).toEqual({ not: false, values: [] });
});

it('adds a value, and begins anew with the other kind', () => {
  expect(withValue('', 'US', false)).toBe('US');
  expect(withValue('US', 'DE', false)).toBe('US,DE');
  expect(withValue('US,DE', 'US', false)).toBe('DE,US');
  expect(withValue('US', 'DE', true)).toBe('!DE');
  expect(withValue('!DE', 'US', true)).toBe('!DE,US');
});

it('takes a value out, and the filter with the last one', () => {
  expect(withoutValue('!US,DE', 'US')).toBe('!DE');
  expect(withoutValue('US', 'US')).toBe('');
  expect(toggled('US,DE', 'DE', false)).toBe('US');
  expect(toggled('US', 'DE', false)).toBe('US,DE');
  expect(has('!US', 'US')).toBe(true);
});
