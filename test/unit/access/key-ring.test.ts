import { describe, expect, it } from 'vitest';
import {
  acceptedKeys,
  decodeRing,
  encodeRing,
  everyKey,
  KeyRingFullError,
  mergedRings,
  newKeyRing,
  rotated,
  SIGNS_AFTER_MS,
  signingKey,
} from '../../../src/access/key-ring.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const C = 'c'.repeat(64);
const HOUR_MS = 3_600_000;

const first = newKeyRing(A, 0);
const second = rotated(first, { key: B, now_ms: 1_000, grace_ms: HOUR_MS, leaked: false });

describe('a rotation', () => {
  it('lets the new key sign once every process knows it', () => {
    const source = { ring: second };
    expect(signingKey(source, 1_000)).toBe(A);
    expect(acceptedKeys(source, 1_000)).toEqual([A, B]);
    expect(signingKey(source, 1_000 + SIGNS_AFTER_MS)).toBe(B);
  });

  it('accepts both keys until the end of the grace, then the new one alone', () => {
    const source = { ring: second };
    expect(acceptedKeys(source, 1_000 + HOUR_MS - 1)).toEqual([B, A]);
    expect(acceptedKeys(source, 1_000 + HOUR_MS)).toEqual([B]);
    expect(everyKey(source, 1_000 + HOUR_MS)).toEqual([B, A]);
  });

  it('without a grace ends the key when the new one begins to sign', () => {
    const ring = rotated(first, { key: B, now_ms: 0, grace_ms: 0, leaked: true });
    expect(ring[0]).toMatchObject({ key: A, ends_at_ms: SIGNS_AFTER_MS, leaked: true });
    expect(acceptedKeys({ ring }, SIGNS_AFTER_MS)).toEqual([B]);
  });

  it('during another one gives no key a longer life', () => {
    const third = rotated(second, { key: C, now_ms: 2_000, grace_ms: 10 * HOUR_MS, leaked: false });
    expect(third.map(({ ends_at_ms }) => ends_at_ms)).toEqual([1_000 + HOUR_MS, 2_000 + 10 * HOUR_MS, null]);
  });

  it('is refused where the ring is full of keys that may still be needed', () => {
    let ring = first;
    const rotate = (n: number, now_ms: number) =>
      rotated(ring, { key: n.toString(16).padStart(64, '0'), now_ms, grace_ms: 0, leaked: false });
    for (let n = 1; n < 100; n++) ring = rotate(n, n);
    expect(() => rotate(100, 100)).toThrow(KeyRingFullError);
    expect(rotate(100, 11 * 366 * 24 * HOUR_MS).map(({ key }) => key)).not.toContain(A);
  });
});

describe('copies', () => {
  it('merge to all keys with the earliest ends, in any order', () => {
    const leaked = rotated(first, { key: C, now_ms: 5_000, grace_ms: 0, leaked: true });
    const merged = mergedRings(second, leaked);
    expect(merged).toEqual(mergedRings(leaked, second));
    expect(merged.map(({ key, ends_at_ms, leaked: known }) => [key, ends_at_ms, known])).toEqual([
      [A, 5_000 + SIGNS_AFTER_MS, true],
      [B, null, false],
      [C, null, false],
    ]);
    expect(mergedRings(first, second)).toEqual(second);
    expect(mergedRings(second, second)).toEqual(second);
    expect(encodeRing(mergedRings(first, second))).toBe(encodeRing(second));
  });

  it('are read as they were written, and nothing else is taken for one', () => {
    expect(decodeRing(encodeRing(second))).toEqual(second);
    expect(encodeRing(decodeRing(encodeRing(second)) ?? first)).toBe(encodeRing(second));
    const bad = ['', 'null', '[]', '{}', '{"keys":[]}', '{"keys":[null]}', A, encodeRing(second).slice(1)];
    for (const text of bad) expect(decodeRing(text), text).toBeUndefined();
  });
});
