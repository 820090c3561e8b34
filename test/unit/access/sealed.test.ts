import { expect, it } from 'vitest';
import { rotated } from '../../../src/access/key-ring.ts';
import { decrypt, encrypt, isStale, SealError } from '../../../src/access/sealed.ts';
import { keysOf } from '../../support/installation-keys.ts';

const FOR = { purpose: 'second factor', subject: 'mem_1' };

it('opens what it sealed, and seals the same text differently every time', () => {
  const keys = keysOf();
  const sealed = encrypt(keys, FOR, 'zażółć');
  expect(decrypt(keys, FOR, sealed)).toBe('zażółć');
  expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').includes('zażółć')).toBe(false);
  expect(encrypt(keys, FOR, 'zażółć')).not.toBe(sealed);
  expect(decrypt(keys, FOR, encrypt(keys, FOR, ''))).toBe('');
});

it('opens nothing of another installation, purpose or subject, and nothing that was changed', () => {
  const keys = keysOf();
  const sealed = encrypt(keys, FOR, 'text');
  expect(() => decrypt(keysOf('b'), FOR, sealed)).toThrow(SealError);
  expect(() => decrypt(keys, { ...FOR, purpose: 'other' }, sealed)).toThrow(SealError);
  expect(() => decrypt(keys, { ...FOR, subject: 'mem_2' }, sealed)).toThrow(SealError);
  for (let at = sealed.lastIndexOf('.') + 1; at < sealed.length; at++) {
    const other = sealed[at] === 'A' ? 'w' : 'A';
    const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
    // The last character has bits that mean nothing.
    if (at < sealed.length - 1) expect(() => decrypt(keys, FOR, changed), changed).toThrow(SealError);
  }
  for (const text of ['', 'v1', 'v1.00000000.AAAA', `${sealed}!`, sealed.slice(0, 30)]) {
    expect(() => decrypt(keys, FOR, text), text).toThrow(SealError);
  }
});

it('stays readable after a rotation, which tells that it is to be sealed again', () => {
  const before = keysOf();
  const sealed = encrypt(before, FOR, 'text');
  expect(isStale(before, sealed)).toBe(false);
  const rotation = { key: 'b'.repeat(64), now_ms: 1, grace_ms: 0, leaked: true };
  const after = { ring: rotated(before.ring, rotation) };
  expect(isStale(after, sealed)).toBe(true);
  expect(decrypt(after, FOR, sealed)).toBe('text');
  expect(isStale(after, encrypt(after, FOR, 'text'))).toBe(false);
});
