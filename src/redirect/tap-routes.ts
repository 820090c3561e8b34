/** The routes of taps and conversions: everything that counts. */
import type { Channel } from '../conversions/conversion.ts';
import { writePage } from './answer.ts';
import type { ConversionHandler } from './handle-conversion.ts';
import type { TapHandler } from './handle-tap.ts';
import { METHOD_NOT_ALLOWED } from './pages/pages.ts';
import type { RedirectMetrics } from './redirect-metrics.ts';
import type { Handler, Route } from './routes.ts';

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
