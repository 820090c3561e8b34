/** What a request may make the API read: sizes, times, and what is not read at all. */
import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import Fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Limits } from '../../../../src/access/limits/limits.ts';
import { BODY_BOUNDS, boundBodies, endRefusedBody } from '../../../../src/api/http/bound-bodies.ts';
import type { Api } from '../../../../src/api/http/context.ts';
import { ApiError, errorBody } from '../../../../src/api/http/errors.ts';
import { refuseUnknownRoutes } from '../../../../src/api/http/methods.ts';
import { boundConnections } from '../../../../src/platform/bound-connections.ts';
import type { RedisClient } from '../../../../src/platform/redis.ts';
import { untilSeen } from '../../../support/until.ts';

const BOUNDS = { ...BODY_BOUNDS, open_ms_max: 100, whole_ms_max: 150, silent_ms_max: 200 };
const MB = 1024 * 1024;

let app: Api;
let port: number;
let limits: Limits;
/** What the server has read of each connection. */
let read: () => number;

async function open(connections_max = 100, headers_ms_max = 10_000): Promise<void> {
  limits = new Limits({ status: 'ready', defineCommand() {} } as unknown as RedisClient);
  app = Fastify({ http: { connectionsCheckingInterval: 50 }, bodyLimit: 4 * MB }) as unknown as Api;
  boundConnections(app.server, { connections_max, headers_ms_max, idle_ms_max: 5_000 }, true, () =>
    limits.noteRefused('connections'),
  );
  const sockets: Socket[] = [];
  app.server.on('connection', (socket) => sockets.push(socket));
  read = () => sockets.reduce((sum, socket) => sum + socket.bytesRead, 0);
  app.setErrorHandler(async (error: Error & { code?: string; statusCode?: number }, request, reply) => {
    const large = error.code === 'FST_ERR_CTP_BODY_TOO_LARGE';
    const known =
      error instanceof ApiError ? error : new ApiError(large ? 'too_large' : 'internal', String(error));
    await endRefusedBody(request, reply, known, BOUNDS);
    return reply.code(known.status).send(errorBody(known));
  });
  refuseUnknownRoutes(app);
  app.addHook('onRequest', async (request) => {
    const { open: is_open } = request.routeOptions.config;
    if (!is_open && request.headers['x-api-key'] === undefined)
      throw new ApiError('unauthorized', 'send your API key');
    if (!is_open) Object.assign(request, { caller: { kind: 'key' } });
  });
  boundBodies(app, limits, BOUNDS);
  app.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));
  app.post('/session', { config: { open: true } }, (request) => request.body);
  app.post('/v2/offers', () => ({ done: true }));
  app.post('/v2/messages', async (request) => {
    let bytes = 0;
    for await (const chunk of request.body as AsyncIterable<Buffer>) bytes += chunk.length;
    return { bytes };
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  port = (app.server.address() as AddressInfo).port;
}

beforeEach(() => open());
afterEach(() => app.close());

interface Connection {
  socket: Socket;
  text: () => string;
  closed: () => boolean;
}

function dial(): Connection {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  let closed = false;
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => {});
  socket.once('close', () => {
    closed = true;
  });
  return { socket, text: () => text, closed: () => closed };
}

