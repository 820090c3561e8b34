/**
 * Notes in Redis of what was reported on an event of a transaction, so that a repeat is detected at reception. Later
 * repeats, and all after the notes were lost, are detected by the worker. lua/record-conversions.lua keeps the notes.
 */
import { createHash } from 'node:crypto';
import { partitionTag } from '../../log/keys.ts';
import { partitionOf, partitionsBefore } from '../../log/partitions.ts';
import { type Command, type RedisClient, runAll } from '../../platform/redis.ts';
import { type Conversion, isReversal, reversalIdentity, transactionKey } from '../conversion.ts';

/** How long a repeat is detected at reception; later ones are detected by the worker in ClickHouse. */
export const SEEN_KEEP_S = 400 * 24 * 3_600;
const KEY_HASH_LENGTH = 22;
/** 48 bits, compared among the few reports of one key; 24 more tell the upload. */
export const CONTENT_HASH_LENGTH = 8;
const UPLOAD_HASH_LENGTH = 4;
/** Most reports come with no upload. */
const NO_UPLOAD = hashOf([''], UPLOAD_HASH_LENGTH);

/**
 * Key of the notes on an event of a transaction; each refund and chargeback has its own. Reports that cannot be
 * credited have a key of their own, so that they cannot use up the bound of those that can.
 */
export function seenKey(
  conversion: Conversion,
  partition: number = partitionOf(transactionKey(conversion)),
): string {
  const { account_id, offer_id, event, transaction, credit_by } = conversion;
  const own = isReversal(event) ? reversalIdentity(conversion) : event;
  const parts = [account_id, offer_id, own, transaction, ...(credit_by === 'none' ? ['none'] : [])];
  return `seen:${partitionTag(partition)}:${hashOf(parts, KEY_HASH_LENGTH)}`;
}

/**
 * The notes that an earlier layout of partitions got, '' for none, for conversions that are in `partition` now. They
 * change no more; notes in the partition itself take precedence.
 */
export async function seenBefore(
  redis: RedisClient,
  conversions: readonly Conversion[],
  partition: number,
): Promise<string[]> {
  const keys = conversions.map((conversion) =>
    partitionsBefore(transactionKey(conversion), partition).map((earlier) => seenKey(conversion, earlier)),
  );
  const notes = await runAll(
    redis,
    keys.flat().map((key): Command => ['GET', key]),
  );
  let at = 0;
  return keys.map(({ length }) => {
    const of = notes.slice(at, at + length);
    at += length;
    return String(of.find((text) => text !== null) ?? '');
  });
}

/**
 * What a report says, as a short hash, and behind it one of its upload: two with the same are one report, sent twice. One
 * that says the same with another upload is a duplicate too, but it counts once that upload is taken back. The time counts only if it was
 * given: without one it is that of the reception. The ids count only where nothing is credited by them: all clicks of a
 * contact on a message and offer are credited to one.
 */
export function contentOf({ received_at_ms, converted_at_ms, ...conversion }: Conversion): string {
  const { amount, currency, refund_id, reported, reason, subject, credit_by, code, terms } = conversion;
  const ts = converted_at_ms === received_at_ms ? '' : converted_at_ms;
  // Under another model or window the same report may be credited.
  const { model, click_window_days, view_window_hours, min_conversion_seconds } = terms;
  // A link's contact changes when it is erased, and is known by the message; a coupon names its own.
  const contact_id = credit_by === 'click' ? '' : subject.contact_id;
  const credited = [credit_by, subject.message_id || subject.link_id, contact_id, code];
  const whose = credit_by === 'none' ? [reported, reason] : credited;
  const what = [amount, currency, ts, refund_id];
  const rules = [model, click_window_days, view_window_hours, min_conversion_seconds];
  const said = [...what, ...whose, ...rules];
  const upload = conversion.upload_id === '' ? NO_UPLOAD : hashOf([conversion.upload_id], UPLOAD_HASH_LENGTH);
  return hashOf(said, CONTENT_HASH_LENGTH) + upload;
}

/** Notes on one report. */
export const seenValue = (conversion: Conversion): string =>
  `${conversion.conversion_id}=${contentOf(conversion)}`;

function hashOf(parts: readonly unknown[], length: number): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, length);
}
