/** Where links are in Redis: those of messages in buckets, all others under keys, and nobody's link in two ways. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { goneReason } from '../../src/links/destination.ts';
import { encodeLink, encodePlacedLink, type Link, linkKey, type NewLink } from '../../src/links/link.ts';
import { changeLink, mintLink, mintLinks, readLink, removeLinks } from '../../src/links/link-store.ts';
import {
  BUCKETS_A_SLOT,
  bucketKeepsFor,
  findLink,
  isLinkBucket,
  LINK_BUCKETS,
  linkBucket,
  linkField,
  readBuckets,
  replaceInBucket,
  storeLinks,
  textOf,
} from '../../src/links/stored-links.ts';
import { BatchedReader } from '../../src/platform/record-cache.ts';
import { connectRedis, type RedisClient, scanKeys, untilReady } from '../../src/platform/redis.ts';
import { slotOfKey } from '../../src/platform/redis-slots.ts';
import { eraseInRedis } from '../../src/privacy/erase-in-redis.ts';
import { removeAccountKeys } from '../../src/privacy/remove-account-keys.ts';
import { storeAgain } from '../../src/records/restore-redis.ts';
import { LinkLookup } from '../../src/redirect/link-lookup.ts';
import { FORGET_LINKS_EVERY_MS, forgetLinks } from '../../workers/links/forget-links.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const DAY_S = 24 * 3_600;
const DAY_MS = DAY_S * 1_000;
const KEEP_S = 90 * DAY_S;
const [OWN, OTHER] = ['acc_0123456789ABCD', 'acc_DCBA9876543210'] as const;

let server: TestRedis;
let redis: RedisClient;
let reader: BatchedReader;

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
  reader = new BatchedReader(redis);
});
beforeEach(async () => {
  await redis.flushdb();
});
afterAll(() => server?.stop());

const link = (given: Partial<NewLink> = {}): NewLink => ({
  ...{ account_id: OWN, message_id: 'msg_0123456789ABCD', contact_id: 'c1', offer_id: 'off_1' },
  ...{ creative_id: 'cre_1', campaign_id: 'cam_1', variant_id: '', link_key: 'link1', domain: '' },
  ...{ sent_at_ms: 1_700_000_000_000, url: '', fields: {}, expires_at_ms: 0, disabled: false },
  ...given,
});
const mintOne = async (given: Partial<NewLink> = {}, link_id?: string): Promise<string> =>
  (await mintLinks(redis, [link(given)], KEEP_S, link_id === undefined ? undefined : () => link_id))[0] ?? '';
/** As an import brings one. */
const whole = (contact_id: string): string => encodeLink(link({ contact_id, url: 'https://old.example/' }));
const served = async (link_id: string): Promise<Link | null> =>
  (await new LinkLookup(reader).links.load(link_id)) as Link | null;

async function bucketsThere(): Promise<string[]> {
  const found: string[] = [];
  for await (const keys of scanKeys(redis, '*')) found.push(...keys.filter(isLinkBucket));
  return found;
}

it('has key and bucket of a link in one slot, and so many buckets', async () => {
  const ids = Array.from({ length: 2_000 }, (_, i) => `a${i.toString(36).padStart(5, 'Z')}9`);
  for (const link_id of ids) {
    expect(slotOfKey(linkField(link_id)[0])).toBe(slotOfKey(linkKey(link_id)));
  }
  const sample = Array.from({ length: 4_000 }, (_, i) => linkBucket(i * 1_048));
  expect(new Set([...sample, linkBucket(LINK_BUCKETS - 1)]).size).toBe(4_001);
  expect(new Set(Array.from({ length: BUCKETS_A_SLOT }, (_, n) => linkBucket(n))).size).toBe(BUCKETS_A_SLOT);
  expect(sample.every((key) => isLinkBucket(key) && key.length === 14)).toBe(true);
  // Anything may be asked for.
  expect(linkField('é!')[0]).toMatch(/^links:\{[@A-O]{4}\}[0-9a-f]{2}$/);
});

