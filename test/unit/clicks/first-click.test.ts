import { describe, expect, it } from 'vitest';
import { claimsOf, creditClaimOf } from '../../../src/clicks/first-click.ts';
import { someClick } from '../../support/click-rows.ts';

describe('the claims of a click', () => {
  it('are its contact’s on the message, whoever taps', () => {
    const click = someClick();
    const claims = claimsOf(click, '');
    expect(claims.credit).toBe(claims.offer);
    expect(creditClaimOf(click)).toBe(claims.credit);
    expect(claimsOf({ ...click, link_id: 'other' }, '')).toEqual(claims);
  });

  it('of a link without a contact are its visitor’s', () => {
    const click = someClick({ contact_id: '' });
    const claims = claimsOf(click, 'visitor');
    expect(claimsOf({ ...click, message_id: 'other' }, 'visitor')).toEqual(claims);
    for (const other of [claimsOf(click, 'other'), claimsOf({ ...click, link_id: 'other' }, 'visitor')]) {
      expect(other.message).not.toBe(claims.message);
      expect(other.offer).not.toBe(claims.offer);
    }
  });

  it('of a link without a contact are credited with conversions by the link alone', () => {
    const click = someClick({ contact_id: '' });
    const { credit, offer } = claimsOf(click, 'visitor');
    expect(claimsOf(click, 'other').credit).toBe(credit);
    expect(creditClaimOf(click)).toBe(credit);
    expect(credit).not.toBe(offer);
  });
});
