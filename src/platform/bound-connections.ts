/**
 * Bounds the connections of an HTTP server, and divides them between addresses as in shares.ts, so that one address
 * can't take all. Further connections are closed at once. Behind a trusted proxy all connections come from one address:
 * there only the number of all is bounded.
 */
import type { Server } from 'node:http';
import { Shares } from './shares.ts';

export interface ConnectionBounds {
  connections_max: number;
  /** For a request's head to arrive, from the beginning of the connection or of the request. */
  headers_ms_max: number;
  /** Between an answer and the next request. */
  idle_ms_max: number;
}

/** How often Node.js looks for connections whose head is late. */
export const CHECK_EVERY_MS = 2_000;

export function boundConnections(
  server: Server,
  { connections_max, headers_ms_max, idle_ms_max }: ConnectionBounds,
  by_address: boolean,
  noteRefused: () => void,
): void {
  server.maxConnections = connections_max;
  server.headersTimeout = headers_ms_max;
  server.keepAliveTimeout = idle_ms_max;
  server.on('drop', noteRefused);
  if (!by_address) return;
  const shares = new Shares({
    places: connections_max,
    each_max: connections_max,
    part_max: connections_max,
  });
  server.on('connection', (socket) => {
    const end = shares.take(socket.remoteAddress ?? '');
    if (end !== undefined) {
      socket.once('close', end);
      return;
    }
    noteRefused();
    socket.destroy();
  });
}
