/**
 * One check of one tracking domain: asks DNS, takes the name for its account once it is proven, has its certificate
 * seen to, writes what has changed and plans the next check. Run by the queue of domains, and by the API when somebody
 * asks for it. Safe to repeat and to run twice at once. Rejects when Redis is down; the check stays due.
 */
import { getAccount } from '../catalog/catalog-store.ts';
import type { RedisClient } from '../platform/redis.ts';
import { checkDns } from './check-dns.ts';
import { type CertificateSummary, type Domain, isOwned } from './domain.ts';
import { afterCheck, differs, isFree, nextCheckAt } from './domain-states.ts';
import {
  freeName,
  getDomain,
  ownerOf,
  removeDomain,
  setDue,
  takeOwnership,
  updateDomain,
} from './domain-store.ts';
import { refreshLinkDomain } from './primary-domain.ts';

/** A check that found nothing new is written once in this time, so that people see that it goes on. */
const TOLD_EVERY_MS = 3_600_000;

export interface DomainCheckContext {
  redis: RedisClient;
  /** Settings PUBLIC_ADDRESS and DNS_RESOLVERS. */
  public_address: string;
  resolvers: readonly string[];
  /**
   * Sees to the certificate of a domain that its account owns: the one there is, or a new one where that is due.
   * Undefined where this installation serves no TLS itself. Does not reject for what an authority does.
   */
  certify: ((domain: Domain) => Promise<Certified>) | undefined;
}

export interface Certified {
  certificate: CertificateSummary | null;
  /** What to do; '' for nothing. */
  hint: string;
  /** Unix time in ms when it is to be seen to again. */
  next_at_ms: number;
}

/** `certify` of a process that gets no certificates: the workers are to see to it at once. */
export async function leaveCertificate({ certificate }: Domain): Promise<Certified> {
  const hint = certificate === null ? 'Its certificate is on the way: this takes less than a minute.' : '';
  return { certificate, hint, next_at_ms: Date.now() };
}

/** The domain after its check; undefined where there is none any more. */
export async function checkDomain(
  context: DomainCheckContext,
  account_id: string,
  name: string,
): Promise<Domain | undefined> {
  const { redis, public_address, resolvers } = context;
  const domain = await getDomain(redis, account_id, name);
  if (domain === undefined || (await isOver(redis, domain))) {
    // Only as it was judged: its account may have taken it back.
    const judged = JSON.stringify(domain);
    await removeDomain(redis, account_id, name, (now) => JSON.stringify(now) === judged);
    return undefined;
  }
  const dns = await checkDns({ domain: name, token: domain.token, public_address, resolvers });
  const proven = isOwned(domain.status) || (dns.ownership === 'right' && dns.address === 'right');
  const owner = proven && (await ownsName(redis, domain));
  const tls = owner ? await context.certify?.(domain) : noCertificateYet(context);
  const now_ms = Date.now();
  const found = { dns, owner, tls, now_ms };
  const after = await write(redis, domain, (before) => afterCheck(before, found), now_ms);
  if (after === undefined) {
    // It was removed meanwhile.
    if (owner) await freeName(redis, account_id, name);
    return undefined;
  }
  if (after.status !== domain.status) await refreshLinkDomain(redis, account_id);
  const next_ms = Math.min(nextCheckAt(after, now_ms), tls?.next_at_ms ?? Number.POSITIVE_INFINITY);
  await setDue(redis, account_id, name, next_ms);
  return after;
}

/** Whether the account owns the name; one that has just been proven becomes its own. */
async function ownsName(redis: RedisClient, { account_id, domain, status }: Domain): Promise<boolean> {
  if (status === 'pending_dns') return takeOwnership(redis, account_id, domain);
  return (await ownerOf(redis, domain)) === account_id;
}

const noCertificateYet = ({ certify }: DomainCheckContext) =>
  certify === undefined ? undefined : { certificate: null, hint: '', next_at_ms: Number.POSITIVE_INFINITY };

/** Writes what a check has changed; one that found nothing new is written now and then. */
async function write(
  redis: RedisClient,
  before: Domain,
  change: (domain: Domain) => Domain,
  now_ms: number,
): Promise<Domain | undefined> {
  const after = change(before);
  const told_ms = before.checked_at === null ? 0 : Date.parse(before.checked_at);
  if (!differs(before, after) && now_ms - told_ms < TOLD_EVERY_MS) return after;
  return updateDomain(redis, before.account_id, before.domain, change);
}

/** Whether a name that was given up can be let go: none of its links can be tapped any more. */
async function isOver(redis: RedisClient, domain: Domain): Promise<boolean> {
  if (domain.status !== 'retired') return false;
  const account = await getAccount(redis, domain.account_id);
  const owned = (await ownerOf(redis, domain.domain)) === domain.account_id;
  return !owned || isFree(domain, account?.send_retention_days ?? 0, Date.now());
}
