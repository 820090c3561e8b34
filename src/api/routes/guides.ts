/**
 * GET /guides and /guides/<page>: the guides and the runbook for senders, analysts, finance, operators and developers, as plain
 * pages. They need no key, show no data and need no server: they are read from the installed files.
 */
import { GUIDES_PATH, openGuides } from '../../guides/guides.ts';
import { PLAIN_PAGE_HEADERS } from '../../platform/plain-page.ts';
import type { Api } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';

export function guideRoutes(app: Api): void {
  const guides = openGuides();
  const open = { config: { open: true }, schema: { hide: true } };

  app.get(GUIDES_PATH, open, (_request, reply) => reply.headers(PLAIN_PAGE_HEADERS).send(guides.page()));

  // For the search of the console.
  app.get(`${GUIDES_PATH}/contents.json`, open, () => ({ guides: guides.contents() }));

  app.get(`${GUIDES_PATH}/:name`, open, (request, reply) => {
    const page = guides.page((request.params as { name: string }).name);
    if (page === undefined) throw new ApiError('not_found', `there is no such guide: see ${GUIDES_PATH}`);
    return reply.headers(PLAIN_PAGE_HEADERS).send(page);
  });
}
