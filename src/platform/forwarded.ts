/**
 * What proxies write about the request that they pass on: lists (`X-Forwarded-For`, `X-Forwarded-Proto`) and `Forwarded`
 * (RFC 7239). Each proxy appends an entry, so only as many entries from the right as there are proxies are to be
 * believed; what stands further left, the client may have invented. Pure.
 */
import { isIP } from 'node:net';

/** Where the last proxy says who asks: a header with a list, or the PROXY protocol before the first request. */
export const PROXY_HEADERS = ['x-forwarded-for', 'forwarded', 'proxy-protocol'] as const;
export type ProxyHeader = (typeof PROXY_HEADERS)[number];

export interface TrustedProxies {
  /** How many proxies in front may be believed. */
  trust_proxy: number;
  trust_proxy_header: ProxyHeader;
}

/** The entry that the outermost trusted proxy wrote. Lines of one header are one list, joined with commas. */
export function trustedEntry(list: string, trust_proxy: number): string {
  const entries = list.split(',');
  return entries[Math.max(0, entries.length - trust_proxy)]?.trim() ?? '';
}

/**
 * The same of `Forwarded`, whose values may be quoted. It is read from the right: a quote that a client leaves open
 * does not reach what was appended to it.
 */
export function trustedElement(list: string, trust_proxy: number): string {
  let end = list.length;
  let left = trust_proxy;
  let quoted = false;
  for (let i = list.length - 1; i >= 0; i--) {
    const char = list[i];
    if (char === '"' && !isEscaped(list, i)) quoted = !quoted;
    else if (char === ',' && !quoted) {
      left--;
      if (left === 0) return list.slice(i + 1, end).trim();
      end = i;
    }
  }
  return list.slice(0, end).trim();
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

const PARAMETER = /\s*([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;",]*))\s*(?:;|$)/y;

/** A parameter of one element of `Forwarded`; '' where it has none, or is not written as it has to be. */
export function forwardedParameter(element: string, name: 'for' | 'proto'): string {
  PARAMETER.lastIndex = 0;
  let found = '';
  while (PARAMETER.lastIndex < element.length) {
    const [, key, quoted, token = ''] = PARAMETER.exec(element) ?? [];
    if (key === undefined) return '';
    if (key.toLowerCase() === name) found = quoted?.replace(/\\(.)/g, '$1') ?? token;
  }
  return found;
}

/**
 * The address of a client as proxies write it, with a port or without: `192.0.2.1`, `192.0.2.1:5678`, `2001:db8::1`,
 * `[2001:db8::1]:443`. Undefined where it is no address: `unknown`, `_hidden`, or invented.
 */
export function addressOfNode(node: string): string | undefined {
  const bare = node.replace(/^\[([^\]]*)\](?::\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  if (isIP(bare) === 0 || bare.includes('%')) return undefined;
  return bare.replace(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i, '$1');
}

/** The client's address in the list of a header; undefined where the entry of the trusted proxy is no address. */
export function clientAddress(list: string, proxies: TrustedProxies): string | undefined {
  const { trust_proxy, trust_proxy_header } = proxies;
  if (trust_proxy === 0 || list === '') return undefined;
  if (trust_proxy_header === 'forwarded') {
    return addressOfNode(forwardedParameter(trustedElement(list, trust_proxy), 'for'));
  }
  // One proxy that was sent nothing: the usual case.
  if (isIP(list) === 4) return list;
  return addressOfNode(trustedEntry(list, trust_proxy));
}

/** The scheme by which the client asked, as the trusted proxies say; undefined where none does. */
export function trustedScheme(
  headers: { 'x-forwarded-proto'?: string | string[] | undefined; forwarded?: string | string[] | undefined },
  { trust_proxy, trust_proxy_header }: TrustedProxies,
): string | undefined {
  if (trust_proxy === 0 || trust_proxy_header === 'proxy-protocol') return undefined;
  const text = (value: string | string[] | undefined): string => String(value ?? '');
  const scheme =
    trust_proxy_header === 'forwarded'
      ? forwardedParameter(trustedElement(text(headers.forwarded), trust_proxy), 'proto')
      : trustedEntry(text(headers['x-forwarded-proto']), trust_proxy);
  return scheme === '' ? undefined : scheme.toLowerCase();
}