it('keeps the link of a message in a bucket that stays a list, and one with more to say under a key', async () => {
  const contact_ids = ['x'.repeat(128), crypto.randomUUID(), '', 'erased_01234567890123456789'];
  const short = await mintLinks(
    redis,
    contact_ids.map((contact_id) => link({ contact_id })),
    KEEP_S,
  );
  const more = [
    { message_id: 'm'.repeat(128), contact_id: 'x'.repeat(128) },
    { fields: { name: 'Ann'.repeat(80) } },
    { url: 'https://a.example/' },
  ];
  const long = await mintLinks(redis, more.map(link), KEEP_S);
  const alone = await mintLink(redis, link(), KEEP_S);
  for (const bucket of await bucketsThere()) expect(await redis.object('ENCODING', bucket)).toBe('listpack');
  for (const [i, link_id] of short.entries()) {
    expect(await redis.exists(linkKey(link_id))).toBe(0);
    expect(await readLink(reader, link_id)).toEqual({
      ...link({ contact_id: contact_ids[i] as string }),
      link_id,
    });
    expect(await served(link_id)).toMatchObject({ contact_id: contact_ids[i], link_id });
  }
  for (const link_id of [...long, alone]) {
    expect(await redis.ttl(linkKey(link_id))).toBeGreaterThan(KEEP_S - 60);
    expect(await redis.hexists(...linkField(link_id))).toBe(0);
  }
  await removeLinks(redis, [...short, ...long]);
  expect(await bucketsThere()).toEqual([]);
  expect(await readLink(reader, long[0] ?? '')).toBeNull();
});

const PERSONAL: Partial<NewLink>[] = [
  { fields: { first_name: 'Kim', city: 'Köln' } },
  { fields: { first_name: 'Нина', emoji: '👩‍👩‍👧', empty: '' }, contact_id: crypto.randomUUID() },
  { fields: { first_name: 'Kim' }, expires_at_ms: Date.now() + 3_600_000, contact_id: '' },
  { expires_at_ms: 1 },
  { fields: { odd: '["\n,\x1f', half: '\ud800' } },
  { message_id: 'an id of the sender’s own, which is long', fields: { first_name: '李' }, is_test: true },
  { message_id: 'm-1', contact_id: 'jürgen@example.com', expires_at_ms: Date.now() + 60_000 },
  { contact_id: 'x'.repeat(128), fields: { toString: 'a name that objects have' } },
];

it('keeps in lists what messages say of their own: fields, ends, ids', async () => {
  const ids = await mintLinks(redis, PERSONAL.map(link), KEEP_S);
  for (const [i, link_id] of ids.entries()) {
    expect(await redis.exists(linkKey(link_id))).toBe(0);
    const made = { ...link(PERSONAL[i]), link_id };
    expect(await readLink(reader, link_id)).toEqual(made);
    const { contact_id, fields, expires_at_ms, is_test } = made;
    expect(await served(link_id)).toMatchObject({ contact_id, fields, expires_at_ms });
    expect((await served(link_id))?.is_test).toBe(is_test);
    expect(await changeLink({ redis, reader }, OWN, link_id, (one) => ({ ...one, disabled: true }))).toEqual({
      ...made,
      disabled: true,
    });
    expect(await readLink(reader, link_id)).toEqual({ ...made, disabled: true });
    expect((await findLink(redis, link_id)).of_bucket).toBe('');
  }
});

it('a link with an end of its own ends then, though its bucket keeps it', async () => {
  const link_id = await mintOne({ expires_at_ms: 1_800_000_000_000, fields: { first_name: 'Kim' } });
  const found = (await served(link_id)) as Link;
  expect(goneReason(found, undefined, 1_799_999_999_999)).toBeUndefined();
  expect(goneReason(found, undefined, 1_800_000_000_000)).toBe('expired');
});

/** Fields with which a link has a value of so many bytes. */
const fieldsOf = (bytes: number): NewLink['fields'] => {
  const short = 'end'.length + encodePlacedLink('8 digits', link({ fields: { name: '' } })).length;
  // Two bytes for each character but the first.
  const rest = bytes - short;
  return { name: `${'x'.repeat(rest % 2)}${'é'.repeat(Math.floor(rest / 2))}` };
};

it.each([
  [255, true],
  [256, true],
  [257, false],
  [300, false],
])('has a link of %i bytes in a bucket: %s', async (bytes, is_placed) => {
  const fields = fieldsOf(bytes);
  const link_id = await mintOne({ fields });
  const { of_key, of_bucket } = await findLink(redis, link_id);
  expect([of_key === '', of_bucket === '']).toEqual([is_placed, !is_placed]);
  if (is_placed) expect(Buffer.byteLength(of_bucket)).toBe(bytes);
  // A key has JSON, of which an erasure and the removal of an account know whose it is.
  else expect(JSON.parse(of_key)).toContainEqual(fields);
  for (const bucket of await bucketsThere()) expect(await redis.object('ENCODING', bucket)).toBe('listpack');
  expect(await readLink(reader, link_id)).toEqual({ ...link({ fields }), link_id });
});

