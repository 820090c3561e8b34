/** What becomes of a command whose connection breaks while Redis works on it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { startRedis } from '../support/redis.ts';

let server: Awaited<ReturnType<typeof startRedis>>;
let killer: RedisClient;

beforeAll(async () => {
  server = await startRedis();
  killer = connectRedis(server.target, 'fast');
  await untilReady(killer, 5_000);
});
afterAll(async () => {
  killer?.disconnect();
  await server?.stop();
});

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
