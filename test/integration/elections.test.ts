/**
 * Work that one worker of the installation does at a time, and a worker that stands still in the middle of it until
 * another one has done it, and what came after it: wherever it stood still, it changes nothing when it wakes.
 */
// Own Redis: it takes locks away, and has a database for each place to stand still.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEntity, getEntities, updateEntity } from '../../src/catalog/catalog-store.ts';
import type { Offer } from '../../src/catalog/definitions.ts';
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { CONVERSIONS_LOG } from '../../src/conversions/conversion.ts';
import {
  type Rebooking,
  readRebooking,
  requestRebooking,
  requestUndo,
} from '../../src/conversions/rebooking/rebooking.ts';
import { streamKey } from '../../src/log/keys.ts';
import { currentPartitions } from '../../src/log/partitions.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { sleep } from '../../src/platform/sleep.ts';
import { runRebookings } from '../../workers/rebook/run-rebookings.ts';
import { runAlone } from '../../workers/run-alone.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { standStillBefore } from '../support/standing-still.ts';
import { HANGS_AFTER_MS, until } from '../support/until.ts';

/** Redis has 16. More commands than the work needs: the last ones stand still only when all is done. */
const DATABASES = 16;
const LOCK_MS = 200;
const OFFER: Partial<Offer> = { offer_id: 'off', account_id: 'acc', external_id: '', coupon_codes: [] };
const logger = createLogger('test', 'silent');

let server: TestRedis;
const clients: RedisClient[] = [];
const running: { close(): Promise<void> }[] = [];
let draining: NodeJS.Timeout;

beforeAll(async () => {
  server = await startRedis();
  for (let database = 0; database < DATABASES; database++) {
    clients.push(connectRedis({ url: `${server.url}/${database}`, cluster: false }, 'fast'));
  }
  await Promise.all(clients.map((redis) => untilReady(redis, HANGS_AFTER_MS)));
  // In place of the workers that book conversions.
  draining = setInterval(() => {
    for (const redis of clients) {
      for (const partition of currentPartitions()) void redis.del(streamKey(CONVERSIONS_LOG, partition));
    }
  }, 20);
});

afterAll(async () => {
  await Promise.all(running.map((one) => one.close()));
  clearInterval(draining);
  for (const redis of clients) redis.disconnect();
  await server?.stop();
});

/** One transaction is in the range. */
const clickhouse = {
  query: async ({ query, query_params }: { query: string; query_params: { after?: string } }) => ({
    json: async () => {
      if (query.includes('AS n')) return [{ n: 1 }];
      return query_params.after === '' ? [{ transaction: 't' }] : [];
    },
  }),
} as unknown as ClickHouseClient;

const start = (redis: RedisClient): void => void running.push(runRebookings({ redis, clickhouse, logger }));

const rebookedOf = async (redis: RedisClient): Promise<string[]> => {
  const [offer] = await getEntities(redis, 'offer', 'acc', ['off']);
  return (offer?.rebooked ?? []).map(({ booking }) => booking);
};

async function untilState(redis: RedisClient, booking: string, state: Rebooking['state']): Promise<void> {
  await until(
    async () => (await readRebooking(redis, booking))?.state === state,
    HANGS_AFTER_MS,
    () => `the rebooking is not ${state}`,
  );
}

/** Resolves with what the worker did that stood still before this command of its own. */
async function wakeAfterUndo(redis: RedisClient, command: number): Promise<unknown> {
  const offer = await createEntity(redis, 'offer', 'off', {
    ...OFFER,
    created_at: new Date().toISOString(),
    updated_at: new Date().toISOString(),
  } as Offer);
  const choice = { model: 'last_click' as const };
  const { booking } = await requestRebooking(redis, offer, choice, { from_ms: 0, to_ms: 1 });
  const still = standStillBefore(redis, command);
  start(still.redis);
  await Promise.race([still.stopped, untilState(redis, booking, 'done')]);
  // Its lock has ended.
  await redis.del('rebookings:worker');
  start(redis);
  await untilState(redis, booking, 'done');
  const [booked] = await getEntities(redis, 'offer', 'acc', ['off']);
  await requestUndo(redis, booked as Offer, booking);
  await untilState(redis, booking, 'undone');
  await until(
    async () => (await redis.zcard('rebookings:open')) === 0,
    HANGS_AFTER_MS,
    () => 'it stays open',
  );
  const after = await readRebooking(redis, booking);
  // The other one rests between two looks: its lock has ended as well.
  await redis.del('rebookings:worker');
  still.wake();
  await until(
    () => still.sentSince('zrangebyscore') > 1,
    HANGS_AFTER_MS,
    () => 'it does not look for more',
  );
  const unchanged = JSON.stringify(await readRebooking(redis, booking)) === JSON.stringify(after);
  return { command, rebooked: await rebookedOf(redis), unchanged };
}

it('a range that was booked anew and undone meanwhile stays undone', async () => {
  const woken = await Promise.all(clients.map((redis, i) => wakeAfterUndo(redis, i + 1)));
  expect(woken).toEqual(clients.map((_, i) => ({ command: i + 1, rebooked: [], unchanged: true })));
});

it('a change of a record waits for who makes it, and is not made where that was another meanwhile', async () => {
  const [redis] = clients as [RedisClient];
  let tries = 0;
  const changing = updateEntity(redis, 'offer', 'acc', 'off', async (offer) => {
    if (++tries === 3) throw new Error('no longer mine');
    await updateEntity(redis, 'offer', 'acc', 'off', (one) => ({ ...one, name: `by another ${tries}` }));
    return { ...offer, name: 'late' };
  });
  await expect(changing).rejects.toThrow('no longer mine');
  expect((await getEntities(redis, 'offer', 'acc', ['off']))[0]?.name).toBe('by another 2');
});

it('goes on with a piece that takes longer than the lock holds, and stores it once it is done', async () => {
  const [redis] = clients as [RedisClient];
  interface Piece {
    steps: number[];
  }
  await redis.set('piece', JSON.stringify({ steps: [] }));
  let begun = 0;
  const worker = () =>
    runAlone<Piece>(
      redis,
      {
        lock_key: 'pieces:worker',
        async next() {
          const piece = JSON.parse((await redis.get('piece')) ?? '') as Piece;
          return piece.steps.length === 1 ? undefined : piece;
        },
        keyOf: () => 'piece',
        async work(piece, { save }) {
          piece.steps.push(++begun);
          await sleep(3 * LOCK_MS);
          await save();
        },
        interrupted: () => {},
      },
      LOCK_MS,
    );
  const workers = [worker(), worker()];
  await until(
    async () => (await redis.get('piece')) === '{"steps":[1]}',
    HANGS_AFTER_MS,
    () => 'it was never stored',
  );
  await Promise.all(workers.map((one) => one.close()));
  expect(begun).toBe(1);
});
