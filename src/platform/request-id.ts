/**
 * The id by which a request is found in the logs of all that it passes: the X-Request-Id of a trusted proxy, where it has
 * an allowed form, else a new one. Pure but for chance.
 */
import { randomHex } from './random.ts';

export const REQUEST_ID_HEADER = 'x-request-id';
/** Ids of nginx ($request_id), HAProxy, Caddy, Envoy and load balancers of clouds; no spaces or quotes in a log. */
const ALLOWED = /^[A-Za-z0-9][A-Za-z0-9._:=+/@-]{7,127}$/;
const OWN_BYTES = 16;

/** The id that was sent, where it may be believed; else ''. */
export const sentRequestId = (sent: string | string[] | undefined, trusted: boolean): string =>
  trusted && typeof sent === 'string' && ALLOWED.test(sent) ? sent : '';

export const requestIdOf = (sent: string | string[] | undefined, trusted: boolean): string =>
  sentRequestId(sent, trusted) || randomHex(OWN_BYTES);
