import { describe, expect, it } from 'vitest';
import type { Conversion } from '../../../src/conversions/conversion.ts';
import type { Line } from '../../../src/conversions/line.ts';
import { type Booked, conversionEvents, type Happening, type Tap } from '../../../src/webhooks/events.ts';
import {
  isWanted,
  keptEvent,
  sentEvent,
  type Wanting,
  wantingOf,
} from '../../../src/webhooks/wanted-events.ts';
import type { Webhook } from '../../../src/webhooks/webhook.ts';

const EVENT: Happening = {
  ...{ id: 'evt_1', type: 'click.human', account_id: 'acc', at_ms: 1_000, click_id: 'c', conversion_id: '' },
  contact_id: 'ann',
  data: { click_id: 'c', contact_id: null, offer_id: 'off_1', country: 'DE', is_first: true },
  query: { sub1: 'blue' },
};
const WANTING: Wanting = {
  ...{
    account_id: 'acc',
    webhook_id: 'whk',
    events: ['click.human'],
    filter: {},
    fields: null,
    events_max: 1,
  },
};
const kept = (wanting: Wanting, event = EVENT, pseudonym?: string) =>
  keptEvent(wanting, event, { position: 0, batch: 'b', pseudonym }, []);

describe('what a webhook is sent', () => {
  it.each([
    [{}, true],
    [{ offer_id: ['off_2', 'off_1'] }, true],
    [{ offer_id: ['off_2'] }, false],
    [{ offer_id: ['off_1'], country: ['US'] }, false],
    // A field that the kind of event does not have lets none through.
    [{ event: ['sale'] }, false],
  ])('by its filter %j: %s', (filter, wanted) => {
    expect(isWanted({ events: ['click.human'], filter }, EVENT)).toBe(wanted);
  });

  it('by its events', () => {
    expect(isWanted({ events: ['click.bot'], filter: {} }, EVENT)).toBe(false);
  });

  it('is kept without what names a person, and put together again', () => {
    const stored = kept(WANTING);
    expect(stored.body).not.toMatch(/ann|blue/);
    expect(sentEvent(stored)).toEqual({
      ...{ id: 'evt_1', type: 'click.human', timestamp: '1970-01-01T00:00:01.000Z' },
      data: { ...EVENT.data, contact_id: 'ann', query: { sub1: 'blue' } },
    });
    // As an erasure leaves it.
    const erased = sentEvent({ ...stored, contact_id: 'erased_1', private: '' });
    expect(erased.data).toEqual({ ...EVENT.data, contact_id: 'erased_1' });
  });

  it('is only what its fields say, and no contact where that may not be passed on', () => {
    const stored = kept({ ...WANTING, fields: ['click_id'] });
    expect(stored.private).toBe('');
    expect(sentEvent(stored).data).toEqual({ click_id: 'c' });
    const objected = { ...EVENT, data: { ...EVENT.data, contact_id: '' }, query: {} };
    expect(sentEvent(kept(WANTING, objected)).data['contact_id']).toBe('');
  });

  it('is put together where its values look like its fields, or it has only what the tap brought', () => {
    const offer_id = '"contact_id":null,"query":{}';
    const odd = { ...EVENT, contact_id: '$&"', data: { offer_id, contact_id: null }, query: { '"}': '$1' } };
    expect(sentEvent(kept(WANTING, odd)).data).toEqual({ ...odd.data, contact_id: '$&"', query: odd.query });
    expect(sentEvent(kept({ ...WANTING, fields: ['query'] })).data).toEqual({ query: EVENT.query });
  });

  it.each([
    ['request', true],
    ['failing', true],
    ['gone', false],
    ['full', false],
  ] as const)('paused for %s: events are kept %s', (reason, keeps) => {
    const webhook = { ...WANTING, batch: null, paused: { reason, at: '' } } as unknown as Webhook;
    expect(wantingOf(webhook) !== undefined).toBe(keeps);
  });
});

describe('events of money', () => {
  const line = (status: Line['status'], sales = '10', refunds = '0') =>
    ({
      click_id: 'k',
      status,
      sales,
      refunds,
      payout: '2',
      currency: 'USD',
      credited_at_ms: 0,
      contact_id: 'ann',
    }) as Line;
  const conversion = {
    ...{ account_id: 'acc', conversion_id: 'cnv', event: 'sale', converted_at_ms: 5 },
    subject: { contact_id: 'ann' },
  } as Conversion;
  const TAP: Tap = { contact_id: 'ann', query: { gclid: 'g', sub1: 'a' }, country: 'DE', is_gpc: true };
  const made = (lines: Booked[], token = 't', objects = false): Happening[] =>
    conversionEvents(lines, new Map([['k', TAP]]), () => objects, { token, frozen_at_ms: 9 });
  const booked = (sign: 1 | -1, of: Line): Booked => ({ sign, conversion, line: of });

  it('are of lines that count, with what each adds', () => {
    const events = made([
      booked(-1, line('attributed')),
      booked(1, line('voided', '0')),
      booked(1, line('attributed', '0', '4')),
    ]);
    expect(events.map(({ type, data }) => [type, data['sign'], data['revenue']])).toEqual([
      ['conversion.reversed', -1, '10.00'],
      ['conversion.booked', 1, '-4.00'],
    ]);
  });

  it('have the same id at every try of their batch, and another one when they are booked again', () => {
    const once = [booked(1, line('attributed'))];
    const [first] = made(once);
    expect(made(once)[0]?.id).toBe(first?.id);
    expect(made(once, 'later')[0]?.id).not.toBe(first?.id);
    // The erasure of the contact in between changes no id.
    expect(made([booked(1, { ...line('attributed'), contact_id: 'erased_1' })])[0]?.id).toBe(first?.id);
  });

  it('name no contact and no advertising id of who objects to it', () => {
    const [event] = made([booked(1, line('attributed'))], 't', true);
    expect(event?.data['contact_id']).toBe('');
    expect(event?.query).toEqual({ sub1: 'a' });
  });
});
