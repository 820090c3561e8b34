/**
 * Delivers to one webhook, for as long as this worker has its lock: reads what is to be sent in the order of numbers, sends
 * some at once, notes each try, and tries again by the schedule. It shares nothing with the deliveries of others but the
 * notes, so that a slow receiver delays nobody else. While ClickHouse or Redis is away it waits.
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { InstallationKeySource } from '../../src/access/key-ring.ts';
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { randomShare } from '../../src/platform/random.ts';
import { sleep } from '../../src/platform/sleep.ts';
import { type Progress, readProgress } from '../../src/webhooks/delivery-progress.ts';
import { AT_ONCE_MAX, DeliveryQueue, type Waiting } from '../../src/webhooks/delivery-queue.ts';
import { pauseAfter } from '../../src/webhooks/delivery-schedule.ts';
import { openSecrets } from '../../src/webhooks/secrets.ts';
import { BATCH_EVENTS_MAX, type Webhook } from '../../src/webhooks/webhook.ts';
import type { Lateness } from '../lateness.ts';
import type { AttemptNotes, Outcome } from './note-attempts.ts';
import { type PauseGround, pauseWebhook } from './pause-webhook.ts';
import { beforeFirst, type Events, readEvents, readPage, type StoredMessage } from './read-messages.ts';
import { type Answered, type Sending, sendMessage } from './send-message.ts';

/** Nothing was delivered for so long: the webhook is paused. */
export const FAILING_MS_MAX = 3 * 24 * 3_600_000;
/** Messages that are read ahead, where they have not more than `events_ahead` events. */
const MESSAGES_AHEAD_MAX = 1_000;
/** Events that are begun to be sent in a round while clicks come late into the reports: a batch, or what may be sent at once. */
const EVENTS_A_ROUND_LATE = BATCH_EVENTS_MAX;
/** After a read that failed. */
const READ_AGAIN_MS = 2_000;
/** After a read that found events that are late. */
const LATE_AGAIN_MS = 30_000;
/** Numbers have no gaps: for so long a message that is not found is waited for. */
const MISSING_MS_MAX = 600_000;
/** After that events are read again before they are sent: an erasure may have reached them. */
const READ_AHEAD_MS_MAX = 10_000;
/** A stop waits so long for requests at work. */
const ENDS_WITHIN_MS = 2_000;

export interface DeliveryGround extends PauseGround {
  clickhouse: ClickHouseClient;
  keys: InstallationKeySource;
  notes: AttemptNotes;
  allow_private_endpoints: boolean;
  lateness: Lateness;
  /** Events that one webhook may read ahead now. */
  events_ahead(): number;
}

/** A message with its events, where these were read already. */
interface Ahead {
  stored: StoredMessage;
  events: string[] | undefined;
  read_ms: number;
}

/** Numbers were given that no message is found of. */
class MissingError extends Error {
  override name = 'MissingError';
}

