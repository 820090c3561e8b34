/**
 * Divides the webhooks that have something to be sent among the workers: each takes the lock of some and delivers to them
 * (delivery.ts), and leaves it when all is sent. The lock is extended while its worker lives; LOCK_MS after its last sign
 * another one goes on, from what is noted in ClickHouse. Also sees to it that a backlog stays below its bound. With Redis or
 * ClickHouse down nothing new is begun.
 */

import { inParallel } from '../../src/platform/in-parallel.ts';
import { newProducerId } from '../../src/platform/random.ts';
import { type Rounds, runRounds } from '../../src/platform/sleep.ts';
import {
  BACKLOG_MAX,
  backlogOf,
  noteProgress,
  type Progress,
  readProgress,
} from '../../src/webhooks/delivery-progress.ts';
import { waitingReplays } from '../../src/webhooks/replays.ts';
import type { Webhook } from '../../src/webhooks/webhook.ts';
import type { WebhookCache } from '../../src/webhooks/webhook-cache.ts';
import { allWebhooks, type WebhookPlace } from '../../src/webhooks/webhook-store.ts';
import { holdLock, type Lock, leaveLock } from '../locks.ts';
import { Delivery, type DeliveryGround } from './delivery.ts';
import { openAttemptNotes } from './note-attempts.ts';
import { type PauseGround, pauseWebhook } from './pause-webhook.ts';
import { readHeads } from './read-messages.ts';
import { replayMessages } from './replay-messages.ts';

const LOCK_MS = 5_000;
/** The lock is extended so often in its time. */
const HOLDS = 4;
/** Before its end no request is begun any more. */
const MARGIN_MS = 1_000;
const ROUND_MS = 200;
/** While there is no webhook. */
const NONE_MS = 1_000;
/** Webhooks that one worker process delivers to at a time, each with some requests at once. */
const DELIVERIES_MAX = 250;
/**
 * Events that all of them may have read ahead, and each of them at least and at most: most of what a read costs it costs
 * once, however many events it reads. An event takes about 1.5 kB.
 */
const EVENTS_AHEAD_ALL = 50_000;
const EVENTS_AHEAD_MIN = 500;
const EVENTS_AHEAD_MAX = 10_000;
/** With those that only wait for their next try, which cost memory. */
const HELD_MAX = 2_500;
/** How often a webhook without anything new is looked at: for replays, and what another worker has left. */
const LOOK_EVERY_MS = 2_000;
/** One that has nothing left is kept for so long, for what comes next. */
const IDLE_MS = 10_000;
const NOTE_EVERY_MS = 1_000;
/** Webhooks that are looked at together: their commands to Redis travel together. */
const SEEN_AT_ONCE = 64;

interface Held {
  delivery: Delivery;
  locked_at: number;
  noted_at: number;
  looked_at: number;
  busy_at: number;
  replaying: boolean;
  /** Its progress as it was noted last, without the time. */
  noted: string;
}

const isBusy = ({ delivery, replaying }: Held): boolean => replaying || !delivery.isResting;

const lockOf = ({ account_id, webhook_id }: WebhookPlace, who: string): Lock => ({
  key: `webhook_lock:${account_id}:${webhook_id}`,
  ...{ who, lock_ms: LOCK_MS },
});

export type DeliverGround = Omit<DeliveryGround, 'notes' | 'events_ahead'> & { webhooks: WebhookCache };
type BoundGround = PauseGround & Pick<DeliverGround, 'clickhouse' | 'webhooks'>;

export function deliverMessages(ground: DeliverGround): Rounds {
  const notes = openAttemptNotes(ground);
  const deliveries = new Deliveries({ ...ground, notes }, ground.webhooks);
  const rounds = runRounds(() => deliveries.round());
  return {
    get closed() {
      return rounds.closed;
    },
    async close() {
      await rounds.close();
      await deliveries.close(() => notes.close());
    },
  };
}

const keepsMore = ({ paused }: Webhook): boolean => paused?.reason !== 'full' && paused?.reason !== 'gone';

/** 0 where its progress is lost, or not noted yet: nobody knows how much waits. */
const waitingOf = (head: number, progress: Progress): number =>
  progress.noted_ms === 0 ? 0 : backlogOf(head, progress);

