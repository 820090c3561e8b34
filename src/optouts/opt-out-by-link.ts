/**
 * A recipient opts out by the link in a message: the message gets an event opted_out, once however often it is asked,
 * and the contact is put on the account's list. With Redis down, or the log of events full, it rejects and may be
 * repeated.
 */
import { ENTRIES_MAX } from '../log/append.ts';
import { inPartitions } from '../log/in-partitions.ts';
import { entryKeys, partitionTag } from '../log/keys.ts';
import { partitionShare, partitionsBefore } from '../log/partitions.ts';
import { refusal } from '../log/refusal.ts';
import { EVENTS_LOG, encodeEvent, messageRoute } from '../messages/message-event.ts';
import { type Command, runAll } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { OPT_OUT_SOURCES, type OptOut } from './opt-out.ts';
import { type OptOutGround, setOptOut } from './opt-out-store.ts';

const LOG = loadScript(new URL('./lua/log-opt-out.lua', import.meta.url), { ENTRIES_MAX });

export interface LinkOptOutGround extends OptOutGround {
  /** Bytes of payload that the log of events may hold. */
  log_bytes_max: number;
  /** How long it is remembered that the event was logged: as long as the link is in Redis. */
  keep_s: number;
}

/** Set while the event of a message's opt-out link is known to be logged. */
const markKey = (partition: number, account_id: string, message_id: string): string =>
  `opted_out:${partitionTag(partition)}:${account_id}:${message_id}`;

/** Throws LogFullError. */
export async function optOutByLink(
  ground: LinkOptOutGround,
  { account_id, message_id, contact_id }: Pick<OptOut, 'account_id' | 'message_id' | 'contact_id'>,
  now_ms: number,
): Promise<void> {
  const said = { account_id, message_id, at_ms: now_ms };
  const row = encodeEvent({
    ...said,
    ...{ state: 'opted_out', code: '', provider: OPT_OUT_SOURCES.link, received_at_ms: now_ms },
  });
  const { redis, log_bytes_max, keep_s } = ground;
  await inPartitions(redis, [said], messageRoute, async (partition) => {
    const earlier = partitionsBefore(messageRoute(said), partition);
    const marks = earlier.map((one) => markKey(one, account_id, message_id));
    // Nothing is written to earlier partitions any more: a mark that is there was set before.
    const marked = await runAll(
      redis,
      marks.map((key): Command => ['EXISTS', key]),
    );
    if (marked.includes(1)) return;
    const keys = [...entryKeys(EVENTS_LOG, partition), markKey(partition, account_id, message_id)];
    const logged = Number(await LOG.run(redis, keys, [partitionShare(log_bytes_max), keep_s, row]));
    if (logged < 0) throw refusal(EVENTS_LOG, partition, logged);
  });
  await setOptOut(ground, { ...said, contact_id, opted_out: true, source: OPT_OUT_SOURCES.link });
}
