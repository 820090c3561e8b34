/**
 * Puts contacts on their account's opt-out list whose message has an event opted_out, whoever reported it. An event
 * names a message; the message names its contact. One of a message that does not exist yet waits for it. Safe to run
 * again; with Redis or ClickHouse down it rejects.
 */
import type { MessageEvent } from '../../src/messages/event-fields.ts';
import { readMessage } from '../../src/messages/message-store.ts';
import { OPT_OUT_SOURCES } from '../../src/optouts/opt-out.ts';
import { setOptOut } from '../../src/optouts/opt-out-store.ts';
import { keepWaiting, readWaiting, removeWaiting, type WaitingOptOut } from '../../src/optouts/waiting.ts';
import type { WorkerContext } from '../worker-context.ts';

/** Messages looked up at once; the archive takes 2,000. */
const LOOKUPS_MAX = 200;

type OptOutContext = Pick<WorkerContext, 'redis' | 'reader' | 'contact_key' | 'logger'>;

export async function optOutContacts(context: OptOutContext, events: readonly MessageEvent[]): Promise<void> {
  const opt_outs = events
    .filter(({ state }) => state === 'opted_out')
    .map(({ account_id, message_id, at_ms, provider }): WaitingOptOut => {
      return { account_id, message_id, at_ms, source: provider || OPT_OUT_SOURCES.event };
    });
  for (let from = 0; from < opt_outs.length; from += LOOKUPS_MAX) {
    const part = opt_outs.slice(from, from + LOOKUPS_MAX);
    const unknown = await putOnList(context, part);
    if (unknown.length === 0) continue;
    const left_out = await keepWaiting(context.redis, unknown);
    if (left_out > 0)
      context.logger.warn({ left_out }, 'too many opt-outs wait for a message: some are not kept');
    // A message that was created meanwhile does not look for them again.
    const waiting = unknown.slice(0, unknown.length - left_out);
    const still = new Set(await putOnList(context, waiting));
    await removeWaiting(
      context.redis,
      waiting.filter((one) => !still.has(one)),
    );
  }
}

/** Those whose message is unknown. */
async function putOnList(
  context: OptOutContext,
  opt_outs: readonly WaitingOptOut[],
): Promise<WaitingOptOut[]> {
  const messages = await Promise.all(
    opt_outs.map(({ account_id, message_id }) => readMessage(context.reader, account_id, message_id)),
  );
  for (const [i, one] of opt_outs.entries()) {
    const contact_id = messages[i]?.contact_id;
    if (contact_id !== undefined) await setOptOut(context, { ...one, contact_id, opted_out: true });
  }
  return opt_outs.filter((_, i) => messages[i] === null);
}

/** The same for messages that were just created, whose opt-out came before them. */
export async function optOutEarly(
  context: Pick<WorkerContext, 'redis' | 'contact_key'>,
  messages: readonly { account_id: string; message_id: string; contact_id: string }[],
): Promise<void> {
  const found = await readWaiting(context.redis, messages);
  for (const { message, at_ms, source } of found) {
    const { account_id, message_id, contact_id } = message;
    await setOptOut(context, { account_id, message_id, contact_id, at_ms, source, opted_out: true });
  }
  if (found.length === 0) return;
  await removeWaiting(
    context.redis,
    found.map(({ message }) => message),
  );
}
