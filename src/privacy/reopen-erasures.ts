/**
 * Erasures that follow a restore: those that the restored data does not know as done. Only fingerprints of their contacts
 * are kept, so every contact in ClickHouse is compared with them. Those that are found are erased again. Rejects when
 * Redis or ClickHouse is down; safe to repeat.
 */
import { readFile } from 'node:fs/promises';
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { TEST_TABLES } from '../clickhouse/test-rows.ts';
import type { RedisClient } from '../platform/redis.ts';
import { fingerprint } from './contact-key.ts';
import { reopenErasure } from './erasure.ts';
import { insertListed, type ListedErasure, readListed } from './erasure-list.ts';

/** Every contact of an account that any table names; a name may come several times. */
const CONTACTS = ['clicks', 'refused_taps', 'sends', 'conversions', ...Object.values(TEST_TABLES)]
  .map((table) => `SELECT DISTINCT toString(account_id) AS account_id, contact_id FROM trackly.${table}`)
  .concat([
    'SELECT DISTINCT toString(account_id) AS account_id, subject_contact_id AS contact_id FROM trackly.conversions',
    "SELECT DISTINCT JSONExtractString(value, 1) AS account_id, contact_id FROM trackly.records WHERE contact_id != ''",
  ])
  .join(' UNION ALL ');

export interface ReopenGround {
  redis: RedisClient;
  clickhouse: ClickHouseClient;
  contact_key: string;
}

/** A list that workers have kept; without the file it is empty, unless somebody named it. */
export async function readListFile(path: string, named: boolean): Promise<ListedErasure[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && !named) return '';
    throw error;
  });
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as ListedErasure);
}

/** Opens the erasures again whose contacts are there. `since`: a list from outside of the restored data. */
export async function reopenErasures(ground: ReopenGround, since: readonly ListedErasure[]): Promise<number> {
  const { redis, clickhouse } = ground;
  const open = await openErasures(clickhouse, since);
  if (open.size === 0) return 0;
  const found = await findContacts(ground, open);
  const missing = [...open.values()].filter((one) => !found.has(one));
  const now_ms = Date.now();
  await insertListed(
    clickhouse,
    missing.map((one) => ({ ...one, finished_at_ms: now_ms })),
  );
  const byErasure = Map.groupBy(found, ([{ erasure_id }]) => erasure_id);
  for (const contacts of byErasure.values()) {
    const [[{ erasure_id, account_id, requested_at_ms }]] = contacts as [[ListedErasure, string]];
    const contact_ids = contacts.map(([, contact_id]) => contact_id);
    await reopenErasure(redis, { erasure_id, account_id, requested_at_ms, contact_ids });
  }
  return found.size;
}

/** By fingerprint: what the list in ClickHouse has open, and what it does not know. */
async function openErasures(
  clickhouse: ClickHouseClient,
  since: readonly ListedErasure[],
): Promise<Map<string, ListedErasure>> {
  const open = new Map<string, ListedErasure>();
  const done = new Set<string>();
  for await (const rows of readListed(clickhouse)) {
    for (const row of rows) {
      if (row.finished_at_ms === 0) open.set(row.contact_fingerprint, row);
      else done.add(`${row.erasure_id} ${row.contact_fingerprint}`);
    }
  }
  for (const row of since) {
    if (!done.has(`${row.erasure_id} ${row.contact_fingerprint}`)) open.set(row.contact_fingerprint, row);
  }
  return open;
}

async function findContacts(
  { clickhouse, contact_key }: ReopenGround,
  open: ReadonlyMap<string, ListedErasure>,
): Promise<Map<ListedErasure, string>> {
  const accounts = [...new Set([...open.values()].map(({ account_id }) => account_id))];
  const found = new Map<ListedErasure, string>();
  const result = await clickhouse.query({
    query: `SELECT account_id, contact_id FROM (${CONTACTS}) WHERE account_id IN {accounts:Array(String)}`,
    query_params: { accounts },
    format: 'JSONCompactEachRow',
  });
  for await (const rows of result.stream<[string, string]>()) {
    for (const row of rows) {
      const [account_id, contact_id] = row.json<[string, string]>();
      const listed = open.get(fingerprint(contact_key, 'erasure', account_id, contact_id));
      if (listed !== undefined) found.set(listed, contact_id);
    }
  }
  return found;
}
