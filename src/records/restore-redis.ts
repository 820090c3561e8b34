/**
 * Restores to Redis from ClickHouse: the catalog, recent links and messages, first clicks, seen and waiting
 * transactions, and the number of rejudgements. Existing keys are not overwritten, so it may run again and beside a
 * running system; nothing is counted until it is complete. Data that only Redis had is lost: rows that no worker had
 * taken, dead letters, open rejudgements and rebookings.
 */
import { readKeyRing } from '../access/installation-key.ts';
import { LAST_REJUDGEMENT_KEY } from '../bots/rejudgement.ts';
import { commandsOfRecord } from '../catalog/catalog-records.ts';
import { type Account, accountKey } from '../catalog/definitions.ts';
import type { ClickHouseClient } from '../clickhouse/client.ts';
import {
  omitColumns,
  pickColumns,
  readColumns,
  STORED_SETTINGS,
  type StoredRow,
} from '../clickhouse/columns.ts';
import { restoreClaims } from '../clicks/claim-store.ts';
import { CLICK_FIELDS } from '../clicks/click-fields.ts';
import { claimEnd, claimKeepSeconds } from '../clicks/first-click.ts';
import { decodeConversion, encodeRecheck, type Reason, type Recheck } from '../conversions/conversion.ts';
import { MISSING_CLICK } from '../conversions/credits/find-missing-clicks.ts';
import { logRows } from '../conversions/log-conversions.ts';
import { SEEN_KEEP_S, seenKey, seenValue } from '../conversions/receive/seen.ts';
import { decodeLink, type Link, linkKey } from '../links/link.ts';
import { placeLinks } from '../links/link-store.ts';
import { type LinkText, storeLinks } from '../links/stored-links.ts';
import { refreshLayouts, repairMarks } from '../log/layouts.ts';
import { encodeMessage, messageKey, recordOf } from '../messages/message-store.ts';
import type { Send } from '../messages/send.ts';
import { type SendRow, sendOfRow, sendsWhere } from '../messages/send-table.ts';
import type { Command, RedisClient } from '../platform/redis.ts';
import { LOGS } from './backup/redis-keys.ts';
import { declareComplete, readCompleteness } from './completeness.ts';
import { type Tell, writeGroups, writeInGroups } from './write-in-groups.ts';

const DAY_S = 24 * 3_600;
/** Links that are sent before the first are answered. */
const LINKS_AT_ONCE = 2_000;
/** Links among the records; keys are in order. */
const IS_LINK = '(key >= {from:String} AND key < {to:String})';
const LINK_RANGE = { from: linkKey(''), to: linkKey('').replace(':', ';') };
/** Reasons for which an unattributed conversion waits for something that may still arrive. */
const WAITING_REASONS: readonly Reason[] = [
  ...MISSING_CLICK,
  'unknown_coupon',
  'unknown_transaction',
  'unattributed_transaction',
];

export interface Ground {
  redis: RedisClient;
  clickhouse: ClickHouseClient;
  data_dir: string;
  link_days: number;
  tell: Tell;
  /** Erases the contacts that were erased since the data was saved; resolves with their number. */
  eraseAgain(): Promise<number>;
}

/** Number of restored items, by kind. */
export interface Restored {
  catalog: number;
  links: number;
  messages: number;
  first_clicks: number;
  transactions: number;
  waiting: number;
  erased_contacts: number;
}

/** Rejects when Redis or ClickHouse is down; then run it again. */
export async function restoreRedis(ground: Ground): Promise<Restored> {
  const { redis, data_dir, link_days } = ground;
  await readKeyRing(redis, data_dir);
  const restored = {
    catalog: await restoreCatalogAndLayouts(ground),
    links: await restoreLinks(ground),
    messages: await restoreMessages(ground),
    first_clicks: await restoreFirstClicks(ground),
    transactions: await restoreSeen(ground),
    waiting: await restoreWaiting(ground),
    // Last, because links and messages of erased contacts were just brought back.
    erased_contacts: await ground.eraseAgain(),
  };
  await restoreJudgements(ground);
  // Links older than the restored ones are only in ClickHouse.
  await declareComplete(redis, 0, link_days);
  return restored;
}

/** Whether there is anything to restore. */
export async function isLost({ redis }: Pick<Ground, 'redis'>): Promise<boolean> {
  return (await readCompleteness(redis)) === undefined;
}

async function* rowsOf<T>(
  { clickhouse }: Ground,
  query: string,
  query_params: Record<string, unknown> = {},
): AsyncGenerator<T[]> {
  const result = await clickhouse.query({
    query,
    query_params,
    format: 'JSONEachRow',
    clickhouse_settings: STORED_SETTINGS,
  });
  for await (const rows of result.stream<T>()) yield rows.map((row) => row.json<T>());
}

