/** What processes tell of themselves in Redis. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Registry } from '../../src/platform/metrics.ts';
import { allCan, announcePresence, type Presence, readPresent } from '../../src/platform/presence.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

let server: TestRedis;
let redis: RedisClient;
const running: Presence[] = [];

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
});
afterEach(() => Promise.all(running.splice(0).map((one) => one.close())));
afterAll(() => server?.stop());

async function announce(process_name: string, abilities?: string[]): Promise<Presence> {
  const before = (await readPresent(redis)).length;
  const notes = () => (abilities === undefined ? {} : { abilities });
  const one = announcePresence({ redis, registry: new Registry(), process_name, data_dir: '/', notes });
  running.push(one);
  await until(
    async () => (await readPresent(redis)).length > before,
    10_000,
    () => 'it is not noted',
  );
  return one;
}

it('all of a role can do what each of them says, and not while one does not', async () => {
  expect(await allCan(redis, 'worker', 'fly')).toBe(false);
  await announce('worker-1', ['walk', 'fly']);
  await announce('redirect-1');
  expect(await allCan(redis, 'worker', 'fly')).toBe(true);
  expect(await allCan(redis, 'worker', 'swim')).toBe(false);
  expect(await allCan(redis, 'redirect', 'fly')).toBe(false);
  const earlier = await announce('worker-1@other');
  expect(await allCan(redis, 'worker', 'fly')).toBe(false);
  await earlier.close();
  expect(await allCan(redis, 'worker', 'fly')).toBe(true);
});
