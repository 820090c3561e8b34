/**
 * The web page and its session. Signing in stores the API key in a cookie that scripts cannot read and other sites
 * cannot send. The cookie replaces the X-Api-Key header for reads only, never for changes.
 */
import { z } from 'zod';
import { holderOfKey } from '../../access/key-holder.ts';
import { readAssets } from '../../dashboard/assets.ts';
import { shellOf } from '../../dashboard/shell.ts';
import { trustedScheme } from '../../platform/forwarded.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';

const COOKIE = 'trackly_session';
const COOKIE_DAYS = 30;
/** Paths of the page; its script shows the matching view. */
const PAGES = [
  '/',
  '/campaigns',
  '/offers',
  '/creatives',
  '/messages',
  '/links',
  '/trace',
  '/live',
  '/health',
].flatMap((path) =>
  /^\/(campaigns|offers|creatives|messages|links)$/.test(path) ? [path, `${path}/:id`] : [path],
);
const ENCODINGS = ['br', 'gzip'] as const;

/** The API key in the session cookie of a request. */
export function sessionKey(cookies: string | undefined): string | undefined {
  return new RegExp(`(?:^|;\\s*)${COOKIE}=(trk_[0-9a-f]{32})(?:;|$)`).exec(cookies ?? '')?.[1];
}

export function dashboardRoutes(app: Api, context: ApiContext): void {
  const { files, import_map } = readAssets();
  const { html, policy } = shellOf(import_map);
  const open = { config: { open: true }, schema: { hide: true } };

  for (const path of PAGES) {
    app.get(path, open, (_request, reply) =>
      reply
        .type('text/html; charset=utf-8')
        .headers({
          'content-security-policy': policy,
          'referrer-policy': 'same-origin',
          'x-content-type-options': 'nosniff',
          'cache-control': 'no-cache',
        })
        .send(html),
    );
  }

  app.get('/assets/*', open, (request, reply) => {
    const asset = files.get((request.params as { '*': string })['*']);
    if (asset === undefined) throw new ApiError('not_found', 'there is no such file');
    reply.headers({
      etag: asset.etag,
      vary: 'accept-encoding',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
    });
    if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send();
    const accepted = String(request.headers['accept-encoding'] ?? '');
    const encoding = ENCODINGS.find((name) => accepted.includes(name));
    if (encoding !== undefined) reply.header('content-encoding', encoding);
    return reply.type(asset.type).send(asset.bytes[encoding ?? 'identity']);
  });

  const body = z.strictObject({ api_key: z.string().max(100) });
  app.post('/session', { config: { open: true }, schema: { hide: true, body } }, async (request, reply) => {
    const { api_key } = request.body;
    const holder = await holderOfKey(context.redis, api_key, Date.now());
    if (holder === undefined) {
      throw new ApiError('unauthorized', 'this API key is not known: check it, or ask for a new one');
    }
    const secure = trustedScheme(request.headers, context.proxies) === 'https' ? '; Secure' : '';
    reply.header(
      'set-cookie',
      `${COOKIE}=${api_key}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${COOKIE_DAYS * 24 * 3_600}${secure}`,
    );
    return { admin: holder.account === undefined };
  });
  app.get('/session', open, async (request) => {
    const key = sessionKey(request.headers.cookie);
    if (key === undefined) return { kind: 'nobody' };
    const holder = await holderOfKey(context.redis, key, Date.now());
    if (holder === undefined) return { kind: 'nobody' };
    if (holder.account === undefined) return { kind: 'admin' };
    return holder.account.status === 'active'
      ? { kind: 'account', account: holder.account }
      : { kind: 'nobody' };
  });
  app.delete('/session', open, (_request, reply) =>
    reply.header('set-cookie', `${COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`).code(204).send(),
  );
}
