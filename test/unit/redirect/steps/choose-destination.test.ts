import { describe, expect, it } from 'vitest';
import type { Offer } from '../../../../src/catalog/definitions.ts';
import type { Domain } from '../../../../src/domains/domain.ts';
import { compileDestination } from '../../../../src/links/destination-template.ts';
import { chooseDestination } from '../../../../src/redirect/steps/choose-destination.ts';

const at = {
  account: { fallback_url: '', status: 'active' },
  site: { kind: 'own', name: 'localhost' },
} as const;
const link = { disabled: false, expires_at_ms: 0, own_destination: undefined };

describe('the destination of a tap', () => {
  const offer = (change: Partial<Offer>) => ({
    offer: { status: 'active', fallback_url: '', ...change } as Offer,
    destination: compileDestination('https://offer.example/'),
    rules: undefined,
    routing: undefined,
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
    [{}, { status: 'paused' }, 'offer_paused'],
    [{}, { status: 'archived' }, 'offer_archived'],
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
      source: 'offer',
      reason,
    });
  });

  it.each([
    ['account_suspended', {}, {}, { status: 'suspended' }],
    ['taken_down', { taken_down: { reason: 'x', at: '' } }, {}, {}],
    ['taken_down', {}, { taken_down: { reason: 'x', at: '' } }, {}],
    // An account can't open it by changing what is its own.
    ['taken_down', { disabled: true }, { taken_down: { reason: 'x', at: '' }, status: 'paused' }, {}],
  ] as const)(
    'of what the operator closed (%s) is a page, whatever fallback there is',
    (reason, linkChange, offerChange, accountChange) => {
      const fallback_url = 'https://f.example/';
      const site = { kind: 'domain', domain: { expired_url: fallback_url } as Domain } as const;
      const account = { status: 'active', fallback_url, ...accountChange } as const;
      const closed = { ...link, own_destination: own, ...linkChange };
      expect(
        chooseDestination({ account, site, link: closed, offer: offer({ fallback_url, ...offerChange }) }, 5),
      ).toEqual({ kind: 'gone', reason });
    },
  );

  it('of a link whose offer does not exist is a page', () => {
    expect(chooseDestination({ ...at, link, offer: null }, 5)).toEqual({
      kind: 'gone',
      reason: 'offer_unknown',
    });
    expect(chooseDestination({ ...at, link, offer: undefined, account: null }, 5)).toEqual({
      kind: 'gone',
      reason: 'offer_unknown',
    });
  });

  it('takes the offer’s fallback before the domain’s, and the account’s last', () => {
    const urlOf = (offer_url: string, expired_url: string, account_url: string): string => {
      const found = {
        link: { ...link, disabled: true },
        offer: offer({ fallback_url: offer_url }),
        account: { fallback_url: account_url, status: 'active' },
        site: { kind: 'domain', domain: { expired_url } as Domain },
      } as const;
      const destination = chooseDestination(found, 5);
      return destination.kind === 'fallback' ? `${destination.source} ${destination.url}` : destination.kind;
    };
    expect(urlOf('https://o.example/', 'https://d.example/', 'https://a.example/')).toBe(
      'offer https://o.example/',
    );
    expect(urlOf('', 'https://d.example/', 'https://a.example/')).toBe('domain https://d.example/');
    expect(urlOf('', '', 'https://a.example/')).toBe('account https://a.example/');
    expect(urlOf('', '', '')).toBe('gone');
    expect(
      chooseDestination(
        { ...at, link, offer: null, account: { fallback_url: 'https://a.example/', status: 'active' } },
        5,
      ),
    ).toMatchObject({ kind: 'fallback', source: 'account', reason: 'offer_unknown' });
  });
});
