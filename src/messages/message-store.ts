/**
 * Message records in Redis, each written in one step with its row on the log of sends: a send is logged
 * if and only if its record is created, so repeating a message, in parallel too, counts it once.
 */

import { ENTRIES_MAX, LogFullError } from '../log/append.ts';
import { entryKeys, partitionTag } from '../log/keys.ts';
import { partitionOf } from '../log/partitions.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
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
    links: send.links.map(({ link_key, link_id, offer_id }) => [link_key, link_id, offer_id]),
  };
}

function messagePartition(account_id: string, message_id: string): number {
  return partitionOf(`${account_id}:${message_id}`);
}

export function messageKey(account_id: string, message_id: string): string {
  return `message:${partitionTag(messagePartition(account_id, message_id))}:${account_id}:${message_id}`;
}

const RECORD_SENDS = loadScript(new URL('./lua/record-sends.lua', import.meta.url), { ENTRIES_MAX });

/** In order; undefined for messages that do not exist. */
export async function getMessages(
  redis: RedisClient,
  account_id: string,
  message_ids: readonly string[],
): Promise<(MessageRecord | undefined)[]> {
  const texts = await runAll(
    redis,
    message_ids.map((message_id): Command => ['GET', messageKey(account_id, message_id)]),
  );
  return texts.map((text) => (typeof text === 'string' ? (JSON.parse(text) as MessageRecord) : undefined));
}

/**
 * Writes the records of new messages for `keep_s` seconds and logs their sends, in one step for each partition.
 * Returns for each message the record that another request wrote first, or undefined if this call wrote it. At most
 * ROWS_PER_ENTRY_MAX messages. Safe to repeat; a repeated call returns its own earlier record. Throws LogFullError
 * where a partition holds `bytes_max`.
 */
export async function recordSends(
  redis: RedisClient,
  sends: readonly Send[],
  keep_s: number,
  bytes_max: number,
): Promise<(MessageRecord | undefined)[]> {
  const before: (MessageRecord | undefined)[] = [];
  const byPartition = Map.groupBy(sends.keys(), (i) => {
    const { account_id, message_id } = sends[i] as Send;
    return messagePartition(account_id, message_id);
  });
  await Promise.all(
    [...byPartition].map(async ([partition, indexes]) => {
      const part = indexes.map((i) => sends[i] as Send);
      const reply = await RECORD_SENDS.run(
        redis,
        [
          ...entryKeys(SENDS_LOG, partition),
          ...part.map((send) => messageKey(send.account_id, send.message_id)),
        ],
        [bytes_max, keep_s, ...part.flatMap((send) => [encodeMessage(recordOf(send)), encodeSend(send)])],
      );
      if (!Array.isArray(reply)) throw new LogFullError('the log of sends is full');
      for (const [at, i] of indexes.entries()) {
        const text = reply[at];
        before[i] = typeof text === 'string' ? (JSON.parse(text) as MessageRecord) : undefined;
      }
    }),
  );
  return before;
}