/** A client as a user who may ask for no setting. */
async function connectAsOther(): Promise<RedisClient> {
  await redis.call('ACL', 'SETUSER', 'other', 'on', '>secret', '~*', '&*', '+@all', '-config');
  const url = server.url.replace('://', '://other:secret@');
  const client = connectRedis({ ...server.target, url }, 'fast');
  await untilReady(client, 10_000);
  return client;
}

it.each<[string, () => Promise<RedisClient>, string]>([
  ['has its default', () => server.connect(), '64'],
  ['does not tell', connectAsOther, '256'],
])('a Redis that %s gets short texts in lists, and all others under keys', async (_, connect, bytes) => {
  await redis.config('SET', 'hash-max-listpack-value', bytes);
  const other = await connect();
  try {
    const plain = Array.from({ length: 20 }, (_, i) => link({ contact_id: `c${i}` }));
    const personal = [...PERSONAL.map(link), ...[64, 65].map((length) => link({ fields: fieldsOf(length) }))];
    const ids = await mintLinks(other, [...plain, ...personal], KEEP_S);
    for (const [i, link_id] of ids.entries()) {
      const { of_key, of_bucket } = await findLink(redis, link_id);
      if (i < plain.length) expect(of_key).toBe('');
      // What sticks out by one byte.
      if (i === ids.length - 1) expect(of_bucket).toBe('');
      expect(Buffer.byteLength(of_bucket)).toBeLessThanOrEqual(64);
      expect(await readLink(reader, link_id)).toEqual({ ...[...plain, ...personal][i], link_id });
    }
    for (const bucket of await bucketsThere())
      expect(await redis.object('ENCODING', bucket)).toBe('listpack');
    // Who has learned otherwise before, or of another server before a failover, writes what all can read.
    const [late = ''] = await mintLinks(redis, [link({ fields: fieldsOf(200) })], KEEP_S);
    expect((await findLink(redis, late)).of_key).toBe('');
    expect(await readLink(new BatchedReader(other), late)).toMatchObject({ fields: fieldsOf(200) });
    const contact = { account_id: OWN, contact_id: 'c1', pseudonym: 'erased_01234567890123456789' };
    expect(await eraseInRedis(other, [contact])).toMatchObject({ links: 8 });
    expect(await readLink(reader, late)).toMatchObject({ contact_id: contact.pseudonym, fields: {} });
    await removeAccountKeys(redis, OWN);
    for (const link_id of [...ids, late]) expect(await readLink(reader, link_id)).toBeNull();
  } finally {
    await redis.config('SET', 'hash-max-listpack-value', '256');
    other.disconnect();
  }
});

const personal = fc.record({
  message_id: fc.oneof(
    fc.stringMatching(/^msg_[A-Za-z0-9]{14}$/),
    fc.string({ unit: 'grapheme', maxLength: 128 }),
  ),
  contact_id: fc.constantFrom('somebody', 'else', 'ö'),
  fields: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,39}$/), fc.string({ unit: 'binary' }), {
    maxKeys: 6,
    noNullPrototype: true,
  }),
  expires_at_ms: fc.constantFrom(0, 0, 1_700_000_000_001),
  creative_id: fc.constantFrom('cre_1', 'cre_2'),
  later: fc.constantFrom('changed', 'stored again', 'unchanged'),
});

