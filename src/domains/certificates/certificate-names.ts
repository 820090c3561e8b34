/**
 * Names beside the accounts' domains that need a certificate, and what `GET /tls-ask` tells a proxy that terminates TLS
 * with certificates on demand: whether a name is one of ours. With Redis down asking rejects.
 */
import { type Domain, domainKey, hostKey, isOwned } from '../domain.ts';
import { DomainNameError, normalDomain } from '../domain-name.ts';
import { isServerName } from './certificate.ts';

/** A name, its trailing dot, and nothing more. */
const ASKED_LENGTH_MAX = 254;

/** The installation's own name, where an authority can give a certificate for it; not `localhost`, addresses, ports. */
export function publicName(public_domain: string): string | undefined {
  try {
    return normalDomain(public_domain);
  } catch (error) {
    if (error instanceof DomainNameError) return undefined;
    throw error;
  }
}

/**
 * Whether TLS is to be terminated for a name: PUBLIC_DOMAIN, and every name that an account has proven to be its own.
 * That includes failing ones, which may point here again at any moment, and retired ones, whose links still open. A name
 * that is only claimed gets no certificate. `read` gives the string at a key of Redis; it is called twice at most.
 */
export async function isNameServed(
  read: (key: string) => Promise<string | null>,
  asked: string,
  public_domain: string,
): Promise<boolean> {
  if (asked.length > ASKED_LENGTH_MAX) return false;
  const name = asked.toLowerCase().replace(/\.$/, '');
  if (!isServerName(name)) return false;
  if (name === publicName(public_domain)) return true;
  const owner = await read(hostKey(name));
  if (owner === null) return false;
  const text = await read(domainKey(owner, name));
  return text !== null && isOwned((JSON.parse(text) as Domain).status);
}
