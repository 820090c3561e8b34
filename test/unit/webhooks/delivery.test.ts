import { describe, expect, it } from 'vitest';
import {
  AT_ONCE_MAX,
  DeliveryQueue,
  FAILURES_MAX,
  RETRIES_MAX,
  type Waiting,
} from '../../../src/webhooks/delivery-queue.ts';
import { pauseAfter, retryAfterMs, TRIES_MAX } from '../../../src/webhooks/delivery-schedule.ts';
import { numberMessages, type WaitingEvent } from '../../../src/webhooks/messages.ts';

const waiting = (sequence: number, tries = 0, due_ms = 0): Waiting<string> => ({
  ...{ sequence, tries, due_ms, message: `m${sequence}` },
});
const numbers = (from: number, count: number): Waiting<string>[] =>
  Array.from({ length: count }, (_, i) => waiting(from + i));

/** The numbers that begin at this time. */
function begun(queue: DeliveryQueue<string>, now_ms = 0): number[] {
  const found: number[] = [];
  for (let next = queue.next(now_ms); next !== undefined; next = queue.next(now_ms))
    found.push(next.sequence);
  return found;
}

describe('the schedule of tries', () => {
  it('is that of Standard Webhooks, each pause up to a fifth longer or shorter', () => {
    const hour = 3_600_000;
    const wanted = [
      5_000,
      300_000,
      1_800_000,
      2 * hour,
      5 * hour,
      10 * hour,
      14 * hour,
      20 * hour,
      24 * hour,
    ];
    expect(wanted.map((_, i) => pauseAfter(i + 1, 0, 0.5))).toEqual(wanted);
    expect(pauseAfter(1, 0, 0)).toBe(4_000);
    expect(pauseAfter(1, 0, 1)).toBe(6_000);
    expect(pauseAfter(TRIES_MAX, 0, 0.5)).toBeUndefined();
  });

  it.each([
    ['120', 120_000],
    [' 5 ', 5_000],
    ['Thu, 01 Jan 1970 00:02:00 GMT', 120_000],
    ['999999999', 24 * 3_600_000],
    ['soon', 0],
    ['-5', 0],
    [undefined, 0],
  ])('Retry-After: %s', (header, ms) => {
    expect(retryAfterMs(header, 0)).toBe(ms);
  });

  it('waits for as long as the receiver asks, where that is longer', () => {
    expect(pauseAfter(1, 60_000, 0.5)).toBe(60_000);
    expect(pauseAfter(2, 60_000, 0.5)).toBe(300_000);
  });
});