it('reads every link as it was made, changed, erased and restored, whatever Redis keeps in lists', async () => {
  const clients = [redis, await server.connect()];
  await redis.config('SET', 'hash-max-listpack-value', '64');
  await mintLinks(clients[1] as RedisClient, [link()], KEEP_S);
  await redis.config('SET', 'hash-max-listpack-value', '256');
  const contact = { account_id: OWN, contact_id: 'somebody', pseudonym: 'erased_01234567890123456789' };
  await fc.assert(
    fc.asyncProperty(
      fc.array(personal, { maxLength: 12 }),
      fc.constantFrom(...clients),
      async (made, client) => {
        await redis.flushdb();
        const ids = await mintLinks(client, made.map(link), KEEP_S);
        const expected = made.map(
          ({ later: _, ...of }, i): Link => ({ ...link(of), link_id: ids[i] as string }),
        );
        for (const [i, { later }] of made.entries()) {
          const one = expected[i] as Link;
          expect(await readLink(reader, one.link_id)).toEqual(one);
          if (later === 'changed') {
            const change = (before: Link): Link => ({ ...before, disabled: true });
            expected[i] = (await changeLink({ redis: client, reader }, OWN, one.link_id, change)) as Link;
            expect(expected[i]).toEqual({ ...one, disabled: true });
          }
          if (later === 'stored again') {
            await removeLinks(redis, [one.link_id]);
            await storeAgain(client, [one], 90);
          }
        }
        const erased = expected.filter(({ contact_id }) => contact_id === 'somebody');
        expect(await eraseInRedis(client, [contact])).toEqual({ links: erased.length, messages: 0 });
        for (const one of erased) Object.assign(one, { contact_id: contact.pseudonym, fields: {} });
        for (const one of expected) {
          expect(await readLink(reader, one.link_id)).toEqual(one);
          expect(await served(one.link_id)).toMatchObject({
            fields: one.fields,
            expires_at_ms: one.expires_at_ms,
          });
        }
        for (const bucket of await bucketsThere())
          expect(await redis.object('ENCODING', bucket)).toBe('listpack');
        await removeAccountKeys(redis, OWN);
        expect([await bucketsThere(), await redis.keys('link:*')]).toEqual([[], []]);
      },
    ),
    { numRuns: 100 },
  );
});

it('gives no id to a link that another has, in a bucket or under a key', async () => {
  const ids = ['aaaaaaa', 'bbbbbbb', 'ccccccc', 'ddddddd'];
  const drawing = (drawn: string[]) => () => drawn.shift() ?? '';
  await mintOne({ contact_id: 'first' }, 'aaaaaaa');
  await storeLinks(redis, [{ link_id: 'bbbbbbb', text: whole('old'), placed: false }], KEEP_S);
  expect(await mintLinks(redis, [link()], KEEP_S, drawing([...ids]))).toEqual(['ccccccc']);
  expect(await mintLinks(redis, [link({ url: 'https://b.example/' })], KEEP_S, drawing([...ids]))).toEqual([
    'ddddddd',
  ]);
  // What an import finds is told, so that it knows its own.
  const wanted = [...ids, 'eeeeeee'].map((link_id) => ({ link_id, text: whole('new'), placed: false }));
  const there = await storeLinks(redis, wanted, KEEP_S);
  expect(there.map((text) => text !== null)).toEqual([true, true, true, true, false]);
  expect(there[1]).toBe(whole('old'));
  expect(await redis.exists(linkKey('aaaaaaa'))).toBe(0);
  expect((await readLink(reader, 'aaaaaaa'))?.contact_id).toBe('first');
  expect((await readLink(reader, 'bbbbbbb'))?.contact_id).toBe('old');
});

it('finds links wherever they are, alone and several at once', async () => {
  const link_id = await mintOne();
  await changeLink({ redis, reader }, OWN, link_id, (one) => ({ ...one, disabled: true }));
  expect(await readLink(reader, link_id)).toMatchObject({ disabled: true });
  expect(await served(link_id)).toMatchObject({ disabled: true });
  const others = await mintLinks(redis, [link({ contact_id: 'a' }), link({ contact_id: 'b' })], KEEP_S);
  const { links } = new LinkLookup(reader);
  const asked = await Promise.all([...others, 'nothing', link_id].map((id) => links.load(id)));
  expect(asked.map((one) => one?.contact_id)).toEqual(['a', 'b', undefined, 'c1']);
});

it('keeps a changed link under its key for as long as its bucket would have', async () => {
  const link_id = await mintOne();
  const stays_s = bucketKeepsFor(link_id, (await findLink(redis, link_id)).of_bucket);
  expect(stays_s).toBeGreaterThanOrEqual(KEEP_S - 1);
  const disable = (one: Link): Link => ({ ...one, disabled: true });
  expect(await changeLink({ redis, reader }, OWN, link_id, disable)).toMatchObject({ disabled: true });
  expect((await findLink(redis, link_id)).of_bucket).toBe('');
  expect(Math.abs((await redis.ttl(linkKey(link_id))) - stays_s)).toBeLessThan(5);
  expect(await readLink(reader, link_id)).toEqual({ ...link({ disabled: true }), link_id });
  expect(
    await changeLink({ redis, reader }, OWN, link_id, (one) => ({ ...one, disabled: false })),
  ).toBeDefined();
  expect(Math.abs((await redis.ttl(linkKey(link_id))) - stays_s)).toBeLessThan(5);
  expect(await changeLink({ redis, reader }, OTHER, link_id, disable)).toBeUndefined();
});

