import { describe, expect, it } from 'vitest';
import { claimsOf, creditClaimOf } from '../../../src/clicks/first-click.ts';
import { someClick } from '../../support/click-rows.ts';

const DAY_MS = 24 * 3_600_000;

describe('the claims of a click', () => {
  it('are its contact’s on the message, whoever taps', () => {
    const click = someClick();
    const claims = claimsOf(click);
    expect(claims.credit).toBe(claims.offer);
    expect(creditClaimOf(click)).toBe(claims.credit);
    expect(claimsOf({ ...click, ip: '192.0.2.9', user_agent: 'other', link_id: 'other' })).toEqual(claims);
  });

  it('of a link without a contact are its visitor’s: link, address, agent and day', () => {
    const click = someClick({ contact_id: '', clicked_at_ms: 5 * DAY_MS, ip: '2001:db8:0:0:0:0:0:1' });
    const claims = claimsOf(click);
    expect(claimsOf({ ...click, clicked_at_ms: 6 * DAY_MS - 1, ip: '2001:DB8::1' })).toEqual(claims);
    for (const change of [
      { clicked_at_ms: 6 * DAY_MS },
      { ip: '2001:db8::2' },
      { user_agent: 'other' },
      { link_id: 'other' },
    ]) {
      const other = claimsOf({ ...click, ...change });
      expect(other.message).not.toBe(claims.message);
      expect(other.offer).not.toBe(claims.offer);
    }
  });

  it('of a link without a contact are credited with conversions by the link alone', () => {
    const click = someClick({ contact_id: '' });
    const { credit, offer } = claimsOf(click);
    expect(claimsOf({ ...click, user_agent: 'other' }).credit).toBe(credit);
    expect(creditClaimOf(click)).toBe(credit);
    expect(credit).not.toBe(offer);
  });
});
