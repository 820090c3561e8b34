/** Checks of the API against the tracking domains: what names one must have it, and nothing may lead back to one. */
import { domainToASCII } from 'node:url';
import { getDomain, ownerOf } from '../../domains/domain-store.ts';
import { hostName } from '../../platform/host.ts';
import type { ApiContext } from './context.ts';
import { fieldError } from './errors.ts';

type Context = Pick<ApiContext, 'redis' | 'default_domain'>;

/** Throws ApiError where the account has no such domain, or has given it up. '' is none. */
export async function checkDomainOf({ redis }: Context, account_id: string, domain: string): Promise<void> {
  if (domain === '') return;
  const found = await getDomain(redis, account_id, domain);
  if (found !== undefined && found.status !== 'retired') return;
  throw fieldError('domain', `the account has no domain ${domain}: add it with POST /v2/domains`);
}

/**
 * Throws ApiError where one of the addresses, given by the names of their fields, is on a tracking domain of this
 * installation: recipients would go round in circles, and each round would count as a click. '' is none.
 */
export async function checkNoLoop(context: Context, urls: Record<string, string | undefined>): Promise<void> {
  for (const [field, url] of Object.entries(urls)) {
    const authority = /^https?:\/\/([^/?#]+)/i.exec(url ?? '')?.[1]?.toLowerCase();
    if (authority === undefined) continue;
    // As DNS has it first: a host name in other letters is none for hostName.
    const name = hostName(domainToASCII(authority.replace(/:\d*$/, '')));
    if (authority !== context.default_domain && (await ownerOf(context.redis, name)) === null) continue;
    throw fieldError(
      field,
      `${authority} is a tracking domain of this installation: write the address of the page itself`,
    );
  }
}
