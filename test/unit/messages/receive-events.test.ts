import { describe, expect, it } from 'vitest';
import { decodeEvent, encodeEvent } from '../../../src/messages/message-event.ts';
import { EventError, parseEvent } from '../../../src/messages/receive-events.ts';

const NOW_MS = Date.parse('2026-11-29T12:00:00Z');
const EVENT = { message_id: 'm-1', state: 'delivered', at: '2026-11-29T11:00:00Z' };

const parse = (input: unknown) => parseEvent(input, 'acc_1', NOW_MS);

describe('an event', () => {
  it.each<[string, unknown]>([
    ['is no object', 'delivered'],
    ['has an unknown property', { ...EVENT, contact_id: 'c' }],
    ['names no message', { state: 'sent', at: EVENT.at }],
    ['has an unknown state', { ...EVENT, state: 'read' }],
    ['has no time', { message_id: 'm', state: 'sent' }],
    ['is of the future', { ...EVENT, at: '2026-12-01T12:00:01Z' }],
    ['is older than 400 days', { ...EVENT, at: '2025-10-01T00:00:00Z' }],
    ['has a code that is no text', { ...EVENT, code: {} }],
    ['has a code with a line break', { ...EVENT, code: 'a\nb' }],
    ['has a code of 65 characters', { ...EVENT, code: 'x'.repeat(65) }],
  ])('is refused where it %s', (_, input) => {
    expect(() => parse(input)).toThrow(EventError);
  });

  it('is given back by the log as it was', () => {
    const { event, warning } = parse({ ...EVENT, code: 30003 });
    expect(warning).toBeUndefined();
    expect(event).toEqual({
      account_id: 'acc_1',
      message_id: 'm-1',
      state: 'delivered',
      at_ms: NOW_MS - 3_600_000,
      code: '30003',
      provider: '',
      received_at_ms: NOW_MS,
    });
    expect(decodeEvent(encodeEvent(event))).toEqual(event);
  });

  it('is taken with a warning where its time has no zone', () => {
    expect(parse({ ...EVENT, at: '2026-11-29T11:00:00' }).warning?.code).toBe('time_without_zone');
  });
});
