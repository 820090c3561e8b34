import type { FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { refuseOtherAccount, refuseOtherSites, tokenOf } from '../../../../src/api/http/session-cookie.ts';

const request = (headers: Record<string, string>, cookies: Record<string, string> = {}): FastifyRequest =>
  ({ headers: { host: 'trackly.example:8081', ...headers }, cookies }) as unknown as FastifyRequest;
const OWN = { 'x-trackly-session': '1' };
const PROXIES = { trust_proxy: 1, trust_proxy_header: 'x-forwarded-for' } as const;

it.each([
  [{ 'sec-fetch-site': 'cross-site', ...OWN }],
  [{ 'sec-fetch-site': 'same-site', ...OWN }],
  [{ 'sec-fetch-site': 'none', ...OWN }],
  [{ 'sec-fetch-site': 'same-origin' }],
  [{ origin: 'https://evil.example', ...OWN }],
  [{ origin: 'https://trackly.example.evil.example', ...OWN }],
  [{ origin: 'null', ...OWN }],
  [{}],
])('refuses what another site may have sent: %j', (headers) => {
  expect(() => refuseOtherSites(request(headers as Record<string, string>))).toThrow(
    /from the dashboard only/,
  );
});

it.each([
  [{ 'sec-fetch-site': 'same-origin', ...OWN }],
  [{ origin: 'https://trackly.example', ...OWN }],
  [{ ...OWN }],
])('takes what the dashboard sends: %j', (headers) => {
  expect(() => refuseOtherSites(request(headers as Record<string, string>))).not.toThrow();
});

it('refuses what a page asks that shows another account', () => {
  const from = (account_id: string) => request({ 'x-trackly-account': account_id });
  expect(() => refuseOtherAccount(from('acc_1'), 'acc_2')).toThrow(/shows another account/);
  expect(() => refuseOtherAccount(from('acc_1'), '')).toThrow(/shows another account/);
  expect(() => refuseOtherAccount(from('acc_1'), 'acc_1')).not.toThrow();
  expect(() => refuseOtherAccount(request({}), 'acc_1')).not.toThrow();
});

it('reads under TLS only the cookie that TLS has set, and no key', () => {
  const token = 'a'.repeat(43);
  const tls = { 'x-forwarded-proto': 'https' };
  expect(tokenOf(request({}, { trackly_session: token }), PROXIES)).toBe(token);
  expect(tokenOf(request(tls, { trackly_session: token }), PROXIES)).toBeUndefined();
  expect(tokenOf(request(tls, { '__Host-trackly_session': token }), PROXIES)).toBe(token);
  expect(tokenOf(request({}, { trackly_session: `trk_${'0'.repeat(32)}` }), PROXIES)).toBeUndefined();
});
