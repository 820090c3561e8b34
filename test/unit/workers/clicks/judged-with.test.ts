/** What clicks are judged with: from memory when they arrive, and as it is now when they are judged again. */
import { expect, it } from 'vitest';
import { type Account, accountKey } from '../../../../src/catalog/definitions.ts';
import { BatchedReader, RecordCache } from '../../../../src/platform/record-cache.ts';
import type { RedisClient } from '../../../../src/platform/redis.ts';
import { accountsOf, currentAccountsOf } from '../../../../workers/clicks/judged-with.ts';

it('a rejudgement takes rules of which the change log has not told yet', async () => {
  const stored = new Map<string, string>();
  const keep = (country: string): void => {
    stored.set(accountKey('acc_1'), JSON.stringify({ blocked_countries: [country] }));
  };
  const redis = { mget: async (keys: string[]) => keys.map((key) => stored.get(key) ?? null) };
  const reader = new BatchedReader(redis as unknown as RedisClient);
  const accounts = new RecordCache(reader, 10, (_key, text) => JSON.parse(text) as Account);
  const clicks = [{ account_id: 'acc_1' }];
  const rulesOf = async (read: typeof accountsOf) => [...(await read({ accounts }, clicks)).values()];
  keep('KP');
  expect(await rulesOf(accountsOf)).toEqual([{ blocked_countries: ['KP'] }]);
  keep('US');
  expect(await rulesOf(accountsOf)).toEqual([{ blocked_countries: ['KP'] }]);
  expect(await rulesOf(currentAccountsOf)).toEqual([{ blocked_countries: ['US'] }]);
  expect(await rulesOf(accountsOf)).toEqual([{ blocked_countries: ['US'] }]);
});
