/** Minting links on a real Redis: an id that is taken is drawn again, and nobody's link is overwritten. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { getLink, mintLinks, removeLinks } from '../../src/links/link-store.ts';
import { BatchedReader } from '../../src/platform/record-cache.ts';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let server: TestRedis;
let redis: RedisClient;
let reader: BatchedReader;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis(server.target, 'fast');
  await untilReady(redis, 5_000);
  reader = new BatchedReader(redis);
});
afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
});

const link = (contact_id: string) => ({
  account_id: 'acc',
  message_id: 'm',
  contact_id,
  offer_id: 'off',
  creative_id: '',
  campaign_id: '',
  variant_id: '',
  link_key: 'link1',
  sent_at_ms: 1,
  url: '',
  fields: {},
  expires_at_ms: 0,
  disabled: false,
});

/** Draws these ids, one after the other. */
const drawing =
  (...ids: string[]): (() => string) =>
  () =>
    ids.shift() ?? 'nothing';

it('draws again where the id is taken, by another call or by the same one', async () => {
  expect(await mintLinks(redis, [link('first')], 60, drawing('aaaaaaa'))).toEqual(['aaaaaaa']);
  const ids = await mintLinks(
    redis,
    [link('second'), link('third'), link('fourth')],
    60,
    drawing('aaaaaaa', 'bbbbbbb', 'bbbbbbb', 'aaaaaaa', 'ccccccc', 'ddddddd'),
  );
  expect(ids).toEqual(['ddddddd', 'bbbbbbb', 'ccccccc']);
  const contacts = await Promise.all(
    ['aaaaaaa', ...ids].map(async (id) => (await getLink(reader, 'acc', id))?.contact_id),
  );
  expect(contacts).toEqual(['first', 'second', 'third', 'fourth']);
});

it('gives up with an error where nothing is free', async () => {
  await expect(mintLinks(redis, [link('x')], 60, () => 'aaaaaaa')).rejects.toThrow('no free link id');
  expect((await getLink(reader, 'acc', 'aaaaaaa'))?.contact_id).toBe('first');
});

it('shows a link to its own account only, and removes it', async () => {
  expect(await getLink(reader, 'other', 'aaaaaaa')).toBeUndefined();
  await removeLinks(redis, ['aaaaaaa']);
  expect(await getLink(reader, 'acc', 'aaaaaaa')).toBeUndefined();
});
