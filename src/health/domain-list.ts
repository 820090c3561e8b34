/**
 * The tracking domains of all accounts, what is wrong first: whose each is, how it does, its certificate, when it is looked
 * at again, and why the last order failed. Reads every domain's record, some hundreds in one step of Redis; rejects when
 * it is down.
 */
import { renewalAt } from '../domains/certificates/certificate.ts';
import { readFailures } from '../domains/certificates/order-limits.ts';
import { type CertificateSummary, DOMAINS_DUE, type Domain, domainKey } from '../domains/domain.ts';
import type { RedisClient } from '../platform/redis.ts';

const READ_AT_ONCE = 500;
/** Domains that are looked at; there may be more, and their accounts see them. */
const LOOKED_AT_MAX = 5_000;

export interface ListedDomain
  extends Pick<Domain, 'domain' | 'account_id' | 'status' | 'hint' | 'checked_at'> {
  taken_down: boolean;
  certificate: (CertificateSummary & { renewal_at: string }) | null;
  /** When the domain is looked at again, and its certificate ordered if it is due. */
  next_check_at: string;
  /** Orders that failed in a row, why the last did, and when the next is tried. */
  order_failures: number;
  order_error: string;
  next_order_at: string | null;
}

const BY_STATUS: readonly Domain['status'][] = ['failing', 'verified', 'pending_dns', 'active', 'retired'];
const isoTime = (ms: number): string => new Date(ms).toISOString();

/** A page of them, those with a trouble first. */
export async function listDomains(
  redis: RedisClient,
  { page, per_page, q }: { page: number; per_page: number; q: string },
): Promise<{ items: ListedDomain[]; total: number }> {
  const flat = await redis.zrange(DOMAINS_DUE, '0', String(LOOKED_AT_MAX - 1), 'WITHSCORES');
  const due = new Map(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, Number(flat[i + 1])] as const] : [])));
  const found: Domain[] = [];
  const members = [...due.keys()].filter((member) => member.includes(q));
  for (let from = 0; from < members.length; from += READ_AT_ONCE) {
    const texts = await Promise.all(
      members.slice(from, from + READ_AT_ONCE).map((member) => {
        const [account_id = '', domain = ''] = member.split(' ');
        return redis.get(domainKey(account_id, domain));
      }),
    );
    found.push(...texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Domain])));
  }
  const sorted = found.toSorted(
    (a, b) =>
      BY_STATUS.indexOf(a.status) - BY_STATUS.indexOf(b.status) ||
      Number(a.hint === '') - Number(b.hint === '') ||
      endOf(a) - endOf(b) ||
      (a.domain < b.domain ? -1 : 1),
  );
  const shown = sorted.slice((page - 1) * per_page, page * per_page);
  const items = await Promise.all(
    shown.map((domain) =>
      listed(redis, domain, due.get(`${domain.account_id} ${domain.domain}`) ?? Date.now()),
    ),
  );
  return { items, total: sorted.length };
}

const endOf = ({ certificate }: Domain): number =>
  certificate === null ? Number.MAX_SAFE_INTEGER : Date.parse(certificate.not_after);

async function listed(redis: RedisClient, domain: Domain, due_ms: number): Promise<ListedDomain> {
  const failures = await readFailures(redis, domain.domain);
  const { certificate } = domain;
  return {
    ...{ domain: domain.domain, account_id: domain.account_id, status: domain.status },
    ...{ hint: domain.hint, checked_at: domain.checked_at, taken_down: domain.taken_down !== undefined },
    certificate: certificate && { ...certificate, renewal_at: isoTime(renewalAt(certificate)) },
    next_check_at: isoTime(due_ms),
    order_failures: failures?.count ?? 0,
    order_error: failures?.hint ?? '',
    next_order_at: failures === undefined ? null : isoTime(failures.next_at_ms),
  };
}
