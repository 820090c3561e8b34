/** The address that a recipient taps. */
import { isIP } from 'node:net';
import { hostName, isLoopback } from '../platform/host.ts';

/**
 * Host (and port) of links on a tracking domain. '' is the installation's own, whose links in ClickHouse have its name
 * without the port.
 */
export function linkHost(domain: string, default_domain: string): string {
  return domain === '' || domain === hostName(default_domain) ? default_domain : domain;
}

/** https for names; http for the local machine and for addresses, for which nobody gets a certificate. */
export function shortUrl(domain: string, link_id: string): string {
  const name = hostName(domain);
  const plain = isLoopback(name) || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
  return `${plain ? 'http' : 'https'}://${domain}/${link_id}`;
}