it('lets no bucket answer again once a key goes that stood before it', async () => {
  const link_id = await mintOne();
  // As ClickHouse brings one back whose placement is missing.
  await redis.set(linkKey(link_id), encodeLink(link()), 'EX', 60);
  await changeLink({ redis, reader }, OWN, link_id, (one) => ({ ...one, disabled: true }));
  expect(await redis.ttl(linkKey(link_id))).toBeGreaterThan(KEEP_S - 60);
  await redis.del(linkKey(link_id));
  expect(await readLink(reader, link_id)).toBeNull();
});

it('changes what an erasure has left of a link, also where that comes between', async () => {
  const link_id = await mintOne({ contact_id: 'somebody' });
  const before = (await findLink(redis, link_id)).of_bucket;
  const erased = textOf(before).replace('somebody', 'erased_x');
  let seen: string[] = [];
  await changeLink({ redis, reader }, OWN, link_id, (one) => {
    // On the same connection, so that Redis has it before the change.
    if (seen.length === 0) void replaceInBucket(redis, linkField(link_id), before, erased);
    seen = [...seen, one.contact_id];
    return { ...one, disabled: true };
  });
  expect(seen).toEqual(['somebody', 'erased_x']);
  expect(await redis.get(linkKey(link_id))).not.toContain('somebody');
  // The other way round the erasure finds that the bucket has it no more.
  expect(await replaceInBucket(redis, linkField(link_id), before, erased)).toBe(false);
});

it('erases a contact wherever its links are, and nobody of another account', async () => {
  const messages = Array.from({ length: 3_000 }, (_, i) => link({ contact_id: `c${i % 100}` }));
  const ids = await mintLinks(redis, messages, KEEP_S);
  const foreign = await mintOne({ account_id: OTHER, contact_id: 'c7' });
  const in_bucket = await mintOne({ contact_id: 'c7', fields: { name: 'Zoë', city: '東京' } });
  const with_fields = await mintOne({
    contact_id: 'c7',
    fields: { name: 'with a key of its own'.repeat(12) },
  });
  const changed = ids[7] as string;
  await changeLink({ redis, reader }, OWN, changed, (one) => ({ ...one, disabled: true }));
  // A bucket with many is a table, which is read in pages.
  const [bucket] = linkField(ids[8] as string);
  const { of_bucket } = await findLink(redis, ids[107] as string);
  await redis.hset(bucket, ...Array.from({ length: 1_500 }, (_, i) => [`many${i}`, of_bucket]).flat());
  expect(await redis.object('ENCODING', bucket)).toBe('hashtable');
  const contact = { account_id: OWN, contact_id: 'c7', pseudonym: 'erased_01234567890123456789' };
  expect(await eraseInRedis(redis, [contact])).toEqual({ links: 32 + 1_500, messages: 0 });
  expect(await eraseInRedis(redis, [contact])).toEqual({ links: 0, messages: 0 });
  for (const link_id of [changed, ids[107] as string, ids[2_907] as string, with_fields, in_bucket]) {
    expect(await readLink(reader, link_id)).toEqual({
      ...link({ contact_id: contact.pseudonym, disabled: link_id === changed }),
      link_id,
    });
  }
  expect(await redis.ttl(linkKey(with_fields))).toBeGreaterThan(KEEP_S - 60);
  expect(await redis.exists(linkKey(in_bucket))).toBe(0);
  expect(await readLink(reader, foreign)).toMatchObject({ contact_id: 'c7' });
  expect(await readLink(reader, ids[8] as string)).toMatchObject({ contact_id: 'c8' });
  // Its end stays.
  expect((await findLink(redis, ids[107] as string)).of_bucket.slice(0, 3)).toBe(of_bucket.slice(0, 3));
});

