/**
 * Removes from Redis everything that is an account's: keys that name it, records whose value names it, and its members
 * of lists that all accounts share; account-keys.ts says which. It reads every key, because links, uploads and take-downs
 * do not say in their key whose they are. Then every process drops all its copies. The account's own record, and that
 * of its removal, stay for the caller, who removes them last. Claims of first clicks and notes on transactions are hashes
 * that tell of nobody: a worker computes them from the rows. Rejects when Redis is down; safe to repeat from anywhere.
 */
import { membershipsKey } from '../access/member.ts';
import { getMembers, membershipsOf } from '../access/member-store.ts';
import { personKey, removePerson } from '../access/person.ts';
import { sessionsKey } from '../access/session.ts';
import { endSessions, listSessions } from '../access/session-store.ts';
import { REJUDGEMENTS_OPEN, rejudgementKey } from '../bots/rejudgement.ts';
import { listKey } from '../catalog/catalog-store.ts';
import { accountKey } from '../catalog/definitions.ts';
import { REBOOKINGS_OPEN, rebookingKey } from '../conversions/rebooking/rebooking.ts';
import { UPLOADS_UNDOING, uploadKey } from '../conversions/uploads/upload.ts';
import { hostKey } from '../domains/domain.ts';
import { listDomains, removeDomain } from '../domains/domain-store.ts';
import { placementKey } from '../links/link.ts';
import { isLinkBucket, readBuckets, removePlaced } from '../links/stored-links.ts';
import { changeDeadLetters } from '../log/dead-letters.ts';
import { allPartitions } from '../log/partitions.ts';
import { earlyKey } from '../messages/early-events.ts';
import { waitingOptOutsKey } from '../optouts/waiting.ts';
import { announceEverything } from '../platform/change-log.ts';
import { type Command, type RedisClient, runAll, scanKeys } from '../platform/redis.ts';
import { sleep } from '../platform/sleep.ts';
import { recordChanges } from '../records/record-changes.ts';
import { SCHEDULES_DUE, scheduleOfMember } from '../sharing/schedule.ts';
import { TAKEDOWNS_LIST, type Takedown, takedownId, takedownKey } from '../takedowns/takedown.ts';
import { EXPORTS_DUE, EXPORTS_LATE_AT, exportKey, readDueMember } from '../transfer/exports/export.ts';
import { IMPORTS_OPEN, importOfMember } from '../transfer/imports/import.ts';
import { ALL_WEBHOOKS, webhookOfMember } from '../webhooks/webhook-store.ts';
import { type OfAccount, ownerOfKey, ownsLetter, ownsLink, ownsValue } from './account-keys.ts';
import { removalKey } from './account-removal.ts';
import { ERASURES_OPEN, erasureKey } from './erasure.ts';

/** Rest between two groups of keys, so that taps find Redis free: a group takes it about a millisecond. */
const REST_MS = 1;
const MEMBERS_PER_READ = 1_000;
const KEYS_PER_WRITE = 1_000;

/** Sorted sets of the ids of all accounts' records, and where these are. */
const LISTS_OF_IDS: readonly [list: string, keyOf: (id: string) => string][] = [
  [TAKEDOWNS_LIST, takedownKey],
  [REJUDGEMENTS_OPEN, (number) => rejudgementKey(Number(number))],
  [REBOOKINGS_OPEN, rebookingKey],
  [ERASURES_OPEN, erasureKey],
  [UPLOADS_UNDOING, uploadKey],
  [SCHEDULES_DUE, scheduleOfMember],
  [EXPORTS_DUE, (member) => exportKey(readDueMember(member))],
  [EXPORTS_LATE_AT, (member) => exportKey(readDueMember(member))],
  [ALL_WEBHOOKS, webhookOfMember],
  [IMPORTS_OPEN, importOfMember],
];

/** Which tell what else is the account's, so they go last. */
const listsOf = (account_id: string): string[] => [
  listKey('offer', account_id),
  listKey('campaign', account_id),
];

/** Resolves when it is announced, with the position in the change log. */
export async function removeAccountKeys(redis: RedisClient, account_id: string): Promise<string> {
  const of: OfAccount = {
    account_id,
    entity_ids: await entitiesOf(redis, account_id),
    placement_ids: await placementsOf(redis, account_id),
  };
  await removeMembers(redis, account_id);
  for (const { domain } of await listDomains(redis, account_id)) {
    await removeDomain(redis, account_id, domain, () => true);
  }
  await keepTakedownsOfNames(redis, of);
  // Before their records: whose they are could not be told any more.
  for (const [list, keyOf] of LISTS_OF_IDS) await removeIds(redis, of, list, keyOf);
  for (const partition of allPartitions()) {
    await removeWaiting(redis, account_id, partition);
  }
  await changeDeadLetters(redis, (letter) => (ownsLetter(of, letter) ? undefined : letter));
  await removeKeys(redis, of);
  // A link in a placement is known by it alone, so until the last link is gone all of them stay, also for a repetition.
  await remove(redis, [...of.placement_ids].map(placementKey));
  await remove(redis, listsOf(account_id));
  // Once, not for each of millions of links: the change log would forget all other changes over them.
  return announceEverything(redis);
}

/**
 * The keys of records that name no account and go with this one, or stay where somebody else has them too: what is known
 * of its members, and who owns its domains. To be read before anything is removed.
 */
export async function untoldRecords(redis: RedisClient, account_id: string): Promise<string[]> {
  const members = await getMembers(redis, account_id);
  const domains = await listDomains(redis, account_id);
  return [...members.map(({ email }) => personKey(email)), ...domains.map(({ domain }) => hostKey(domain))];
}

