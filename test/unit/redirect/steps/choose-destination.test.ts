import { describe, expect, it } from 'vitest';
import type { Offer } from '../../../../src/catalog/definitions.ts';
import type { Domain } from '../../../../src/domains/domain.ts';
import { compileDestination } from '../../../../src/redirect/destination-template.ts';
import { chooseDestination } from '../../../../src/redirect/steps/choose-destination.ts';

const at = { account: null, site: { kind: 'own' } } as const;
const link = { disabled: false, expires_at_ms: 0, own_destination: undefined };

describe('the destination of a tap', () => {
  const offer = (change: Partial<Offer>) => ({
    offer: { status: 'active', fallback_url: '', ...change } as Offer,
    destination: compileDestination('https://offer.example/'),
  });
  const own = compileDestination('https://own.example/');

  it('is the offer’s destination, or the link’s own', () => {
    expect(chooseDestination({ ...at, link, offer: offer({}) }, 5)).toMatchObject({ kind: 'redirect' });
    expect(
      chooseDestination({ ...at, link: { ...link, own_destination: own }, offer: undefined }, 5),
    ).toEqual({
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
    expect(chooseDestination({ ...at, link: ended, offer: offer(change) }, 5)).toEqual({
      kind: 'gone',
      reason,
    });
    expect(
      chooseDestination(
        { ...at, link: ended, offer: offer({ ...change, fallback_url: 'https://f.example/' }) },
        5,
      ),
    ).toEqual({
      kind: 'fallback',
      url: 'https://f.example/',
      reason,
    });
  });

  it('is the fallback of the offer, else of the domain, else of the account', () => {
    const domain = { expired_url: 'https://domain.example/' } as Domain;
    const ended = { link: { ...link, disabled: true }, site: { kind: 'domain', domain } } as const;
    const account = { fallback_url: 'https://account.example/' };
    const url = (choice: Partial<Parameters<typeof chooseDestination>[0]>) =>
      chooseDestination({ account, offer: offer({}), ...ended, ...choice }, 5);
    expect(url({ offer: offer({ fallback_url: 'https://offer.example/' }) })).toMatchObject({
      url: 'https://offer.example/',
    });
    expect(url({})).toMatchObject({ url: 'https://domain.example/' });
    expect(url({ site: { kind: 'own' } })).toMatchObject({ url: 'https://account.example/' });
  });

  it('of a link whose offer does not exist is a page', () => {
    expect(chooseDestination({ ...at, link, offer: null }, 5)).toEqual({
      kind: 'gone',
      reason: 'offer_unknown',
    });
  });
});