describe('the queue of a webhook', () => {
  it('begins in order, a bounded number at once', () => {
    const queue = new DeliveryQueue<string>();
    queue.take(numbers(1, 40));
    expect(begun(queue)).toEqual(Array.from({ length: AT_ONCE_MAX }, (_, i) => i + 1));
    queue.delivered(3);
    expect(begun(queue)).toEqual([AT_ONCE_MAX + 1]);
    expect(queue.doneTo(40)).toBe(0);
    queue.delivered(1);
    queue.delivered(2);
    expect(queue.doneTo(40)).toBe(3);
  });

  it('tries one message alone after many failures, and goes on with all once it is taken', () => {
    const queue = new DeliveryQueue<string>();
    queue.take(numbers(1, 40));
    for (const sequence of begun(queue)) queue.failed(sequence, 5_000);
    expect(queue.failures).toBe(AT_ONCE_MAX);
    expect(begun(queue, 4_999)).toEqual([]);
    expect(begun(queue, 5_000)).toEqual([1]);
    queue.failed(1, 300_000);
    // That message alone is tried, at its pauses.
    expect(begun(queue, 299_999)).toEqual([]);
    expect(begun(queue, 300_000)).toEqual([1]);
    queue.delivered(1);
    expect(begun(queue, 300_000)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
  });

  it('goes on alone where the worker before has noted the failures', () => {
    const queue = new DeliveryQueue<string>(FAILURES_MAX);
    queue.take(numbers(1, 3));
    expect(begun(queue)).toEqual([1]);
  });

  it('begins nothing while the receiver asks to be left alone, until somebody changes the webhook', () => {
    const queue = new DeliveryQueue<string>();
    queue.take([waiting(1, 1, 9_000), waiting(2)]);
    queue.leaveAlone(60_000);
    expect(begun(queue, 59_999)).toEqual([]);
    queue.tryAll(1_000);
    expect(begun(queue, 1_000)).toEqual([1, 2]);
  });

  it('rests while it only waits', () => {
    const queue = new DeliveryQueue<string>();
    queue.take([waiting(1)]);
    expect(queue.isResting(0)).toBe(false);
    begun(queue);
    expect(queue.isResting(0)).toBe(false);
    queue.failed(1, 5_000);
    expect([queue.isResting(4_999), queue.isResting(5_000)]).toEqual([true, false]);
    // Behind an open breaker what is fresh waits too.
    const broken = new DeliveryQueue<string>(FAILURES_MAX);
    broken.take([waiting(1, 1, 9_000), waiting(2)]);
    expect([broken.isResting(8_999), broken.isResting(9_000)]).toEqual([true, false]);
  });

  it('takes nothing new on while too many wait for their next try', () => {
    const queue = new DeliveryQueue<string>();
    queue.take(Array.from({ length: RETRIES_MAX }, (_, i) => waiting(i + 1, 1, 1_000)));
    queue.take([waiting(RETRIES_MAX + 1)]);
    expect(begun(queue)).toEqual([]);
    expect(queue.isShort).toBe(false);
    expect(begun(queue, 1_000)).toHaveLength(AT_ONCE_MAX);
    expect(queue.open).toBe(RETRIES_MAX + 1);
  });

  it('gives up what is never to be tried again', () => {
    const queue = new DeliveryQueue<string>();
    queue.take(numbers(1, 2));
    begun(queue);
    queue.failed(1, undefined);
    expect(queue.doneTo(2)).toBe(1);
    queue.putBack(2, 50);
    expect([begun(queue, 49), begun(queue, 50)]).toEqual([[], [2]]);
  });
});

describe('numbers of messages', () => {
  const event = (webhook_id: string, n: number, events_max = 1): WaitingEvent => ({
    ...{ account_id: 'acc', webhook_id, events_max, event_id: `evt_${n}`, type: 'click.human' },
    ...{ happened_at_ms: n, inserted_at_ms: 100 + n, batch: `b${n % 2}` },
  });
  const place = (last: Map<string, number>) => ({ shard: 0, block: 7, last });

  it('follow those before without a gap, each webhook by itself', () => {
    const last = new Map([['a', 4]]);
    const events = [event('a', 1), event('b', 2), event('a', 3)];
    expect(
      numberMessages(events, place(last)).map((one) => [one.webhook_id, one.sequence, one.message_id]),
    ).toEqual([
      ['a', 5, 'evt_1'],
      ['a', 6, 'evt_3'],
      ['b', 1, 'evt_2'],
    ]);
    expect([...last]).toEqual([
      ['a', 6],
      ['b', 1],
    ]);
  });

  it('are of batches where the webhook takes them, under the same id however often they are made', () => {
    const events = [1, 2, 3].map((n) => event('a', n, 2));
    const make = () => numberMessages(events, place(new Map()));
    expect(make()).toEqual(make());
    expect(make().map(({ event_ids }) => event_ids)).toEqual([['evt_1', 'evt_2'], ['evt_3']]);
    expect(make()[0]).toMatchObject({
      ...{ message_id: expect.stringMatching(/^msg_[0-9a-f]{32}$/), batches: ['b1', 'b0'] },
      ...{ happened_at: 1, events_from: 101, events_to: 102 },
    });
  });
});
