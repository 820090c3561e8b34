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

/** Enough for an address, a password and a code; it is read before anybody is known. */
export const SESSION_BODY_BYTES_MAX = 1_024;
/** Of a password as it is sent; src/access/password-rules.ts says what a password may be. */
export const PASSWORD_LENGTH_MAX = 512;
export const CODE_LENGTH_MAX = 40;

/** The routes of this page's own: not in the OpenAPI document, and asking themselves who is there. */
export const PAGE_ROUTE = {
  config: { open: true },
  schema: { hide: true },
  bodyLimit: SESSION_BODY_BYTES_MAX,
} as const;

export const credentials = {
  email: z.string().max(EMAIL_LENGTH_MAX).transform(normalEmail),
  password: z.string().max(PASSWORD_LENGTH_MAX),
  code: z.string().max(CODE_LENGTH_MAX).optional(),
};

/** A page route that changes something: what the audit log calls it. */
export const audited = (audit: AuditAction) => ({
  ...PAGE_ROUTE,
  config: { ...PAGE_ROUTE.config, audit },
  onRequest: sameSite,
});

/** One that changes nothing that others would ask about. */
export const unaudited = (why: string) => ({
  ...PAGE_ROUTE,
  config: { ...PAGE_ROUTE.config, unaudited: why },
  onRequest: sameSite,
});

/** Who a member's session says did it, for the audit log. */
export const byMember = (
  { member_id, email, account_id }: Pick<MemberSession, 'member_id' | 'email' | 'account_id'>,
  address: string,
): Audited => ({
  actor: { actor_kind: 'member', actor_id: member_id, actor_name: email, address },
  account_id,
  subject_id: member_id,
});

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
