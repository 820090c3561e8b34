/**
 * Signing in with the installation's provider of OpenID Connect: off to it, and back. What went wrong is shown on the
 * page of signing in, and logged without what the provider sent. With the provider or Redis down nobody signs in here.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessError } from '../../access/access-error.ts';
import { acceptWithOidc } from '../../access/invitations.ts';
import { OIDC_WITHIN_MS, type OidcProvider } from '../../access/oidc.ts';
import { originOf } from '../http/asked-from.ts';
import { signInMember } from '../http/begin-session.ts';
import { callerAddress } from '../http/caller-address.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { byMember, PAGE_ROUTE } from '../http/page-route.ts';

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

  app.get(
    CALLBACK,
    { ...PAGE_ROUTE, config: { open: true, audit: 'session.started' } },
    async (request, reply) => {
      const provider = providerOf(context);
      const note = request.cookies[COOKIE] ?? '';
      reply.clearCookie(COOKIE, attributes(request));
      const asked = new URL(request.url, originOf(request, proxies));
      let email: string | undefined;
      try {
        email = await provider.finish(asked, note);
      } catch (error) {
        return fail(request, reply, 'provider', error as Error);
      }
      if (email === undefined) return fail(request, reply, 'unverified');
      try {
        await acceptWithOidc(context.redis, email);
        const made = await signInMember(context, request, reply, { email, proof: 'oidc' });
        request.audited = byMember(made, callerAddress(request.raw, context.proxies));
      } catch (error) {
        if (error instanceof AccessError) return fail(request, reply, 'unknown');
        throw error;
      }
      return reply.redirect('/');
    },
  );
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
  request.audited = 'nothing';
  return reply.redirect(`/?sign_in=${why}`);
}
