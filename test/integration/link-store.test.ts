/** Minting links on a real Redis: an id that is taken is drawn again, and nobody's link is overwritten. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  encodeLink,
  encodePlacement,
  type Link,
  linkKey,
  placementId,
  placementKey,
} from '../../src/links/link.ts';
import { getLink, mintLinks, readLink, removeLinks } from '../../src/links/link-store.ts';
import { bucketKeepsFor, findLink, readAnyLink } from '../../src/links/stored-links.ts';
import { BatchedReader } from '../../src/platform/record-cache.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { LinkLookup } from '../../src/redirect/link-lookup.ts';
import type { ServedLink } from '../../src/redirect/served-link.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let server: TestRedis;
let redis: RedisClient;
let reader: BatchedReader;

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
  reader = new BatchedReader(redis);
});
afterAll(() => server?.stop());

const link = (contact_id: string) => ({
  account_id: 'acc',
  message_id: 'm',
  contact_id,
  offer_id: 'off',
  creative_id: '',
  campaign_id: '',
  variant_id: '',
  link_key: 'link1',
  domain: 'go.example',
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

it('keeps what the links of a send have in common once, and for longer than they are kept', async () => {
  const sent = Array.from({ length: 20 }, (_, i) => ({ ...link(`c${i}`), link_key: `link${1 + (i % 2)}` }));
  const before = await redis.dbsize();
  const ids = await mintLinks(redis, sent, 60);
  expect((await redis.dbsize()) - before - ids.length).toBeLessThanOrEqual(2);
  expect(await readLink(reader, ids[3] ?? '')).toEqual({ ...sent[3], link_id: ids[3] });
  const { of_bucket } = await findLink(redis, ids[3] ?? '');
  const { placement } = readAnyLink('', of_bucket);
  expect(placement).toBeTypeOf('string');
  // Both are kept for 60 s and up to a day more.
  expect(bucketKeepsFor(ids[3] ?? '', of_bucket)).toBeGreaterThanOrEqual(60);
  expect(await redis.ttl(placementKey(String(placement)))).toBeGreaterThanOrEqual(
    bucketKeepsFor(ids[3] ?? '', of_bucket) - 1,
  );
});

it('lets a link say all of it where its placement’s id is taken by another', async () => {
  const other = { ...link('z'), campaign_id: 'of the other' };
  const key = placementKey(placementId(encodePlacement(other)));
  await redis.set(key, encodePlacement(link('')));
  const [link_id = ''] = await mintLinks(redis, [other], 60);
  expect(await readLink(reader, link_id)).toEqual({ ...other, link_id });
  expect(await redis.get(key)).toBe(encodePlacement(link('')));
});

it('reads a link whose placement was lost from elsewhere, and rejects where it is not there yet', async () => {
  const lost = { ...link('y'), campaign_id: 'lost' };
  const [link_id = ''] = await mintLinks(redis, [lost], 60);
  await redis.del(placementKey(placementId(encodePlacement(lost))));
  const whole = { ...lost, link_id };
  const kept = new Map([[linkKey(link_id), encodeLink(whole)]]);
  const second = { covers: () => false, read: async (key: string) => kept.get(key) ?? null };
  expect(await readLink(new BatchedReader(redis, second), link_id)).toEqual(whole);
  const lookup = new LinkLookup(new BatchedReader(redis, second));
  expect((await lookup.links.load(link_id))?.campaign_id).toBe('lost');
  await expect(readLink(reader, link_id)).rejects.toThrow('placement');
  await expect(new LinkLookup(reader).links.load(link_id)).rejects.toThrow('placement');
});

it('serves a link from memory as it is stored', async () => {
  const sent = { ...link('x'), fields: { country: 'de' }, expires_at_ms: 5, variant_id: 'b' };
  const ids = await mintLinks(redis, [sent, { ...sent, url: 'https://own.example/{{contact_id}}' }], 60);
  const lookup = new LinkLookup(reader);
  for (const link_id of ids) {
    const served = (await lookup.links.load(link_id)) as ServedLink;
    const stored = (await readLink(reader, link_id)) as Link;
    for (const [name, value] of Object.entries(stored)) {
      expect(served[name as keyof Link], name).toEqual(value);
    }
    expect(served.contact_country).toBe('DE');
  }
});

it('shows a link to its own account only, and removes it', async () => {
  expect(await getLink(reader, 'other', 'aaaaaaa')).toBeUndefined();
  await removeLinks(redis, ['aaaaaaa']);
  expect(await getLink(reader, 'acc', 'aaaaaaa')).toBeUndefined();
});
