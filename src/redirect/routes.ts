/**
 * The routes of the public listener, the same over plain http and over TLS. A route is a value, because uWebSockets.js
 * wants all of them again for every server name of a TLS listener.
 */
import type { HttpRequest, HttpResponse, TemplatedApp } from 'uWebSockets.js';
import type { Channel } from '../conversions/conversion.ts';
import { writePage } from './answer.ts';
import type { ConversionHandler } from './handle-conversion.ts';
import type { TapHandler } from './handle-tap.ts';
import { METHOD_NOT_ALLOWED } from './pages/pages.ts';
import type { RedirectMetrics } from './redirect-metrics.ts';

export type Handler = (res: HttpResponse, req: HttpRequest) => void;
export type Route = [method: 'get' | 'head' | 'post' | 'any', pattern: string, handler: Handler];

const CONVERSION_PATHS: [path: string, channel: Channel][] = [
  ['/conv', 'conv'],
  ['/conv/offer', 'offer'],
  ['/conv/coupon', 'coupon'],
];

export interface TapRouteOptions {
  taps: TapHandler;
  conversions: ConversionHandler;
  metrics: Pick<RedirectMetrics, 'taps'>;
}

/** Taps and conversions. */
export function tapRoutes({ taps, conversions, metrics }: TapRouteOptions): Route[] {
  return [
    ...CONVERSION_PATHS.flatMap(([path, channel]): Route[] => {
      const handle: Handler = (res, req) => conversions.handle(res, req, channel);
      return [
        ['get', path, handle],
        ['post', path, handle],
      ];
    }),
    ['get', '/pixel/:file', (res, req) => conversions.handlePixel(res, req)],
    ['get', '/*', (res, req) => taps.handle(res, req, 'GET')],
    ['head', '/*', (res, req) => taps.handle(res, req, 'HEAD')],
    ['post', '/*', (res, req) => taps.handleContinue(res, req)],
    [
      'any',
      '/*',
      (res) => {
        metrics.taps.method_not_allowed++;
        writePage(res, METHOD_NOT_ALLOWED, false, true);
      },
    ],
  ];
}

/** To the server name that `app` was last told by domain(), or to all of a plain listener. */
export function addRoutes(app: TemplatedApp, routes: readonly Route[]): void {
  for (const [method, pattern, handler] of routes) app[method](pattern, handler);
}
