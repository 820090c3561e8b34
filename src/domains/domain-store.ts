/**
 * Tracking domains in Redis: claim, read, list, change, release. An account may claim any name; the name becomes its
 * own with takeOwnership, after proof. With Redis down every call rejects; each may be repeated.
 */
import { ConflictError } from '../catalog/conflict.ts';
import { updateRecord } from '../catalog/update-record.ts';
import { drawsOf } from '../platform/random.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { recordChanges } from '../records/record-changes.ts';
import { takedownId, takedownKey } from '../takedowns/takedown.ts';
import { removeCertificate } from './certificates/certificate-store.ts';
import { DOMAINS_DUE, type Domain, domainKey, domainsList, hostKey, isOwned } from './domain.ts';

/** Domains of one account, claimed and owned. */
export const DOMAINS_MAX = 1_000;
/** 32 characters of 62: 190 bits. */
const newToken = drawsOf(32);

const COMPARE_AND_DELETE = loadScript(new URL('./lua/compare-and-delete.lua', import.meta.url));

/** What an account may set. */
export type DomainSettings = Pick<
  Domain,
  'root_url' | 'not_found_url' | 'expired_url' | 'robots' | 'app_files'
>;

const dueMember = (account_id: string, domain: string): string => `${account_id} ${domain}`;

/** What is served where the account has set nothing. */
export const NO_SETTINGS: DomainSettings = {
  root_url: '',
  not_found_url: '',
  expired_url: '',
  robots: '',
  app_files: {},
};

/**
 * Claims a name for an account, to be checked at once. A name that it has given up becomes its own again. Throws
 * ConflictError where the account has it already, where it has DOMAINS_MAX, and where the operator has taken the name
 * down.
 */
export async function claimDomain(
  redis: RedisClient,
  account_id: string,
  domain: string,
  settings: DomainSettings,
): Promise<Domain> {
  if (await isTakenDown(redis, domain)) {
    throw new ConflictError(
      `the operator has taken ${domain} down: choose another name, or ask them.`,
      'domain',
    );
  }
  const key = domainKey(account_id, domain);
  const is_new = (await redis.exists(key)) === 0;
  if (is_new && (await redis.zcard(domainsList(account_id))) >= DOMAINS_MAX) {
    throw new ConflictError(`an account can have ${DOMAINS_MAX} domains: remove one first.`);
  }
  const now = new Date();
  const claimed: Domain = {
    domain,
    account_id,
    status: 'pending_dns',
    token: newToken(),
    ...settings,
    records: [],
    certificate: null,
    hint: 'It has not been checked yet.',
    created_at: now.toISOString(),
    updated_at: now.toISOString(),
    checked_at: null,
    checks_wrong: 0,
    last_link_on: '',
  };
  const before = await redis.set(key, JSON.stringify(claimed), 'NX', 'GET');
  if (before === null) {
    await recordChanges(redis, [key]);
    await listDomain(redis, claimed);
    return claimed;
  }
  const existing = JSON.parse(before) as Domain;
  if (existing.status !== 'retired') {
    // The call that claimed it may have been cut off: a second one completes it.
    await recordChanges(redis, [key]);
    await listDomain(redis, existing);
    throw new ConflictError(
      `the account has ${domain} already: change it with PATCH /v2/domains/${domain}.`,
      'domain',
    );
  }
  const again = await updateDomain(redis, account_id, domain, (retired) => ({
    ...retired,
    ...settings,
    status: 'verified',
  }));
  if (again === undefined) throw new ConflictError(`${domain} is being removed: try again.`);
  await setDue(redis, account_id, domain, Date.now());
  return again;
}

async function listDomain(redis: RedisClient, { account_id, domain, created_at }: Domain): Promise<void> {
  await runAll(redis, listCommands(account_id, domain, Date.parse(created_at)));
}

/** The commands that list a domain and have it checked; for a restore as well. */
export function listCommands(account_id: string, domain: string, created_at_ms: number): Command[] {
  return [
    ['ZADD', domainsList(account_id), created_at_ms, domain],
    ['ZADD', DOMAINS_DUE, 'NX', 0, dueMember(account_id, domain)],
  ];
}

export async function getDomain(
  redis: RedisClient,
  account_id: string,
  domain: string,
): Promise<Domain | undefined> {
  const text = await redis.get(domainKey(account_id, domain));
  return text === null ? undefined : (JSON.parse(text) as Domain);
}

