/**
 * The public listener of one redirect process: routes and drain. Several processes share the port by
 * SO_REUSEPORT; the kernel spreads the connections, and resets those that wait in the queue of a listener
 * that closes, unless net.ipv4.tcp_migrate_req hands them to another.
 */
import { App, type HttpResponse, type us_listen_socket, us_listen_socket_close } from 'uWebSockets.js';
import type { Way } from '../conversions/conversion.ts';
import { sleep } from '../platform/sleep.ts';
import type { ConversionHandler } from './handle-conversion.ts';
import { type RedirectHandler, writePage } from './handle-redirect.ts';
import { METHOD_NOT_ALLOWED } from './pages/pages.ts';
import type { RedirectMetrics } from './redirect-metrics.ts';

const ROBOTS = 'User-agent: *\nDisallow: /\n';
const DRAIN_CHECK_MS = 20;
/**
 * How long a drain waits for a connection that says nothing: time for a request that was sent twice on its
 * way here. A connection that was kept alive, or opened in advance, says nothing either.
 */
const SILENT_MS_MAX = 1_500;
/**
 * What comes between the accepting and the closing of a turn of the event loop is reset: it closes in a turn
 * as short as this. Before, it rests: whoever has just slept is not interrupted for another process soon.
 */
const SHORT_TURN_MS = 0.2;
const REST_MS = 2;
const SHORT_TURN_TRIES_MAX = 50;
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
   * Accepts what is queued and then no more, answers whatever the open connections still ask with
   * `Connection: close`, and resolves when none is open, when those that are have long been silent, or
   * after `deadline_ms`.
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
  const count = (_res: HttpResponse, change: number): void => {
    connections += change;
  };
  app.filter(count);
  const text = (res: HttpResponse, status: string, type: string, body: string): void => {
    res.cork(() => {
      res.writeStatus(status).writeHeader('Content-Type', type);
      res.writeHeader('Cache-Control', status.startsWith('200') ? 'public, max-age=86400' : 'no-store');
      if (handler.closing) res.writeHeader('Connection', 'close');
      res.end(body, handler.closing);
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
      const until = performance.now() + deadline_ms;
      handler.closing = true;
      conversions.closing = true;
      await shortTurn();
      us_listen_socket_close(socket);
      let open = connections;
      let silent_since = performance.now();
      while (connections > 0) {
        await sleep(DRAIN_CHECK_MS);
        const now = performance.now();
        // Every answer ends its connection.
        if (connections !== open || handler.open_taps + conversions.open_calls > 0) silent_since = now;
        open = connections;
        if (now > until || now - silent_since > SILENT_MS_MAX) break;
      }
      app.close();
      handler.stop();
    },
  };
}

/**
 * Resolves at the end of a turn of the event loop that was short, or after SHORT_TURN_TRIES_MAX of them. Each
 * turn accepts all that is queued and comes here right after it.
 */
async function shortTurn(): Promise<void> {
  for (let tries = 0; tries < SHORT_TURN_TRIES_MAX; tries++) {
    await sleep(REST_MS);
    const began = performance.now();
    await new Promise((done) => setImmediate(done));
    if (performance.now() - began < SHORT_TURN_MS) return;
  }
}
