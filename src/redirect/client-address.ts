/**
 * The address of a client, of taps and of conversions: the peer's, or what trusted proxies in front say. Bounded and
 * pure but for the request that it reads.
 */

import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { isIP } from 'node:net';

const FORWARDED_LENGTH_MAX = 2_048;

/** The client's address, v4 or v6. To ask for the peer's costs 4 µs: only where no proxy says it. */
export function readAddress(res: HttpResponse, req: HttpRequest, trust_proxy: number): string {
  const forwarded_for =
    trust_proxy === 0 ? '' : req.getHeader('x-forwarded-for').slice(-FORWARDED_LENGTH_MAX);
  return clientAddress(forwarded_for, trust_proxy) ?? addressText(new Uint8Array(res.getRemoteAddress()));
}

/**
 * The client's address with `trust_proxy` proxies in front. Each proxy appended the address that it saw,
 * so the entry that is so many from the right is the last one that a trusted proxy wrote; what stands
 * further left, the client may have invented. Undefined where the entry is no address: it is the peer then.
 */
export function clientAddress(forwarded_for: string, trust_proxy: number): string | undefined {
  if (trust_proxy === 0 || forwarded_for === '') return undefined;
  // One proxy that was sent nothing: the usual case.
  if (isIP(forwarded_for) === 4) return forwarded_for;
  const entries = forwarded_for.split(',');
  const entry = entries[Math.max(0, entries.length - trust_proxy)]?.trim() ?? '';
  const bare = entry.replace(/^\[([^\]]*)\](?::\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  if (isIP(bare) === 0 || bare.includes('%')) return undefined;
  return bare.replace(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i, '$1');
}

/** Text of a binary address of 4 or 16 bytes; a v4 address mapped into v6 is given as v4. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
  if (bytes.length !== 16) return '0.0.0.0';
  const mapped =
    bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  if (mapped) return bytes.subarray(12).join('.');
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)).toString(16));
  return groups.join(':');
}
