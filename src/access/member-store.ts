/**
 * The members of accounts in Redis: read, add, change, remove. Every change is a compare-and-set of the account's one
 * record: of two removals of two owners one is refused. With Redis down every call rejects; each may be repeated.
 */
import { updateRecord } from '../catalog/update-record.ts';
import { announce } from '../platform/change-log.ts';
import { type RedisClient, runAll } from '../platform/redis.ts';
import { AccessError } from './access-error.ts';
import {
  type AccountMembers,
  isLastOwner,
  type Member,
  membershipCommands,
  membershipsKey,
  membersKey,
  signInsKey,
} from './member.ts';

export interface Membership {
  account_id: string;
  member: Member;
}

/** Oldest first; at most MEMBERS_MAX. */
export async function getMembers(redis: RedisClient, account_id: string): Promise<Member[]> {
  const text = await redis.get(membersKey(account_id));
  return text === null ? [] : (JSON.parse(text) as AccountMembers).members;
}

/** Addresses of those who have accepted. */
export const activeAddresses = async (redis: RedisClient, account_id: string): Promise<Set<string>> =>
  new Set(
    (await getMembers(redis, account_id)).filter(({ state }) => state === 'active').map(({ email }) => email),
  );

/** All memberships of a person, invited ones as well, in the order of the accounts' ids. */
export async function membershipsOf(redis: RedisClient, email: string): Promise<Membership[]> {
  const accounts = (await redis.smembers(membershipsKey(email))).toSorted();
  const all = await runAll(
    redis,
    accounts.map((account_id) => ['GET', membersKey(account_id)]),
  );
  return accounts.flatMap((account_id, i) => {
    const text = all[i];
    if (typeof text !== 'string') return [];
    const { members } = JSON.parse(text) as AccountMembers;
    return members.filter((one) => one.email === email).map((member) => ({ account_id, member }));
  });
}

/** When each member signed in last, by member_id. It is not a record: a Redis that lost its data has forgotten it. */
export function readSignIns(redis: RedisClient, account_id: string): Promise<Record<string, string>> {
  return redis.hgetall(signInsKey(account_id));
}

export async function noteSignIn(redis: RedisClient, { account_id, member }: Membership): Promise<void> {
  await redis.hset(signInsKey(account_id), member.member_id, new Date().toISOString());
}

/** Applies `change`, which may throw to refuse, to the newest list, and lists new members under their addresses. */
export async function changeMembers(
  redis: RedisClient,
  account_id: string,
  change: (members: readonly Member[]) => Member[],
): Promise<Member[]> {
  const none: AccountMembers = { account_id, members: [], updated_at: new Date().toISOString() };
  await redis.set(membersKey(account_id), JSON.stringify(none), 'NX');
  const changed = await updateRecord<AccountMembers>(redis, membersKey(account_id), (before) => ({
    ...before,
    members: change(before.members),
  }));
  const members = changed?.members ?? [];
  await runAll(redis, membershipCommands({ ...none, members }));
  return members;
}

/** Applies `change` to one member. Throws `not_found`, and `conflict` where no owner would be left. */
export async function changeMember(
  redis: RedisClient,
  account_id: string,
  member_id: string,
  change: (member: Member) => Member,
): Promise<Member> {
  const members = await changeMembers(redis, account_id, (before) => {
    const after = findMember(before, member_id);
    const changed = change(after);
    if (changed.role !== 'owner') refuseLastOwner(before, member_id);
    return before.map((one) => (one === after ? changed : one));
  });
  await runAll(redis, [announce(memberChange(member_id))]);
  return findMember(members, member_id);
}

/** Removes a member; their sessions are the caller's. Throws as changeMember. */
export async function removeMember(
  redis: RedisClient,
  account_id: string,
  member_id: string,
): Promise<Member> {
  let removed: Member | undefined;
  await changeMembers(redis, account_id, (before) => {
    removed = findMember(before, member_id);
    refuseLastOwner(before, member_id);
    return before.filter((one) => one !== removed);
  });
  if (removed === undefined) throw missing();
  await runAll(redis, [
    ['SREM', membershipsKey(removed.email), account_id],
    ['HDEL', signInsKey(account_id), member_id],
    announce(memberChange(member_id)),
  ]);
  return removed;
}

/** What is announced when a member is changed or removed: their open streams end. */
export const memberChange = (member_id: string): string => `member:${member_id}`;

export function findMember(members: readonly Member[], member_id: string): Member {
  const found = members.find((one) => one.member_id === member_id);
  if (found === undefined) throw missing();
  return found;
}

const missing = (): AccessError => new AccessError('not_found', 'there is no such member in this account');

function refuseLastOwner(members: readonly Member[], member_id: string): void {
  if (isLastOwner(members, member_id))
    throw new AccessError(
      'conflict',
      'this is the last owner of the account: make another member owner first',
    );
}