/** The operator has closed these names, whoever asks for them next: the take-downs stay, of no account. */
async function keepTakedownsOfNames(redis: RedisClient, of: OfAccount): Promise<void> {
  const ids = await redis.zrange(TAKEDOWNS_LIST, '0', '-1');
  const keys = ids.filter((id) => id.startsWith(takedownId('domain', ''))).map(takedownKey);
  for (const key of await ownByValue(redis, of, keys)) {
    const text = await redis.get(key);
    if (text === null) continue;
    const kept: Takedown = { ...(JSON.parse(text) as Takedown), account_id: '' };
    await redis.set(key, JSON.stringify(kept), 'XX');
  }
  // Also those that a call before this one was cut off from logging.
  await recordChanges(redis, keys);
}

async function entitiesOf(redis: RedisClient, account_id: string): Promise<Set<string>> {
  const lists = await Promise.all(listsOf(account_id).map((list) => redis.zrange(list, '0', '-1')));
  return new Set(lists.flat());
}

async function placementsOf(redis: RedisClient, account_id: string): Promise<Set<string>> {
  const prefix = placementKey('');
  const of = { account_id, entity_ids: new Set<string>(), placement_ids: new Set<string>() };
  const found = new Set<string>();
  for await (const keys of scanKeys(redis, `${prefix}*`)) {
    for (const key of await ownByValue(redis, of, keys)) found.add(key.slice(prefix.length));
  }
  return found;
}

/** Those of the keys whose value is the account's. */
async function ownByValue(redis: RedisClient, of: OfAccount, keys: readonly string[]): Promise<string[]> {
  const values = await runAll(
    redis,
    keys.map((key): Command => ['GET', key]),
  );
  return keys.filter((key, i) => typeof values[i] === 'string' && ownsValue(of, key, values[i]));
}

/** Persons who are a member of no other account are forgotten; their sessions in this one are among the keys. */
async function removeMembers(redis: RedisClient, account_id: string): Promise<void> {
  for (const { email } of await getMembers(redis, account_id)) {
    await redis.srem(membershipsKey(email), account_id);
    if ((await membershipsOf(redis, email)).length > 0) continue;
    await endSessions(redis, await listSessions(redis, email));
    // Listed there are those that have expired, too.
    await redis.del(sessionsKey(email));
    await removePerson(redis, email);
  }
}

async function removeIds(
  redis: RedisClient,
  of: OfAccount,
  list: string,
  keyOf: (id: string) => string,
): Promise<void> {
  const ids = await redis.zrange(list, '0', '-1');
  const own = new Set(await ownByValue(redis, of, ids.map(keyOf)));
  const gone = ids.filter((id) => own.has(keyOf(id)));
  if (gone.length > 0) await redis.zrem(list, ...gone);
}

/** Events and opt-outs of messages that were never created. */
async function removeWaiting(redis: RedisClient, account_id: string, partition: number): Promise<void> {
  const match = ['MATCH', `${account_id}:*`, 'COUNT', MEMBERS_PER_READ] as const;
  const [early, opt_outs] = [earlyKey(partition), waitingOptOutsKey(partition)];
  for (let cursor = '0', over = false; !over; over = cursor === '0') {
    const [next, members] = await redis.zscan(early, cursor, ...match);
    const own = members.filter((_, i) => i % 2 === 0);
    if (own.length > 0) await redis.zrem(early, ...own);
    cursor = next;
  }
  for (let cursor = '0', over = false; !over; over = cursor === '0') {
    const [next, fields] = await redis.hscan(opt_outs, cursor, ...match);
    const own = fields.filter((_, i) => i % 2 === 0);
    if (own.length > 0) await redis.hdel(opt_outs, ...own);
    cursor = next;
  }
}

/** All but placements and what else tells whose a key is. */
async function removeKeys(redis: RedisClient, of: OfAccount): Promise<void> {
  const { account_id } = of;
  const kept = new Set([accountKey(account_id), removalKey(account_id), ...listsOf(account_id)]);
  const isKept = (key: string): boolean => kept.has(key) || key.startsWith(placementKey(''));
  for (const type of ['string', 'hash', 'set', 'zset', 'list'] as const) {
    for await (const group of scanKeys(redis, '*', type)) {
      const owners = group.map((key) => ownerOfKey(of, key));
      const own = group.filter((_, i) => owners[i] === 'own');
      if (type === 'string') {
        const untold = group.filter((_, i) => owners[i] === 'unknown');
        own.push(...(await ownByValue(redis, of, untold)));
      }
      await remove(
        redis,
        own.filter((key) => !isKept(key)),
      );
      if (type === 'hash') await removeLinks(redis, of, group.filter(isLinkBucket));
      await sleep(REST_MS);
    }
  }
}

/** Of buckets that hold links of all accounts. */
async function removeLinks(redis: RedisClient, of: OfAccount, buckets: readonly string[]): Promise<void> {
  for await (const links of readBuckets(redis, buckets)) {
    await runAll(redis, removePlaced(links.filter((link) => ownsLink(of, link))));
    await sleep(REST_MS);
  }
}

async function remove(redis: RedisClient, keys: readonly string[]): Promise<void> {
  for (let from = 0; from < keys.length; from += KEYS_PER_WRITE) {
    await runAll(
      redis,
      keys.slice(from, from + KEYS_PER_WRITE).map((key): Command => ['UNLINK', key]),
    );
  }
}