const head = (path: string, bytes: number, type = 'application/json', more = ''): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${bytes}\r\n${more}\r\n`;
const KEY = 'X-Api-Key: k\r\n';

/** Writes until the connection is closed or all is written, as fast as it is taken. */
async function pour({ socket, closed }: Connection, bytes: number): Promise<void> {
  const piece = Buffer.alloc(64 * 1024, ' ');
  for (let sent = 0; sent < bytes && !closed(); sent += piece.length) {
    if (!socket.write(piece)) {
      await new Promise<void>((resolve) => {
        socket.once('drain', resolve);
        socket.once('close', () => resolve());
      });
    }
  }
}

const refused = async (limit: string): Promise<number | undefined> => {
  const [metric] = await limits.registry.getMetricsAsJSON();
  return metric?.values.find(({ labels }) => labels['limit'] === limit)?.value;
};

describe('a body before it is known who asks', () => {
  it.each([
    ['of 31 MB to an open route', '/session', '413'],
    ['of 31 MB with no valid key', '/v2/offers', '401'],
    ['of 31 MB to a route that does not exist', '/nothing', '404'],
  ])('%s is not read to its end, over eight connections', async (_what, path, status) => {
    const connections = Array.from({ length: 8 }, dial);
    await Promise.all(
      connections.map(async (connection) => {
        connection.socket.write(head(path, 31 * MB));
        await pour(connection, 31 * MB);
      }),
    );
    await untilSeen('all are closed', () => connections.every(({ closed }) => closed()), true);
    // Each is read up to the bound, and what had arrived with the last piece.
    expect(read()).toBeLessThan(8 * (BOUNDS.refused_bytes_max + 256 * 1024));
    const answers = connections.map(({ text }) => text().slice(9, 12));
    expect(answers.filter((answer) => answer !== '' && answer !== status)).toEqual([]);
  });

  it('in chunks, without a length, is not read to its end either', async () => {
    const connection = dial();
    connection.socket.write(
      'POST /session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n800000\r\n',
    );
    await pour(connection, 8 * MB);
    await untilSeen('it is closed', connection.closed, true);
    expect(read()).toBeLessThan(BOUNDS.refused_bytes_max + 256 * 1024);
  });

  it('that is small and refused leaves the sender its answer', async () => {
    const connection = dial();
    connection.socket.write(`${head('/v2/offers', 100_000)}${' '.repeat(100_000)}`);
    await untilSeen('it is closed', connection.closed, true);
    expect(connection.text()).toMatch(/^HTTP\/1\.1 401 [\s\S]*connection: close[\s\S]*"unauthorized"/);
  });
});

describe('a body that is slow', () => {
  it('is answered 408 where it has to arrive as a whole', async () => {
    const connection = dial();
    connection.socket.write(`${head('/v2/offers', 100, 'application/json', KEY)}{`);
    await untilSeen('it is closed', connection.closed, true);
    expect(connection.text()).toMatch(/^HTTP\/1\.1 408 [\s\S]*"request_timeout"/);
    expect(await refused('slow_body')).toBe(1);
  });

  it('is answered 408 sooner on an open route', async () => {
    const connection = dial();
    connection.socket.write(`${head('/session', 10)}{`);
    await untilSeen('it is closed', connection.closed, true);
    expect(connection.text()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('may take any time as a stream, while bytes keep coming, and is cut when they stop', async () => {
    const connection = dial();
    connection.socket.write(head('/v2/messages', 1_000, 'application/x-ndjson', KEY));
    const began = performance.now();
    let sent = 0;
    await untilSeen(
      'it goes on for longer than a whole body may take',
      () => {
        connection.socket.write('x');
        sent++;
        return performance.now() - began;
      },
      (passed_ms) => passed_ms > 4 * BOUNDS.whole_ms_max,
    );
    expect(connection.closed()).toBe(false);
    expect(sent).toBeGreaterThan(5);
    await untilSeen('it is cut', connection.closed, true);
    expect(await refused('slow_body')).toBe(1);
  });

  it('is no longer watched once it has arrived', async () => {
    const connection = dial();
    connection.socket.write(`${head('/v2/offers', 2, 'application/json', KEY)}{}`);
    await untilSeen('it is answered', connection.text, (text) => text.includes('"done":true'));
    connection.socket.write('GET /nothing HTTP/1.1\r\nHost: x\r\nX-Api-Key: k\r\n\r\n');
    await untilSeen('the next one too', connection.text, (text) => text.includes(' 404 '));
    expect(await refused('slow_body')).toBe(0);
    connection.socket.destroy();
  });
});

describe('connections', () => {
  it('of one address are two thirds of all, and further ones are closed', async () => {
    await app.close();
    await open(9);
    const connections = Array.from({ length: 8 }, dial);
    await untilSeen('two are closed', () => connections.filter(({ closed }) => closed()).length, 2);
    expect(await refused('connections')).toBe(2);
    const [first] = connections.filter(({ closed }) => !closed());
    first?.socket.write('GET /nothing HTTP/1.1\r\nHost: x\r\nX-Api-Key: k\r\nConnection: close\r\n\r\n');
    await untilSeen('one is answered and closed', () => first?.closed(), true);
    const next = dial();
    next.socket.write('GET /nothing HTTP/1.1\r\nHost: x\r\nX-Api-Key: k\r\n\r\n');
    await untilSeen('its place is free again', next.text, (text) => text.includes(' 404 '));
    for (const { socket } of [...connections, next]) socket.destroy();
  });

  it('whose head does not arrive are closed', async () => {
    await app.close();
    await open(100, 100);
    const [silent, slow] = [dial(), dial()];
    slow.socket.write('POST /session HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    await untilSeen('both are closed', () => silent.closed() && slow.closed(), true);
    expect(slow.text()).toMatch(/^HTTP\/1\.1 408 /);
  });
});
