/**
 * Brings everything that Redis has to hold back from ClickHouse: the catalog, fresh links and messages, first
 * clicks, which transactions were seen and which of them wait, the count of judgements. What is there stays as it
 * is, so it may run again, and beside a running system; nothing is counted until it is through. What Redis alone had
 * is lost: rows that no worker had taken, dead letters, open judgements.
 */

import { LAST_JUDGEMENT_KEY } from '../bots/rejudgement.ts';
import { commandsOfRecord } from '../catalog/catalog-records.ts';
import { type Account, accountKey } from '../catalog/definitions.ts';
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { clickPartition } from '../clicks/click.ts';
import {
  claimEnd,
  claimKeepSeconds,
  claimPlace,
  claimsOf,
  encodeClaim,
  NO_PAYOUT,
} from '../clicks/first-click.ts';
import {
  conversionPartition,
  decodeConversion,
  encodeAgain,
  type Reason,
} from '../conversions/conversion.ts';
import { logRows } from '../conversions/log-conversions.ts';
import { readInstallationKey } from '../conversions/receive/postback-secrets.ts';
import { SEEN_KEEP_S, seenKey } from '../conversions/receive/record-conversions.ts';
import { decodeLink, type Link, linkKey } from '../links/link.ts';
import { placeLinks } from '../links/link-store.ts';
import { encodeMessage, messageKey, recordOf } from '../messages/message-store.ts';
import type { Send } from '../messages/send.ts';
import { SEND_COLUMNS, type SendRow, sendOfRow } from '../messages/send-table.ts';
import type { Command, RedisClient } from '../platform/redis.ts';
import { declareComplete, readCompleteness } from './completeness.ts';
import { type Tell, writeGroups, writeInGroups } from './write-in-groups.ts';

const DAY_S = 24 * 3_600;
/** Links among the records; keys are in order. */
const IS_LINK = '(key >= {from:String} AND key < {to:String})';
const LINK_RANGE = { from: linkKey(''), to: linkKey('').replace(':', ';') };
/** Unattributed for these, a conversion waits for something that may still come. */
const WAITING_REASONS: readonly Reason[] = [
  'no_click',
  'bot_click',
  'unknown_click',
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
}

/** What was brought back, by kind. */
export interface Restored {
  catalog: number;
  links: number;
  messages: number;
  first_clicks: number;
  transactions: number;
  waiting: number;
}

/** Rejects when one of the two servers can't be asked; then run it again. */
export async function restoreRedis(ground: Ground): Promise<Restored> {
  const { redis, data_dir, link_days } = ground;
  await readInstallationKey(redis, data_dir);
  const restored = {
    catalog: await restoreCatalog(ground),
    links: await restoreLinks(ground),
    messages: await restoreMessages(ground),
    first_clicks: await restoreFirstClicks(ground),
    transactions: await restoreSeen(ground),
    waiting: await restoreWaiting(ground),
  };
  await restoreJudgements(ground);
  // Links that are older than what was brought back are in ClickHouse alone.
  await declareComplete(redis, 0, link_days);
  return restored;
}

/** Whether there is anything to bring back. */
export async function isLost({ redis }: Pick<Ground, 'redis'>): Promise<boolean> {
  return (await readCompleteness(redis)) === undefined;
}

