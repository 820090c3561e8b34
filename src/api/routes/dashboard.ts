/** The web page: one document for all its paths, and its files. It needs no server. */
import type { Assets } from '../../dashboard/assets.ts';
import { PAGE_POLICY, shellOf } from '../../dashboard/shell.ts';
import { SHARED_PATH } from '../../sharing/share-address.ts';
import type { Api } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { SHARED_HEADERS } from './shared-views.ts';

/** Paths of the page; its script shows the matching view. */
const PAGES = [
  '/',
  '/campaigns',
  '/offers',
  '/offers/:id/postbacks',
  '/offers/:id/edit',
  '/creatives/:id/edit',
  '/campaigns/:id/edit',
  '/creatives',
  '/messages',
  '/links',
  '/trace',
  '/compare',
  '/audiences',
  '/finance',
  '/finance/unattributed',
  '/finance/postbacks',
  '/finance/reconcile',
  '/finance/reconcile/:id',
  '/live',
  '/audit',
  '/health',
  '/alarms',
  '/ledger',
  '/dead-letters',
  '/queues',
  '/spools',
  '/partitions',
  '/certificates',
  '/limits',
  '/accounts',
  '/takedowns',
  '/account',
  '/annotations',
  '/domains',
  '/domains/:id',
  '/keys',
  '/bots',
  '/bot-rules',
  '/imports',
  '/exports',
  '/exports/:id',
  '/clicks',
  '/cohorts',
  '/explore',
  '/send-times',
  '/members',
  '/security',
  '/invitation',
  '/start',
  '/subscription',
  '/subscription/:token',
  '/views',
  '/views/:id',
  '/webhooks',
  '/webhooks/:id',
].flatMap((path) =>
  /^\/(campaigns|offers|creatives|messages|links|audiences)$/.test(path) ? [path, `${path}/:id`] : [path],
);
const ENCODINGS = ['br', 'gzip'] as const;

/** Where a process was started without the set-up (`npm start` and `trackly` do it by themselves). */
const NOT_BUILT =
  'the console was not built: run node deploy/build-console.mjs, then start this process again';
const YEAR_S = 365 * 24 * 3_600;

export function dashboardRoutes(app: Api, assets: Assets): void {
  const html = assets.parts && shellOf(assets.parts);
  const open = { config: { open: true }, schema: { hide: true } };

  const serve = (path: string, document: string | undefined, headers: Record<string, string>): void => {
    app.get(path, open, (_request, reply) => {
      if (document === undefined) throw new ApiError('unavailable', NOT_BUILT);
      return reply
        .type('text/html; charset=utf-8')
        .headers({
          'content-security-policy': PAGE_POLICY,
          'x-content-type-options': 'nosniff',
          ...headers,
        })
        .send(document);
    });
  };
  for (const path of PAGES)
    serve(path, html, { 'referrer-policy': 'same-origin', 'cache-control': 'no-cache' });
  serve(`${SHARED_PATH}:token`, assets.parts && shellOf(assets.parts, 'shared'), SHARED_HEADERS);

  app.get('/assets/*', open, (request, reply) => {
    const asset = assets.file((request.params as { '*': string })['*']);
    if (asset === undefined) throw new ApiError('not_found', 'there is no such file');
    reply.headers({
      etag: asset.etag,
      vary: 'accept-encoding',
      'cache-control': asset.hashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
      'x-content-type-options': 'nosniff',
    });
    if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send();
    const accepted = String(request.headers['accept-encoding'] ?? '');
    const encoding = ENCODINGS.find((name) => accepted.includes(name));
    if (encoding !== undefined) reply.header('content-encoding', encoding);
    return reply.type(asset.type).send(asset.bytes[encoding ?? 'identity']);
  });
}
