/**
 * The states of a tracking domain, and when it is checked again. Pure: the record and what a check has found go in, the
 * changed record comes out.
 */
import type { DnsCheck } from './check-dns.ts';
import { type CertificateSummary, type Domain, takesLinks } from './domain.ts';

/** Wrong checks in a row after which a domain in use is `failing`: one bad answer changes nothing. */
export const CHECKS_WRONG_MAX = 3;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** How often a claim is checked, by its age: whoever has just changed DNS waits for it. */
const CLAIM_CHECKS: readonly [age_ms: number, every_ms: number][] = [
  [15 * MINUTE_MS, 5 * SECOND_MS],
  [DAY_MS, MINUTE_MS],
  [7 * DAY_MS, 15 * MINUTE_MS],
];
const OLD_CLAIM_CHECK_MS = 6 * HOUR_MS;
/** Its certificate is seen to when that is due, see check-domain.ts. */
const VERIFIED_CHECK_MS = MINUTE_MS;
const WRONG_CHECK_MS = MINUTE_MS;
const IN_USE_CHECK_MS = HOUR_MS;
const RETIRED_CHECK_MS = 6 * HOUR_MS;

/** What was found beside DNS. */
export interface CheckedDomain {
  dns: DnsCheck;
  /** The account owns the name now. */
  owner: boolean;
  /** Undefined where this installation serves no TLS itself. */
  tls: { certificate: CertificateSummary | null; hint: string } | undefined;
  now_ms: number;
}

/** The domain after a check. */
export function afterCheck(before: Domain, checked: CheckedDomain): Domain {
  const { dns, tls, now_ms } = checked;
  const after: Domain = {
    ...before,
    records: dns.records,
    checked_at: new Date(now_ms).toISOString(),
    certificate: tls === undefined ? before.certificate : tls.certificate,
  };
  if (before.status === 'retired') {
    return { ...after, hint: 'Given up: links that were made on it open until the last of them has ended.' };
  }
  if (before.status === 'pending_dns') return claimAfterCheck(after, checked);
  const hint = dns.hint || (tls?.hint ?? '');
  if (before.status === 'verified') {
    // One that was given up and is taken back may point elsewhere.
    return { ...after, hint, status: dns.address === 'right' ? ready(after, checked) : 'verified' };
  }
  const wrong = isWrong(dns) || hasEnded(after.certificate, tls !== undefined, now_ms);
  return { ...after, ...inUseAfterCheck(before, wrong, !wrong && dns.address === 'unclear'), hint };
}

/** A resolver that does not answer changes nothing. */
function inUseAfterCheck(
  { status, checks_wrong }: Domain,
  wrong: boolean,
  unclear: boolean,
): Pick<Domain, 'status' | 'checks_wrong'> {
  if (unclear) return { status, checks_wrong };
  if (!wrong) return { status: 'active', checks_wrong: 0 };
  const failing = status === 'failing' || checks_wrong + 1 >= CHECKS_WRONG_MAX;
  return { status: failing ? 'failing' : 'active', checks_wrong: checks_wrong + 1 };
}

function claimAfterCheck(claim: Domain, checked: CheckedDomain): Domain {
  const { dns, owner, tls } = checked;
  const proven = dns.ownership === 'right';
  if (!proven || dns.address !== 'right') return { ...claim, hint: dns.hint };
  if (!owner) {
    const hint = `Another account of this installation uses ${claim.domain}: it has to give it up first.`;
    return { ...claim, hint };
  }
  return { ...claim, checks_wrong: 0, hint: tls?.hint ?? '', status: ready(claim, checked) };
}

/** `active` once taps over https can be answered as well, by this installation or by whoever terminates TLS for it. */
function ready(domain: Domain, { tls }: CheckedDomain): 'verified' | 'active' {
  return tls === undefined || domain.certificate !== null ? 'active' : 'verified';
}

/**
 * DNS denies that the name points here; where addresses are not checked, that it is the account's. The TXT record is
 * needed once otherwise: nobody has to keep it.
 */
function isWrong({ ownership, address, records }: DnsCheck): boolean {
  const addresses_checked = records.some(({ type }) => type !== 'TXT');
  return addresses_checked ? address === 'wrong' : ownership === 'wrong';
}

function hasEnded(certificate: CertificateSummary | null, tls: boolean, now_ms: number): boolean {
  return tls && certificate !== null && Date.parse(certificate.not_after) <= now_ms;
}

/** Unix time in ms of the next check. */
export function nextCheckAt(domain: Domain, now_ms: number): number {
  const { status, checks_wrong, created_at } = domain;
  if (status === 'pending_dns') {
    const age_ms = now_ms - Date.parse(created_at);
    return now_ms + (CLAIM_CHECKS.find(([up_to_ms]) => age_ms < up_to_ms)?.[1] ?? OLD_CLAIM_CHECK_MS);
  }
  if (status === 'retired') return now_ms + RETIRED_CHECK_MS;
  if (status === 'verified') return now_ms + VERIFIED_CHECK_MS;
  return now_ms + (checks_wrong > 0 || status === 'failing' ? WRONG_CHECK_MS : IN_USE_CHECK_MS);
}

/** Whether no link on a retired name can be tapped any more: the clicks of its last ones are deleted by then. */
export function isFree(domain: Domain, retention_days: number, now_ms: number): boolean {
  if (domain.status !== 'retired') return false;
  return (
    domain.last_link_on === '' || Date.parse(domain.last_link_on) + (retention_days + 1) * DAY_MS < now_ms
  );
}

/** The domain on which an account's new links are made: the primary one, else the oldest in use; '' for none. */
export function linkDomain(domains: readonly Domain[], primary: string): string {
  const in_use = domains.filter(takesLinks);
  return (in_use.find(({ domain }) => domain === primary) ?? in_use[0])?.domain ?? '';
}

/** Whether something was found that people want to know: else a check only moves times. */
export function differs(before: Domain, after: Domain): boolean {
  const told = ({ checked_at: _checked, updated_at: _updated, ...rest }: Domain): string =>
    JSON.stringify(rest);
  return told(before) !== told(after);
}
