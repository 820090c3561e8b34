/**
 * What the public listener answers on every host beside taps and conversions: favicon.ico, and whether the process is
 * alive and ready. Only the file may be kept by a cache; how a process is holds for this moment. Asks nobody.
 */
import type { HttpResponse, TemplatedApp } from 'uWebSockets.js';
import type { Exchanges } from './exchange.ts';

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

export function routePlainAnswers(app: TemplatedApp, exchanges: Exchanges, readiness: () => Readiness): void {
  const write = (res: HttpResponse, { status, type, cache, body }: PlainAnswer): void => {
    res.cork(() => {
      res.writeStatus(status).writeHeader('Content-Type', type).writeHeader('Cache-Control', cache);
      if (exchanges.closing) res.writeHeader('Connection', 'close');
      res.end(body, exchanges.closing);
    });
  };
  app.get('/favicon.ico', (res) =>
    write(res, { status: '204 No Content', type: 'image/x-icon', cache: FOR_A_DAY, body: '' }),
  );
  app.get('/healthz', (res) =>
    write(res, { status: '200 OK', type: 'text/plain', cache: NEVER, body: 'alive\n' }),
  );
  app.get('/readyz', (res) => {
    const { ready, why } = exchanges.closing ? { ready: false, why: 'it is stopping' } : readiness();
    const says = ready ? 'ready' : 'not ready';
    write(res, {
      status: ready ? '200 OK' : '503 Service Unavailable',
      type: 'text/plain',
      cache: NEVER,
      body: why === '' ? `${says}\n` : `${says}: ${why}\n`,
    });
  });
}
