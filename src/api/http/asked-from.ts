/** What a request came from and what it asked for: the browser, and the API's own address. Pure. */
import type { FastifyRequest } from 'fastify';
import { AGENT_LENGTH_MAX, type Device } from '../../access/session.ts';
import { type TrustedProxies, trustedScheme } from '../../platform/forwarded.ts';
import { callerAddress } from './caller-address.ts';

export const deviceOf = (request: FastifyRequest, proxies: TrustedProxies): Device => ({
  agent: (request.headers['user-agent'] ?? '').slice(0, AGENT_LENGTH_MAX),
  address: callerAddress(request.raw, proxies),
});

/** The address under which the caller reached the API: `https://trackly.example`. */
export const originOf = (request: FastifyRequest, proxies: TrustedProxies): string =>
  `${trustedScheme(request.headers, proxies) ?? 'http'}://${request.headers.host ?? 'localhost'}`;
