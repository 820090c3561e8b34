/**
 * METRICS_PORT: the metrics of all processes of this supervisor, what they can do now, and that it lives, without a key, on
 * METRICS_HOST. It listens before the processes start, and needs no server: what it can't read is missing.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { METRICS_TYPE } from '../platform/exposition.ts';
import type { MachineReadiness } from './machine-readiness.ts';

/** Prometheus asks once in some seconds. */
const CONNECTIONS_MAX = 100;

export interface ListenerSources {
  /** The text of all metrics. */
  metrics(): Promise<string>;
  readiness(): MachineReadiness;
}

/** The caller listens. */
export function createMetricsListener({ metrics, readiness }: ListenerSources): Server {
  const routes: Record<string, (response: ServerResponse) => void> = {
    '/metrics': (response) => {
      metrics().then(
        (text) => answer(response, 200, METRICS_TYPE, text),
        () => answer(response, 503, 'text/plain', 'the metrics can not be read\n'),
      );
    },
    '/healthz': (response) => answer(response, 200, 'text/plain', 'ok\n'),
    '/readyz': (response) => {
      const found = readiness();
      answer(response, found.ready ? 200 : 503, 'application/json', JSON.stringify(found));
    },
  };
  const server = createServer((request, response) => {
    const route = routes[request.url?.split('?')[0] ?? ''];
    if (route !== undefined && (request.method === 'GET' || request.method === 'HEAD'))
      return route(response);
    response.writeHead(404, { 'content-type': 'text/plain', connection: 'close' });
    response.end('GET /metrics, GET /readyz and GET /healthz are all that there is\n');
  });
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
