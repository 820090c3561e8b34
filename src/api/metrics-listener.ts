/**
 * METRICS_PORT: Prometheus metrics of all processes without a key, on loopback only. Whoever may not read them there
 * asks /metrics on API_PORT with the admin key. With Redis down it answers what is known without it.
 */
import { createServer, type Server } from 'node:http';

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** Prometheus asks once in some seconds. */
const CONNECTIONS_MAX = 100;

/** `read` gives the text of all metrics. The caller listens, on METRICS_HOST. */
export function createMetricsListener(read: () => Promise<string>): Server {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404, { 'content-type': 'text/plain', connection: 'close' });
      response.end('GET /metrics is all that there is\n');
      return;
    }
    read().then(
      (text) =>
        response.writeHead(200, { 'content-type': METRICS_TYPE, 'cache-control': 'no-store' }).end(text),
      () => response.writeHead(503, { 'content-type': 'text/plain' }).end('the metrics can not be read\n'),
    );
  });
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}
