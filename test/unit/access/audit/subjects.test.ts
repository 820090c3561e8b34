import { describe, expect, it } from 'vitest';
import { difference, SUBJECT_KINDS } from '../../../../src/access/audit/subjects.ts';

describe('the difference of two states', () => {
  it('has the fields that changed, before and after, and no others', () => {
    const before = { name: 'Shoes', payout: '2.00', currency: 'USD', updated_at: '2026-11-01T00:00:00.000Z' };
    const after = { ...before, payout: '2.50', updated_at: '2026-11-02T00:00:00.000Z' };
    expect(difference('offer', before, after)).toEqual({
      before: '{"payout":"2.00"}',
      after: '{"payout":"2.50"}',
    });
  });

  it('has all fields of what was made, and of what is gone', () => {
    const made = { domain: 'go.shoes.example', robots: '', primary: true };
    expect(difference('domain', {}, made)).toEqual({
      before: '{}',
      after: '{"primary":true,"robots":""}',
    });
    expect(difference('domain', made, {}).before).toBe('{"primary":true,"robots":""}');
  });

  it('compares what is in lists and objects', () => {
    expect(difference('offer', { coupon_codes: ['A'] }, { coupon_codes: ['A'] }).after).toBe('{}');
    expect(difference('offer', { coupon_codes: ['A'] }, { coupon_codes: ['A', 'B'] }).after).toBe(
      '{"coupon_codes":["A","B"]}',
    );
  });

  it('has the hash of a field that is too long, so that a change of it is seen', () => {
    const before = { metadata: { note: 'a'.repeat(20_000) } };
    const after = { metadata: { note: 'b'.repeat(20_000) } };
    const changed = difference('audience', before, after);
    expect(changed.before).toMatch(/^\{"metadata":"sha256:[0-9a-f]{64} of 20011 characters"\}$/);
    expect(changed.after).not.toBe(changed.before);
    expect(changed.after.length).toBeLessThan(200);
  });

  it.each(SUBJECT_KINDS)('of %s never has a secret, a hash or a token', (kind) => {
    const secrets = Object.fromEntries(
      [
        'api_key',
        'conversion_secret',
        'postback_secret',
        'secret',
        'password',
        'password_hash',
        'totp_secret',
        'token',
        'key_sha256',
        'private_key',
        'contact_id',
        'row',
      ].map((name) => [name, `value-of-${name}`]),
    );
    expect(difference(kind, {}, secrets)).toEqual({ before: '{}', after: '{}' });
  });
});
