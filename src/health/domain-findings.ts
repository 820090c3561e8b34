/**
 * How the tracking domains of all accounts do, and whose certificate ends first. Reads every domain's record, some
 * hundreds in one step of Redis; rejects when it is down.
 */
import { readCertificate } from '../domains/certificates/certificate-store.ts';
import { readFailures } from '../domains/certificates/order-limits.ts';
import {
  DOMAINS_DUE,
  type Domain,
  type DomainStatus,
  domainKey,
  isInUse,
  isOwned,
} from '../domains/domain.ts';
import type { RedisClient } from '../platform/redis.ts';

const READ_AT_ONCE = 500;
/** Domains that are looked at; there may be more, and their pages show them. */
const LOOKED_AT_MAX = 5_000;
const NAMED_MAX = 5;

export interface DomainFindings {
  by_status: Record<DomainStatus, number>;
  /** Some of those that were in use and no longer work. */
  failing: string[];
  /** The certificate that ends first among those in use; undefined where none is. */
  first_to_end: { name: string; ends_ms: number } | undefined;
  /** Names for which the last order of a certificate failed; some of them, and why the first did. */
  refused: { count: number; names: string[]; why: string };
}

const NONE: Record<DomainStatus, number> = { pending_dns: 0, verified: 0, active: 0, failing: 0, retired: 0 };

export async function findDomains(
  redis: RedisClient,
  { public_domain, serves_tls }: { public_domain: string; serves_tls: boolean },
): Promise<DomainFindings> {
  const found: DomainFindings = {
    by_status: { ...NONE },
    failing: [],
    first_to_end: undefined,
    refused: { count: 0, names: [], why: '' },
  };
  const members = await redis.zrange(DOMAINS_DUE, '0', String(LOOKED_AT_MAX - 1));
  for (let from = 0; from < members.length; from += READ_AT_ONCE) {
    const keys = members.slice(from, from + READ_AT_ONCE).map((member) => {
      const [account_id = '', domain = ''] = member.split(' ');
      return domainKey(account_id, domain);
    });
    const texts = await Promise.all(keys.map((key) => redis.get(key)));
    const domains = texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Domain]));
    for (const domain of domains) note(found, domain, serves_tls);
    const hinted = domains.filter((one) => serves_tls && isOwned(one.status) && one.hint !== '');
    await Promise.all(hinted.map(({ domain }) => noteRefused(redis, found, domain)));
  }
  if (serves_tls) {
    const own = await readCertificate(redis, public_domain);
    if (own !== undefined) noteEnd(found, public_domain, Date.parse(own.not_after));
    await noteRefused(redis, found, public_domain);
  }
  return found;
}

function note(found: DomainFindings, domain: Domain, serves_tls: boolean): void {
  found.by_status[domain.status]++;
  if (domain.status === 'failing' && found.failing.length < NAMED_MAX) found.failing.push(domain.domain);
  const { certificate, status, taken_down } = domain;
  if (serves_tls && taken_down === undefined && isInUse(status) && certificate !== null) {
    noteEnd(found, domain.domain, Date.parse(certificate.not_after));
  }
}

function noteEnd(found: DomainFindings, name: string, ends_ms: number): void {
  if (found.first_to_end === undefined || ends_ms < found.first_to_end.ends_ms) {
    found.first_to_end = { name, ends_ms };
  }
}

async function noteRefused(redis: RedisClient, { refused }: DomainFindings, name: string): Promise<void> {
  const failures = await readFailures(redis, name);
  if (failures === undefined) return;
  refused.count++;
  refused.why ||= failures.hint;
  if (refused.names.length < NAMED_MAX) refused.names.push(name);
}
