/** What becomes of a command whose connection breaks while Redis works on it, or falls silent. */
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { startRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

let server: Awaited<ReturnType<typeof startRedis>>;
let killer: RedisClient;

beforeAll(async () => {
  server = await startRedis();
  killer = await server.connect();
});
afterAll(() => server?.stop());

/** Waits for a list on a connection that is cut meanwhile; then something is pushed. */
async function popAcrossCut(client: RedisClient): Promise<unknown> {
  await untilReady(client, 5_000);
  const id = await client.call('CLIENT', 'ID');
  const popping = client.call('BLPOP', 'list', 10).catch((error: Error) => error);
  await killer.call('CLIENT', 'KILL', 'ID', String(id));
  await untilReady(client, 5_000);
  await killer.rpush('list', 'x');
  const popped = await popping;
  client.disconnect();
  return popped;
}

it('a blocking one is asked again: nobody waits for ever', async () => {
  expect(await popAcrossCut(connectRedis(server.target, 'blocking'))).toEqual(['list', 'x']);
});

it('a fast one fails at once: whether it is sent again is the caller’s to say', async () => {
  expect(await popAcrossCut(connectRedis(server.target, 'fast'))).toBeInstanceOf(Error);
});

it('a connection that falls silent is replaced, also where nobody closes it', async () => {
  const silent = new Set<Socket>();
  const passing: [Socket, Socket][] = [];
  const { port } = new URL(server.url);
  const between = createServer((near) => {
    const far = connect(Number(port), '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (data) => silent.has(near) || to.write(data));
      from.on('error', () => {});
    }
    passing.push([near, far]);
  });
  await new Promise<void>((listening) => between.listen(0, '127.0.0.1', listening));
  const { port: near_port } = between.address() as { port: number };
  const client = connectRedis({ url: `redis://127.0.0.1:${near_port}`, cluster: false }, 'fast');
  await untilReady(client, 5_000);
  for (const [near] of passing) silent.add(near);
  await until(
    () =>
      client.ping().then(
        () => true,
        () => false,
      ),
    60_000,
    () => 'no answer on a new connection',
  );
  client.disconnect();
  for (const [near, far] of passing) {
    near.destroy();
    far.destroy();
  }
  between.close();
});
