/**
 * METRICS_PORT: the metrics of all processes of this supervisor without a key, on METRICS_HOST. It listens before the
 * processes start, and needs no server: what it can't read is missing.
 */
import { createServer, type Server } from 'node:http';
import { METRICS_TYPE } from '../platform/exposition.ts';

/** Prometheus asks once in some seconds. */
const CONNECTIONS_MAX = 100;

/** `read` gives the text of all metrics. The caller listens. */
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
