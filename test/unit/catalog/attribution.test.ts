import { describe, expect, it } from 'vitest';
import {
  attributionField,
  chosenAttribution,
  rebookedAttribution,
} from '../../../src/catalog/attribution.ts';

const day = (n: number): number => Date.UTC(2026, 10, n);
const iso = (n: number): string => new Date(day(n)).toISOString();

describe('what holds for a conversion', () => {
  const offer = {
    click_window_days: 90,
    attribution: [
      { model: 'last_click', from: iso(10), window_days: 7 },
      { model: 'view_through', from: iso(20) },
    ],
  } as const;
  it.each([
    [9, { model: 'first_click', click_window_days: 90, view_window_hours: 0 }],
    [10, { model: 'last_click', click_window_days: 7, view_window_hours: 0 }],
    [19, { model: 'last_click', click_window_days: 7, view_window_hours: 0 }],
    [20, { model: 'view_through', click_window_days: 90, view_window_hours: 24 }],
  ])('on day %i', (n, expected) => {
    expect(chosenAttribution({ ...offer, attribution: [...offer.attribution] }, day(n))).toEqual(expected);
  });

  it('is the latest booking of its range, whatever the dated choices say', () => {
    const rebooked = [
      { booking: 'one', model: 'last_click', from_ms: day(1), to_ms: day(30) },
      { booking: 'two', model: 'first_click', window_days: 3, from_ms: day(5), to_ms: day(6) },
    ] as const;
    expect(rebookedAttribution([...rebooked], day(4), 90)).toMatchObject({
      booking: 'one',
      model: 'last_click',
    });
    expect(rebookedAttribution([...rebooked], day(5), 90)).toMatchObject({
      ...{ booking: 'two', model: 'first_click', click_window_days: 3 },
    });
    expect(rebookedAttribution([...rebooked], day(30), 90)).toBeUndefined();
  });
});

describe('the field', () => {
  it('is stored in order of time and in UTC, so that a repeated set-up changes nothing', () => {
    const given = [
      { model: 'last_click', from: '2026-12-01T00:00:00+01:00' },
      { model: 'first_click', from: '2026-11-01T00:00:00Z' },
    ];
    const stored = attributionField.parse(given);
    expect(stored).toEqual([
      { model: 'first_click', from: '2026-11-01T00:00:00.000Z' },
      { model: 'last_click', from: '2026-11-30T23:00:00.000Z' },
    ]);
    expect(attributionField.parse(stored)).toEqual(stored);
  });

  it.each([
    [[{ model: 'last_click', from: '2026-12-01' }], 'with its zone'],
    [[{ model: 'last_click', from: iso(1), view_window_hours: 2 }], 'view_through alone'],
    [
      [
        { model: 'last_click', from: iso(1) },
        { model: 'first_click', from: iso(1) },
      ],
      'same time',
    ],
    [[{ model: 'middle_click', from: iso(1) }], 'expected one of'],
  ])('refuses %j', (given, says) => {
    expect(() => attributionField.parse(given)).toThrow(says);
  });
});
