/** The address of a caller of the API: the connection's, or what the trusted proxies in front say. Pure. */
import type { IncomingMessage } from 'node:http';
import { clientAddress, type TrustedProxies } from '../../platform/forwarded.ts';

/** v4 or v6; '' after the connection is gone. The PROXY protocol is the public listener's alone. */
export function callerAddress({ headers, socket }: IncomingMessage, proxies: TrustedProxies): string {
  const { trust_proxy_header } = proxies;
  const list = trust_proxy_header === 'proxy-protocol' ? '' : String(headers[trust_proxy_header] ?? '');
  return clientAddress(list, proxies) ?? (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}
