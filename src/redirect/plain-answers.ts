/**
 * What the public listener answers on every host beside taps and conversions: favicon.ico, and whether the process is
 * alive and ready. Only the file may be kept by a cache; how a process is holds for this moment. Asks nobody.
 */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import type { Readiness } from '../platform/readiness.ts';
import { endAnswer } from './end-answer.ts';
import type { Exchanges } from './exchange.ts';
import { getAndHead, type Route } from './routes.ts';

const FOR_A_DAY = 'public, max-age=86400';
const NEVER = 'no-store';

interface PlainAnswer {
  status: '200 OK' | '204 No Content' | '503 Service Unavailable';
  type: string;
  cache: typeof FOR_A_DAY | typeof NEVER;
  body: string;
}

export function plainRoutes(exchanges: Exchanges, readiness: () => Readiness): Route[] {
  const route = (path: string, compose: () => PlainAnswer): Route[] => {
    const handle = (res: HttpResponse, req: HttpRequest): void => {
      const { status, type, cache, body } = compose();
      const closing = exchanges.closingAfter(res, req);
      const head_only = req.getMethod() === 'head';
      exchanges.write(res, () => {
        res.writeStatus(status).writeHeader('Content-Type', type).writeHeader('Cache-Control', cache);
        endAnswer(res, body, closing, head_only);
      });
    };
    return getAndHead(path, handle);
  };
  return [
    ...route('/favicon.ico', () => ({
      status: '204 No Content',
      type: 'image/x-icon',
      cache: FOR_A_DAY,
      body: '',
    })),
    ...route('/healthz', () => ({ status: '200 OK', type: 'text/plain', cache: NEVER, body: 'alive\n' })),
    ...route('/readyz', () => {
      const found = readiness();
      return {
        status: found.ready ? '200 OK' : '503 Service Unavailable',
        type: 'application/json',
        cache: NEVER,
        body: `${JSON.stringify(found)}\n`,
      };
    }),
  ];
}