async function* rowsOf<T extends unknown[]>(
  { clickhouse }: Ground,
  query: string,
  query_params: Record<string, unknown> = {},
): AsyncGenerator<T[]> {
  const result = await clickhouse.query({
    query,
    query_params,
    format: 'JSONCompactEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  });
  for await (const rows of result.stream<T>()) yield rows.map((row) => row.json<T>());
}

/** All records but links. */
async function restoreCatalog(ground: Ground): Promise<number> {
  const rows = rowsOf<[key: string, value: string]>(
    ground,
    `SELECT key, argMax(value, version) AS newest FROM trackly.records
     WHERE NOT ${IS_LINK} GROUP BY key HAVING newest != ''`,
    LINK_RANGE,
  );
  return writeInGroups(
    ground.redis,
    'catalog',
    rows,
    ([key, value]) => commandsOfRecord(key, value),
    ground.tell,
  );
}

async function restoreLinks(ground: Ground): Promise<number> {
  const { redis, link_days, tell } = ground;
  const rows = rowsOf<[key: string, value: string]>(
    ground,
    `SELECT key, value FROM trackly.records FINAL
     WHERE ${IS_LINK} AND value != '' AND made_at >= now() - toIntervalDay({link_days:UInt32}) AND expires_at > now()`,
    { ...LINK_RANGE, link_days },
  );
  const commandsOf = (group: readonly [key: string, value: string][]): Promise<Command[]> =>
    linkCommands(
      redis,
      group.map(([key, value]) => decodeLink(key.slice(linkKey('').length), value)),
      link_days,
    );
  return writeGroups(redis, 'links', rows, commandsOf, tell);
}

/** Brings links back beside their placements, which are there once this has resolved. Never over what is there. */
export async function linkCommands(
  redis: RedisClient,
  links: readonly Link[],
  link_days: number,
): Promise<Command[]> {
  const texts = await placeLinks(redis, links, link_days * DAY_S);
  return links.map(({ link_id }, i) => [
    'SET',
    linkKey(link_id),
    texts[i] as string,
    'NX',
    'EX',
    link_days * DAY_S,
  ]);
}

async function restoreMessages(ground: Ground): Promise<number> {
  const { redis, link_days, tell } = ground;
  const rows = rowsOf<SendRow>(
    ground,
    `SELECT ${SEND_COLUMNS} FROM trackly.sends
     WHERE logged_at >= now() - toIntervalDay({link_days:UInt32}) AND expires_at > now()`,
    { link_days },
  );
  return writeInGroups(redis, 'messages', rows, (row) => messageCommands(sendOfRow(row), link_days), tell);
}

export function messageCommands(send: Send, link_days: number): Command[] {
  const key = messageKey(send.account_id, send.message_id);
  return [['SET', key, encodeMessage(recordOf(send)), 'NX', 'EX', link_days * DAY_S]];
}

type FirstClickRow = [
  account_id: string,
  message_id: string,
  link_id: string,
  contact_id: string,
  offer_id: string,
  click_id: string,
  is_first: number,
  is_first_for_offer: number,
  payout: string,
  currency: string,
];

async function restoreFirstClicks(ground: Ground): Promise<number> {
  const { redis, tell } = ground;
  const retention = await readRetention(ground);
  const rows = rowsOf<FirstClickRow>(
    ground,
    `SELECT account_id, message_id, link_id, contact_id, offer_id, click_id, is_first, is_first_for_offer,
       toString(payout), currency
     FROM trackly.report_clicks WHERE is_first = 1 OR is_first_for_offer = 1`,
  );
  const commandsOf = (row: FirstClickRow): Command[] => {
    const [account_id, message_id, link_id, contact_id, offer_id, click_id, first, for_offer] = row;
    const subject = { account_id, message_id, link_id, contact_id, offer_id };
    const claims = claimsOf(subject);
    const ends = claimEnd(claimKeepSeconds((retention.get(account_id) ?? 0) * DAY_S));
    const set = (claim: string, value: string): Command => [
      'HSETNX',
      ...claimPlace(claim, clickPartition(subject)),
      ends + value,
    ];
    const [payout, currency] = [row[8], row[9]];
    return [
      ...(first === 1 ? [set(claims.message, encodeClaim(click_id, NO_PAYOUT))] : []),
      ...(for_offer === 1 ? [set(claims.offer, encodeClaim(click_id, { payout, currency }))] : []),
    ];
  };
  return writeInGroups(redis, 'first clicks', rows, commandsOf, tell);
}

/** Days for which each account keeps raw rows. */
async function readRetention(ground: Ground): Promise<Map<string, number>> {
  const retention = new Map<string, number>();
  const query = `SELECT argMax(value, version) AS newest FROM trackly.records
    WHERE startsWith(key, {prefix:String}) GROUP BY key HAVING newest != ''`;
  for await (const group of rowsOf<[value: string]>(ground, query, { prefix: accountKey('') })) {
    for (const [value] of group) {
      const { account_id, retention_days } = JSON.parse(value) as Account;
      retention.set(account_id, retention_days);
    }
  }
  return retention;
}

/** Of each event of a transaction the first report, so that a repeat is known at once. */
async function restoreSeen(ground: Ground): Promise<number> {
  const rows = rowsOf<[facts: string]>(
    ground,
    `SELECT argMin(facts, received_at) FROM trackly.conversions
     WHERE received_at > now() - toIntervalSecond({keep_s:UInt32})
     GROUP BY account_id, transaction, offer_id, event, JSONExtractString(facts, 'credit_by') = 'none'
     SETTINGS optimize_aggregation_in_order = 1`,
    { keep_s: SEEN_KEEP_S },
  );
  const commandsOf = ([facts]: [string]): Command[] => {
    const conversion = decodeConversion(facts);
    const { account_id, offer_id, transaction, conversion_id } = conversion;
    const key = seenKey(conversion, conversionPartition(account_id, offer_id, transaction));
    return [['SET', key, conversion_id, 'NX', 'EX', SEEN_KEEP_S]];
  };
  return writeInGroups(ground.redis, 'transactions', rows, commandsOf, ground.tell);
}

/** Looks again at every transaction that could still find what it is credited to: those that can't wait anew. */
async function restoreWaiting(ground: Ground): Promise<number> {
  let rows = 0;
  const waiting = rowsOf<[account_id: string, offer_id: string, transaction: string]>(
    ground,
    `SELECT account_id, offer_id, transaction FROM trackly.conversions
     WHERE received_at > now() - toIntervalSecond({keep_s:UInt32})
     GROUP BY account_id, transaction, offer_id, conversion_id, line
     HAVING sum(sign) > 0 AND (any(status) = 'unattributed' AND any(reason) IN {reasons:Array(String)}
       OR any(way) = 'coupon' AND any(status) = 'attributed' AND any(message_id) = '')
     SETTINGS optimize_aggregation_in_order = 1`,
    { keep_s: SEEN_KEEP_S, reasons: WAITING_REASONS },
  );
  for await (const group of waiting) {
    const again = group.map(([account_id, offer_id, transaction]) => ({ account_id, offer_id, transaction }));
    await logRows(
      ground.redis,
      again.map((one) => [one, encodeAgain(one)]),
    );
    rows += group.length;
  }
  ground.tell(`waiting conversions: ${rows.toLocaleString('en')}`);
  return rows;
}

/** Numbers of judgements must not come twice. */
async function restoreJudgements(ground: Ground): Promise<void> {
  const query = `SELECT greatest((SELECT max(judgement) FROM trackly.judgements), (SELECT max(judgement) FROM trackly.verdicts))`;
  for await (const group of rowsOf<[number]>(ground, query)) {
    for (const [last] of group) {
      if (last > 0) await ground.redis.set(LAST_JUDGEMENT_KEY, String(last), 'NX');
    }
  }
}
