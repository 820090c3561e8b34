/**
 * What is stored of a client's address, as an account's `ip_storage` says: the last step before a click is inserted, after
 * the address was judged and its network and country were looked up. Pure.
 */
import { parseAddress } from '../bots/networks/address.ts';

export const IP_STORAGE = ['full', 'truncated', 'none'] as const;
export type IpStorage = (typeof IP_STORAGE)[number];

/** Stands for an address that is not stored: `::`, the unspecified address, which no client has (RFC 4291, 2.5.2). */
export const NO_ADDRESS = '::';

/** As the column takes it: an IPv4 address is mapped, `::ffff:192.0.2.1`. `ip` is v4 or v6. */
export function storedAddress(ip: string, ip_storage: IpStorage): string {
  if (ip_storage === 'none') return NO_ADDRESS;
  if (ip_storage === 'truncated') return truncated(ip);
  return ip.includes(':') ? ip : `::ffff:${ip}`;
}

/**
 * The network of an address: /24 of IPv4, /48 of IPv6. These are the lengths of Google Analytics' IP masking (the last
 * octet, the last 80 bits), which analysts and privacy reviews know. A /24 is the smallest network that is announced on
 * its own; a /48 is the largest that one site usually gets (RFC 6177), so it may still stand for one household or company.
 */
function truncated(ip: string): string {
  const address = parseAddress(ip);
  if (address === undefined) return NO_ADDRESS;
  if ('v4' in address) {
    const { v4 } = address;
    return `::ffff:${v4 >>> 24}.${(v4 >>> 16) & 255}.${(v4 >>> 8) & 255}.0`;
  }
  const { high, low } = address;
  return `${(high >>> 16).toString(16)}:${(high & 0xffff).toString(16)}:${(low >>> 16).toString(16)}::`;
}
