/** Recording against a real Redis: what is the first, what a repeat, what a duplicate, and what is logged. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Conversion, NO_SUBJECT, transactionKey } from '../../src/conversions/conversion.ts';
import { recordConversions } from '../../src/conversions/receive/record-conversions.ts';
import { voidConversions } from '../../src/conversions/receive/void-conversions.ts';
import { NO_BYTES_MAX } from '../../src/log/append.ts';
import { freeze, read } from '../../src/log/batches.ts';
import { partitionOf } from '../../src/log/partitions.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { startRedis } from '../support/redis.ts';

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: RedisClient;

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
});
beforeEach(() => redis.flushall());
afterAll(() => server?.stop());

function conversion(conversion_id: string, more: Partial<Conversion> = {}): Conversion {
  const terms = {
    payout_type: 'cpa',
    payout: '0',
    currency: 'EUR',
    model: 'first_click',
    click_window_days: 90,
    view_window_hours: 0,
    min_conversion_seconds: 0,
  } as const;
  return {
    conversion_id,
    account_id: 'acc',
    offer_id: 'off',
    transaction: 'txn:1',
    event: 'sale',
    txn_id: '1',
    refund_id: '',
    voids: '',
    channel: 'conv',
    network: '',
    upload_id: '',
    reported: '',
    problem: '',
    click_id: '',
    code: '',
    amount: '1.00',
    currency: 'USD',
    converted_at_ms: 1,
    received_at_ms: 1,
    subject: NO_SUBJECT,
    credit_by: 'click',
    reason: '',
    terms: { ...terms, duplicates: 'ignore' },
    ...more,
  };
}

const rebill = (conversion_id: string): Conversion =>
  conversion(conversion_id, { terms: { ...conversion('').terms, duplicates: 'rebill' } });

async function logged(): Promise<string[]> {
  const batch = await freeze(
    redis,
    'conversions',
    partitionOf(transactionKey({ account_id: 'acc', offer_id: 'off', transaction: 'txn:1' })),
    0,
    0,
  );
  if (batch === undefined) return [];
  return (await read(redis, batch)).map(({ text }) => JSON.parse(text).conversion_id);
}

it('logs the first, in one call and in many, and names it to the others', async () => {
  const one = await recordConversions(
    redis,
    ['a', 'b', 'a'].map((id) => conversion(id)),
    NO_BYTES_MAX,
  );
  expect(one).toEqual([{ as: 'first' }, { as: 'duplicate', of: 'a' }, { as: 'first' }]);
  const many = await Promise.all(
    Array.from({ length: 50 }, (_, i) => recordConversions(redis, [conversion(`c${i}`)], NO_BYTES_MAX)),
  );
  expect(many.flat()).toEqual(Array.from({ length: 50 }, () => ({ as: 'duplicate', of: 'a' })));
  expect(await logged()).toEqual(['a']);
});

it('tells events, offers and accounts apart, and a report without credit from one that has it', async () => {
  const recorded = await recordConversions(
    redis,
    [
      conversion('a'),
      conversion('b', { event: 'lead' }),
      conversion('c', { offer_id: 'other' }),
      conversion('d', { account_id: 'other' }),
      conversion('e', { credit_by: 'none', reason: 'unknown_message' }),
      conversion('f', { credit_by: 'none', reason: 'unknown_message' }),
    ],
    NO_BYTES_MAX,
  );
  expect(recorded.map(({ as }) => as)).toEqual(['first', 'first', 'first', 'first', 'first', 'duplicate']);
});

it('logs repeats where the offer takes them, up to a bound', async () => {
  expect(await recordConversions(redis, [rebill('first')], NO_BYTES_MAX)).toEqual([{ as: 'first' }]);
  const repeats = await recordConversions(
    redis,
    Array.from({ length: 1_005 }, (_, i) => rebill(`r${i}`)),
    NO_BYTES_MAX,
  );
  expect(repeats.filter(({ as }) => as === 'repeat')).toHaveLength(1_000);
  expect(repeats.slice(1_000)).toEqual(Array.from({ length: 5 }, () => ({ as: 'duplicate', of: 'first' })));
  expect(await logged()).toHaveLength(1_001);
});

it('logs what says something else, and takes the same again for a duplicate', async () => {
  const recorded = await recordConversions(
    redis,
    [
      conversion('wrong time', { converted_at_ms: 99 }),
      conversion('right time', { converted_at_ms: 77 }),
      conversion('right again', { converted_at_ms: 77, received_at_ms: 2 }),
      conversion('other amount', { amount: '2.00' }),
      conversion('no time', { converted_at_ms: 5, received_at_ms: 5, amount: '3.00' }),
      conversion('no time, later', { converted_at_ms: 6, received_at_ms: 6, amount: '3.00' }),
      // The reply was lost.
      conversion('right time', { converted_at_ms: 77 }),
    ].map((one) => ({ ...one, conversion_id: one.conversion_id.replace(/\W+/g, '_') })),
    NO_BYTES_MAX,
  );
  expect(recorded).toEqual([
    { as: 'first' },
    { as: 'repeat', of: 'wrong_time' },
    { as: 'duplicate', of: 'right_time' },
    { as: 'repeat', of: 'wrong_time' },
    { as: 'repeat', of: 'wrong_time' },
    { as: 'duplicate', of: 'no_time' },
    { as: 'repeat', of: 'wrong_time' },
  ]);
  expect(await logged()).toEqual(['wrong_time', 'right_time', 'other_amount', 'no_time']);
});

it('takes the same for a duplicate whatever click of the contact it names', async () => {
  const subject = { ...NO_SUBJECT, message_id: 'm', contact_id: 'c' };
  const recorded = await recordConversions(
    redis,
    [
      conversion('a', { subject: { ...subject, link_id: 'l1' }, reported: 'click_id=1' }),
      conversion('b', { subject: { ...subject, link_id: 'l2' }, reported: 'link_id=2' }),
      conversion('c', { subject: { ...subject, message_id: 'n' } }),
    ],
    NO_BYTES_MAX,
  );
  expect(recorded.map(({ as }) => as)).toEqual(['first', 'duplicate', 'repeat']);
});

it('logs at most twenty different reports of one event', async () => {
  const recorded = await recordConversions(
    redis,
    Array.from({ length: 25 }, (_, i) => conversion(`c${i}`, { amount: `${i}.00` })),
    NO_BYTES_MAX,
  );
  expect(recorded.map(({ as }) => as)).toEqual([
    'first',
    ...Array.from({ length: 19 }, () => 'repeat'),
    ...Array.from({ length: 5 }, () => 'duplicate'),
  ]);
});

it('tells refunds apart by their id or their amount, and takes the same one again for a retry', async () => {
  const { terms } = rebill('');
  const refund = (conversion_id: string, more: Partial<Conversion>): Conversion =>
    conversion(conversion_id, { event: 'refund', terms, ...more });
  const recorded = await recordConversions(
    redis,
    [
      refund('a', { amount: '10.00' }),
      refund('b', { amount: '15.00' }),
      refund('c', { amount: '10.00' }),
      refund('d', { amount: '10.00', currency: 'EUR' }),
      refund('e', { amount: '10.00', refund_id: 'r-1' }),
      refund('f', { amount: '10.00', refund_id: 'r-2' }),
      refund('g', { amount: '10.00', event: 'chargeback' }),
    ],
    NO_BYTES_MAX,
  );
  expect(recorded).toEqual([
    { as: 'first' },
    { as: 'first' },
    { as: 'duplicate', of: 'a' },
    { as: 'repeat', of: 'a' },
    { as: 'first' },
    { as: 'first' },
    { as: 'first' },
  ]);
});

describe('reports that are taken back', () => {
  const recordOne = async (one: Conversion): Promise<unknown> =>
    (await recordConversions(redis, [one], NO_BYTES_MAX))[0];

  it('are logged as voids of each, and block nothing any longer, however often', async () => {
    const upload = [conversion('u1'), conversion('u2', { amount: '2.00', event: 'lead' })];
    expect(await recordOne(conversion('own', { amount: '7.00' }))).toEqual({ as: 'first' });
    await recordConversions(redis, upload, NO_BYTES_MAX);
    expect(await recordOne(conversion('u1'))).toEqual({ as: 'repeat', of: 'own' });
    await voidConversions(redis, upload, 3, NO_BYTES_MAX);
    const corrected = upload.map((one) => ({ ...one, conversion_id: `new_${one.conversion_id}` }));
    expect(await recordConversions(redis, corrected, NO_BYTES_MAX)).toEqual([
      { as: 'repeat', of: 'own' },
      { as: 'first' },
    ]);
    await voidConversions(redis, upload, 4, NO_BYTES_MAX);
    expect(await recordOne(conversion('x'))).toEqual({ as: 'duplicate', of: 'new_u1' });
    const rows = await logged();
    expect(rows).toEqual(['own', 'u1', 'u2', 'u1_void', 'u2_void', 'new_u1', 'new_u2', 'u1_void', 'u2_void']);
  });

  it('leave the count of repeats that the offer takes', async () => {
    await recordConversions(redis, [rebill('first'), rebill('second')], NO_BYTES_MAX);
    await voidConversions(redis, [rebill('second')], 3, NO_BYTES_MAX);
    expect(await recordOne(rebill('third'))).toEqual({ as: 'repeat', of: 'first' });
    await voidConversions(redis, [rebill('first')], 3, NO_BYTES_MAX);
    expect(await recordOne(rebill('fourth'))).toEqual({ as: 'first' });
  });

  it('are not taken back where the log is full', async () => {
    await recordOne(conversion('a'));
    await expect(voidConversions(redis, [conversion('a')], 3, 1)).rejects.toThrow('full');
    expect(await recordOne(conversion('b'))).toEqual({ as: 'duplicate', of: 'a' });
  });
});
