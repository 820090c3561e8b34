/**
 * Asks an address that a stranger has named, or posts JSON to it: never to this machine or the networks around it, unless those are
 * allowed; over TLS then; without following redirects. What a name leads to is looked at when it is connected to, so that
 * a name cannot lead elsewhere meanwhile. Bounded in time; of the answer to JSON only the status is used.
 */
import { type LookupAddress, lookup } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';

const ANSWER_MS_MAX = 10_000;

/** Not on the public internet: IANA's registries of special-purpose addresses, RFC 6890. */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv4');
  // As IPv6 writes it (RFC 4291), and as NAT64 does (RFC 6052).
  PRIVATE.addSubnet(`::ffff:${network}`, 96 + bits, 'ipv6');
  PRIVATE.addSubnet(`64:ff9b::${network}`, 96 + bits, 'ipv6');
}
for (const [network, bits] of [
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv6');

export const isPrivateAddress = (address: string): boolean =>
  PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** The address is not one that may be asked: trying again would not help. */
export class PrivateAddressError extends Error {
  constructor() {
    super('it leads to a private address');
  }
}

/** Why an address can't be asked, as far as it tells itself; undefined: it may be. */
export function refusedAddress(url: string, allow_private: boolean): string | undefined {
  const { protocol, hostname, username } = new URL(url);
  if (username !== '') return 'has a user name: leave it out';
  if (allow_private) return undefined;
  if (protocol !== 'https:') return 'does not begin with https://';
  const host = hostname.replace(/^\[|\]$/g, '');
  const isLocal = isIP(host) === 0 ? /(?:^|\.)localhost\.?$/i.test(host) : isPrivateAddress(host);
  return isLocal ? 'leads to a private address' : undefined;
}

/** Node asks it for one address or for all. */
const publicOnly: LookupFunction = (name, options, done) => {
  lookup(name, { ...options, all: true }, (error, found: LookupAddress[]) => {
    const [first] = found ?? [];
    if (error !== null || first === undefined) done(error, '', 0);
    else if (found.some(({ address }) => isPrivateAddress(address))) done(new PrivateAddressError(), '', 0);
    else if (options.all) done(null, found);
    else done(null, first.address, first.family);
  });
};

/**
 * Sends a signed or otherwise complete request to such an address: like fetch, but a redirect is an answer like any other.
 * The body is sent with its length. Rejects with PrivateAddressError before anything is sent to a private address.
 */
export async function fetchOutside(request: Request, allow_private: boolean): Promise<Response> {
  const { url, method, headers, signal } = request;
  if (refusedAddress(url, allow_private) !== undefined) throw new PrivateAddressError();
  const body = Buffer.from(await request.arrayBuffer());
  const send = url.startsWith('https:') ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const asked = send(url, {
      method,
      headers: { ...Object.fromEntries(headers), 'content-length': body.length, 'user-agent': 'Trackly' },
      agent: false,
      signal,
      ...(allow_private ? {} : { lookup: publicOnly }),
    });
    asked.on('response', (answer) => resolve(asResponse(answer, method)));
    asked.on('error', reject);
    asked.end(body);
  });
}

/** Statuses whose answer has no body. */
const BODILESS = new Set([204, 205, 304]);

type Body = ConstructorParameters<typeof Response>[0];

function asResponse(answer: IncomingMessage, method: string): Response {
  const { statusCode = 0, headersDistinct } = answer;
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  // A Response has no other status.
  const status = statusCode >= 200 && statusCode <= 599 ? statusCode : 502;
  if (method !== 'HEAD' && !BODILESS.has(status))
    return new Response(Readable.toWeb(answer) as Body, { status, headers });
  answer.resume();
  return new Response(null, { status, headers });
}

/** The status of the answer. Rejects where there is none. */
export function postJson(url: string, body: object, allow_private: boolean): Promise<number> {
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    if (refusedAddress(url, allow_private) !== undefined) throw new PrivateAddressError();
    const post = url.startsWith('https:') ? requestHttps : requestHttp;
    const asked = post(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
        'user-agent': 'Trackly',
      },
      agent: false,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      ...(allow_private ? {} : { lookup: publicOnly }),
    });
    asked.on('response', (answer) => {
      answer.destroy();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject);
    asked.end(text);
  });
}