/** The layouts of partitions are among the records: what follows is restored to the partitions that take rows. */
async function restoreCatalogAndLayouts(ground: Ground): Promise<number> {
  const records = await restoreCatalog(ground);
  await refreshLayouts(ground.redis);
  await repairMarks(ground.redis, LOGS);
  return records;
}

/** All records except links. */
async function restoreCatalog(ground: Ground): Promise<number> {
  const rows = rowsOf<{ key: string; newest: string }>(
    ground,
    `SELECT key, argMax(value, version) AS newest FROM trackly.records
     WHERE NOT ${IS_LINK} GROUP BY key HAVING newest != ''`,
    LINK_RANGE,
  );
  return writeInGroups(
    ground.redis,
    'catalog',
    rows,
    ({ key, newest }) => commandsOfRecord(key, newest),
    ground.tell,
  );
}

interface StoredLink {
  key: string;
  value: string;
}

async function restoreLinks(ground: Ground): Promise<number> {
  const { redis, link_days, tell } = ground;
  const rows = rowsOf<StoredLink>(
    ground,
    // A link that was changed may be on another shard than the message that it was made with. Keys are in order: no group waits.
    `SELECT key, newest.1 AS value FROM (
       SELECT key, argMax((value, made_at, expires_at), version) AS newest FROM trackly.records
       WHERE ${IS_LINK} GROUP BY key
     ) WHERE newest.1 != '' AND newest.2 >= now() - toIntervalDay({link_days:UInt32}) AND newest.3 > now()
     SETTINGS optimize_aggregation_in_order = 1, distributed_aggregation_memory_efficient = 1`,
    { ...LINK_RANGE, link_days },
  );
  const restore = async (group: readonly StoredLink[]): Promise<Command[]> => {
    const links = group.map(({ key, value }) => decodeLink(key.slice(linkKey('').length), value));
    await storeAgain(redis, links, link_days);
    return [];
  };
  return writeGroups(redis, 'links', rows, restore, tell);
}

/** Restores links and their placements. Never overwrites a link that is there. */
export async function storeAgain(
  redis: RedisClient,
  links: readonly Link[],
  link_days: number,
): Promise<void> {
  const keep_s = link_days * DAY_S;
  const texts = await placeLinks(redis, links, keep_s);
  for (let from = 0; from < links.length; from += LINKS_AT_ONCE) {
    const part = links.slice(from, from + LINKS_AT_ONCE);
    const wanted = part.map(({ link_id }, i) => ({ link_id, ...texts[from + i] }) as LinkText);
    await storeLinks(redis, wanted, keep_s);
  }
}

async function restoreMessages(ground: Ground): Promise<number> {
  const { redis, link_days, tell } = ground;
  const rows = rowsOf<SendRow>(
    ground,
    sendsWhere(
      "logged_at >= now() - toIntervalDay({link_days:UInt32}) AND expires_at > now() AND import_id = ''",
    ),
    { link_days },
  );
  return writeInGroups(redis, 'messages', rows, (row) => messageCommands(sendOfRow(row), link_days), tell);
}

export function messageCommands(send: Send, link_days: number): Command[] {
  const key = messageKey(send.account_id, send.message_id);
  return [['SET', key, encodeMessage(recordOf(send)), 'NX', 'EX', link_days * DAY_S]];
}

const FIRST_CLICK = pickColumns(CLICK_FIELDS, [
  ...(['account_id', 'message_id', 'link_id', 'contact_id', 'offer_id', 'click_id'] as const),
  ...(['is_first', 'is_first_for_offer', 'payout', 'currency'] as const),
  ...(['clicked_at', 'visitor'] as const),
]);

async function restoreFirstClicks(ground: Ground): Promise<number> {
  const { redis, tell } = ground;
  const retention = await readRetention(ground);
  const endsOf = (account_id: string): string =>
    claimEnd(claimKeepSeconds((retention.get(account_id) ?? 0) * DAY_S));
  const restore = async (clicks: readonly StoredRow<typeof FIRST_CLICK>[]): Promise<Command[]> => {
    await restoreClaims(redis, clicks, endsOf);
    return [];
  };
  return writeGroups(redis, 'first clicks', readFirstClicks(ground), restore, tell);
}

