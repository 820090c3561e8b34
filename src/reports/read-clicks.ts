/**
 * Reads raw clicks and sends in ClickHouse for traces, always within one account. Rows are gone after the
 * account's retention_days; totals in the rollups stay. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '@clickhouse/client';
import { askRows } from './ask-clickhouse.ts';
import { trimMoney } from './totals.ts';

/** Room for rounding between the time in a click id and the stored one. */
const CLICK_TIME_TOLERANCE_MS = 1_000;

/** A click as it is shown. Times are ISO 8601 UTC, '' means none. */
export interface ClickStory {
  click_id: string;
  clicked_at: string;
  link_id: string;
  link_key: string;
  message_id: string;
  contact_id: string;
  offer_id: string;
  creative_id: string;
  campaign_id: string;
  variant_id: string;
  sent_at: string;
  method: string;
  ip: string;
  user_agent: string;
  headers: Record<string, string>;
  verdict: string;
  bot_reasons: string[];
  rules_version: string;
  is_first: boolean;
  is_first_for_offer: boolean;
  /** Of a first click on a cpc offer. */
  payout: string;
  currency: string;
  batch: string;
  inserted_at: string;
  expires_at: string;
}

const COLUMNS = [
  'click_id',
  'clicked_at',
  'link_id',
  'link_key',
  'message_id',
  'contact_id',
  'offer_id',
  'creative_id',
  'campaign_id',
  'variant_id',
  'sent_at',
  'method',
  'ip',
  'user_agent',
  'headers',
  'verdict',
  'bot_reasons',
  'rules_version',
  'is_first',
  'is_first_for_offer',
  'payout',
  'currency',
  'batch',
  'inserted_at',
  'expires_at',
] as const satisfies (keyof ClickStory)[];
const SELECT = `SELECT ${COLUMNS.join(', ')} FROM trackly.clicks WHERE account_id = {account_id:String}`;

type StoredClick = Omit<ClickStory, 'is_first' | 'is_first_for_offer'> & {
  is_first: number;
  is_first_for_offer: number;
};

function asStory(row: StoredClick): ClickStory {
  return {
    ...row,
    ip: row.ip.replace(/^::ffff:(?=\d+\.)/, ''),
    payout: trimMoney(row.payout),
    is_first: row.is_first === 1,
    is_first_for_offer: row.is_first_for_offer === 1,
  };
}

/** The click, or undefined. `clicked_at_ms` comes from its id and keeps the scan to two seconds. */
export async function readClick(
  client: ClickHouseClient,
  account_id: string,
  click_id: string,
  clicked_at_ms: number,
): Promise<ClickStory | undefined> {
  const rows = await askRows<StoredClick>(client, {
    query: `${SELECT} AND click_id = {click_id:String}
      AND clicked_at BETWEEN fromUnixTimestamp64Milli({from_ms:Int64}) AND fromUnixTimestamp64Milli({to_ms:Int64})
      LIMIT 1`,
    query_params: {
      account_id,
      click_id,
      from_ms: clicked_at_ms - CLICK_TIME_TOLERANCE_MS,
      to_ms: clicked_at_ms + CLICK_TIME_TOLERANCE_MS,
    },
  });
  return rows[0] && asStory(rows[0]);
}

/** Clicks on one message or one link; `newest` first or in time order; at most `limit`. */
export async function readClicks(
  client: ClickHouseClient,
  account_id: string,
  of: { message_id: string } | { link_id: string },
  order: 'newest' | 'oldest',
  limit: number,
): Promise<ClickStory[]> {
  const [column, id] = 'message_id' in of ? ['message_id', of.message_id] : ['link_id', of.link_id];
  const direction = order === 'newest' ? 'DESC' : 'ASC';
  const rows = await askRows<StoredClick>(client, {
    query: `${SELECT} AND ${column} = {id:String}
      ORDER BY clicked_at ${direction}, click_id ${direction} LIMIT {limit:UInt32}`,
    query_params: { account_id, id, limit },
  });
  return rows.map(asStory);
}

export interface FirstClickIds {
  /** The first click of the contact on the message (or on the link, outside a message); '' if none. */
  first_click_id: string;
  /** The same on the click's offer within the message. */
  first_click_id_for_offer: string;
}

/** Which clicks are the first ones where `click` might have been. */
export async function readFirstClickIds(
  client: ClickHouseClient,
  account_id: string,
  click: ClickStory,
): Promise<FirstClickIds> {
  // A link without a message stands for itself, as in the worker's claims.
  const subject = click.message_id === '' ? ' AND link_id = {link_id:String}' : '';
  const rows = await askRows<FirstClickIds>(client, {
    query: `SELECT anyIf(click_id, is_first = 1) AS first_click_id,
        anyIf(click_id, is_first_for_offer = 1 AND offer_id = {offer_id:String}) AS first_click_id_for_offer
      FROM trackly.clicks
      WHERE account_id = {account_id:String} AND message_id = {message_id:String}
        AND contact_id = {contact_id:String}${subject}`,
    query_params: {
      account_id,
      message_id: click.message_id,
      contact_id: click.contact_id,
      offer_id: click.offer_id,
      link_id: click.link_id,
    },
  });
  return rows[0] ?? { first_click_id: '', first_click_id_for_offer: '' };
}

export interface SendStory {
  contact_id: string;
  creative_id: string;
  campaign_id: string;
  variant_id: string;
  sent_at: string;
  logged_at: string;
  link_keys: string[];
  link_ids: string[];
  offer_ids: string[];
  batch: string;
  inserted_at: string;
}

/** The send of a message, or undefined: not inserted yet, expired, or never sent here. */
export async function readSend(
  client: ClickHouseClient,
  account_id: string,
  message_id: string,
): Promise<SendStory | undefined> {
  const rows = await askRows<SendStory>(client, {
    query: `SELECT contact_id, creative_id, campaign_id, variant_id, sent_at, logged_at, link_keys, link_ids,
        offer_ids, batch, inserted_at
      FROM trackly.sends
      WHERE account_id = {account_id:String} AND message_id = {message_id:String} LIMIT 1`,
    query_params: { account_id, message_id },
  });
  return rows[0];
}
