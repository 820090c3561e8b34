/** Rules that can't be saved are refused with what to do about them. */
import { expect, it } from 'vitest';
import { offerRules, RULES_MAX, TARGETS_MAX } from '../../../src/catalog/offer-rules.ts';

const rule = (when: object, to: object[] = [{ offer_id: 'off_b' }], name = 'r') => ({ name, when, to });
const AT = { country: ['AT'] };
const refusal = (rules: unknown): string => {
  const { success, error } = offerRules.safeParse(rules);
  return success ? '' : (error.issues[0]?.message ?? '');
};

it('takes a rule with every condition', () => {
  const when = {
    ...AT,
    device: ['iphone', 'android'],
    language: ['de', 'en-GB'],
    hours: { from: 22, to: 6, tz: 'Europe/Vienna' },
    dates: { from: '2026-12-01', to: '2026-12-24', tz: 'UTC' },
    query: { utm_source: ['qr'], any: [] },
  };
  expect(refusal([rule(when, [{ url: 'https://shop.example/?c={{click_id}}', weight: 3 }])])).toBe('');
});

it.each([
  [[rule({})], 'give a condition'],
  [[rule({ countries: ['AT'] })], 'countries'],
  [[rule({ country: [] })], 'leave the condition out'],
  [[rule({ country: ['at'] })], 'two capital letters'],
  [[rule({ country: ['AT', 'AT'] })], 'names one twice'],
  [[rule({ device: ['phone'] })], 'iphone'],
  [[rule({ language: ['german language'] })], 'de or de-AT'],
  [[rule({ hours: { from: 8, to: 20 } })], 'expected string'],
  [[rule({ hours: { from: 8, to: 20, tz: '+02:00' } })], 'Europe/Berlin'],
  [[rule({ hours: { from: 8, to: 8, tz: 'UTC' } })], 'the whole day'],
  [[rule({ hours: { from: 0, to: 24, tz: 'UTC' } })], 'the whole day'],
  [[rule({ dates: { tz: 'UTC' } })], 'give from, to, or both'],
  [[rule({ dates: { from: '2026-02-30', tz: 'UTC' } })], '2026-12-24'],
  [[rule({ dates: { from: '2026-12-24', to: '2026-12-01', tz: 'UTC' } })], 'ends before it begins'],
  [[rule({ query: {} })], 'name 1 to'],
  [[rule(AT, [])], 'give a target'],
  [[rule(AT, [{}])], 'give offer_id or url'],
  [[rule(AT, [{ offer_id: 'off_b', url: 'https://shop.example/' }])], 'give offer_id or url'],
  [[rule(AT, [{ url: 'shop.example' }])], 'absolute address'],
  [[rule(AT, [{ offer_id: 'off_b', weight: 0 }])], '>=1'],
  [[rule(AT, [{ offer_id: 'off_b' }, { offer_id: 'off_b' }])], 'a target twice'],
  [
    [
      rule(
        AT,
        Array.from({ length: TARGETS_MAX + 1 }, (_, i) => ({ offer_id: `off_${i}` })),
      ),
    ],
    '<=',
  ],
  [[rule(AT), rule(AT)], 'has a name twice'],
  [[rule(AT, undefined, ' ')], 'give it a name'],
  [Array.from({ length: RULES_MAX + 1 }, (_, i) => rule(AT, undefined, `r${i}`)), '<='],
])('refuses %j', (rules, message) => {
  expect(refusal(rules)).toContain(message);
});
