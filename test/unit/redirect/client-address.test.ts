import { describe, expect, it } from 'vitest';
import { addressText, clientAddress } from '../../../src/redirect/client-address.ts';

describe('the client address', () => {
  /** The peer: nobody else may say. */
  const peer = undefined;

  it.each([
    ['', 1, peer],
    ['1.2.3.4', 0, peer],
    ['1.2.3.4', 1, '1.2.3.4'],
    ['evil, 1.2.3.4', 1, '1.2.3.4'],
    ['9.9.9.9, 1.2.3.4, 10.0.0.2', 2, '1.2.3.4'],
    ['1.2.3.4', 3, '1.2.3.4'],
    ['not an address', 1, peer],
    ['"><script>', 1, peer],
    ['1.2.3.4:5678', 1, '1.2.3.4'],
    ['[2001:db8::1]:443', 1, '2001:db8::1'],
    ['::ffff:1.2.3.4', 1, '1.2.3.4'],
    ['fe80::1%eth0', 1, peer],
  ])('with "%s" and %i proxies is %s', (forwarded, proxies, expected) => {
    expect(clientAddress(forwarded, proxies)).toBe(expected);
  });

  it('is written as text from its bytes', () => {
    expect(addressText(Uint8Array.of(1, 2, 3, 4))).toBe('1.2.3.4');
    expect(addressText(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4))).toBe('1.2.3.4');
    expect(addressText(Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))).toBe(
      '2001:db8:0:0:0:0:0:1',
    );
  });
});
