/** The routes of taps and conversions: everything that counts. */
import type { Channel } from '../conversions/conversion.ts';
import { writePage } from './answer.ts';
import type { Exchanges } from './exchange.ts';
import type { ConversionHandler } from './handle-conversion.ts';
import type { TapHandler } from './handle-tap.ts';
import { METHOD_NOT_ALLOWED } from './pages/pages.ts';
import type { RedirectMetrics } from './redirect-metrics.ts';
import { getAndHead, type Handler, type Route } from './routes.ts';

const CONVERSION_PATHS: [path: string, channel: Channel][] = [
  ['/conv', 'conv'],
  ['/conv/offer', 'offer'],
  ['/conv/coupon', 'coupon'],
];

export interface TapRouteOptions {
  exchanges: Exchanges;
  taps: TapHandler;
  conversions: ConversionHandler;
  metrics: Pick<RedirectMetrics, 'taps'>;
}

export function tapRoutes({ exchanges, taps, conversions, metrics }: TapRouteOptions): Route[] {
  return [
    ...CONVERSION_PATHS.flatMap(([path, channel]): Route[] => {
      const handle: Handler = (res, req) => conversions.handle(res, req, channel);
      return [
        ...getAndHead(path, handle),
        ['post', path, handle],
        ['options', path, (res, req) => conversions.handlePreflight(res, req)],
        ['any', path, (res, req) => conversions.handleOther(res, req)],
      ];
    }),
    ...getAndHead('/pixel/:file', (res, req) => conversions.handlePixel(res, req)),
    ['get', '/*', (res, req) => taps.handle(res, req, 'GET')],
    ['head', '/*', (res, req) => taps.handle(res, req, 'HEAD')],
    ['post', '/*', (res, req) => taps.handleContinue(res, req)],
    [
      'any',
      '/*',
      (res, req) => {
        metrics.taps.method_not_allowed++;
        // Whatever body follows is not read.
        const closing = exchanges.closingAfter(res, req) || 'decided';
        exchanges.write(res, () => writePage(res, METHOD_NOT_ALLOWED, false, closing));
      },
    ],
  ];
}
