/**
 * The public listener of one redirect process: routes and drain. Several processes share the port by
 * SO_REUSEPORT; the kernel spreads the connections.
 */
import { App, type HttpResponse, type us_listen_socket, us_listen_socket_close } from 'uWebSockets.js';
import type { Way } from '../conversions/conversion.ts';
import type { ConversionHandler } from './handle-conversion.ts';
import { type RedirectHandler, writePage } from './handle-redirect.ts';
import { METHOD_NOT_ALLOWED } from './pages/pages.ts';
import type { RedirectMetrics } from './redirect-metrics.ts';

const ROBOTS = 'User-agent: *\nDisallow: /\n';
const DRAIN_CHECK_MS = 20;
/** A client that has connected asks within a round trip or two. */
const ASK_WITHIN_MS = 1_000;
const CONVERSION_PATHS: [path: string, way: Way][] = [
  ['/conv', 'conv'],
  ['/conv/offer', 'offer'],
  ['/conv/coupon', 'coupon'],
];

/** Whether taps can be answered; `why` says what is wrong, if only in part: '' when all is well. */
export interface Readiness {
  ready: boolean;
  why: string;
}

export interface RedirectServer {
  /**
   * Stops accepting, answers what is under way with `Connection: close`, and resolves when nothing is
   * open any more or after `deadline_ms`.
   */
  drain(deadline_ms: number): Promise<void>;
}

/** Listens on `host:port`, shared with the other redirect processes. Throws where it can't. */
export async function startRedirectServer(
  host: string,
  port: number,
  handler: RedirectHandler,
  conversions: ConversionHandler,
  metrics: RedirectMetrics,
  readiness: () => Readiness,
): Promise<RedirectServer> {
  const app = App();
  let connections = 0;
  app.filter((_res, count) => {
    connections += Number(count) > 0 ? 1 : -1;
    return undefined;
  });
  const text = (res: HttpResponse, status: string, type: string, body: string): void => {
    res.cork(() => {
      res.writeStatus(status).writeHeader('Content-Type', type);
      res.writeHeader('Cache-Control', status.startsWith('200') ? 'public, max-age=86400' : 'no-store');
      res.end(body);
    });
  };
  app.get('/robots.txt', (res) => text(res, '200 OK', 'text/plain', ROBOTS));
  app.get('/favicon.ico', (res) => text(res, '204 No Content', 'image/x-icon', ''));
  app.get('/healthz', (res) => text(res, '200 OK ', 'text/plain', 'alive\n'));
  app.get('/readyz', (res) => {
    const { ready, why } = readiness();
    const ok = ready && !handler.closing;
    const says = ok ? 'ready' : 'not ready';
    const because = handler.closing ? 'it is stopping' : why;
    text(
      res,
      ok ? '200 OK ' : '503 Service Unavailable',
      'text/plain',
      because === '' ? `${says}\n` : `${says}: ${because}\n`,
    );
  });
  for (const [path, way] of CONVERSION_PATHS) {
    app.get(path, (res, req) => conversions.handle(res, req, way));
    app.post(path, (res, req) => conversions.handle(res, req, way));
  }
  app.get('/pixel/:file', (res, req) => conversions.handlePixel(res, req));
  app.get('/*', (res, req) => handler.handle(res, req, 'GET'));
  app.head('/*', (res, req) => handler.handle(res, req, 'HEAD'));
  app.post('/*', (res, req) => handler.handleContinue(res, req));
  app.any('/*', (res) => {
    metrics.outcomes.method_not_allowed++;
    writePage(res, METHOD_NOT_ALLOWED, false, true);
  });

  const socket = await new Promise<us_listen_socket>((resolve, reject) => {
    app.listen(host, port, (listening) => {
      if (listening) resolve(listening);
      else reject(new Error(`port ${port} on ${host} can't be opened`));
    });
  });

  return {
    async drain(deadline_ms) {
      const until = Date.now() + deadline_ms;
      handler.closing = true;
      // Right after a round of accepting: as few as can be wait at the listener, which are reset.
      await new Promise((done) => setImmediate(done));
      us_listen_socket_close(socket);
      // A connection that was just accepted may not have asked yet; one that is idle is left to its client.
      const asked_by = Date.now() + ASK_WITHIN_MS;
      const busy = (): boolean =>
        handler.open_taps + conversions.open_calls > 0 || (connections > 0 && Date.now() < asked_by);
      while (busy() && Date.now() < until) {
        await new Promise((done) => setTimeout(done, DRAIN_CHECK_MS));
      }
      handler.stop();
    },
  };
}