it('removes an account’s links from buckets that hold others’ too', async () => {
  const wanted = Array.from({ length: 2_000 }, (_, i) =>
    link({ account_id: i % 2 === 0 ? OWN : OTHER, fields: i % 3 === 0 ? { name: `n${i}` } : {} }),
  );
  const ids = await mintLinks(redis, wanted, KEEP_S);
  const [bucket] = linkField(ids[0] as string);
  await redis.hset(bucket, 'other', (await findLink(redis, ids[1] as string)).of_bucket);
  await removeAccountKeys(redis, OWN);
  const left: string[] = [];
  for await (const links of readBuckets(redis, await bucketsThere())) {
    left.push(...links.map(({ link_id }) => link_id));
  }
  expect(left.toSorted()).toEqual([...ids.filter((_, i) => i % 2 === 1), 'other'].toSorted());
});

it('looks through every bucket once a day, and lets go of a link within a day after its end', async () => {
  const now_ms = Date.now();
  const fields = { first_name: 'Kim', city: 'Łódź' };
  const keep_s = 3 * DAY_S + 12_345;
  const ids = await mintLinks(
    redis,
    // Those that end by themselves before that stay until then, too.
    Array.from({ length: 500 }, (_, i) =>
      link(i % 2 === 0 ? {} : { fields, expires_at_ms: now_ms + 60_000 }),
    ),
    keep_s,
  );
  await mintLinks(redis, [link({ contact_id: 'longer' })], keep_s + 2 * DAY_S);
  const ends_ms = now_ms + keep_s * 1_000;
  const forgetDay = async (from_ms: number, until_ms: number): Promise<number> => {
    let forgotten = 0;
    // Every bucket with a link is due in one of these; steps without one need not be taken.
    for (const bucket of new Set((await bucketsThere()).map(numberOf))) {
      const at_day = Math.ceil(from_ms / DAY_MS - bucket / LINK_BUCKETS);
      const moment_ms = Math.ceil((at_day + bucket / LINK_BUCKETS) * DAY_MS) + 100;
      if (moment_ms < until_ms) forgotten += await forgetLinks(redis, moment_ms, 1_000);
    }
    return forgotten;
  };
  expect(await forgetDay(ends_ms - DAY_MS, ends_ms - 1_000)).toBe(0);
  expect(await forgetDay(ends_ms, ends_ms + DAY_MS + 60_000)).toBe(ids.length);
  expect(await bucketsThere()).toHaveLength(1);
  // A step is longer than the time between two, so that none is left out where a turn comes late.
  const [bucket] = await bucketsThere();
  const n = numberOf(bucket as string);
  const due_ms = (Math.ceil(now_ms / DAY_MS) + 30 + n / LINK_BUCKETS) * DAY_MS;
  expect(await forgetLinks(redis, due_ms - 100)).toBe(0);
  expect(await forgetLinks(redis, due_ms + FORGET_LINKS_EVERY_MS * 1.4)).toBe(1);
});

it('restores no link below one that is there', async () => {
  const [placed, changed] = (await mintLinks(redis, [link(), link({ contact_id: 'c2' })], KEEP_S)) as [
    string,
    string,
  ];
  await changeLink({ redis, reader }, OWN, changed, (one) => ({ ...one, disabled: true }));
  const fields = { first_name: 'Kim', city: 'Łódź', coupon: 'X'.repeat(80) };
  const lost = {
    ...link({ contact_id: 'c3', fields, expires_at_ms: 1_900_000_000_001 }),
    link_id: 'lost123',
  };
  const alone = { ...link({ url: 'https://alone.example/' }), link_id: 'alone12' };
  const links: Link[] = [
    { ...link({ contact_id: 'as ClickHouse has it' }), link_id: placed },
    { ...link({ contact_id: 'c2' }), link_id: changed },
    ...[lost, alone],
  ];
  await storeAgain(redis, links, 90);
  await storeAgain(redis, links, 90);
  expect(await readLink(reader, placed)).toMatchObject({ contact_id: 'c1' });
  expect(await readLink(reader, changed)).toMatchObject({ disabled: true });
  expect((await findLink(redis, changed)).of_bucket).toBe('');
  expect(await readLink(reader, 'lost123')).toEqual(lost);
  expect((await findLink(redis, 'lost123')).of_key).toBe('');
  expect(await readLink(reader, 'alone12')).toEqual(alone);
});

/** The number of a bucket: those of a slot follow each other. */
const numberOf = (bucket: string): number =>
  slotOfKey(bucket) * BUCKETS_A_SLOT + Number.parseInt(bucket.slice(-2), 16);
