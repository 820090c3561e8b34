/**
 * Copies from a uWebSockets.js request what a click needs: the request object is gone once the handler
 * returns. Everything is bounded here, so that nothing a client sends can grow what follows.
 */

import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { isIP } from 'node:net';
import {
  HEADER_LENGTH_MAX,
  type HeaderValues,
  KEPT_HEADERS,
  USER_AGENT_LENGTH_MAX,
} from '../clicks/click.ts';
import { hostName } from '../platform/host.ts';
import { cleanText } from '../platform/text.ts';

export interface ClickRequest {
  method: 'GET' | 'HEAD' | 'POST';
  path: string;
  /** See hostName; '' where the request names none. */
  host: string;
  ip: string;
  user_agent: string;
  headers: HeaderValues;
  /** What follows the question mark, cut. */
  query: string;
}

const PATH_LENGTH_MAX = 256;
/** Only `again` means something. */
const QUERY_LENGTH_MAX = 16;
/** A name of 253 characters, its trailing dot and a port. */
const HOST_LENGTH_MAX = 260;
const FORWARDED_LENGTH_MAX = 2_048;

/** `trust_proxy`: how many proxies in front may be believed for the client address. */
export function readRequest(
  res: HttpResponse,
  req: HttpRequest,
  method: ClickRequest['method'],
  trust_proxy: number,
): ClickRequest {
  const headers: string[] = [];
  for (const name of KEPT_HEADERS) headers.push(req.getHeader(name).slice(0, HEADER_LENGTH_MAX));
  return {
    method,
    path: req.getUrl().slice(0, PATH_LENGTH_MAX),
    host: hostName(req.getHeader('host').slice(0, HOST_LENGTH_MAX)),
    ip: readAddress(res, req, trust_proxy),
    user_agent: cleanText(req.getHeader('user-agent').slice(0, USER_AGENT_LENGTH_MAX)),
    headers,
    query: (req.getQuery() ?? '').slice(0, QUERY_LENGTH_MAX),
  };
}

/** The client's address, v4 or v6. To ask for the peer's costs 4 µs: only where no proxy says it. */
export function readAddress(res: HttpResponse, req: HttpRequest, trust_proxy: number): string {
  const forwarded_for =
    trust_proxy === 0 ? '' : req.getHeader('x-forwarded-for').slice(-FORWARDED_LENGTH_MAX);
  return clientAddress(forwarded_for, trust_proxy) ?? addressText(new Uint8Array(res.getRemoteAddress()));
}

/**
 * The client's address with `trust_proxy` proxies in front. Each proxy appended the address that it saw,
 * so the entry that many places from the right is the last one that a trusted proxy wrote; what stands
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
