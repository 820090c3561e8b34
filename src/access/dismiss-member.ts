/**
 * Ends a membership with all that hangs on it: the sessions in this account, and the person's password and second
 * factor where no account is left. With Redis down it rejects, and may be repeated until the member is gone.
 */
import type { RedisClient } from '../platform/redis.ts';
import type { Member } from './member.ts';
import { membershipsOf, removeMember } from './member-store.ts';
import { removePerson } from './person.ts';
import { endSessions, listSessions } from './session-store.ts';

/** Throws `not_found`, and `conflict` for the last owner. */
export async function dismissMember(
  redis: RedisClient,
  account_id: string,
  member_id: string,
): Promise<Member> {
  const member = await removeMember(redis, account_id, member_id);
  const sessions = await listSessions(redis, member.email);
  await endSessions(
    redis,
    sessions.filter((one) => one.account_id === account_id),
  );
  if ((await membershipsOf(redis, member.email)).length === 0) await removePerson(redis, member.email);
  return member;
}
