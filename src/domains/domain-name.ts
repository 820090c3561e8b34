/**
 * Names of tracking domains: the one form in which a name is stored, compared and asked for. Pure.
 */
import { isIP } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import { parse } from 'tldts';
import { z } from 'zod';

/** Of a name in DNS, without the trailing dot. */
const NAME_LENGTH_MAX = 253;
const TEXT_LENGTH_MAX = 300;
const LABELS = /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+$/;

/** Why a name can't be a tracking domain; `message` says what to write instead. */
export class DomainNameError extends Error {
  readonly code = 'invalid_domain';
}

/**
 * The name in lower case, as DNS has it (`xn--…` for what is not ASCII), without a trailing dot. Throws DomainNameError
 * for ports, paths, addresses, single labels, wildcards, and public suffixes such as `co.uk`
 * (https://publicsuffix.org, by tldts), on which anyone can register names.
 */
export function normalDomain(text: string): string {
  const wrong = (why: string): DomainNameError =>
    new DomainNameError(`"${text.slice(0, 80)}" ${why}: write a name such as go.example.com`);
  if (text.includes('://') || /[/?#@\s]/.test(text)) throw wrong('is an address and not a name alone');
  if (/:\d*$/.test(text) && !text.includes('::')) throw wrong('has a port');
  const name = domainToASCII(text.replace(/\.$/, '')).toLowerCase();
  const parts = parse(name, { allowPrivateDomains: true, validateHostname: false });
  if (isIP(text) !== 0 || parts.isIp === true || /^[[\d.:\]]+$/.test(text)) throw wrong('is an IP address');
  if (name === '' || name.length > NAME_LENGTH_MAX || !LABELS.test(name)) {
    throw wrong('is not a name that DNS can have');
  }
  if (parts.domain === null) throw wrong('is a public suffix, which belongs to nobody');
  return name;
}

/** The name as people read it: `xn--…` decoded. */
export const readableDomain = (name: string): string => domainToUnicode(name) || name;

/** A name as people write it; it becomes what normalDomain makes of it. */
export const domainName = z
  .string()
  .max(TEXT_LENGTH_MAX)
  .superRefine((text, context) => {
    const { error } = tryNormal(text);
    if (error !== undefined) context.addIssue({ code: 'custom', message: error.message });
  })
  .overwrite((text) => tryNormal(text).name ?? text);

function tryNormal(text: string): { name?: string; error?: DomainNameError } {
  try {
    return { name: normalDomain(text) };
  } catch (error) {
    if (error instanceof DomainNameError) return { error };
    throw error;
  }
}
