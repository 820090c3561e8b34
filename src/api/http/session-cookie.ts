/**
 * The cookie of a session, and the check that a request with it comes from the dashboard itself. Scripts cannot read
 * the cookie, other sites cannot send it, and its value is a random token, never a key.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_MS_MAX } from '../../access/session.ts';
import { type TrustedProxies, trustedScheme } from '../../platform/forwarded.ts';
import { hostName } from '../../platform/host.ts';
import { isUrl } from '../../platform/url.ts';
import { ApiError } from './errors.ts';

const NAME = 'trackly_session';
/** Sent with every change that a session makes. Another site can send it only with leave that no answer gives. */
export const SESSION_HEADER = 'x-trackly-session';
/** The account that the page shows. All tabs share the cookie: another one may have chosen another account since. */
export const ACCOUNT_HEADER = 'x-trackly-account';

/** Over TLS a browser takes the `__Host-` cookie from this host only, and never one that plain http set. */
const isSecure = ({ headers }: FastifyRequest, proxies: TrustedProxies): boolean =>
  trustedScheme(headers, proxies) === 'https';
const nameOf = (secure: boolean): string => (secure ? `__Host-${NAME}` : NAME);
const attributes = (secure: boolean) => ({ path: '/', httpOnly: true, sameSite: 'strict', secure }) as const;

/** The token in the cookie; undefined without one. */
export function tokenOf(request: FastifyRequest, proxies: TrustedProxies): string | undefined {
  const token = request.cookies[nameOf(isSecure(request, proxies))];
  return token !== undefined && /^[\w-]{43}$/.test(token) ? token : undefined;
}

export function setToken(reply: FastifyReply, proxies: TrustedProxies, token: string): void {
  const secure = isSecure(reply.request, proxies);
  reply.setCookie(nameOf(secure), token, { ...attributes(secure), maxAge: SESSION_MS_MAX / 1_000 });
}

export function clearToken(reply: FastifyReply, proxies: TrustedProxies): void {
  const secure = isSecure(reply.request, proxies);
  reply.setCookie(nameOf(secure), '', { ...attributes(secure), maxAge: 0 });
}

/**
 * Throws `forbidden` for a request that another site may have caused. A browser says where it comes from
 * (`Sec-Fetch-Site`, or `Origin` where that is missing), and asks before it sends the header across sites.
 */
export function refuseOtherSites({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  const same = site === undefined ? isOwn(headers.origin, headers.host) : site === 'same-origin';
  if (!same || headers[SESSION_HEADER] === undefined)
    throw new ApiError(
      'forbidden',
      `a session makes changes from the dashboard only: send an API key, or the header ${SESSION_HEADER} from the same origin`,
    );
}

/** Throws `conflict` where the page that asks shows another account than the session's, `account_id`. */
export function refuseOtherAccount({ headers }: FastifyRequest, account_id: string): void {
  const shown = headers[ACCOUNT_HEADER];
  if (shown !== undefined && shown !== account_id)
    throw new ApiError('conflict', 'this tab shows another account than the one you are in now: reload it');
}

/** Without a port: proxies leave it out of Host. */
const isOwn = (origin: string | undefined, host: string | undefined): boolean =>
  origin === undefined || (isUrl(origin) && hostName(new URL(origin).host) === hostName(host ?? ''));
