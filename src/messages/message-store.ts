/**
 * Message records in Redis, each written in one step with its row on the log of sends: a send is logged
 * if and only if its record is created, so repeating a message, in parallel too, counts it once.
 */

import { ENTRIES_MAX } from '../log/append.ts';
import { inPartitions } from '../log/in-partitions.ts';
import { entryKeys, partitionTag } from '../log/keys.ts';
import { partitionOf, partitionShare, partitionsBefore, partitionsOf } from '../log/partitions.ts';
import { refusal } from '../log/refusal.ts';
import type { BatchedReader } from '../platform/record-cache.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { messageRoute } from './message-event.ts';
import { encodeSend, SENDS_LOG, type Send } from './send.ts';

export interface MessageRecord {
  contact_id: string;
  creative_id: string;
  campaign_id: string;
  variant_id: string;
  /** Tracking domain of its links; missing: the installation's own. */
  domain?: string;
  sent_at_ms: number;
  logged_at_ms: number;
  fields?: Record<string, string>;
  /** Set where it is a test. */
  is_test?: true;
  links: [link_key: string, link_id: string, offer_id: string][];
}

export const encodeMessage = (record: MessageRecord): string => JSON.stringify(record);

/** The record of a message, rebuilt from its send. Pure. */
export function recordOf(send: Send): MessageRecord {
  const { contact_id, creative_id, campaign_id, variant_id, domain, sent_at_ms, logged_at_ms, fields } = send;
  return {
    contact_id,
    creative_id,
    campaign_id,
    variant_id,
    ...(domain === '' ? {} : { domain }),
    sent_at_ms,
    logged_at_ms,
    ...(Object.keys(fields).length > 0 ? { fields } : {}),
    ...(send.is_test ? { is_test: true } : {}),
    links: send.links.map(({ link_key, link_id, offer_id }) => [link_key, link_id, offer_id]),
  };
}

type OfMessage = Pick<Send, 'account_id' | 'message_id'>;

const keyIn = (partition: number, of: OfMessage): string =>
  `message:${partitionTag(partition)}:${messageRoute(of)}`;

/** Where the record of a message is written now. */
export const messageKey = (account_id: string, message_id: string): string =>
  keyIn(partitionOf(messageRoute({ account_id, message_id })), { account_id, message_id });

/** Where it may be: the place above first, then those of earlier layouts of partitions. */
function messageKeys(of: OfMessage): [present: string, ...string[]] {
  return partitionsOf(messageRoute(of)).map((partition) => keyIn(partition, of)) as [string, ...string[]];
}

/** The record, wherever it is, or null. Rejects when neither Redis nor the archive answers. */
export async function readMessage(
  reader: BatchedReader,
  account_id: string,
  message_id: string,
): Promise<MessageRecord | null> {
  const [present, ...others] = messageKeys({ account_id, message_id });
  const text = await reader.read(present, { others });
  return text === null ? null : (JSON.parse(text) as MessageRecord);
}

const RECORD_SENDS = loadScript(new URL('./lua/record-sends.lua', import.meta.url), { ENTRIES_MAX });

/** In order; undefined for messages that do not exist. */
export async function getMessages(
  redis: RedisClient,
  account_id: string,
  message_ids: readonly string[],
): Promise<(MessageRecord | undefined)[]> {
  return readFirst(
    redis,
    message_ids.map((message_id) => messageKeys({ account_id, message_id })),
  );
}

/** The record at the first of each one's keys that has one. */
async function readFirst(
  redis: RedisClient,
  keys: readonly (readonly string[])[],
): Promise<(MessageRecord | undefined)[]> {
  const texts = await runAll(
    redis,
    keys.flat().map((key): Command => ['GET', key]),
  );
  let at = 0;
  return keys.map(({ length }) => {
    const text = texts.slice(at, at + length).find((one) => one !== null);
    at += length;
    return typeof text === 'string' ? (JSON.parse(text) as MessageRecord) : undefined;
  });
}

/**
 * Writes the records of new messages for `keep_s` seconds and logs their sends, in one step for each partition.
 * Returns for each message the record that another request wrote first, or undefined if this call wrote it. At most
 * ROWS_PER_ENTRY_MAX messages. Safe to repeat; a repeated call returns its own earlier record. Throws LogFullError
 * where a partition holds its share of `bytes_max`.
 */
export async function recordSends(
  redis: RedisClient,
  sends: readonly Send[],
  keep_s: number,
  bytes_max: number,
): Promise<(MessageRecord | undefined)[]> {
  const before: (MessageRecord | undefined)[] = [];
  const keyOf = (i: number): string => messageRoute(sends[i] as Send);
  await inPartitions(redis, [...sends.keys()], keyOf, async (partition, indexes) => {
    // Nothing is written to earlier partitions any more: a record that is there was there before.
    const earlier = await readFirst(
      redis,
      indexes.map((i) => partitionsBefore(keyOf(i), partition).map((one) => keyIn(one, sends[i] as Send))),
    );
    for (const [at, i] of indexes.entries()) before[i] = earlier[at];
    const fresh = indexes.filter((i) => before[i] === undefined);
    if (fresh.length === 0) return;
    const part = fresh.map((i) => sends[i] as Send);
    const reply = await RECORD_SENDS.run(
      redis,
      [...entryKeys(SENDS_LOG, partition), ...part.map((send) => keyIn(partition, send))],
      [
        partitionShare(bytes_max),
        keep_s,
        ...part.flatMap((send) => [encodeMessage(recordOf(send)), encodeSend(send)]),
      ],
    );
    if (!Array.isArray(reply)) throw refusal(SENDS_LOG, partition, Number(reply));
    for (const [at, i] of fresh.entries()) {
      const text = reply[at];
      before[i] = typeof text === 'string' ? (JSON.parse(text) as MessageRecord) : undefined;
    }
  });
  return before;
}
