import { describe, expect, it } from 'vitest';
import { clientAddress } from '../../../src/platform/forwarded.ts';
import { addressReader, addressText } from '../../../src/redirect/client-address.ts';
import { fakeRequest, fakeResponse } from '../../support/fake-exchange.ts';

/** Of the connection: nobody else may say. */
const peer = undefined;
const PEER = '192.0.2.1';

describe('the client address in X-Forwarded-For', () => {
  it.each([
    ['', 1, peer],
    ['1.2.3.4', 0, peer],
    ['1.2.3.4', 1, '1.2.3.4'],
    ['evil, 1.2.3.4', 1, '1.2.3.4'],
    ['9.9.9.9, 1.2.3.4, 10.0.0.2', 2, '1.2.3.4'],
    ['1.2.3.4', 3, '1.2.3.4'],
    ['9.9.9.9, unknown', 1, peer],
    ['9.9.9.9,', 1, peer],
    ['not an address', 1, peer],
    ['"><script>', 1, peer],
    ['1.2.3.4:5678', 1, '1.2.3.4'],
    ['[2001:db8::1]:443', 1, '2001:db8::1'],
    ['::ffff:1.2.3.4', 1, '1.2.3.4'],
    ['fe80::1%eth0', 1, peer],
  ])('with "%s" and %i proxies is %s', (list, trust_proxy, expected) => {
    expect(clientAddress(list, { trust_proxy, trust_proxy_header: 'x-forwarded-for' })).toBe(expected);
  });
});

describe('the client address in Forwarded', () => {
  it.each([
    ['for=1.2.3.4', 1, '1.2.3.4'],
    ['For=1.2.3.4;proto=https;by=10.0.0.1', 1, '1.2.3.4'],
    ['proto=https; for=1.2.3.4', 1, '1.2.3.4'],
    ['for="1.2.3.4:5678"', 1, '1.2.3.4'],
    ['for="[2001:db8::1]"', 1, '2001:db8::1'],
    ['for="[2001:db8::1]:443";proto=https', 1, '2001:db8::1'],
    ['for=9.9.9.9, for=1.2.3.4', 1, '1.2.3.4'],
    ['for=9.9.9.9, for=1.2.3.4;host="a,b", for=10.0.0.2', 2, '1.2.3.4'],
    ['for=1.2.3.4', 3, '1.2.3.4'],
    ['for=9.9.9.9, for=unknown', 1, peer],
    ['for=9.9.9.9, for=_hidden', 1, peer],
    ['for=9.9.9.9, for="_hidden:80"', 1, peer],
    ['for=9.9.9.9, proto=https', 1, peer],
    ['for=9.9.9.9,', 1, peer],
    ['1.2.3.4', 1, peer],
    ['for=', 1, peer],
    // What a client leaves open does not swallow what was appended.
    ['for="9.9.9.9, for=1.2.3.4', 1, '1.2.3.4'],
    ['for="9.9.9.9;proto=https, for="[2001:db8::1]"', 1, '2001:db8::1'],
    ['for="9.9.9.9\\", for=1.2.3.4', 1, '1.2.3.4'],
    ['x="a, for=9.9.9.9";y, for=1.2.3.4', 1, '1.2.3.4'],
  ])('with `%s` and %i proxies is %s', (list, trust_proxy, expected) => {
    expect(clientAddress(list, { trust_proxy, trust_proxy_header: 'forwarded' })).toBe(expected);
  });
});

describe('the client address of a request', () => {
  const FORGED = '9.9.9.9';
  const CLIENT = '203.0.113.5';
  const read = (
    trust_proxy_header: 'x-forwarded-for' | 'forwarded' | 'proxy-protocol',
    trust_proxy: number,
    headers: Record<string, string | string[]>,
    proxied: number[] = [],
  ): string => {
    const readAddress = addressReader({ trust_proxy, trust_proxy_header });
    return readAddress(fakeResponse(proxied).res, fakeRequest('/abc1234', headers));
  };
  const everything = {
    'x-forwarded-for': FORGED,
    'x-real-ip': FORGED,
    forwarded: `for=${FORGED}`,
  };

  it('is the connection’s where no proxy is trusted, whatever was sent', () => {
    expect(read('x-forwarded-for', 0, everything, [9, 9, 9, 9])).toBe(PEER);
  });

  it('is what HAProxy wrote in a line of its own after the client’s', () => {
    expect(read('x-forwarded-for', 1, { 'x-forwarded-for': [FORGED, CLIENT] })).toBe(CLIENT);
    expect(read('x-forwarded-for', 2, { 'x-forwarded-for': [FORGED, CLIENT, '10.0.0.2'] })).toBe(CLIENT);
    expect(read('forwarded', 1, { forwarded: [`for="${FORGED}`, `for=${CLIENT}`] })).toBe(CLIENT);
  });

  it('is found behind a list that is longer than what is kept of it', () => {
    expect(read('x-forwarded-for', 1, { 'x-forwarded-for': ['9.9.9.9, '.repeat(900), CLIENT] })).toBe(CLIENT);
  });

  it('is the connection’s where the trusted proxy wrote no address, never one further left', () => {
    expect(read('x-forwarded-for', 1, { 'x-forwarded-for': [FORGED, 'unknown'] })).toBe(PEER);
    expect(read('forwarded', 1, { forwarded: [`for=${FORGED}`, 'for=_secret'] })).toBe(PEER);
  });

  it('is of the header that the setting names, and of no other', () => {
    expect(read('forwarded', 1, { ...everything, forwarded: `for=${CLIENT}` })).toBe(CLIENT);
    expect(read('forwarded', 1, { 'x-forwarded-for': FORGED })).toBe(PEER);
    expect(read('x-forwarded-for', 1, { forwarded: `for=${FORGED}` }, [9, 9, 9, 9])).toBe(PEER);
  });

  it('is the PROXY frame’s where the setting says so, else the connection’s', () => {
    expect(read('proxy-protocol', 1, everything, [203, 0, 113, 5])).toBe(CLIENT);
    expect(read('proxy-protocol', 1, everything)).toBe(PEER);
  });
});

it('an address is written as text from its bytes', () => {
  expect(addressText(Uint8Array.of(1, 2, 3, 4))).toBe('1.2.3.4');
  expect(addressText(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4))).toBe('1.2.3.4');
  expect(addressText(Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))).toBe(
    '2001:db8:0:0:0:0:0:1',
  );
});
