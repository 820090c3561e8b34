/**
 * Routes of the public listener, the same over plain http and over TLS. A route is a value, because uWebSockets.js
 * wants all of them again for every server name of a TLS listener.
 */
import type { HttpRequest, HttpResponse, TemplatedApp } from 'uWebSockets.js';

export type Handler = (res: HttpResponse, req: HttpRequest) => void;
export type Route = [method: 'get' | 'head' | 'post' | 'options' | 'any', pattern: string, handler: Handler];

/** To the server name that `app` was last told by domain(), or to all of a plain listener. */
export function addRoutes(app: TemplatedApp, routes: readonly Route[]): void {
  for (const [method, pattern, handler] of routes) app[method](pattern, handler);
}

/** HEAD is answered wherever GET is. */
export const getAndHead = (pattern: string, handler: Handler): Route[] => [
  ['get', pattern, handler],
  ['head', pattern, handler],
];
