/**
 * Step 2 of a tap: the link with its offer and its account, or for an unknown link the fallback of the account whose
 * domain was asked. A value where all of it is in memory, which nearly every tap finds; else a promise, that rejects
 * when neither Redis nor ClickHouse can be asked.
 */
import type { LinkLookup } from '../link-lookup.ts';
import type { ServedLink } from '../served-link.ts';
import type { Found, TapRequest, UnknownLink } from '../tap.ts';

type Lookup = Pick<LinkLookup, 'findInMemory' | 'find' | 'fallbackOfHost'> & {
  links: Pick<LinkLookup['links'], 'peek' | 'load'>;
};

export function findLink(
  lookup: Lookup,
  { link_id, host }: Pick<TapRequest, 'link_id' | 'host'>,
): Found | Promise<Found> {
  if (link_id === undefined) return unknownLink(lookup, host);
  const link = lookup.links.peek(link_id);
  if (link === undefined) return lookup.links.load(link_id).then((loaded) => findRest(lookup, loaded, host));
  return findRest(lookup, link, host);
}

function findRest(lookup: Lookup, link: ServedLink | null, host: string): Found | Promise<Found> {
  if (link === null) return unknownLink(lookup, host);
  const found = lookup.findInMemory(link);
  if (found !== undefined) {
    return { kind: 'link', link, offer: found.offer, account: found.account, plan: found.plan };
  }
  return lookup.find(link).then(({ offer, account, plan }) => ({ kind: 'link', link, offer, account, plan }));
}

/** Never rejects: where the fallback can't be asked for, there is none. */
async function unknownLink(lookup: Lookup, host: string): Promise<UnknownLink> {
  return { kind: 'unknown', fallback_url: await lookup.fallbackOfHost(host).catch(() => '') };
}
