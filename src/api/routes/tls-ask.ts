/**
 * GET /tls-ask?domain=<name>: whether a proxy that terminates TLS with certificates on demand (Caddy) may get one for a
 * name. The public listener has the same route, for a proxy that does not reach this one. With Redis down it answers 503.
 */
import { z } from 'zod';
import { isNameServed } from '../../domains/certificates/certificate-names.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';

const DOMAIN_LENGTH_MAX = 254;

export function tlsAskRoutes(app: Api, { redis, default_domain }: ApiContext): void {
  const querystring = z.object({ domain: z.string().max(DOMAIN_LENGTH_MAX) });
  app.get('/tls-ask', { config: { open: true }, schema: { hide: true, querystring } }, async (request) => {
    const served = await isNameServed((key) => redis.get(key), request.query.domain, default_domain);
    if (!served) throw new ApiError('not_found', 'no account has proven that this name is its own');
    return { served };
  });
}
