/** Which offer a tap is led to: nothing is asked where there is nothing to ask, and a cap only on the way. */
import { describe, expect, it } from 'vitest';
import type { Offer } from '../../../../src/catalog/definitions.ts';
import type { OfferCap } from '../../../../src/catalog/offer-caps.ts';
import { offerInput } from '../../../../src/catalog/schemas.ts';
import { Reach, serveOffer } from '../../../../src/redirect/served-link.ts';
import { type Choosing, chooseOffer } from '../../../../src/redirect/steps/choose-offer.ts';
import type { FoundLink, Tap } from '../../../../src/redirect/tap.ts';

const NOW_MS = Date.parse('2026-11-29T12:00:00Z');
const CAP: OfferCap = { count: 'first_clicks', per: 'day', tz: 'UTC', limit: 5 };
const TO_B = { name: 'Germany', when: { country: ['DE'] }, to: [{ offer_id: 'off_b' }] };

function served(offer_id: string, fields: Partial<Offer> | object = {}) {
  const offer = offerInput.parse({
    name: offer_id,
    destination_url: `https://${offer_id.slice(4)}.example/`,
  });
  return serveOffer('', JSON.stringify({ ...offer, offer_id, account_id: 'acc', ...fields }));
}

function foundWith(own: object, others: Record<string, object> = {}, link: object = {}): FoundLink {
  const reached = new Map(Object.keys(others).map((id) => [id, served(id, others[id])]));
  return {
    kind: 'link',
    link: {
      ...{ link_id: 'abc1234', account_id: 'acc', message_id: 'm', contact_id: 'c', offer_id: 'off_a' },
      ...{ disabled: false, expires_at_ms: 0, own_destination: undefined, ...link },
    },
    offer: served('off_a', own),
    account: null,
    site: { kind: 'own', name: 'localhost' },
    plan: undefined,
    reach: new Reach(reached, () => undefined),
    led: undefined,
  } as unknown as FoundLink;
}

/** `full` are the offers whose cap is reached. */
function choose(found: FoundLink, { method = 'GET', full = [] as string[] } = {}) {
  const asked: [offer_id: string, takes: boolean][] = [];
  const given: Choosing = {
    judge: { countryOf: () => 'DE' },
    caps: {
      ask: async ({ offer_id }, { takes }) => {
        asked.push([offer_id, takes]);
        return full.includes(offer_id) ? CAP : undefined;
      },
    },
    click_ids: { create: () => 'x'.repeat(29) },
  };
  const request = { method, ip: '192.0.2.1', user_agent: '', headers: [], query: '' };
  const tap = { request, at_ms: NOW_MS } as unknown as Tap;
  return { chosen: chooseOffer(given, tap, found), asked };
}

describe('at once, without a question', () => {
  it.each<[string, FoundLink]>([
    ['an offer that leads nowhere else', foundWith({})],
    ['a link that is disabled', foundWith({ rules: [TO_B] }, { off_b: {} }, { disabled: true })],
    ['a link that has expired', foundWith({ caps: [CAP] }, {}, { expires_at_ms: NOW_MS })],
    ['a link with its own destination', foundWith({ caps: [CAP] }, {}, { own_destination: {} })],
    ['an offer that is taken down', foundWith({ caps: [CAP], taken_down: { reason: 'x', at: '' } })],
  ])('%s stays as it was found', (_what, found) => {
    const { chosen, asked } = choose(found);
    expect(chosen).toBe(found);
    expect(asked).toEqual([]);
  });

  it('a rule leads to its offer', () => {
    const { chosen } = choose(foundWith({ rules: [TO_B] }, { off_b: {} }));
    expect(chosen).toMatchObject({
      offer: { offer: { offer_id: 'off_b' } },
      led: { rule: 'Germany', offer_id: 'off_b', planned_offer_id: 'off_a', fallback_reason: '' },
    });
  });
});

describe('a cap', () => {
  it('that is not full lets the link’s own offer take the tap, as it was found', async () => {
    const found = foundWith({ caps: [CAP] });
    const { chosen, asked } = choose(found);
    expect(await chosen).toBe(found);
    expect(asked).toEqual([['off_a', true]]);
  });

  it('that is full leads to the fallback, whose own cap is asked next', async () => {
    const found = foundWith(
      { caps: [CAP], fallback_offer_id: 'off_b' },
      { off_b: { caps: [CAP], fallback_offer_id: 'off_c' }, off_c: {} },
    );
    const { chosen, asked } = choose(found, { full: ['off_a', 'off_b'] });
    expect(await chosen).toMatchObject({
      led: { offer_id: 'off_c', fallback_reason: 'offer_capped', cap: 'first_clicks/day', closed: '' },
    });
    expect(asked.map(([id]) => id)).toEqual(['off_a', 'off_b']);
  });

  it('that is full, with no fallback, closes the offer', async () => {
    const { chosen } = choose(foundWith({ caps: [CAP] }), { full: ['off_a'] });
    expect(await chosen).toMatchObject({ led: { offer_id: 'off_a', closed: 'offer_capped' } });
  });

  it('of an offer that is paused is not asked, nor one behind the offer that takes the tap', async () => {
    const found = foundWith(
      { caps: [CAP], status: 'paused', fallback_offer_id: 'off_b' },
      { off_b: { fallback_offer_id: 'off_c' }, off_c: { caps: [CAP] } },
    );
    const { chosen, asked } = choose(found);
    expect(await chosen).toMatchObject({ led: { offer_id: 'off_b', fallback_reason: 'offer_paused' } });
    expect(asked).toEqual([]);
  });

  it('is asked for a rule’s own address as well, whose clicks are the offer’s', async () => {
    const rule = { ...TO_B, to: [{ url: 'https://own.example/' }] };
    const found = foundWith({ caps: [CAP], rules: [rule], fallback_offer_id: 'off_b' }, { off_b: {} });
    const { chosen, asked } = choose(found);
    expect(await chosen).toMatchObject({ led: { offer_id: 'off_a', template: expect.anything(), cap: '' } });
    expect(asked).toEqual([['off_a', true]]);
    const { chosen: turned } = choose(found, { full: ['off_a'] });
    expect(await turned).toMatchObject({
      led: { offer_id: 'off_b', template: undefined, fallback_reason: 'offer_capped' },
    });
  });

  it('is asked by a HEAD, which takes no place', async () => {
    const { asked } = choose(foundWith({ caps: [CAP] }), { method: 'HEAD' });
    expect(asked).toEqual([['off_a', false]]);
  });
});
