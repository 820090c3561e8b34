import { describe, expect, it } from 'vitest';
import type { Offer } from '../../../../src/catalog/definitions.ts';
import { compileDestination } from '../../../../src/redirect/destination-template.ts';
import { chooseDestination } from '../../../../src/redirect/steps/choose-destination.ts';

const link = { disabled: false, expires_at_ms: 0, own_destination: undefined };

describe('the destination of a tap', () => {
  const offer = (change: Partial<Offer>) => ({
    offer: { status: 'active', fallback_url: '', ...change } as Offer,
    destination: compileDestination('https://offer.example/'),
  });
  const own = compileDestination('https://own.example/');

  it('is the offer’s destination, or the link’s own', () => {
    expect(chooseDestination({ link, offer: offer({}) }, 5)).toMatchObject({ kind: 'redirect' });
    expect(chooseDestination({ link: { ...link, own_destination: own }, offer: undefined }, 5)).toEqual({
      kind: 'redirect',
      template: own,
    });
  });

  it.each([
    [{ disabled: true }, {}, 'disabled'],
    [{ expires_at_ms: 5 }, {}, 'expired'],
    [{}, { status: 'paused' }, 'offer_inactive'],
    [{}, { status: 'archived' }, 'offer_inactive'],
  ])('of %j with %j is a page, or the fallback', (linkChange, offerChange, reason) => {
    const ended = { ...link, ...linkChange };
    const change = offerChange as Partial<Offer>;
    expect(chooseDestination({ link: ended, offer: offer(change) }, 5)).toEqual({ kind: 'gone', reason });
    expect(
      chooseDestination({ link: ended, offer: offer({ ...change, fallback_url: 'https://f.example/' }) }, 5),
    ).toEqual({
      kind: 'fallback',
      url: 'https://f.example/',
      reason,
    });
  });

  it('of a link whose offer does not exist is a page', () => {
    expect(chooseDestination({ link, offer: null }, 5)).toEqual({ kind: 'gone', reason: 'offer_unknown' });
  });
});
