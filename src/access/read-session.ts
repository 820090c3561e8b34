/**
 * Who stands behind a session's token, as of now: the person with the role in the account, or the holder of the key.
 * Read with every request, so a role that was changed, a member who was removed and a key that was revoked count at
 * once. With Redis down it rejects.
 */
import { getAccount } from '../catalog/catalog-store.ts';
import { type Account, accountKey } from '../catalog/definitions.ts';
import type { RedisClient } from '../platform/redis.ts';
import { holderOfHash, type KeyHolder } from './key-holder.ts';
import { type Member, opensWith } from './member.ts';
import { getMembers, memberChange } from './member-store.ts';
import { type KeySession, type MemberSession, sessionChange } from './session.ts';
import { findSession } from './session-store.ts';

export interface SignedInMember {
  kind: 'member';
  session: MemberSession;
  /** Undefined until an account is chosen, and where the membership in it has ended. */
  account: Account | undefined;
  member: Member | undefined;
}

export interface SignedInKey {
  kind: 'key';
  session: KeySession;
  holder: KeyHolder;
}

export type SignedIn = SignedInMember | SignedInKey;

/** Undefined for a token that is unknown, and a session that has ended with what it stood for. */
export async function readSession(
  redis: RedisClient,
  token: string,
  now_ms: number,
): Promise<SignedIn | undefined> {
  const session = await findSession(redis, token, now_ms);
  if (session?.kind === 'member') return readMember(redis, session);
  if (session === undefined) return undefined;
  const holder = await holderOfHash(redis, session.key_sha256, now_ms);
  return holder === undefined ? undefined : { kind: 'key', session, holder };
}

async function readMember(redis: RedisClient, session: MemberSession): Promise<SignedInMember> {
  const { account_id, member_id, proof } = session;
  const none = { kind: 'member', session, account: undefined, member: undefined } as const;
  if (account_id === '') return none;
  const [account, members] = await Promise.all([
    getAccount(redis, account_id),
    getMembers(redis, account_id),
  ]);
  const member = members.find((one) => one.member_id === member_id);
  if (account === undefined || member === undefined || !opensWith(member, proof)) return none;
  return { kind: 'member', session, account, member };
}

/** What is announced when the right behind a session changes (open-requests.ts). */
export function recordsOf(signed_in: SignedIn): string[] {
  const own = sessionChange(signed_in.session.session_id);
  if (signed_in.kind === 'key') return [own, ...signed_in.holder.records];
  const { account_id, member_id } = signed_in.session;
  return [own, memberChange(member_id), accountKey(account_id)];
}
