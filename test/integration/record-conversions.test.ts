/** Recording against a real Redis: what is the first, what a repeat, what a duplicate, and what is logged. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Conversion, conversionPartition, NO_SUBJECT } from '../../src/conversions/conversion.ts';
import { recordConversions } from '../../src/conversions/receive/record-conversions.ts';
import { NO_BYTES_MAX } from '../../src/log/append.ts';
import { freeze, read } from '../../src/log/batches.ts';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { startRedis } from '../support/redis.ts';

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: RedisClient;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis(server.target, 'fast');
  await untilReady(redis, 5_000);
});
beforeEach(() => redis.flushall());
afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
});

function conversion(conversion_id: string, more: Partial<Conversion> = {}): Conversion {
  const terms = {
    payout_type: 'cpa',
    payout: '0',
    currency: 'EUR',
    click_window_days: 90,
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
  const batch = await freeze(redis, 'conversions', conversionPartition('acc', 'off', 'txn:1'), 0, 0);
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
      conversion('f', { credit_by: 'none', reason: 'wrong_offer' }),
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
