/**
 * Which keys of Redis are records, and how whoever writes them begins: a new installation is complete, one of a
 * version before logs what it holds once, and one whose Redis has lost its data says so.
 */
import type { ClickHouseClient } from '@clickhouse/client';
import {
  accountKey,
  apiKeyKey,
  couponKey,
  domainKey,
  ENTITY_KINDS,
  entityKey,
  offerOwnerKey,
} from '../catalog/definitions.ts';
import { linkKey, readStoredLink } from '../links/link.ts';
import { type Command, type RedisClient, runAll, scanKeys } from '../platform/redis.ts';
import { openRecords } from '../records/completeness.ts';
import type { StoredRecord } from '../records/record.ts';
import { logRecords } from '../records/record-changes.ts';

/** What begins every key of a kind: the key of nothing, up to its first colon. */
const prefixOf = (key: string): string => key.slice(0, key.indexOf(':') + 1);

/** The catalog; all of it, and of links what was not made with a message or was changed, goes through the log. */
const CATALOG_PREFIXES = [
  accountKey(''),
  apiKeyKey(''),
  domainKey(''),
  couponKey('', ''),
  offerOwnerKey(''),
  ...ENTITY_KINDS.map((kind) => entityKey(kind, '', '')),
].map(prefixOf);

/** False where Redis has lost its records. Rejects when one of the two can't be asked. Safe to repeat. */
export function keepRecords(
  redis: RedisClient,
  clickhouse: ClickHouseClient,
  link_days: number,
): Promise<boolean> {
  return openRecords(redis, clickhouse, link_days, async () => {
    for (const prefix of [...CATALOG_PREFIXES, linkKey('')]) await logAll(redis, prefix);
  });
}

/** A link that was made with its message comes to ClickHouse with the send. */
const isPlacedLink = (key: string, value: string): boolean =>
  key.startsWith(linkKey('')) &&
  typeof readStoredLink(key.slice(linkKey('').length), value).placement === 'string';

async function logAll(redis: RedisClient, prefix: string): Promise<void> {
  for await (const keys of scanKeys(redis, `${prefix}*`)) {
    const values = await runAll(
      redis,
      keys.map((key): Command => ['GET', key]),
    );
    const records = keys.map((key, i): StoredRecord => ({ key, value: values[i] as string | null }));
    await logRecords(
      redis,
      records.filter(({ key, value }) => value !== null && !isPlacedLink(key, value)),
    );
  }
}
