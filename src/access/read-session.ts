/**
 * Who stands behind a session's token, as of now: the person with the role in the account, the key, or the operator.
 * Read with every request, so a role that was changed, a member who was removed and a key that was revoked count at
 * once. With Redis down it rejects.
 */
import { getAccount } from '../catalog/catalog-store.ts';
import { type Account, apiKeyKey } from '../catalog/definitions.ts';
import type { RedisClient } from '../platform/redis.ts';
import { type Member, opensWith } from './member.ts';
import { getMembers } from './member-store.ts';
import type { KeySession, MemberSession, OperatorSession, Session } from './session.ts';
import { findSession } from './session-store.ts';

export type SignedIn =
  | {
      kind: 'member';
      session: MemberSession;
      /** Undefined until an account is chosen, and where the membership in it has ended. */
      account: Account | undefined;
      member: Member | undefined;
    }
  | { kind: 'key'; session: KeySession; account: Account }
  | { kind: 'operator'; session: OperatorSession };

export interface SessionSource {
  redis: RedisClient;
  /** SHA-256 (hex) of the admin key. */
  admin_key_sha256: string;
}

/** Undefined for a token that is unknown, and a session that has ended with what it stood for. */
export async function readSession(source: SessionSource, token: string): Promise<SignedIn | undefined> {
  const session = await findSession(source.redis, token);
  return session === undefined ? undefined : resolve(source, session);
}

async function resolve(
  { redis, admin_key_sha256 }: SessionSource,
  session: Session,
): Promise<SignedIn | undefined> {
  if (session.kind === 'operator')
    return session.key_sha256 === admin_key_sha256 ? { kind: 'operator', session } : undefined;
  if (session.kind === 'key') {
    const account_id = await redis.get(apiKeyKey(session.key_sha256));
    const account = account_id === null ? undefined : await activeAccount(redis, account_id);
    return account === undefined ? undefined : { kind: 'key', session, account };
  }
  const { account_id, member_id, proof } = session;
  if (account_id === '') return { kind: 'member', session, account: undefined, member: undefined };
  const [account, members] = await Promise.all([
    activeAccount(redis, account_id),
    getMembers(redis, account_id),
  ]);
  const member = members.find((one) => one.member_id === member_id);
  const opens = account !== undefined && member !== undefined && opensWith(member, proof);
  return opens
    ? { kind: 'member', session, account, member }
    : { kind: 'member', session, account: undefined, member: undefined };
}

async function activeAccount(redis: RedisClient, account_id: string): Promise<Account | undefined> {
  const account = await getAccount(redis, account_id);
  return account?.status === 'active' ? account : undefined;
}