/** Those of links without a contact in order of time: the first of all visitors is credited with conversions. */
async function* readFirstClicks(ground: Ground): AsyncGenerator<StoredRow<typeof FIRST_CLICK>[]> {
  // The view has a payout by its currency.
  const columns = `${readColumns(omitColumns(FIRST_CLICK, ['visitor', 'payout']))}, toString(arraySum(mapValues(click.payout))) AS payout`;
  const first = "(click.is_first = 1 OR click.is_first_for_offer = 1) AND click.import_id = ''";
  yield* rowsOf(
    ground,
    `SELECT ${columns}, '' AS visitor FROM trackly.report_clicks AS click
     WHERE ${first} AND click.contact_id != ''`,
  );
  // Analysts do not see the visitor, so the view does not have it.
  yield* rowsOf(
    ground,
    `SELECT ${columns}, of.visitor AS visitor FROM trackly.report_clicks AS click
     LEFT ANY JOIN (
       SELECT account_id AS of_account, click_id AS of_click, visitor FROM trackly.clicks WHERE contact_id = ''
     ) AS of ON of.of_account = click.account_id AND of.of_click = click.click_id
     WHERE ${first} AND click.contact_id = '' ORDER BY click.clicked_at, click.click_id`,
  );
}

/** Days for which each account keeps raw sends. */
async function readRetention(ground: Ground): Promise<Map<string, number>> {
  const retention = new Map<string, number>();
  const query = `SELECT argMax(value, version) AS newest FROM trackly.records
    WHERE startsWith(key, {prefix:String}) GROUP BY key HAVING newest != ''`;
  for await (const group of rowsOf<{ newest: string }>(ground, query, { prefix: accountKey('') })) {
    for (const { newest } of group) {
      const { account_id, send_retention_days } = JSON.parse(newest) as Account;
      retention.set(account_id, send_retention_days);
    }
  }
  return retention;
}

/**
 * Restores the first report of each event and refund of a transaction that was not taken back, so that repeats are
 * detected at reception.
 */
async function restoreSeen(ground: Ground): Promise<number> {
  const rows = rowsOf<{ first: string }>(
    ground,
    `SELECT argMin(facts, received_at) AS first FROM trackly.conversions
     WHERE received_at > now() - toIntervalSecond({keep_s:UInt32}) AND import_id = ''
       AND conversion_id NOT IN (SELECT voids FROM trackly.conversions WHERE voids != '')
     GROUP BY account_id, transaction, offer_id, event, refund_id, if(event IN ('refund', 'chargeback'), amount, 0), JSONExtractString(facts, 'credit_by') = 'none'
     SETTINGS optimize_aggregation_in_order = 1`,
    { keep_s: SEEN_KEEP_S },
  );
  const commandsOf = ({ first }: { first: string }): Command[] => {
    const conversion = decodeConversion(first);
    return [['SET', seenKey(conversion), seenValue(conversion), 'NX', 'EX', SEEN_KEEP_S]];
  };
  return writeInGroups(ground.redis, 'transactions', rows, commandsOf, ground.tell);
}

/** Asks to recheck every transaction that may still be credited; those that still cannot be credited wait again. */
async function restoreWaiting(ground: Ground): Promise<number> {
  let rows = 0;
  const waiting = rowsOf<Recheck>(
    ground,
    `SELECT account_id, offer_id, transaction FROM trackly.conversions
     WHERE received_at > now() - toIntervalSecond({keep_s:UInt32}) AND import_id = ''
     GROUP BY account_id, transaction, offer_id, conversion_id, line
     HAVING sum(sign) > 0 AND (any(status) = 'unattributed' AND any(reason) IN {reasons:Array(String)}
       OR any(model) IN ('last_click', 'view_through')
       OR any(channel) = 'coupon' AND any(status) = 'attributed' AND any(message_id) = '')
     SETTINGS optimize_aggregation_in_order = 1`,
    { keep_s: SEEN_KEEP_S, reasons: WAITING_REASONS },
  );
  for await (const group of waiting) {
    await logRows(
      ground.redis,
      group.map((one) => [one, encodeRecheck(one)]),
    );
    rows += group.length;
  }
  ground.tell(`waiting conversions: ${rows.toLocaleString('en')}`);
  return rows;
}

/** Rejudgement numbers must not repeat. */
async function restoreJudgements(ground: Ground): Promise<void> {
  const query = `SELECT greatest((SELECT max(rejudgement) FROM trackly.rejudgements), (SELECT max(rejudgement) FROM trackly.verdicts)) AS last`;
  for await (const group of rowsOf<{ last: number }>(ground, query)) {
    for (const { last } of group) {
      if (last > 0) await ground.redis.set(LAST_REJUDGEMENT_KEY, String(last), 'NX');
    }
  }
}
