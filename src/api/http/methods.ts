/** A known path that is asked with a method that it does not have: 405 with `Allow`, instead of 404. */

import type { FastifyRequest } from 'fastify';
import type { Api } from './context.ts';
import { ApiError } from './errors.ts';

interface Route {
  path: RegExp;
  methods: Set<string>;
}

/**
 * Call this before registering routes, because it collects them, and before other hooks: a body for a route that does
 * not exist is not read.
 */
export function refuseUnknownRoutes(app: Api): void {
  const routes = new Map<string, Route>();
  app.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? { path: patternOf(url), methods: new Set<string>() };
    routes.set(url, route);
    for (const one of [method].flat()) route.methods.add(one);
  });
  const refuse = (request: FastifyRequest): void => {
    const path = request.url.replace(/\?.*$/s, '');
    const found = [...routes.values()].filter((route) => route.path.test(path));
    if (found.length === 0) throw new ApiError('not_found', 'there is no such route: see /docs');
    const methods = [...new Set(found.flatMap((route) => [...route.methods]))].toSorted().join(', ');
    throw new ApiError('method_not_allowed', `this route takes ${methods}: see /docs`, { allow: methods });
  };
  app.addHook('onRequest', async (request) => {
    if (request.is404) refuse(request);
  });
  app.setNotFoundHandler(refuse);
}

/** `/v2/links/:id` and `/assets/*` as expressions. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}
