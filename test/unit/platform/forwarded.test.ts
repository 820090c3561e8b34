import { expect, it } from 'vitest';
import { trustedScheme } from '../../../src/platform/forwarded.ts';

const one = { trust_proxy: 1, trust_proxy_header: 'x-forwarded-for' } as const;

it('a scheme is what the trusted proxy wrote last', () => {
  expect(trustedScheme({ 'x-forwarded-proto': 'https' }, one)).toBe('https');
  expect(trustedScheme({ 'x-forwarded-proto': 'https, HTTP' }, one)).toBe('http');
  expect(trustedScheme({ 'x-forwarded-proto': 'https, http' }, { ...one, trust_proxy: 2 })).toBe('https');
  expect(trustedScheme({}, one)).toBeUndefined();
});

it('a scheme is of the header that the setting names, and of nobody where no proxy is trusted', () => {
  const headers = {
    'x-forwarded-proto': 'https',
    forwarded: 'for=9.9.9.9;proto=https, for=1.2.3.4;proto=http',
  };
  expect(trustedScheme(headers, { ...one, trust_proxy_header: 'forwarded' })).toBe('http');
  expect(trustedScheme(headers, { ...one, trust_proxy: 0 })).toBeUndefined();
  expect(trustedScheme(headers, { ...one, trust_proxy_header: 'proxy-protocol' })).toBeUndefined();
});
