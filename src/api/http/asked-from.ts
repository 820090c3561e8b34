/** Where a request comes from and what it asked for: the client's address, the browser, the API's own address. Pure. */
import type { FastifyRequest } from 'fastify';
import { AGENT_LENGTH_MAX, type Device } from '../../access/session.ts';
import {
  addressOfNode,
  forwardedParameter,
  type TrustedProxies,
  trustedElement,
  trustedEntry,
  trustedScheme,
} from '../../platform/forwarded.ts';

/** The client's address: the connection's, or what trusted proxies say. */
export function addressOf(request: FastifyRequest, proxies: TrustedProxies): string {
  const { trust_proxy, trust_proxy_header } = proxies;
  const connection = addressOfNode(request.socket.remoteAddress ?? '') ?? '';
  if (trust_proxy === 0 || trust_proxy_header === 'proxy-protocol') return connection;
  const list = [request.headers[trust_proxy_header] ?? ''].flat().join(',');
  const entry =
    trust_proxy_header === 'forwarded'
      ? forwardedParameter(trustedElement(list, trust_proxy), 'for')
      : trustedEntry(list, trust_proxy);
  return addressOfNode(entry) ?? connection;
}

export const deviceOf = (request: FastifyRequest, proxies: TrustedProxies): Device => ({
  agent: (request.headers['user-agent'] ?? '').slice(0, AGENT_LENGTH_MAX),
  address: addressOf(request, proxies),
});

/** The address under which the caller reached the API: `https://trackly.example`. */
export const originOf = (request: FastifyRequest, proxies: TrustedProxies): string =>
  `${trustedScheme(request.headers, proxies) ?? 'http'}://${request.headers.host ?? 'localhost'}`;
