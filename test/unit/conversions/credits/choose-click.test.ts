import { describe, expect, it } from 'vitest';
import {
  type Candidate,
  type Choosing,
  CLOCK_TOLERANCE_MS,
  chooseLast,
  whyNot,
} from '../../../../src/conversions/credits/choose-click.ts';

const NOON_MS = Date.UTC(2026, 10, 20, 12);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const click = (click_id: string, clicked_at_ms: number, more: Partial<Candidate> = {}): Candidate => ({
  click_id,
  clicked_at_ms,
  link_id: 'AAAAAA1',
  link_key: 'link1',
  message_id: 'monday',
  contact_id: 'contact',
  creative_id: '',
  campaign_id: '',
  variant_id: '',
  domain: '',
  sent_at_ms: NOON_MS - 10 * DAY_MS,
  visitor: '',
  verdict: 'human',
  is_first_for_offer: 0,
  ...more,
});

function conversion(terms: Partial<Choosing['terms']> = {}, more: Partial<Choosing> = {}): Choosing {
  return {
    converted_at_ms: NOON_MS,
    click_id: '',
    subject: {
      ...{ link_id: 'AAAAAA1', link_key: 'link1', message_id: 'monday', contact_id: 'contact' },
      ...{ creative_id: '', campaign_id: '', variant_id: '', domain: '', sent_at_ms: 0 },
    },
    terms: {
      ...{ payout_type: 'cpa', payout: '0', currency: 'EUR', duplicates: 'ignore' },
      ...{ model: 'last_click', click_window_days: 7, view_window_hours: 0, min_conversion_seconds: 0 },
      ...terms,
    },
    ...more,
  };
}

describe('the last click', () => {
  const monday = click('a', NOON_MS - 3 * DAY_MS);
  const wednesday = click('b', NOON_MS - DAY_MS, { message_id: 'wednesday' });

  it('is on whichever message of the contact', () => {
    expect(chooseLast(conversion(), [monday, wednesday])?.click_id).toBe('b');
    expect(chooseLast(conversion(), [wednesday, monday])?.click_id).toBe('b');
  });

  it('is no bot’s', () => {
    expect(chooseLast(conversion(), [monday, { ...wednesday, verdict: 'bot' }])?.click_id).toBe('a');
  });

  it('is before the conversion, and after it only where none is before it', () => {
    const after = click('c', NOON_MS + MINUTE_MS);
    expect(chooseLast(conversion(), [monday, after])?.click_id).toBe('a');
    expect(chooseLast(conversion(), [after])?.click_id).toBe('c');
    expect(chooseLast(conversion(), [click('d', NOON_MS + CLOCK_TOLERANCE_MS + 1)])).toBeUndefined();
  });

  it('is in the window, and not sooner before the conversion than the offer allows', () => {
    const old = click('a', NOON_MS - 7 * DAY_MS - 1);
    expect(chooseLast(conversion(), [old])).toBeUndefined();
    expect(chooseLast(conversion({ click_window_days: 8 }), [old])?.click_id).toBe('a');
    const sudden = click('z', NOON_MS - 29_999);
    expect(chooseLast(conversion({ min_conversion_seconds: 30 }), [monday, sudden])?.click_id).toBe('a');
  });

  it('of two in one millisecond is the one with the higher id, in any order', () => {
    const [one, other] = [click('x', NOON_MS - 1), click('y', NOON_MS - 1)];
    expect(chooseLast(conversion(), [one, other])?.click_id).toBe('y');
    expect(chooseLast(conversion(), [other, one])?.click_id).toBe('y');
  });

  it('on a link without a contact is of the visitor whose click the report names', () => {
    const subject = { ...conversion().subject, message_id: '', contact_id: '' };
    const mine = click('m', NOON_MS - DAY_MS, { visitor: 'me' });
    const mine_again = click('n', NOON_MS - MINUTE_MS, { visitor: 'me' });
    const others = click('o', NOON_MS - 1, { visitor: 'other' });
    const all = [mine, mine_again, others];
    const named = conversion({}, { subject, click_id: 'm' });
    expect(chooseLast(named, all)?.click_id).toBe('n');
    expect(whyNot(named, others, all, 'n')).toBe('other_visitor');
    expect(chooseLast(conversion({}, { subject }), all)?.click_id).toBe('o');
  });
});

describe('why a click does not have the conversion', () => {
  const last = click('b', NOON_MS - DAY_MS, { message_id: 'wednesday' });
  it.each([
    ['bot', click('a', NOON_MS - DAY_MS, { verdict: 'bot' })],
    ['not_last', click('a', NOON_MS - 2 * DAY_MS)],
    ['outside_window', click('a', NOON_MS - 8 * DAY_MS)],
    ['too_early', click('a', NOON_MS + DAY_MS)],
  ])('last_click: %s', (reason, one) => {
    expect(whyNot(conversion(), one, [one, last], 'b')).toBe(reason);
  });

  const first = conversion({ model: 'first_click' });
  it.each([
    ['bot', click('a', NOON_MS - DAY_MS, { verdict: 'bot' }), 'f'],
    ['other_message', last, 'f'],
    ['not_first', click('a', NOON_MS - MINUTE_MS), 'f'],
    ['outside_window', click('f', NOON_MS - 8 * DAY_MS, { is_first_for_offer: 1 }), ''],
    ['not_counted', click('f', NOON_MS - DAY_MS, { is_first_for_offer: 1 }), ''],
  ])('first_click: %s', (reason, one, chosen) => {
    expect(whyNot(first, one, [one], chosen)).toBe(reason);
  });
});
