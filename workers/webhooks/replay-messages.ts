/**
 * Sends stored messages of a webhook once more, under their own ids and numbers, because somebody asked for it: one replay
 * at a time, beside what is sent anew. Each message has the first REPLAY_TRIES_MAX tries of the schedule, so that those that
 * are refused do not hold up the rest for days; its last outcome is noted under the replay's id, by which a worker that goes
 * on knows what is sent already. Where events can't be read now it stops, and the next look begins it again. With ClickHouse or Redis down it rejects.
 */
import { inParallel } from '../../src/platform/in-parallel.ts';
import { randomShare } from '../../src/platform/random.ts';
import { sleep } from '../../src/platform/sleep.ts';
import { pauseAfter } from '../../src/webhooks/delivery-schedule.ts';
import { endReplay, firstReplay, REPLAY_MESSAGES_MAX, type Replay } from '../../src/webhooks/replays.ts';
import type { Delivery, DeliveryGround } from './delivery.ts';
import { type Events, readEvents, readReplayed, type StoredMessage } from './read-messages.ts';
import { sendMessage } from './send-message.ts';

/** Requests at a time, beside those of new messages. */
const AT_ONCE = 4;
const REPLAY_TRIES_MAX = 3;
const MESSAGES_PER_READ = 100;
/** How soon a replay notices that its worker may not go on. */
const LOOK_EVERY_MS = 250;

/** What a last try came to. */
const LAST = { delivered: 'delivered', failed: 'failed', gone: 'ended' } as const;

/** The delivery was closed, its lock is lost, or events are late: another worker, or a later look, goes on. */
class StoppedError extends Error {
  override name = 'StoppedError';
}

/** Sends what is asked for, until nothing is. Rejects where it was cut off. */
export async function replayMessages(ground: DeliveryGround, delivery: Delivery): Promise<void> {
  for (;;) {
    const replay = await firstReplay(ground.redis, delivery.webhook);
    if (replay === undefined) return;
    await sendAll(ground, delivery, replay);
    await endReplay(ground.redis, replay);
  }
}

async function sendAll(ground: DeliveryGround, delivery: Delivery, replay: Replay): Promise<void> {
  const { clickhouse } = ground;
  for (let after = 0, sent = 0; sent < REPLAY_MESSAGES_MAX; sent += MESSAGES_PER_READ) {
    const page = await readReplayed(clickhouse, delivery.webhook, replay, {
      after,
      limit: MESSAGES_PER_READ,
    });
    const last = page.at(-1);
    if (last === undefined) return;
    const events = await readEvents(clickhouse, delivery.webhook, page);
    // Before any of them is sent, so that none is sent twice.
    if ([...events.values()].includes('late')) throw new StoppedError();
    await inParallel(page, AT_ONCE, (stored) => sendOne(ground, delivery, replay, stored, events));
    after = last.sequence;
  }
}

async function sendOne(
  ground: DeliveryGround,
  delivery: Delivery,
  { replay_id: replay }: Replay,
  stored: StoredMessage,
  found: ReadonlyMap<number, Events>,
): Promise<void> {
  const { sequence, message_id: id } = stored;
  const events = found.get(sequence);
  // They may have expired since it was asked for.
  if (!Array.isArray(events)) return;
  for (let n = 1, pause_ms: number | undefined = 0; pause_ms !== undefined; n++) {
    await untilMayBegin(delivery, pause_ms);
    const answered = await sendMessage(delivery.sending, { id, sequence, events });
    if (delivery.sending.signal.aborted) throw new StoppedError();
    const has_more = answered.result === 'failed' && n < REPLAY_TRIES_MAX;
    pause_ms = has_more ? pauseAfter(n, answered.asked_ms, randomShare()) : undefined;
    const outcome = pause_ms === undefined ? LAST[answered.result] : 'again';
    const { at_ms: at, duration_ms, status, error } = answered;
    const { account_id, webhook_id } = delivery.webhook;
    const next_at = pause_ms === undefined ? 0 : Date.now() + pause_ms;
    ground.metrics.webhookTried(outcome);
    ground.notes.add(
      {
        ...{ account_id, webhook_id, message_id: id, sequence, replay },
        ...{ n, at, duration_ms, status, error, outcome, next_at },
      },
      () => {},
    );
  }
}

/** Waits for `pause_ms`, and until requests may be begun. Throws once they never may. */
async function untilMayBegin(delivery: Delivery, pause_ms: number): Promise<void> {
  const until = performance.now() + pause_ms;
  for (;;) {
    if (delivery.isClosed) throw new StoppedError();
    const left_ms = until - performance.now();
    if (left_ms <= 0 && delivery.mayBegin) return;
    await sleep(Math.min(LOOK_EVERY_MS, Math.max(1, left_ms)));
  }
}
