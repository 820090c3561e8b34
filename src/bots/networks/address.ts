/**
 * Addresses as numbers: a v4 address is one of 32 bits, a v6 address is represented by its first 64 bits, which
 * identify its network. Pure.
 */

export type Address = { v4: number } | { high: number; low: number };

/** Numbers of a v4 or v6 address as text; a v4 address mapped into v6 is v4. Undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) return parseV4(text);
  if (text.includes('.')) {
    const mapped = /^::ffff:([\d.]+)$/i.exec(text)?.[1];
    return mapped === undefined ? undefined : parseV4(mapped);
  }
  const gap = text.indexOf('::');
  if (gap !== text.lastIndexOf('::')) return undefined;
  const head = gap < 0 ? text : text.slice(0, gap);
  const tail = gap < 0 ? undefined : text.slice(gap + 2);
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = [
    ...before,
    ...new Array<number>(missing).fill(0),
    ...after,
  ];
  if (a === 0 && b === 0 && c === 0 && d === 0 && e === 0 && f === 0xffff) return { v4: join(g, h) };
  return { high: join(a, b), low: join(c, d) };
}

const join = (high: number, low: number): number => ((high << 16) | low) >>> 0;

function parseV4(text: string): Address | undefined {
  let value = 0;
  let octets = 0;
  for (let start = 0; start <= text.length; octets++) {
    const end = endOfPart(text, '.', start);
    const octet = readOctet(text, start, end);
    if (octet < 0) return undefined;
    value = ((value << 8) | octet) >>> 0;
    start = end + 1;
  }
  return octets === 4 ? { v4: value } : undefined;
}

function groupsOf(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  for (let start = 0; start <= text.length; ) {
    const end = endOfPart(text, ':', start);
    const group = readGroup(text, start, end);
    if (group < 0) return undefined;
    groups.push(group);
    start = end + 1;
  }
  return groups.length <= 8 ? groups : undefined;
}

function endOfPart(text: string, separator: string, start: number): number {
  const end = text.indexOf(separator, start);
  return end < 0 ? text.length : end;
}

/** Decimal digits from `start` to `end` as a number of 8 bits; -1 if they are invalid. */
function readOctet(text: string, start: number, end: number): number {
  if (start === end) return -1;
  let octet = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    octet = octet * 10 + digit;
  }
  return octet <= 255 ? octet : -1;
}

/** One to four hexadecimal digits as a number of 16 bits; -1 if they are invalid. */
function readGroup(text: string, start: number, end: number): number {
  if (start === end || end - start > 4) return -1;
  let group = 0;
  for (let i = start; i < end; i++) {
    const digit = hexDigit(text.charCodeAt(i));
    if (digit < 0) return -1;
    group = group * 16 + digit;
  }
  return group;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const small = code | 0x20;
  return small >= 97 && small <= 102 ? small - 87 : -1;
}

/** A network such as `192.0.2.0/24` or `2001:db8::/32`, or one address. */
export interface Network {
  contains(address: Address): boolean;
}

/** Throws if the text is not an address or network. Only the first 64 bits of a v6 address count. */
export function parseNetwork(text: string): Network {
  const [base = '', bits, ...rest] = text.split('/');
  const address = parseAddress(base);
  const max = address !== undefined && 'v4' in address ? 32 : 128;
  const length = bits === undefined ? max : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (address === undefined || rest.length > 0 || length < 0 || length > max) {
    throw new Error(
      `${text.slice(0, 60)} is not an address such as 192.0.2.1 or a network such as 192.0.2.0/24`,
    );
  }
  if ('v4' in address) {
    const mask = maskOf(length);
    return { contains: (other) => 'v4' in other && ((other.v4 ^ address.v4) & mask) === 0 };
  }
  const high = maskOf(Math.min(length, 32));
  const low = maskOf(Math.max(0, Math.min(length - 32, 32)));
  return {
    contains: (other) =>
      !('v4' in other) &&
      ((other.high ^ address.high) & high) === 0 &&
      ((other.low ^ address.low) & low) === 0,
  };
}

const maskOf = (bits: number): number => (bits === 0 ? 0 : -1 << (32 - bits));

/**
 * Networks that are not on the public internet (RFC 1918, 4193, 4291, 6598): tests on the same machine, or a proxy in
 * front that TRUST_PROXY does not count. They say nothing about the visitor.
 */
const PRIVATE_V4 = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  '0.0.0.0/8',
].map(parseNetwork);
const PRIVATE_V6 = ['::/64', 'fc00::/7', 'fe80::/10'].map(parseNetwork);

export function isPrivate(address: Address): boolean {
  for (const network of 'v4' in address ? PRIVATE_V4 : PRIVATE_V6) {
    if (network.contains(address)) return true;
  }
  return false;
}