/** All domains of an account, oldest first; at most DOMAINS_MAX. */
export async function listDomains(redis: RedisClient, account_id: string): Promise<Domain[]> {
  const names = await redis.zrange(domainsList(account_id), '0', '-1');
  const texts = await runAll(
    redis,
    names.map((name): Command => ['GET', domainKey(account_id, name)]),
  );
  return texts.flatMap((text) => (typeof text === 'string' ? [JSON.parse(text) as Domain] : []));
}

/** Applies `change` to the newest state; undefined where the account has no such domain. */
export function updateDomain(
  redis: RedisClient,
  account_id: string,
  domain: string,
  change: (domain: Domain) => Domain,
): Promise<Domain | undefined> {
  return updateRecord<Domain>(redis, domainKey(account_id, domain), change);
}

/** A name stays taken down when its account gives it up. */
const isTakenDown = async (redis: RedisClient, domain: string): Promise<boolean> =>
  (await redis.exists(takedownKey(takedownId('domain', domain)))) === 1;

/** The account that owns the name, or null. */
export function ownerOf(redis: RedisClient, domain: string): Promise<string | null> {
  return redis.get(hostKey(domain));
}

/** Makes the account the owner of the name, after proof; false where another one owns it, or the
 * operator has taken it down. Safe to repeat. */
export async function takeOwnership(
  redis: RedisClient,
  account_id: string,
  domain: string,
): Promise<boolean> {
  const key = hostKey(domain);
  if ((await isTakenDown(redis, domain)) && (await ownerOf(redis, domain)) !== account_id) return false;
  const owner = await redis.set(key, account_id, 'NX', 'GET');
  if (owner !== null && owner !== account_id) return false;
  // Also where it was the account's: the call that made it so may have been cut off.
  await recordChanges(redis, [key]);
  return true;
}

/**
 * Gives a domain up. A claim is gone at once; a name that links were made on stays the account's, as `retired`, until
 * the check of domains finds that none of them can be tapped any more. Safe to repeat.
 */
export async function giveUpDomain(redis: RedisClient, account_id: string, domain: string): Promise<void> {
  await updateDomain(redis, account_id, domain, (before) =>
    isOwned(before.status) ? { ...before, status: 'retired' } : before,
  );
  const unused = ({ status, last_link_on }: Domain): boolean =>
    status === 'pending_dns' || (status === 'retired' && last_link_on === '');
  if (!(await removeDomain(redis, account_id, domain, unused))) {
    await setDue(redis, account_id, domain, Date.now());
  }
}

/**
 * Removes the record where it `mayGo`, and frees the name where the account owns it. False where it stays: it may not go,
 * or has changed meanwhile. Safe to repeat.
 */
export async function removeDomain(
  redis: RedisClient,
  account_id: string,
  domain: string,
  mayGo: (domain: Domain) => boolean,
): Promise<boolean> {
  const key = domainKey(account_id, domain);
  const text = await redis.get(key);
  if (text !== null) {
    if (!mayGo(JSON.parse(text) as Domain)) return false;
    if ((await COMPARE_AND_DELETE.run(redis, [key], [text])) !== 1) return false;
  }
  await freeName(redis, account_id, domain);
  await runAll(redis, [
    ['ZREM', domainsList(account_id), domain],
    ['ZREM', DOMAINS_DUE, dueMember(account_id, domain)],
  ]);
  await recordChanges(redis, [key]);
  return true;
}

/** Frees a name that the account owns without a record of it. */
export async function freeName(redis: RedisClient, account_id: string, domain: string): Promise<void> {
  const key = hostKey(domain);
  if ((await COMPARE_AND_DELETE.run(redis, [key], [account_id])) !== 1) return;
  await removeCertificate(redis, domain);
  await recordChanges(redis, [key]);
}

/** Plans the next check. */
export async function setDue(
  redis: RedisClient,
  account_id: string,
  domain: string,
  at_ms: number,
): Promise<void> {
  await redis.zadd(DOMAINS_DUE, at_ms, dueMember(account_id, domain));
}

/** The domains whose check is due, longest waiting first. */
export async function dueDomains(
  redis: RedisClient,
  now_ms: number,
  count: number,
): Promise<{ account_id: string; domain: string }[]> {
  const members = await redis.zrangebyscore(DOMAINS_DUE, '-inf', now_ms, 'LIMIT', 0, count);
  return members.map((member) => {
    const [account_id = '', domain = ''] = member.split(' ');
    return { account_id, domain };
  });
}
