/** What a cap counts in, and whose place a tap takes. */
import { describe, expect, it } from 'vitest';
import { memberOf, periodOf, placeCaps } from '../../../src/caps/caps.ts';
import { offerCaps } from '../../../src/catalog/offer-caps.ts';

const at = (text: string): number => Date.parse(text);
const SUBJECT = { account_id: 'a', message_id: 'm', link_id: 'l', contact_id: 'c', offer_id: 'o' };

it.each([
  ['hour', '2026-11-29T22:30:00Z', '2026-11-29T23'],
  ['day', '2026-11-29T22:59:59Z', '2026-11-29'],
  ['day', '2026-11-29T23:00:00Z', '2026-11-30'],
  ['month', '2026-11-30T23:00:00Z', '2026-12'],
  // The hour that autumn repeats is one.
  ['hour', '2026-10-25T00:30:00Z', '2026-10-25T02'],
  ['hour', '2026-10-25T01:30:00Z', '2026-10-25T02'],
] as const)('the %s of %s is %s in Berlin', (per, time, period) => {
  expect(periodOf({ per, tz: 'Europe/Berlin' }, at(time))).toBe(period);
});

it('counts money in millionths, and keeps an offer’s keys together', () => {
  const caps = offerCaps.parse([
    { count: 'payout', per: 'day', tz: 'UTC', limit: '12.50' },
    { count: 'first_clicks', per: 'day', tz: 'UTC', limit: 7 },
  ]);
  const placed = placeCaps({ offer_id: 'off_1', caps }, at('2026-11-29T00:00:00Z'));
  expect(placed.map(({ key, limit }) => [key, limit])).toEqual([
    ['cap:{off_1}:payout:day:2026-11-29', 12_500_000],
    ['cap:{off_1}:first_clicks:day:2026-11-29', 7],
  ]);
});

describe('the place of a tap', () => {
  it('is the contact’s on the message and offer, whatever link and click', () => {
    const one = memberOf(SUBJECT, 'x'.repeat(29));
    expect(memberOf({ ...SUBJECT, link_id: 'other' }, 'y'.repeat(29))).toBe(one);
    expect(memberOf({ ...SUBJECT, message_id: 'n' }, 'x'.repeat(29))).not.toBe(one);
    expect(memberOf({ ...SUBJECT, offer_id: 'p' }, 'x'.repeat(29))).not.toBe(one);
  });
  it('is the click’s own where there is no contact, as the worker sees it too', () => {
    const without = { ...SUBJECT, contact_id: '' };
    const id = 'x'.repeat(29);
    expect(memberOf(without, `${id}abc`)).toBe(memberOf(without, id));
    expect(memberOf(without, 'y'.repeat(29))).not.toBe(memberOf(without, id));
  });
});

it.each([
  [{ count: 'first_clicks', per: 'day', tz: 'UTC', limit: '1000' }, 'write a whole number'],
  [{ count: 'payout', per: 'day', tz: 'UTC', limit: 1000 }, 'decimal string'],
  [{ count: 'payout', per: 'day', tz: 'UTC', limit: '0' }, 'above 0'],
  [{ count: 'clicks', per: 'day', tz: 'UTC', limit: 1 }, 'first_clicks'],
  [{ count: 'conversions', per: 'week', tz: 'UTC', limit: 1 }, 'month'],
  [{ count: 'conversions', per: 'day', limit: 1 }, 'expected string'],
  [{ count: 'conversions', per: 'day', tz: 'CEST+2', limit: 1 }, 'Europe/Berlin'],
])('refuses %j', (cap, message) => {
  const { error } = offerCaps.safeParse([cap]);
  expect(error?.issues[0]?.message).toContain(message);
});

it('refuses two limits of one thing', () => {
  const cap = { count: 'conversions', per: 'day', tz: 'UTC', limit: 1 };
  expect(offerCaps.safeParse([cap, { ...cap, limit: 2 }]).error?.issues[0]?.message).toContain('lower one');
});
