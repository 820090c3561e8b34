import { afterEach, describe, expect, it } from 'vitest';
import {
  CLAIM_KEEP_S_MIN,
  claimBuckets,
  claimEnd,
  claimingSubject,
  claimPlace,
  creditClaimOf,
  creditedSubject,
  encodeClaim,
  OFFER_DIGITS,
  offerDigits,
} from '../../../src/clicks/first-click.ts';
import { FIRST_LAYOUTS, type Layout, useLayouts } from '../../../src/log/partitions.ts';
import { someClick } from '../../support/click-rows.ts';

afterEach(() => useLayouts(FIRST_LAYOUTS));

describe('the subject of a click’s claims', () => {
  it('is its contact’s message, whoever taps', () => {
    const click = someClick();
    expect(claimingSubject({ ...click, link_id: 'other' }, '')).toBe(claimingSubject(click, ''));
    expect(creditedSubject(click)).toBe(claimingSubject(click, ''));
    expect(claimingSubject({ ...click, message_id: 'other' }, '')).not.toBe(claimingSubject(click, ''));
  });

  it('is its visitor for a link without a contact', () => {
    const click = someClick({ contact_id: '' });
    const subject = claimingSubject(click, 'visitor');
    expect(claimingSubject({ ...click, message_id: 'other' }, 'visitor')).toBe(subject);
    expect(claimingSubject(click, 'other')).not.toBe(subject);
    expect(claimingSubject({ ...click, link_id: 'other' }, 'visitor')).not.toBe(subject);
  });

  it('is the link alone where conversions without a contact are credited', () => {
    const click = someClick({ contact_id: '' });
    expect(creditedSubject(click)).not.toBe(claimingSubject(click, 'visitor'));
    expect(creditClaimOf({ ...click, message_id: 'other' })).toBe(creditClaimOf(click));
    expect(creditClaimOf({ ...click, offer_id: 'other' })).not.toBe(creditClaimOf(click));
  });
});

it('a field is a number that Redis stores in eight bytes, and buckets get even shares', () => {
  const shares = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) {
    const [bucket, field] = claimPlace(`"acc","msg_${i}"`, 3);
    // One in two billion begins with 0, and is stored as a text.
    if (!/^0\d/.test(field)) expect(BigInt.asIntN(64, BigInt(field)).toString()).toBe(field);
    const share = bucket.slice(0, -1);
    shares.set(share, (shares.get(share) ?? 0) + 1);
  }
  // 16,384 buckets of base 36 in shares of 36.
  expect(shares.size).toBeGreaterThan(450);
  expect(Math.max(...shares.values())).toBeLessThan(100);
});

it('each of many partitions has more buckets, and keeps its own number when others follow', () => {
  const [few] = FIRST_LAYOUTS.layouts as [Layout];
  const many = { ...few, first: few.first + few.count, count: 128 };
  const most = { ...few, first: many.first + many.count, count: 1_024 };
  useLayouts({ layouts: [few, many, most] });
  expect([few, many, most].map(({ first }) => claimBuckets(first))).toEqual([16_384, 131_072, 262_144]);
  const buckets = Array.from({ length: 1_000 }, (_, i) => claimPlace(`"acc","msg_${i}"`, many.first)[0]);
  expect(Math.max(...buckets.map((bucket) => Number.parseInt(bucket.split(':').at(-1) ?? '', 36)))).toSatisfy(
    (highest: number) => highest > 100_000 && highest < 131_072,
  );
});

it('an offer is named by as many digits whatever its id, and none as no offer', () => {
  for (const id of ['off_4kTq8Zr2Xw9LmP', 'ab', '']) expect(offerDigits(id)).toHaveLength(OFFER_DIGITS);
  expect(new Set(['abc', 'bc', 'c', ''].map(offerDigits)).size).toBe(4);
});

it('the longest claim is short enough for a list', () => {
  const claim = encodeClaim('0'.repeat(32), { payout: '999999999999.999999', currency: 'EUR' });
  // `hash-max-listpack-value`
  expect((claimEnd(CLAIM_KEEP_S_MIN) + offerDigits('off_1') + claim).length).toBeLessThanOrEqual(64);
});
