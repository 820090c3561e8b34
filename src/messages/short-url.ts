/** The address that a recipient taps. */
import { isIP } from 'node:net';
import { hostName, isLoopback } from '../platform/host.ts';

/** https for names; http for the local machine and for addresses, for which nobody gets a certificate. */
export function shortUrl(domain: string, link_id: string): string {
  const name = hostName(domain);
  const plain = isLoopback(name) || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
  return `${plain ? 'http' : 'https'}://${domain}/${link_id}`;
}