/**
 * A look that pauses those for which too much waits, and more than at the look before: one that is over its bound and
 * drains goes on. Also where nobody delivers to them now.
 */
export function backlogBound(ground: BoundGround): () => Promise<void> {
  /** By webhook, of those over the bound. */
  let before = new Map<string, number>();
  return async () => {
    const over = new Map<string, number>();
    for (const [place, waiting] of await overBound(ground)) {
      over.set(place.webhook_id, waiting);
      const is_more = waiting > (before.get(place.webhook_id) ?? waiting);
      if (is_more) await pauseWebhook(ground, place, 'full');
    }
    before = over;
  };
}

/** Those for which too much waits, and how much; not those that are paused so that nothing more is kept. */
async function overBound({
  redis,
  clickhouse,
  webhooks,
}: BoundGround): Promise<[place: WebhookPlace, waiting: number][]> {
  const found: [WebhookPlace, number][] = [];
  const heads = await readHeads(clickhouse);
  for (const place of await allWebhooks(redis)) {
    const head = heads.get(place.webhook_id) ?? 0;
    if (head <= BACKLOG_MAX) continue;
    const webhook = (await webhooks.of(place.account_id)).find((one) => one.webhook_id === place.webhook_id);
    if (webhook === undefined || !keepsMore(webhook)) continue;
    const waiting = waitingOf(head, await readProgress(redis, place));
    if (waiting > BACKLOG_MAX) found.push([place, waiting]);
  }
  return found;
}

class Deliveries {
  readonly #ground: DeliveryGround;
  readonly #webhooks: WebhookCache;
  readonly #who = newProducerId();
  readonly #held = new Map<string, Held>();
  /** Of those that are held, how many do not only wait; counted once a round. */
  #busy = 0;
  readonly #leaving = new Map<string, Promise<unknown>>();
  /** When a webhook that is not delivered to here was looked at, and the number of its newest message then. */
  readonly #looked = new Map<string, { at: number; head: number }>();

  constructor(ground: Omit<DeliveryGround, 'events_ahead'>, webhooks: WebhookCache) {
    this.#ground = { ...ground, events_ahead: () => this.#eventsAhead() };
    this.#webhooks = webhooks;
  }

