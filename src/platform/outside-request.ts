/**
 * Asks addresses that a stranger has named: never this machine or the networks around it, unless those are allowed; over
 * TLS then; without following redirects. What a name leads to is looked at when it is connected to, so that a name cannot
 * lead elsewhere meanwhile. Bounded in time, and in how much of the answer is read; of fetchOutside its caller bounds both.
 */
import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Readable } from 'node:stream';
import { outsideLookup } from './outside-lookup.ts';

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

/** Also where it is a public one: what this machine serves to itself only may listen on it. */
function isOwnAddress(address: string): boolean {
  const own = new BlockList();
  for (const found of Object.values(networkInterfaces()).flat())
    if (found !== undefined) own.addAddress(found.address, found.family === 'IPv6' ? 'ipv6' : 'ipv4');
  // BlockList finds an IPv4 address also where it is written as IPv6.
  return own.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

const isRefused = (address: string): boolean => isPrivateAddress(address) || isOwnAddress(address);

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
  const isLocal = isIP(host) === 0 ? /(?:^|\.)localhost\.?$/i.test(host) : isRefused(host);
  return isLocal ? 'leads to a private address' : undefined;
}

const publicOnly = outsideLookup(
  (found) => (found.some(({ address }) => isRefused(address)) ? new PrivateAddressError() : undefined),
  { asks_system: false },
);
const anywhere = outsideLookup(() => undefined, { asks_system: true });

/**
 * Sends a signed or otherwise complete request to such an address: like fetch, but a redirect is an answer like any other.
 * The body is sent with its length. Rejects with PrivateAddressError before anything is sent to a private address.
 */
export async function fetchOutside(request: Request, allow_private: boolean): Promise<Response> {
  const { url, method, headers, signal } = request;
  const body = Buffer.from(await request.arrayBuffer());
  return new Promise((resolve, reject) => {
    const asked = openRequest(url, allow_private, {
      method,
      headers: { ...Object.fromEntries(headers), 'content-length': body.length, 'user-agent': 'Trackly' },
      agent: false,
      signal,
    });
    asked.on('response', (answer) => resolve(asResponse(answer, method)));
    onNoAnswer(asked, reject);
    asked.end(body);
  });
}

/** Throws PrivateAddressError where the address itself is private; a name that leads to one is an error of the request. */
function openRequest(url: string, allow_private: boolean, options: RequestOptions): ClientRequest {
  if (refusedAddress(url, allow_private) !== undefined) throw new PrivateAddressError();
  const open = url.startsWith('https:') ? requestHttps : requestHttp;
  return open(url, { ...options, lookup: allow_private ? anywhere : publicOnly });
}

/** Also where the answer is a change of protocol (101), of which Node only says that the connection is closed. */
function onNoAnswer(asked: ClientRequest, failed: (error: Error) => void): void {
  let has_answer = false;
  asked.on('response', () => {
    has_answer = true;
  });
  asked.on('error', failed);
  asked.on('close', () => {
    if (!has_answer) failed(Object.assign(new Error('closed without an answer'), { code: 'EPROTO' }));
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
export async function postJson(url: string, body: object, allow_private: boolean): Promise<number> {
  const { status } = await askOutside(
    {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', 'user-agent': 'Trackly' },
      body: JSON.stringify(body),
    },
    { allow_private, answer_ms_max: ANSWER_MS_MAX },
  );
  return status;
}

export interface OutsideRequest {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  /** '' for none. */
  body: string;
}

export interface OutsideLimits {
  allow_private: boolean;
  /** From the first step to the last byte that is read of the answer. */
  answer_ms_max: number;
  /** How much of the answer's body is read; without it nothing. */
  body_bytes_max?: number;
  /** Whose connections are used; without it one of its own. */
  agent?: Agent;
  /** Ends it early. */
  signal?: AbortSignal;
}

/** With what it may reject. */
export interface OutsideError extends NodeJS.ErrnoException {
  /** The connection was kept from a request before: the other side may have closed it just then. */
  was_reused?: boolean;
}

export interface OutsideAnswer {
  status: number;
  /** Of the header, as it came. */
  retry_after: string | undefined;
  /** Its beginning, decoded as UTF-8. */
  body: string;
}

/**
 * Rejects where there is no answer: with PrivateAddressError, a TimeoutError, or the error of the connection. A header that
 * can't be sent rejects too.
 */
export function askOutside(request: OutsideRequest, limits: OutsideLimits): Promise<OutsideAnswer> {
  const { method, url, headers, body } = request;
  const { allow_private, answer_ms_max, body_bytes_max = 0, agent, signal } = limits;
  return new Promise((resolve, reject) => {
    const timeout = AbortSignal.timeout(answer_ms_max);
    const asked = openRequest(url, allow_private, {
      method,
      headers: { ...headers, ...(body !== '' && { 'content-length': Buffer.byteLength(body) }) },
      agent: agent ?? false,
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    // What ended it is told rather than that it was aborted.
    const failed = (error: OutsideError): void => {
      if (asked.reusedSocket) error.was_reused = true;
      reject(timeout.aborted ? (timeout.reason as Error) : error);
    };
    asked.on('response', (answer) => {
      readBeginning(answer, body_bytes_max).then(
        (text) =>
          resolve({
            status: answer.statusCode ?? 0,
            retry_after: answer.headers['retry-after'],
            body: text,
          }),
        failed,
      );
    });
    onNoAnswer(asked, failed);
    asked.end(body);
  });
}

/** The connection is used again only where the answer ends within the bound. */
async function readBeginning(answer: IncomingMessage, bytes_max: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  if (bytes_max > 0)
    for await (const part of answer) {
      parts.push(part as Buffer);
      bytes += (part as Buffer).length;
      // Leaving the loop closes the connection.
      if (bytes > bytes_max) break;
    }
  else answer.destroy();
  return Buffer.concat(parts).subarray(0, bytes_max).toString('utf8').toWellFormed();
}
