/**
 * Signing in with the installation's provider of OpenID Connect: off to it, and back. What went wrong is shown on the
 * page of signing in, and logged without what the provider sent. With the provider or Redis down nobody signs in here.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessError } from '../../access/access-error.ts';
import { type Actor, recordAudit } from '../../access/audit/record-audit.ts';
import { acceptWithOidc } from '../../access/invitations.ts';
import type { Membership } from '../../access/member-store.ts';
import { OIDC_WITHIN_MS, type OidcProvider, type ProvenPerson } from '../../access/oidc.ts';
import { originOf } from '../http/asked-from.ts';
import { signInMember } from '../http/begin-session.ts';
import { callerAddress } from '../http/caller-address.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { PAGE_ROUTE } from '../http/page-route.ts';

const PATH = '/session/oidc';
const CALLBACK = `${PATH}/callback`;
const COOKIE = 'trackly_oidc';
/** Why it failed, for the page: a word in the address, not a sentence of somebody else's. */
type Failure = 'provider' | 'unverified' | 'unknown';

export function oidcRoutes(app: Api, context: ApiContext): void {
  const { proxies } = context;
  /** Lax: the provider's answer comes from another site. */
  const attributes = (request: FastifyRequest) =>
    ({
      path: PATH,
      httpOnly: true,
      sameSite: 'lax',
      secure: originOf(request, proxies).startsWith('https:'),
    }) as const;

  app.get(PATH, PAGE_ROUTE, async (request, reply) => {
    const provider = providerOf(context);
    try {
      const { url, note } = await provider.begin(`${originOf(request, proxies)}${CALLBACK}`);
      reply.setCookie(COOKIE, note, { ...attributes(request), maxAge: OIDC_WITHIN_MS / 1_000 });
      return reply.redirect(url);
    } catch (error) {
      return fail(request, reply, 'provider', error as Error);
    }
  });

  app.get(CALLBACK, PAGE_ROUTE, async (request, reply) => {
    const provider = providerOf(context);
    const note = request.cookies[COOKIE] ?? '';
    reply.clearCookie(COOKIE, attributes(request));
    const asked = new URL(request.url, originOf(request, proxies));
    let proven: ProvenPerson | undefined;
    try {
      proven = await provider.finish(asked, note);
    } catch (error) {
      return fail(request, reply, 'provider', error as Error);
    }
    if (proven === undefined) return fail(request, reply, 'unverified');
    try {
      const joined = await acceptWithOidc(context.redis, proven);
      await signInMember(context, request, reply, { email: proven.email, proof: 'oidc' });
      await auditSignIn(context, request, joined);
    } catch (error) {
      if (error instanceof AccessError) return fail(request, reply, 'unknown');
      throw error;
    }
    return reply.redirect('/');
  });
}

/** Not by the route: most of what it answers is a redirect that signs nobody in. */
async function auditSignIn(
  { redis, proxies }: ApiContext,
  request: FastifyRequest,
  joined: readonly Membership[],
): Promise<void> {
  const { actor, account_id = '', subject_id = '' } = request.audited ?? {};
  const whole: Actor = {
    actor_kind: 'member',
    actor_id: '',
    actor_name: '',
    ...actor,
    address: callerAddress(request.raw, proxies),
  };
  for (const { account_id, member } of joined) {
    const change = { account_id, subject_id: member.member_id, after: member };
    await recordAudit(redis, whole, { action: 'member.joined', ...change });
  }
  await recordAudit(redis, whole, { action: 'session.started', account_id, subject_id });
}

function providerOf({ oidc }: ApiContext): OidcProvider {
  if (oidc === undefined)
    throw new ApiError('not_found', 'this installation has no OpenID Connect: see OIDC_ISSUER');
  return oidc;
}

function fail(
  request: FastifyRequest,
  reply: FastifyReply,
  why: Failure,
  error?: Error & { code?: string },
): FastifyReply {
  if (error !== undefined)
    request.log.warn({ error: error.message, code: error.code }, 'signing in with OpenID Connect failed');
  return reply.redirect(`/?sign_in=${why}`);
}
