/**
 * Finds contacts by the beginning of their id, among the messages that are kept. No index answers this: it reads the
 * column contact_id of all the account's messages, within the bounds of ask-clickhouse.ts. A whole id is found by the
 * index of contacts, see trace-contact.ts. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';

export const CONTACTS_FOUND_MAX = 100;

export interface FoundContact {
  contact_id: string;
  messages: number;
  last_sent_at: string;
}

/** In order of contact_id, at most `limit`. */
export function searchContacts(
  client: ClickHouseClient,
  account_id: string,
  search: string,
  limit: number,
): Promise<FoundContact[]> {
  return askRows<FoundContact>(client, {
    query: `SELECT contact_id, count() AS messages, max(sent_at) AS last_sent_at FROM trackly.sends
      WHERE account_id = {account_id:String} AND startsWith(contact_id, {search:String}) AND contact_id != ''
      GROUP BY contact_id ORDER BY contact_id LIMIT {limit:UInt32}`,
    query_params: { account_id, search, limit },
  });
}
