/** Where an offer's rules lead: what holds, which target a contact gets, and how far a fallback goes. */
import { describe, expect, it } from 'vitest';
import type { Offer } from '../../../src/catalog/definitions.ts';
import {
  FALLBACK_CHAIN_MAX,
  type RuleConditions,
  type RuleTarget,
} from '../../../src/catalog/offer-rules.ts';
import { offerInput } from '../../../src/catalog/schemas.ts';
import { chainFrom, compileRouting, type Visit, type Way, wayOf } from '../../../src/links/offer-routing.ts';

const visit = (given: Partial<Record<keyof Visit, unknown>> = {}): Visit => ({
  at_ms: (given.at_ms as number) ?? Date.parse('2026-11-29T12:00:00Z'),
  country: () => (given.country as string) ?? 'AT',
  device: () => 'iphone',
  language: () => (given.language as string) ?? 'de-at',
  query: () => (given.query as Record<string, string>) ?? {},
  subject: () => (given.subject as string) ?? 'contact a b',
});

function offerWith(rules: { name?: string; when: RuleConditions; to?: Partial<RuleTarget>[] }[]): Offer {
  const whole = rules.map(({ name = 'r', when, to = [{ offer_id: 'off_b' }] }) => ({ name, when, to }));
  const input = { name: 'Shoes', destination_url: 'https://shop.example/', rules: whole };
  return { ...offerInput.parse(input), offer_id: 'off_a', account_id: 'acc' } as unknown as Offer;
}

function wayFor(offer: Offer, one: Visit): ReturnType<typeof wayOf> {
  const routing = compileRouting(offer);
  if (routing === undefined) throw new Error('it leads nowhere');
  return wayOf(offer, routing, one, () => undefined);
}

const holds = (when: RuleConditions, one: Visit): boolean => wayFor(offerWith([{ when }]), one).rule === 'r';

it('an offer that leads nowhere else has nothing to ask at a tap', () => {
  expect(compileRouting(offerWith([]))).toBeUndefined();
});

describe('a condition holds', () => {
  const hours = (from: number, to: number, tz = 'Europe/Vienna') => ({ hours: { from, to, tz } });
  const noon = visit();
  const at = (time: string): Visit => visit({ at_ms: Date.parse(time) });
  it.each<[RuleConditions, Visit, boolean]>([
    [{ country: ['DE', 'AT'] }, noon, true],
    [{ country: ['DE'] }, noon, false],
    [{ country: ['AT'] }, visit({ country: '' }), false],
    [{ device: ['iphone'] }, noon, true],
    [{ device: ['android', 'ipad'] }, noon, false],
    [{ language: ['de'] }, noon, true],
    [{ language: ['de-AT'] }, noon, true],
    [{ language: ['de-AT'] }, visit({ language: 'de' }), false],
    [{ language: ['d'.repeat(2)] }, visit({ language: 'ddx' }), false],
    [{ language: ['de'] }, visit({ language: '' }), false],
    [hours(13, 14), noon, true],
    [hours(12, 13), noon, false],
    [hours(0, 24 - 11), noon, false],
    [hours(22, 6), at('2026-11-29T20:59:59Z'), false],
    [hours(22, 6), at('2026-11-29T21:00:00Z'), true],
    [hours(22, 6), at('2026-11-30T04:59:59Z'), true],
    [hours(22, 6), at('2026-11-30T05:00:00Z'), false],
    [hours(18, 24), at('2026-11-29T22:59:59Z'), true],
    [hours(18, 24), at('2026-11-29T23:00:00Z'), false],
    // The hour that spring skips is nobody's; the one that autumn repeats is there twice.
    [hours(2, 3), at('2026-03-29T01:30:00Z'), false],
    [hours(2, 3), at('2026-10-25T00:30:00Z'), true],
    [hours(2, 3), at('2026-10-25T01:30:00Z'), true],
    [{ dates: { from: '2026-11-30', tz: 'Europe/Vienna' } }, at('2026-11-29T22:59:59Z'), false],
    [{ dates: { from: '2026-11-30', tz: 'Europe/Vienna' } }, at('2026-11-29T23:00:00Z'), true],
    [{ dates: { to: '2026-11-29', tz: 'UTC' } }, at('2026-11-29T23:59:59Z'), true],
    [{ dates: { to: '2026-11-29', tz: 'UTC' } }, at('2026-11-30T00:00:00Z'), false],
    [{ query: { utm: ['qr', 'mail'] } }, visit({ query: { utm: 'qr' } }), true],
    [{ query: { utm: ['qr'] } }, visit({ query: { utm: 'QR' } }), false],
    [{ query: { utm: [] } }, visit({ query: { utm: '' } }), true],
    [{ query: { utm: [] } }, noon, false],
    [{ query: { toString: [] } }, noon, false],
    [{ query: { a: ['1'], b: ['2'] } }, visit({ query: { a: '1' } }), false],
    [{ country: ['AT'], device: ['android'] }, noon, false],
  ])('%j at the visit %#: %s', (when, one, expected) => {
    expect(holds(when, one)).toBe(expected);
  });
});

