/**
 * What the host of a request stands for: the installation's own domain, a tracking domain of an account, or nothing
 * that anybody registered. From memory, which nearly every tap finds; else from Redis or ClickHouse, and changes reach
 * every process through the change log. Where neither can be asked a host is `unchecked`: it opens every link, because
 * a recipient who gets an error is worse than a link that opens on a second name for a while.
 */
import type { Account } from '../catalog/definitions.ts';
import { type Domain, domainKey, hostKey } from '../domains/domain.ts';
import { type ChangeListener, tellAll } from '../platform/change-log.ts';
import { isLoopback } from '../platform/host.ts';
import type { Logger } from '../platform/logger.ts';
import { type BatchedReader, RecordCache } from '../platform/record-cache.ts';
import type { ServedLink } from './served-link.ts';

const SITES_CACHED_MAX = 10_000;
/** Hosts that the log tells of; whoever sends made-up ones can't fill it. */
const STRANGERS_TOLD_MAX = 100;

export type Site =
  | { kind: 'own'; name: string }
  /** `taken_down`: a domain that the operator closed. */
  | { kind: 'unknown' | 'unchecked' | 'taken_down' }
  | { kind: 'domain'; domain: Domain };

const UNKNOWN: Site = { kind: 'unknown' };
const TAKEN_DOWN: Site = { kind: 'taken_down' };
const UNCHECKED: Site = { kind: 'unchecked' };

export class Sites implements ChangeListener {
  readonly #own: Extract<Site, { kind: 'own' }>;
  readonly #logger: Pick<Logger, 'warn'>;
  readonly #owners: RecordCache<{ domain_key: string }>;
  readonly #domains: RecordCache<{ site: Site }>;
  readonly #caches: ChangeListener;
  readonly #told = new Set<string>();

  /** `public_name`: the installation's own domain, without a port. */
  constructor(reader: BatchedReader, public_name: string, logger: Pick<Logger, 'warn'>) {
    this.#own = { kind: 'own', name: public_name };
    this.#logger = logger;
    this.#owners = new RecordCache(
      reader,
      SITES_CACHED_MAX,
      (host, account_id) => ({ domain_key: domainKey(account_id, host) }),
      hostKey(''),
    );
    this.#domains = new RecordCache(reader, SITES_CACHED_MAX, (_key, text): { site: Site } => {
      const domain = JSON.parse(text) as Domain;
      return { site: domain.taken_down === undefined ? { kind: 'domain', domain } : TAKEN_DOWN };
    });
    this.#caches = tellAll([this.#owners, this.#domains]);
  }

  /** The site of a host, as hostName gives it; undefined where it is not in memory. */
  peek(host: string): Site | undefined {
    if (host === this.#own.name || isLoopback(host)) return this.#own;
    const owner = this.#owners.peek(host);
    if (owner === null) return UNKNOWN;
    return owner && this.#domains.peek(owner.domain_key)?.site;
  }

  /** Never rejects. */
  async load(host: string): Promise<Site> {
    const known = this.peek(host);
    if (known !== undefined) return known;
    try {
      const owner = await this.#owners.load(host);
      return (owner && (await this.#domains.load(owner.domain_key))?.site) ?? UNKNOWN;
    } catch {
      return UNCHECKED;
    }
  }

  /** Tells the operator once of a host that people use and nobody registered. */
  tellStranger(host: string): void {
    if (this.#told.has(host) || this.#told.size >= STRANGERS_TOLD_MAX) return;
    this.#told.add(host);
    this.#logger.warn(
      { host },
      'a link was asked for on a host that nobody registered, and was answered as unknown: add the host with POST /v2/domains, or set PUBLIC_DOMAIN to it',
    );
  }

  changed(key: string): void {
    this.#caches.changed(key);
  }

  missed(): void {
    this.#caches.missed();
  }
}

/** The name under which clicks on a site are counted: the same for all names of loopback. */
export function nameOf(site: Site, host: string): string {
  if (site.kind === 'domain') return site.domain.domain;
  return site.kind === 'own' ? site.name : host;
}

/**
 * Whether a link opens on a site: on the domains of its account, and on the installation's own where it was made for
 * that, or its account has no domain in use.
 */
export function opensOn(
  site: Site,
  {
    link,
    account,
  }: {
    link: Pick<ServedLink, 'account_id' | 'domain'>;
    account: Pick<Account, 'link_domain'> | null;
  },
): boolean {
  switch (site.kind) {
    case 'domain':
      return site.domain.account_id === link.account_id;
    case 'own':
      return (
        link.domain === '' || link.domain === site.name || account === null || account.link_domain === ''
      );
    case 'unknown':
    case 'taken_down':
      return false;
    case 'unchecked':
      return true;
  }
}
