/** A network between a client and the API that breaks when it is told to. */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

export interface BadNetwork {
  url: string;
  /** Connections that were made through it. */
  readonly connections: number;
  /** The next connection breaks once so many bytes of its answers came through. */
  cutAfter(answer_bytes: number): void;
  /** Breaks what is open now. */
  cutNow(): void;
  /** Nobody answers until it is opened again, on the same port. */
  close(): Promise<void>;
  open(): Promise<void>;
}

export async function badNetwork(api_url: string): Promise<BadNetwork> {
  const { hostname, port } = new URL(api_url);
  const open = new Set<Socket>();
  let connections = 0;
  const cuts: number[] = [];
  const server = createServer((client) => {
    connections++;
    let left = cuts.shift() ?? Number.POSITIVE_INFINITY;
    const api = connect(Number(port), hostname);
    for (const socket of [client, api]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        api.destroy();
      });
    }
    client.pipe(api);
    api.on('data', (bytes: Buffer) => {
      const passed = bytes.subarray(0, Math.min(bytes.length, left));
      left -= bytes.length;
      const room = client.write(passed);
      if (left <= 0) client.destroy();
      else if (!room) api.pause();
    });
    client.on('drain', () => api.resume());
    api.on('end', () => client.end());
  });
  const listen = (on: number): Promise<void> =>
    new Promise((done) => server.listen(on, '127.0.0.1', () => done()));
  await listen(0);
  const own = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${own}`,
    open: () => listen(own),
    get connections() {
      return connections;
    },
    cutAfter: (answer_bytes) => cuts.push(answer_bytes),
    cutNow: () => {
      for (const socket of open) socket.destroy();
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
