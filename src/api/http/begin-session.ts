/**
 * Begins sessions in a browser, in the place of the one that it had: after signing in, after accepting an invitation,
 * and in another account. With Redis down it rejects, and the browser keeps what it had.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessError } from '../../access/access-error.ts';
import { opensWith, type Proof } from '../../access/member.ts';
import { type Membership, membershipsOf, noteSignIn } from '../../access/member-store.ts';
import type { MemberSession, NewSession } from '../../access/session.ts';
import { beginSession, endSession, endSessions, listSessions } from '../../access/session-store.ts';
import { deviceOf } from './asked-from.ts';
import type { ApiContext } from './context.ts';
import { setToken, tokenOf } from './session-cookie.ts';

type Who = Pick<MemberSession, 'email' | 'proof'>;
export type Made = NewSession extends infer T
  ? T extends unknown
    ? Omit<T, 'agent' | 'address'>
    : never
  : never;

/** Signs a proven person in: into the only account, or into none until one of several is chosen. */
export async function signInMember(
  context: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { email, proof }: Who,
): Promise<void> {
  const memberships = await openMemberships(context, email, proof);
  if (memberships.length === 0)
    throw new AccessError('wrong_credentials', 'no account is open to you: ask its owner to invite you');
  await signIn(context, request, reply, ofMember(email, proof, memberships));
  if (memberships.length === 1) await noteSignIn(context.redis, memberships[0] as Membership);
}

export function ofMember(email: string, proof: Proof, memberships: readonly Membership[]): Made {
  const only = memberships.length === 1 ? memberships[0] : undefined;
  return {
    kind: 'member',
    email,
    proof,
    account_id: only?.account_id ?? '',
    member_id: only?.member.member_id ?? '',
  };
}

/** Begins a session in the place of the one that this browser had: a token from before does not open it. */
export async function signIn(
  { redis, proxies }: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  made: Made,
  since_ms?: number,
): Promise<void> {
  const before = tokenOf(request, proxies);
  const { token, session } = await beginSession(
    redis,
    { ...made, ...deviceOf(request, proxies) } as NewSession,
    since_ms,
  );
  if (before !== undefined) await endSession(redis, before);
  setToken(reply, proxies, token);
  if (session.kind === 'member') {
    const { session_id, account_id, member_id, email } = session;
    request.audited = {
      actor: { actor_kind: 'member', actor_id: member_id, actor_name: email },
      account_id,
      subject_id: session_id,
    };
  }
}

/** The memberships that are open to somebody who signed in this way. */
export async function openMemberships(
  { redis }: ApiContext,
  email: string,
  proof: Proof,
): Promise<Membership[]> {
  return (await membershipsOf(redis, email)).filter(({ member }) => opensWith(member, proof));
}

export async function endOthers({ redis }: ApiContext, session: MemberSession): Promise<void> {
  const all = await listSessions(redis, session.email);
  await endSessions(
    redis,
    all.filter((one) => one.session_id !== session.session_id),
  );
}
