/**
 * Step 2 of a tap: the link with its offer and its account, where it opens on the host that was asked; else the fallback
 * of that host, or the link that an imported code stands for. A value where all of it is in memory, which nearly every tap finds; else a promise, that rejects when
 * neither Redis nor ClickHouse can be asked.
 */
import { accountKey } from '../../catalog/definitions.ts';
import { isSuspended } from '../../catalog/suspension.ts';
import { aliasKeysOf, codeOfPath } from '../../transfer/imports/old-codes.ts';
import type { LinkLookup } from '../link-lookup.ts';
import type { ServedLink } from '../served-link.ts';
import { opensOn, type Site, type Sites } from '../sites.ts';
import type { Found, TapRequest, UnknownLink } from '../tap.ts';

export interface FindSources {
  lookup: Pick<LinkLookup, 'findInMemory' | 'find'> & {
    links: Pick<LinkLookup['links'], 'peek' | 'load'>;
    aliases: Pick<LinkLookup['aliases'], 'load'>;
    accounts: Pick<LinkLookup['accounts'], 'load'>;
  };
  sites: Pick<Sites, 'peek' | 'load' | 'tellStranger'>;
}

export function findLink(
  sources: FindSources,
  request: Pick<TapRequest, 'link_id' | 'host' | 'path'>,
): Found | Promise<Found> {
  const { link_id, host } = request;
  const { links } = sources.lookup;
  const site = sources.sites.peek(host);
  if (link_id === undefined)
    return site === undefined ? loadUnknown(sources, request) : noLink(sources, site, request);
  const link = links.peek(link_id);
  if (link === undefined || site === undefined) {
    return Promise.all([links.load(link_id), sources.sites.load(host)]).then(([loaded, known]) =>
      findRest(sources, loaded, known, request),
    );
  }
  return findRest(sources, link, site, request);
}

function findRest(
  sources: FindSources,
  link: ServedLink | null,
  site: Site,
  request: Pick<TapRequest, 'link_id' | 'host' | 'path'>,
): Found | Promise<Found> {
  if (link === null) return noLink(sources, site, request);
  const found = sources.lookup.findInMemory(link);
  if (found === undefined) {
    return sources.lookup
      .find(link)
      .then(({ offer, account, plan, reach }) =>
        onSite(sources, { kind: 'link', link, offer, account, plan, reach, site, led: undefined }, request),
      );
  }
  const { offer, account, plan, reach } = found;
  return onSite(sources, { kind: 'link', link, offer, account, plan, reach, site, led: undefined }, request);
}

function onSite(
  sources: FindSources,
  found: Extract<Found, { kind: 'link' }>,
  request: Pick<TapRequest, 'link_id' | 'host' | 'path'>,
): Found | Promise<Found> {
  if (opensOn(found.site, found)) return found;
  const { link, site } = found;
  if (site.kind === 'unknown') sources.sites.tellStranger(request.host);
  const reason = site.kind === 'taken_down' ? 'taken_down' : 'wrong_domain';
  return noLink(sources, site, request).then((other) =>
    other.kind === 'link' ? other : { ...other, refused: { link, site, reason } },
  );
}

async function loadUnknown(
  sources: FindSources,
  request: Pick<TapRequest, 'link_id' | 'host' | 'path'>,
): Promise<Found> {
  return noLink(sources, await sources.sites.load(request.host), request);
}

/** The path is no link of the host's account: an old code may be, where the domain has such. */
async function noLink(
  sources: FindSources,
  site: Site,
  { link_id, path }: Pick<TapRequest, 'link_id' | 'path'>,
): Promise<Found> {
  if (site.kind !== 'domain' || !site.domain.has_old_codes) return unknownLink(sources, site);
  // The whole path first: what is forgiven behind a link id may be part of a code.
  const code = path === '' ? undefined : codeOfPath(path);
  const codes = [...new Set([code, link_id])].filter((one) => one !== undefined);
  let link: ServedLink | null = null;
  for (const one of codes) link ??= await oldLink(sources, site, one);
  if (link === null) return { ...(await unknownLink(sources, site)), asked_code: codes.length > 0 };
  const loaded = await sources.lookup.find(link);
  const found: Found = { kind: 'link', link, ...loaded, site, led: undefined };
  return opensOn(site, found) ? found : unknownLink(sources, site);
}

async function oldLink(
  { lookup }: FindSources,
  { domain: { account_id, domain } }: Extract<Site, { kind: 'domain' }>,
  code: string,
): Promise<ServedLink | null> {
  const [exact, any_case] = aliasKeysOf(account_id, domain, code);
  const [same, folded] = await Promise.all([lookup.aliases.load(exact), lookup.aliases.load(any_case)]);
  const alias = same ?? folded;
  return alias === null ? null : lookup.links.load(alias.link_id);
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
