/** Removing an account's keys from a real Redis: it may be cut off anywhere, and takes nothing of others. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  encodePlacedLink,
  encodePlacement,
  linkKey,
  type NewLink,
  placementId,
  placementKey,
} from '../../src/links/link.ts';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { removeAccountKeys } from '../../src/privacy/remove-account-keys.ts';
import {
  TAKEDOWNS_LIST,
  type Takedown,
  type TakedownKind,
  takedownId,
  takedownKey,
} from '../../src/takedowns/takedown.ts';
import { getTakedown } from '../../src/takedowns/takedown-store.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const [OWN, OTHER] = ['acc_0123456789ABCD', 'acc_DCBA9876543210'] as const;

let server: TestRedis;
let redis: RedisClient;

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
});
afterAll(() => server?.stop());

const link = (account_id: string): NewLink => ({
  ...{ account_id, message_id: 'm', contact_id: 'c', offer_id: 'off', creative_id: '', campaign_id: '' },
  ...{ variant_id: '', link_key: 'link1', sent_at_ms: 1_000, url: '', fields: {}, expires_at_ms: 0 },
  ...{ domain: '', disabled: false },
});

/** Two thousand links in placements, of which it resolves with the keys. */
async function placeLinks(account_id: string, mark: string): Promise<string[]> {
  const keys: string[] = [];
  for (let i = 0; i < 20; i++) {
    const placed = { ...link(account_id), variant_id: String(i) };
    const placement = encodePlacement(placed);
    const id = placementId(placement);
    keys.push(placementKey(id));
    await redis.set(placementKey(id), placement);
    for (let j = 0; j < 100; j++) {
      const key = linkKey(`${mark}${String(i * 100 + j).padStart(6, '0')}`);
      keys.push(key);
      await redis.set(key, encodePlacedLink(id, placed));
    }
  }
  return keys;
}

it('takes every link in a placement, also where it was cut off and is repeated', async () => {
  const own = await placeLinks(OWN, 'a');
  const others = await placeLinks(OTHER, 'b');
  const cut = connectRedis(server.target, 'fast');
  await untilReady(cut, 5_000);
  const interrupted = removeAccountKeys(cut, OWN);
  while ((await redis.exists(...own)) === own.length);
  cut.disconnect();
  await expect(interrupted).rejects.toThrow();
  expect(await redis.exists(...own)).toBeGreaterThan(0);
  await removeAccountKeys(redis, OWN);
  expect(await redis.exists(...own)).toBe(0);
  expect(await redis.exists(...others)).toBe(others.length);
});

it('the operator’s take-down of a name outlives its account, and names nobody', async () => {
  const takedownOf = (kind: TakedownKind, id: string): Takedown => ({
    ...{ takedown_id: takedownId(kind, id), kind, id, account_id: OWN },
    ...{ reason: 'phishing', created_at: '2026-01-01T00:00:00.000Z' },
  });
  const [name, offer] = [takedownOf('domain', 'go.example'), takedownOf('offer', 'off_1')];
  for (const one of [name, offer]) {
    await redis.set(takedownKey(one.takedown_id), JSON.stringify(one));
    await redis.zadd(TAKEDOWNS_LIST, 1, one.takedown_id);
  }
  await removeAccountKeys(redis, OWN);
  await removeAccountKeys(redis, OWN);
  expect(await getTakedown(redis, name.takedown_id)).toEqual({ ...name, account_id: '' });
  expect(await getTakedown(redis, offer.takedown_id)).toBeUndefined();
  expect(await redis.zrange(TAKEDOWNS_LIST, '0', '-1')).toEqual([name.takedown_id]);
});
