/** The web page: one document for all its paths, and its files. It needs no server. */
import { openAssets } from '../../dashboard/assets.ts';
import { shellOf } from '../../dashboard/shell.ts';
import type { Api } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';

/** Paths of the page; its script shows the matching view. */
const PAGES = [
  '/',
  '/campaigns',
  '/offers',
  '/offers/:id/postbacks',
  '/creatives',
  '/messages',
  '/links',
  '/trace',
  '/finance',
  '/live',
  '/audit',
  '/health',
  '/members',
  '/security',
  '/invitation',
].flatMap((path) =>
  /^\/(campaigns|offers|creatives|messages|links)$/.test(path) ? [path, `${path}/:id`] : [path],
);
const ENCODINGS = ['br', 'gzip'] as const;

export function dashboardRoutes(app: Api): void {
  const assets = openAssets();
  const { html, policy } = shellOf(assets.import_map);
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
    const asset = assets.file((request.params as { '*': string })['*']);
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
}
