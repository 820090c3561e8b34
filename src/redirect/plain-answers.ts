/**
 * What the public listener answers on every host beside taps and conversions: favicon.ico, and whether the process is
 * alive and ready. Only the file may be kept by a cache; how a process is holds for this moment. Asks nobody.
 */
import type { HttpResponse } from 'uWebSockets.js';
import type { Exchanges } from './exchange.ts';
import type { Handler, Route } from './routes.ts';

const FOR_A_DAY = 'public, max-age=86400';
const NEVER = 'no-store';

/** Whether taps can be answered; `why` says what is wrong, if only in part: '' when all is well. */
export interface Readiness {
  ready: boolean;
  why: string;
}

interface PlainAnswer {
  status: '200 OK' | '204 No Content' | '503 Service Unavailable';
  type: string;
  cache: typeof FOR_A_DAY | typeof NEVER;
  body: string;
}

export function plainRoutes(exchanges: Exchanges, readiness: () => Readiness): Route[] {
  const write = (res: HttpResponse, { status, type, cache, body }: PlainAnswer): void => {
    const closing = exchanges.closes(res);
    res.cork(() => {
      res.writeStatus(status).writeHeader('Content-Type', type).writeHeader('Cache-Control', cache);
      if (closing) res.writeHeader('Connection', 'close');
      res.end(body, closing);
    });
  };
  const always =
    (answer: PlainAnswer): Handler =>
    (res) =>
      write(res, answer);
  return [
    [
      'get',
      '/favicon.ico',
      always({ status: '204 No Content', type: 'image/x-icon', cache: FOR_A_DAY, body: '' }),
    ],
    ['get', '/healthz', always({ status: '200 OK', type: 'text/plain', cache: NEVER, body: 'alive\n' })],
    [
      'get',
      '/readyz',
      (res) => {
        const { ready, why } = exchanges.closing ? { ready: false, why: 'it is stopping' } : readiness();
        const says = ready ? 'ready' : 'not ready';
        write(res, {
          status: ready ? '200 OK' : '503 Service Unavailable',
          type: 'text/plain',
          cache: NEVER,
          body: why === '' ? `${says}\n` : `${says}: ${why}\n`,
        });
      },
    ],
  ];
}
