/**
 * Step 2 of a tap: the link with its offer and its account, where it opens on the host that was asked; else the fallback
 * of that host. A value where all of it is in memory, which nearly every tap finds; else a promise, that rejects when
 * neither Redis nor ClickHouse can be asked.
 */
import { accountKey } from '../../catalog/definitions.ts';
import { isSuspended } from '../../catalog/suspension.ts';
import type { LinkLookup } from '../link-lookup.ts';
import type { ServedLink } from '../served-link.ts';
import { opensOn, type Site, type Sites } from '../sites.ts';
import type { Found, TapRequest, UnknownLink } from '../tap.ts';

export interface FindSources {
  lookup: Pick<LinkLookup, 'findInMemory' | 'find'> & {
    links: Pick<LinkLookup['links'], 'peek' | 'load'>;
    accounts: Pick<LinkLookup['accounts'], 'load'>;
  };
  sites: Pick<Sites, 'peek' | 'load' | 'tellStranger'>;
}

export function findLink(
  sources: FindSources,
  { link_id, host }: Pick<TapRequest, 'link_id' | 'host'>,
): Found | Promise<Found> {
  const { links } = sources.lookup;
  const site = sources.sites.peek(host);
  if (link_id === undefined)
    return site === undefined ? loadUnknown(sources, host) : unknownLink(sources, site);
  const link = links.peek(link_id);
  if (link === undefined || site === undefined) {
    return Promise.all([links.load(link_id), sources.sites.load(host)]).then(([loaded, known]) =>
      findRest(sources, loaded, known, host),
    );
  }
  return findRest(sources, link, site, host);
}

function findRest(
  sources: FindSources,
  link: ServedLink | null,
  site: Site,
  host: string,
): Found | Promise<Found> {
  if (link === null) return unknownLink(sources, site);
  const found = sources.lookup.findInMemory(link);
  if (found === undefined) {
    return sources.lookup
      .find(link)
      .then(({ offer, account, plan, reach }) =>
        onSite(sources, { kind: 'link', link, offer, account, plan, reach, site, led: undefined }, host),
      );
  }
  const { offer, account, plan, reach } = found;
  return onSite(sources, { kind: 'link', link, offer, account, plan, reach, site, led: undefined }, host);
}

function onSite(
  sources: FindSources,
  found: Extract<Found, { kind: 'link' }>,
  host: string,
): Found | Promise<Found> {
  if (opensOn(found.site, found)) return found;
  const { link, site } = found;
  if (site.kind === 'unknown') sources.sites.tellStranger(host);
  const reason = site.kind === 'taken_down' ? 'taken_down' : 'wrong_domain';
  return unknownLink(sources, site).then((unknown) => ({ ...unknown, refused: { link, site, reason } }));
}

async function loadUnknown(sources: FindSources, host: string): Promise<UnknownLink> {
  return unknownLink(sources, await sources.sites.load(host));
}

/**
 * The domain's not_found_url, else its account's fallback_url; neither of a suspended account. Never rejects: what can't
 * be asked for is not there.
 */
async function unknownLink({ lookup }: FindSources, site: Site): Promise<UnknownLink> {
  const guess = site.kind !== 'taken_down';
  if (site.kind !== 'domain') return { kind: 'unknown', fallback_url: '', guess };
  const { not_found_url, account_id } = site.domain;
  const account = await lookup.accounts.load(accountKey(account_id)).catch(() => null);
  if (account !== null && isSuspended(account)) return { kind: 'unknown', fallback_url: '', guess };
  return { kind: 'unknown', fallback_url: not_found_url || (account?.fallback_url ?? ''), guess };
}
