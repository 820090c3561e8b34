/** Whom the analysts' port turns away before ClickHouse is asked. */
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAnalystListener } from '../../../src/analysts/listener.ts';
import { hashKey } from '../../../src/catalog/catalog-store.ts';
import { apiKeyKey } from '../../../src/catalog/definitions.ts';
import type { RedisClient } from '../../../src/platform/redis.ts';

const KEY = `trk_${'0'.repeat(32)}`;
const records = new Map<string, string>([
  [apiKeyKey(hashKey(KEY)), 'acc_1'],
  [
    'account:acc_1',
    JSON.stringify({ account_id: 'acc_1', status: 'suspended', suspension: { reason: 'phishing', at: '' } }),
  ],
]);
const redis = { get: async (key: string) => records.get(key) ?? null } as unknown as RedisClient;
const listener = createAnalystListener(
  { redis, clickhouse_url: 'http://127.0.0.1:1', password: '', records_lost: () => false },
  { error: () => {} } as never,
);

beforeAll(() => new Promise<void>((done) => listener.listen(0, '127.0.0.1', done)));
afterAll(() => new Promise<void>((done) => listener.close(() => done())));

it('refuses a suspended account, and says why', async () => {
  const { port } = listener.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/?query=SELECT+1`, {
    headers: { authorization: `Basic ${Buffer.from(`acc_1:${KEY}`).toString('base64')}` },
  });
  expect([answer.status, await answer.text()]).toEqual([
    403,
    expect.stringMatching(/^Code: 516\..*suspended this account \(phishing\)/),
  ]);
});