it('the first rule that holds leads; without one the offer itself does', () => {
  const offer = offerWith([
    { name: 'Germany', when: { country: ['DE'] } },
    { name: 'iPhones', when: { device: ['iphone'] }, to: [{ url: 'https://i.example/' }] },
    { name: 'Austria', when: { country: ['AT'] } },
  ]);
  expect(wayFor(offer, visit())).toMatchObject({
    ...{ rule: 'iPhones', offer_ids: ['off_a'] },
    template: expect.anything(),
  });
  expect(wayFor(offer, visit({ country: 'DE' }))).toMatchObject({ rule: 'Germany', offer_ids: ['off_b'] });
  const other = offerWith([{ when: { country: ['DE'] } }]);
  expect(wayFor(other, visit())).toEqual({ rule: '', template: undefined, offer_ids: ['off_a'] });
});

it('a paused offer asks no rule: it is its fallback that takes the tap', () => {
  const offer: Offer = { ...offerWith([{ when: { country: ['AT'] } }]), status: 'paused' };
  expect(wayFor(offer, visit())).toMatchObject({ rule: '', offer_ids: ['off_a'] });
});

describe('of several targets', () => {
  const offer = offerWith([
    {
      when: { country: ['AT'] },
      to: [{ offer_id: 'off_b', weight: 1 }, { offer_id: 'off_c', weight: 3 }, { url: 'https://u.example/' }],
    },
  ]);
  const drawnOf = ({ template, offer_ids }: Way): string =>
    template === undefined ? (offer_ids[0] ?? '') : 'url';
  const drawn = (subject: string): string => drawnOf(wayFor(offer, visit({ subject })));

  it('a contact always gets the same one', () => {
    for (let i = 0; i < 200; i++) expect(drawn(`contact ${i}`)).toBe(drawn(`contact ${i}`));
  });

  it('each gets its weight of the contacts', () => {
    const n = 20_000;
    const counts = { off_b: 0, off_c: 0, url: 0 };
    for (let i = 0; i < n; i++) counts[drawn(`contact ${i}`) as keyof typeof counts]++;
    const shares = { off_b: 1 / 5, off_c: 3 / 5, url: 1 / 5 };
    for (const [target, share] of Object.entries(shares)) {
      // Four standard deviations: the contacts are fixed, so this does not change from run to run.
      const bound = 4 * Math.sqrt(n * share * (1 - share));
      expect(Math.abs(counts[target as keyof typeof counts] - n * share)).toBeLessThan(bound);
    }
  });

  it('two rules draw apart from each other', () => {
    const renamed = { ...offer, rules: offer.rules?.map((rule) => ({ ...rule, name: 'other' })) } as Offer;
    const n = 5_000;
    let same = 0;
    for (let i = 0; i < n; i++) {
      const other = drawnOf(wayFor(renamed, visit({ subject: `contact ${i}` })));
      if (other === drawn(`contact ${i}`)) same++;
    }
    // 1/25 + 9/25 + 1/25 of independent draws agree.
    expect(Math.abs(same / n - 11 / 25)).toBeLessThan(0.03);
  });
});

describe('a chain of fallbacks', () => {
  it('ends with the offer that has none', () => {
    const next: Record<string, string> = { a: 'b', b: 'c', c: '' };
    expect(chainFrom('a', (id) => next[id])).toEqual(['a', 'b', 'c']);
  });
  it('tries no offer twice, and at most so many', () => {
    expect(chainFrom('a', (id) => (id === 'a' ? 'b' : 'a'))).toEqual(['a', 'b']);
    expect(chainFrom('0', (id) => String(Number(id) + 1))).toHaveLength(FALLBACK_CHAIN_MAX);
  });
});