  #eventsAhead(): number {
    const share = Math.floor(EVENTS_AHEAD_ALL / Math.max(1, this.#busy));
    return Math.min(EVENTS_AHEAD_MAX, Math.max(EVENTS_AHEAD_MIN, share));
  }

  /** Never rejects. Resolves with the rest before the next one. */
  async round(): Promise<number> {
    try {
      const places = await allWebhooks(this.#ground.redis);
      if (places.length === 0 && this.#held.size === 0) return NONE_MS;
      const heads = await readHeads(this.#ground.clickhouse);
      const there = new Set(places.map(({ webhook_id }) => webhook_id));
      for (const [webhook_id, held] of this.#held) if (!there.has(webhook_id)) this.#leave(held);
      this.#busy = [...this.#held.values()].filter(isBusy).length;
      await inParallel(places, SEEN_AT_ONCE, (place) => this.#see(place, heads.get(place.webhook_id) ?? 0));
      for (const webhook_id of this.#looked.keys())
        if (!there.has(webhook_id)) this.#looked.delete(webhook_id);
    } catch {
      // Redis or ClickHouse is away, which readiness reports. What is held goes on until its lock ends.
      for (const { delivery } of this.#held.values()) delivery.pump(true);
    }
    return ROUND_MS;
  }

  async #see(place: WebhookPlace, head: number): Promise<void> {
    const found = await this.#webhooks.of(place.account_id);
    const webhook = found.find(({ webhook_id }) => webhook_id === place.webhook_id);
    const is_active = webhook?.status === 'active';
    const held = this.#held.get(place.webhook_id);
    if (held !== undefined && !is_active) this.#leave(held);
    else if (held !== undefined) await this.#goOn(held, webhook as Webhook, head);
    else if (is_active && (await this.#hasWork(place, head))) await this.#take(webhook, head);
  }

  /** Looked at when something is new, and now and then. */
  async #hasWork(place: WebhookPlace, head: number): Promise<boolean> {
    if (this.#busy >= DELIVERIES_MAX || this.#held.size >= HELD_MAX) return false;
    if (this.#leaving.has(place.webhook_id)) return false;
    const now = performance.now();
    const looked = this.#looked.get(place.webhook_id);
    if (looked?.head === head && now - looked.at < LOOK_EVERY_MS) return false;
    this.#looked.set(place.webhook_id, { at: now, head });
    const { redis } = this.#ground;
    return (await readProgress(redis, place)).done < head || (await waitingReplays(redis, place)) > 0;
  }

  async #take(webhook: Webhook, head: number): Promise<void> {
    const now = performance.now();
    if (!(await this.#lock(webhook))) return;
    let delivery: Delivery;
    try {
      delivery = new Delivery(this.#ground, webhook, head);
    } catch {
      this.#unopened(webhook);
      return;
    }
    const held: Held = {
      ...{ delivery, locked_at: now, noted_at: now, looked_at: 0, busy_at: now },
      ...{ replaying: false, noted: '' },
    };
    delivery.hold(now + LOCK_MS - MARGIN_MS);
    this.#held.set(webhook.webhook_id, held);
    this.#busy++;
    this.#replay(held);
    delivery.pump();
  }

  /** They were sealed under another installation key. */
  #unopened({ webhook_id }: Webhook): void {
    this.#ground.logger.error({ webhook_id }, 'the secrets of a webhook can not be opened');
  }

  async #goOn(held: Held, webhook: Webhook, head: number): Promise<void> {
    const { delivery } = held;
    const now = performance.now();
    if (now - held.locked_at > LOCK_MS / HOLDS) {
      // Taken anew where it has ended: nobody else had it meanwhile, or it is refused.
      if (!(await this.#lock(webhook))) {
        this.#leave(held);
        return;
      }
      held.locked_at = now;
      delivery.hold(now + LOCK_MS - MARGIN_MS);
    }
    try {
      delivery.follow(webhook, head);
    } catch {
      this.#unopened(webhook);
      this.#leave(held);
      return;
    }
    if (now - held.noted_at > NOTE_EVERY_MS) {
      held.noted_at = now;
      await this.#note(held);
    }
    if (!delivery.isIdle || held.replaying) held.busy_at = now;
    if (now - held.looked_at > LOOK_EVERY_MS) {
      held.looked_at = now;
      this.#replay(held);
    }
    if (now - held.busy_at > IDLE_MS) this.#leave(held);
  }

  /** Beside the rest. Where it is cut off, the next look begins it again. */
  #replay(held: Held): void {
    if (held.replaying) return;
    held.replaying = true;
    void replayMessages(this.#ground, held.delivery)
      .catch(() => {})
      .finally(() => {
        held.replaying = false;
      });
  }

  async #note(held: Held): Promise<void> {
    const { progress, webhook } = held.delivery;
    if (progress === undefined) return;
    const { noted_ms: _, ...state } = progress;
    const text = JSON.stringify(state);
    if (text === held.noted) return;
    await noteProgress(this.#ground.redis, webhook, progress);
    held.noted = text;
  }

  #lock(place: WebhookPlace): Promise<boolean> {
    return holdLock(this.#ground.redis, lockOf(place, this.#who), true);
  }

  /** Nothing is left to do, or nothing may be done: whoever goes on need not wait. It holds up no other webhook. */
  #leave(held: Held): void {
    const { delivery } = held;
    const { webhook } = delivery;
    this.#held.delete(webhook.webhook_id);
    const leaving = delivery
      .close()
      .then(() => this.#note(held))
      .then(() => leaveLock(this.#ground.redis, lockOf(webhook, this.#who)))
      .catch(() => {})
      .finally(() => this.#leaving.delete(webhook.webhook_id));
    this.#leaving.set(webhook.webhook_id, leaving);
  }

  /** `flush` notes what was sent. */
  async close(flush: () => Promise<void>): Promise<void> {
    const all = [...this.#held.values()];
    await Promise.all(all.map(({ delivery }) => delivery.close()));
    await flush();
    for (const held of all) this.#leave(held);
    await Promise.all(this.#leaving.values());
  }
}
