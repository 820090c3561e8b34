import { expect, it } from 'vitest';
import { matches, matchParams, onlyValue, wantedBy } from '../../../src/reports/filter-values.ts';
import { InvalidReportError } from '../../../src/reports/report-range.ts';

it('reads one value, several, and all others', () => {
  expect(wantedBy('country', 'US')).toEqual({ not: false, values: ['US'] });
  expect(wantedBy('country', 'US, DE')).toEqual({ not: false, values: ['US', 'DE'] });
  expect(wantedBy('country', '!US,DE')).toEqual({ not: true, values: ['US', 'DE'] });
  expect(matches('rollup.country', 'country', '!US')).toBe('rollup.country NOT IN {country:Array(String)}');
  expect(matchParams({ network: '1,2' }, ['network'], (_name, value) => Number(value))).toEqual({
    network: [1, 2],
  });
});

it('takes the ids of senders as they are', () => {
  expect(wantedBy('message_id', '!a,b')).toEqual({ not: false, values: ['!a,b'] });
  expect(wantedBy('offer_id', '')).toEqual({ not: false, values: [''] });
});

it('knows the one value of a filter that asks for no other', () => {
  expect(['cam_1', 'cam_1,cam_2', '!cam_1', undefined].map((text) => onlyValue('campaign_id', text))).toEqual(
    ['cam_1', undefined, undefined, undefined],
  );
});

it.each(['US,', ',US', '!', 'US,,DE', Array(101).fill('US').join(), 'x'.repeat(201)])(
  'refuses %j',
  (text) => {
    expect(() => wantedBy('country', text)).toThrow(InvalidReportError);
  },
);
