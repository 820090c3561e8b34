/**
 * What the routes of the dashboard's own page have in common: they are not in the OpenAPI document, ask themselves who
 * is signed in, take small bodies, and take changes from the page only.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AuditAction } from '../../access/audit/actions.ts';
import { EMAIL_LENGTH_MAX, normalEmail } from '../../access/email.ts';
import { readSession, type SignedIn, type SignedInMember } from '../../access/read-session.ts';
import type { MemberSession } from '../../access/session.ts';
import type { Audited } from './audit.ts';
import type { ApiContext } from './context.ts';
import { ApiError } from './errors.ts';
import { refuseOtherSites, tokenOf } from './session-cookie.ts';

/** Of a password as it is sent; src/access/password-rules.ts says what a password may be. */
export const PASSWORD_LENGTH_MAX = 512;
export const CODE_LENGTH_MAX = 40;

/** The routes of this page's own: not in the OpenAPI document, and asking themselves who is there. */
export const PAGE_ROUTE = {
  config: { open: true },
  schema: { hide: true },
} as const;

export const credentials = {
  email: z.string().max(EMAIL_LENGTH_MAX).transform(normalEmail),
  password: z.string().max(PASSWORD_LENGTH_MAX),
  code: z.string().max(CODE_LENGTH_MAX).optional(),
};

/** Before the body is used: refuses what another site may have caused. */
export async function sameSite(request: FastifyRequest): Promise<void> {
  refuseOtherSites(request);
}

/** Who is signed in in this browser; undefined: nobody. */
export async function whoAsks(context: ApiContext, request: FastifyRequest): Promise<SignedIn | undefined> {
  const token = tokenOf(request, context.proxies);
  return token === undefined ? undefined : readSession(context.redis, token, Date.now());
}

/** Throws `unauthorized` where no member is signed in. */
export async function requireMember(context: ApiContext, request: FastifyRequest): Promise<SignedInMember> {
  const signed_in = await whoAsks(context, request);
  if (signed_in?.kind !== 'member') throw new ApiError('unauthorized', 'sign in as a member first');
  return signed_in;
}

/** A change, from the page only: one that the audit log has, and one that it does not have. */
export const audited = (audit: AuditAction) => ({
  ...PAGE_ROUTE,
  config: { open: true, audit },
  onRequest: sameSite,
});
export const unaudited = (why: string) => ({
  ...PAGE_ROUTE,
  config: { open: true, unaudited: why },
  onRequest: sameSite,
});

/** What a member has changed of their own. */
export const ownChange = ({ email, account_id, member_id }: MemberSession): Audited => ({
  actor: { actor_kind: 'member', actor_id: member_id, actor_name: email },
  account_id,
  subject_id: member_id,
});
