/**
 * The public listener of one redirect process, plain and over TLS: starts and drains it. Several processes share the
 * ports by SO_REUSEPORT; the kernel spreads the connections, and resets those that wait in the queue of a listener
 * that closes, unless net.ipv4.tcp_migrate_req hands them to another. With Redis down it goes on listening: see
 * handle-tap.ts and handle-conversion.ts.
 */
import { App, type TemplatedApp, type us_listen_socket, us_listen_socket_close } from 'uWebSockets.js';
import { sleep } from '../platform/sleep.ts';
import { countConnections } from './connections.ts';
import type { Exchanges } from './exchange.ts';
import type { RedirectMetrics } from './redirect-metrics.ts';
import { addRoutes, type Route } from './routes.ts';
import type { TlsListener } from './tls-listener.ts';

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
  routes: readonly Route[];
  exchanges: Exchanges;
  tls: { port: number; listener: TlsListener } | undefined;
  metrics: Pick<RedirectMetrics, 'connections'>;
}

/** Listens on `host:port`, shared with the other redirect processes, and on the TLS port. Throws where it can't. */
export async function startRedirectServer(options: RedirectServerOptions): Promise<RedirectServer> {
  const { host, port, exchanges, tls } = options;
  const app = App();
  const plain = countConnections(app, options.metrics.connections);
  addRoutes(app, options.routes);
  const sockets = [await listen(app, host, port)];
  if (tls !== undefined) {
    const socket = await tls.listener.listen(host, tls.port);
    if (socket === undefined) throw new Error(`port ${tls.port} on ${host} can't be opened`);
    sockets.push(socket);
  }
  const connections = (): number => plain.open + (tls?.listener.connections ?? 0);
  return {
    async drain(deadline_ms) {
      const until = performance.now() + deadline_ms;
      exchanges.closing = true;
      await shortTurn();
      for (const socket of sockets) us_listen_socket_close(socket);
      // A TLS connection reaches the app that counts it in the turn after it was accepted.
      if (tls !== undefined) await sleep(DRAIN_CHECK_MS);
      let open = connections();
      let silent_since = performance.now();
      while (connections() > 0) {
        await sleep(DRAIN_CHECK_MS);
        const now = performance.now();
        // Every answer ends its connection.
        if (connections() !== open || exchanges.open_count > 0) silent_since = now;
        open = connections();
        if (now > until || now - silent_since > SILENT_MS_MAX) break;
      }
      app.close();
      tls?.listener.close();
      exchanges.stop();
    },
  };
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