export class Delivery {
  readonly #ground: DeliveryGround;
  readonly #abort = new AbortController();
  readonly #agents = {
    'http:': new HttpAgent({ keepAlive: true, maxSockets: AT_ONCE_MAX }),
    'https:': new HttpsAgent({ keepAlive: true, maxSockets: AT_ONCE_MAX }),
  };
  #webhook: Webhook;
  #sending: Sending;
  #queue = new DeliveryQueue<Ahead>();
  /** The newest number that there is. */
  #head: number;
  /** Up to which messages were read; undefined until the work before is known. */
  #taken: number | undefined;
  /** Delivered or given up, and not noted yet. */
  readonly #unnoted = new Set<number>();
  #failing_since_ms = 0;
  #reading = false;
  #read_again_ms = 0;
  /** Since when messages are missing, by the process's clock. */
  #missing_since: number | undefined;
  /** By the process's clock: until then the lock is surely this worker's. */
  #held_until = 0;
  #closed = false;
  /** It is being paused: nothing more is begun until somebody changes it. */
  #paused = false;

  constructor(ground: DeliveryGround, webhook: Webhook, head: number) {
    this.#ground = ground;
    this.#webhook = webhook;
    this.#head = head;
    this.#sending = this.#openSending();
  }

  get webhook(): Webhook {
    return this.#webhook;
  }

  /** Whether nothing is left to send. */
  get isIdle(): boolean {
    return this.#taken === this.#head && this.#queue.open === 0 && this.#unnoted.size === 0;
  }

  /** Whether it only waits, for a time or for what is new: it costs no more than its memory. */
  get isResting(): boolean {
    const has_read = this.#taken !== undefined && (this.#taken >= this.#head || !this.#queue.isShort);
    return has_read && !this.#reading && this.#queue.isResting(Date.now());
  }

  /** How far it is; undefined until the work before is known. */
  get progress(): Progress | undefined {
    const taken = this.#taken;
    if (taken === undefined) return undefined;
    return {
      done: Math.min(this.#queue.doneTo(taken), ...[...this.#unnoted].map((sequence) => sequence - 1)),
      taken,
      open: this.#queue.open + this.#unnoted.size,
      failures: this.#queue.failures,
      failing_since_ms: this.#failing_since_ms,
      noted_ms: Date.now(),
    };
  }

  /** With what to send from now on, also for a replay. */
  get sending(): Sending {
    return this.#sending;
  }

  /** Whether requests may be begun. */
  get mayBegin(): boolean {
    return !this.#closed && !this.#paused && performance.now() < this.#held_until && !this.#ground.notes.full;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** The lock is this worker's until then. */
  hold(until: number): void {
    this.#held_until = until;
  }

  /** What is known now of the webhook and of its messages. */
  follow(webhook: Webhook, head: number): void {
    if (webhook.updated_at !== this.#webhook.updated_at) {
      this.#webhook = webhook;
      this.#sending = this.#openSending();
      this.#failing_since_ms = 0;
      this.#paused = false;
      this.#queue.tryAll(Date.now());
    }
    this.#head = Math.max(this.#head, head);
    this.pump(true);
  }

  #openSending(): Sending {
    const webhook = this.#webhook;
    const opened = openSecrets(this.#ground.keys, webhook);
    const agent = this.#agents[opened.url.startsWith('https:') ? 'https:' : 'http:'];
    const allow_private = this.#ground.allow_private_endpoints;
    return { webhook, opened, agent, allow_private, signal: this.#abort.signal };
  }

  /** Begins what can be begun now, and reads on. While clicks come late into the reports, it begins little, once a round. */
  pump(round = false): void {
    const is_late = this.#ground.lateness.isLate(Date.now());
    let left = !is_late ? Number.POSITIVE_INFINITY : round ? EVENTS_A_ROUND_LATE : 0;
    while (this.mayBegin && left > 0) {
      const next = this.#queue.next(Date.now());
      if (next === undefined) break;
      left -= next.message.stored.event_ids.length;
      void this.#try(next);
    }
    if (this.mayBegin && !this.#reading && Date.now() >= this.#read_again_ms) void this.#read();
  }

  async #read(): Promise<void> {
    if (this.#taken !== undefined && (this.#taken >= this.#head || !this.#queue.isShort)) return;
    this.#reading = true;
    try {
      this.#taken ??= await this.#begin();
      await this.#readOn(this.#taken);
    } catch {
      // ClickHouse or Redis is away, which readiness reports.
      this.#read_again_ms = Date.now() + READ_AGAIN_MS;
    } finally {
      this.#reading = false;
    }
    this.pump();
  }

  /** Where the worker before has stopped. */
  async #begin(): Promise<number> {
    const { redis, clickhouse } = this.#ground;
    const before = await readProgress(redis, this.#webhook);
    const first = await beforeFirst(clickhouse, this.#webhook);
    // None of those that are to come is there: they have expired, or a replica is behind.
    if (first === undefined && before.done < this.#head) this.#awaitMissing(this.#head - before.done);
    const is_same = Date.parse(this.#webhook.updated_at) <= before.noted_ms;
    this.#queue = new DeliveryQueue<Ahead>(is_same ? before.failures : 0);
    this.#failing_since_ms = is_same ? before.failing_since_ms : 0;
    return Math.min(Math.max(before.done, first ?? this.#head), this.#head);
  }

  async #readOn(after: number): Promise<void> {
    const { clickhouse } = this.#ground;
    const place = this.#webhook;
    const events_max = place.batch?.events_max ?? 1;
    const limit = Math.min(MESSAGES_AHEAD_MAX, Math.ceil(this.#ground.events_ahead() / events_max));
    const { messages, taken, missing } = await readPage(clickhouse, place, {
      after,
      head: this.#head,
      limit,
    });
    this.#awaitMissing(missing);
    const fresh = messages.filter(({ tried }) => tried === undefined).map(({ stored }) => stored);
    const events = await readEvents(clickhouse, place, fresh);
    const read_ms = Date.now();
    const changed_ms = Date.parse(place.updated_at);
    this.#queue.take(
      messages.map(({ stored, tried }): Waiting<Ahead> => {
        const found = events.get(stored.sequence);
        return {
          sequence: stored.sequence,
          message: { stored, events: Array.isArray(found) ? found : undefined, read_ms },
          tries: tried?.tries ?? 0,
          due_ms: tried === undefined || tried.last_ms < changed_ms ? 0 : tried.next_ms,
        };
      }),
    );
    this.#taken = taken;
  }

  /** Throws while messages may still come: a replica is behind. */
  #awaitMissing(missing: number): void {
    if (missing === 0) {
      this.#missing_since = undefined;
      return;
    }
    const now = performance.now();
    this.#missing_since ??= now;
    if (now - this.#missing_since < MISSING_MS_MAX) throw new MissingError();
  }

  async #try({ sequence, message, tries }: Waiting<Ahead>): Promise<void> {
    try {
      const is_new = Date.now() - message.read_ms < READ_AHEAD_MS_MAX;
      const events = (is_new ? message.events : undefined) ?? (await this.#eventsOf(message.stored));
      // Of a retry they are read again: what waits for hours is not kept in memory.
      message.events = undefined;
      if (events === 'late') this.#queue.putBack(sequence, Date.now() + LATE_AGAIN_MS);
      else if (events === 'gone') this.#giveUp(message.stored, tries + 1);
      else {
        const answered = await sendMessage(this.#sending, {
          id: message.stored.message_id,
          sequence,
          events,
        });
        // Cut off: nobody knows what became of it, so it is sent again.
        if (this.#abort.signal.aborted && answered.result === 'failed') return;
        this.#settle(message.stored, tries + 1, answered);
      }
    } catch {
      this.#queue.putBack(sequence, Date.now() + READ_AGAIN_MS);
    }
    this.pump();
  }

  async #eventsOf(stored: StoredMessage): Promise<Events> {
    const found = await readEvents(this.#ground.clickhouse, this.#webhook, [stored]);
    return found.get(stored.sequence) ?? 'late';
  }

  #settle(stored: StoredMessage, n: number, answered: Answered): void {
    const { metrics } = this.#ground;
    const { result, asked_ms } = answered;
    if (result === 'delivered') {
      this.#queue.delivered(stored.sequence);
      this.#failing_since_ms = 0;
      this.#note(stored, n, answered, 'delivered');
      metrics.webhookDelivered(Math.max(0, Date.now() - stored.happened_ms) / 1_000);
      return;
    }
    const pause_ms = result === 'gone' ? undefined : pauseAfter(n, asked_ms, randomShare());
    const due_ms = pause_ms === undefined ? undefined : Date.now() + pause_ms;
    this.#queue.failed(stored.sequence, due_ms);
    if (asked_ms > 0) this.#queue.leaveAlone(Date.now() + asked_ms);
    const given_up = result === 'gone' ? 'ended' : 'failed';
    this.#note(stored, n, answered, due_ms === undefined ? given_up : 'again', due_ms);
    this.#failing_since_ms ||= answered.at_ms;
    if (result === 'gone') void this.#pause('gone');
    else if (Date.now() - this.#failing_since_ms >= FAILING_MS_MAX) void this.#pause('failing');
  }

  #giveUp(stored: StoredMessage, n: number): void {
    const answered = { at_ms: Date.now(), duration_ms: 0, status: 0, error: 'its events are no longer kept' };
    this.#queue.failed(stored.sequence, undefined);
    this.#note(stored, n, answered, 'failed');
  }

  #note(
    { sequence, message_id }: StoredMessage,
    n: number,
    { at_ms: at, duration_ms, status, error }: Pick<Answered, 'at_ms' | 'duration_ms' | 'status' | 'error'>,
    outcome: Outcome,
    next_at = 0,
  ): void {
    const { account_id, webhook_id } = this.#webhook;
    if (outcome !== 'again') this.#unnoted.add(sequence);
    this.#ground.metrics.webhookTried(outcome);
    this.#ground.notes.add(
      {
        account_id,
        webhook_id,
        sequence,
        message_id,
        n,
        at,
        duration_ms,
        status,
        error,
        outcome,
        next_at,
        replay: '',
      },
      () => this.#unnoted.delete(sequence),
    );
  }

  async #pause(reason: 'gone' | 'failing'): Promise<void> {
    if (this.#paused) return;
    this.#paused = true;
    await pauseWebhook(this.#ground, this.#webhook, reason).catch(() => {
      // Redis is away: the next answer asks for it again.
      this.#paused = false;
    });
  }

  /** Begins no more; waits a little for what is at work, and cuts the rest off. */
  async close(): Promise<void> {
    this.#closed = true;
    for (let waited = 0; this.#queue.sending > 0 && waited < ENDS_WITHIN_MS; waited += 50) await sleep(50);
    this.#abort.abort();
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}
