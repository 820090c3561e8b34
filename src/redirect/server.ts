/**
 * The public listener of one redirect process: routes and drain. Several processes share the port by
 * SO_REUSEPORT; the kernel spreads the connections, and resets those that wait in the queue of a listener
 * that closes, unless net.ipv4.tcp_migrate_req hands them to another. With Redis down it goes on listening: see
 * handle-tap.ts and handle-conversion.ts.
 */
import { App, type TemplatedApp, type us_listen_socket, us_listen_socket_close } from 'uWebSockets.js';
import type { Channel } from '../conversions/conversion.ts';
import { sleep } from '../platform/sleep.ts';
import { writePage } from './answer.ts';
import { countConnections } from './connections.ts';
import type { Exchanges } from './exchange.ts';
import type { ConversionHandler } from './handle-conversion.ts';
import type { TapHandler } from './handle-tap.ts';
import { METHOD_NOT_ALLOWED } from './pages/pages.ts';
import { type Readiness, routePlainAnswers } from './plain-answers.ts';
import type { RedirectMetrics } from './redirect-metrics.ts';
import { routeSiteAnswers } from './site-answers.ts';
import type { Sites } from './sites.ts';

const DRAIN_CHECK_MS = 20;
/**
 * How long a drain waits for a connection that says nothing: time for a request that was sent twice on its
 * way here. A connection that was kept alive, or opened in advance, says nothing either.
 */
const SILENT_MS_MAX = 1_500;
/**
 * Closing resets connections that were queued after the last accept: it closes in a turn of the event loop as short
 * as this. It sleeps first: a process that has just slept is not interrupted for another one soon.
 */
const SHORT_TURN_MS = 0.2;
const REST_MS = 2;
const SHORT_TURN_TRIES_MAX = 50;
const CONVERSION_PATHS: [path: string, channel: Channel][] = [
  ['/conv', 'conv'],
  ['/conv/offer', 'offer'],
  ['/conv/coupon', 'coupon'],
];

export interface RedirectServer {
  /**
   * Accepts what is queued and then no more, answers whatever the open connections still ask with
   * `Connection: close`, and resolves when none is open, when those that are have long been silent, or
   * after `deadline_ms`.
   */
  drain(deadline_ms: number): Promise<void>;
}

export interface RedirectServerOptions {
  host: string;
  port: number;
  exchanges: Exchanges;
  sites: Sites;
  taps: TapHandler;
  conversions: ConversionHandler;
  metrics: Pick<RedirectMetrics, 'taps' | 'connections'>;
  readiness: () => Readiness;
}

/** Listens on `host:port`, shared with the other redirect processes. Throws where it can't. */
export async function startRedirectServer(options: RedirectServerOptions): Promise<RedirectServer> {
  const app = App();
  const connections = countConnections(app, options.metrics.connections);
  route(app, options);
  const socket = await listen(app, options.host, options.port);
  const { exchanges } = options;
  return {
    async drain(deadline_ms) {
      const until = performance.now() + deadline_ms;
      exchanges.closing = true;
      await shortTurn();
      us_listen_socket_close(socket);
      let open = connections.open;
      let silent_since = performance.now();
      while (connections.open > 0) {
        await sleep(DRAIN_CHECK_MS);
        const now = performance.now();
        // Every answer ends its connection.
        if (connections.open !== open || exchanges.open_count > 0) silent_since = now;
        open = connections.open;
        if (now > until || now - silent_since > SILENT_MS_MAX) break;
      }
      app.close();
      exchanges.stop();
    },
  };
}

function route(app: TemplatedApp, options: RedirectServerOptions): void {
  const { exchanges, sites, taps, conversions, metrics, readiness } = options;
  routePlainAnswers(app, exchanges, readiness);
  routeSiteAnswers(app, exchanges, sites);
  for (const [path, channel] of CONVERSION_PATHS) {
    app.get(path, (res, req) => conversions.handle(res, req, channel));
    app.head(path, (res, req) => conversions.handle(res, req, channel));
    app.post(path, (res, req) => conversions.handle(res, req, channel));
    app.options(path, (res, req) => conversions.handlePreflight(res, req));
    app.any(path, (res, req) => conversions.handleOther(res, req));
  }
  app.get('/pixel/:file', (res, req) => conversions.handlePixel(res, req));
  app.head('/pixel/:file', (res, req) => conversions.handlePixel(res, req));
  app.get('/*', (res, req) => taps.handle(res, req, 'GET'));
  app.head('/*', (res, req) => taps.handle(res, req, 'HEAD'));
  app.post('/*', (res, req) => taps.handleContinue(res, req));
  app.any('/*', (res, req) => {
    metrics.taps.method_not_allowed++;
    // Whatever body follows is not read.
    const closing = exchanges.closingAfter(req) || 'decided';
    exchanges.write(res, () => writePage(res, METHOD_NOT_ALLOWED, false, closing));
  });
}

function listen(app: TemplatedApp, host: string, port: number): Promise<us_listen_socket> {
  return new Promise((resolve, reject) => {
    app.listen(host, port, (listening) => {
      if (listening) resolve(listening);
      else reject(new Error(`port ${port} on ${host} can't be opened`));
    });
  });
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
