import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeClick } from '../../../src/clicks/click.ts';
import { ClickIds, clickIdTime, linkIdOfClickId } from '../../../src/clicks/click-id.ts';
import { decodeLink, encodeLink } from '../../../src/links/link.ts';
import { newLinkId } from '../../../src/links/link-id.ts';
import { decodeSend, encodeSend } from '../../../src/messages/send.ts';
import { keysOf } from '../../support/installation-keys.ts';

const text = fc.string({ unit: 'grapheme' });
const time = fc.nat();
const link = fc.record({
  link_id: fc.constant('abc1234'),
  account_id: text,
  message_id: text,
  contact_id: text,
  offer_id: text,
  creative_id: text,
  campaign_id: text,
  variant_id: text,
  link_key: text,
  domain: text,
  sent_at_ms: time,
  url: text,
  fields: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), text, { noNullPrototype: true }),
  expires_at_ms: time,
  disabled: fc.boolean(),
});

it('gives every link back as it was stored', () => {
  fc.assert(
    fc.property(link, (value) => {
      expect(decodeLink('abc1234', encodeLink(value))).toEqual(value);
    }),
  );
});

it('gives every send back as it was logged, on one line', () => {
  fc.assert(
    fc.property(link, fc.array(fc.tuple(text, text, text)), (value, links) => {
      const { message_id, account_id, contact_id, creative_id, campaign_id, variant_id, domain, sent_at_ms } =
        value;
      const send = {
        message_id,
        account_id,
        contact_id,
        creative_id,
        campaign_id,
        variant_id,
        variant_probability: 0.5,
        domain,
        sent_at_ms,
        logged_at_ms: 7,
        fields: value.fields,
        link_expires_at_ms: value.expires_at_ms,
        is_test: false,
        links: links.map(([link_key, link_id, offer_id]) => ({ link_key, link_id, offer_id })),
      };
      expect(encodeSend(send)).not.toContain('\n');
      expect(decodeSend(encodeSend(send))).toEqual(send);
    }),
  );
});

it.each([
  '',
  '{}',
  '[]',
  '["a"]',
  'null',
  '["a",1,"GET","ip","ua",{},[1,2]]',
  '["m","acc","c","cre","cam","A",1,2,[]]',
])('refuses the row %j', (row) => {
  expect(() => decodeClick(row)).toThrow();
  expect(() => decodeSend(row)).toThrow();
});

const FROM_MS = 1_700_000_000_123;

it('draws ids of the right form, with the click’s time and link in the click’s id', () => {
  const ids = new Set<string>();
  const click_ids = new ClickIds(keysOf());
  for (let i = 0; i < 10_000; i++) {
    expect(newLinkId()).toMatch(/^[A-Za-z0-9]{7}$/);
    // Ten taps of one link in each millisecond: of ids with 30 random bits two are alike once in 20,000 runs.
    const at_ms = FROM_MS + Math.floor(i / 10);
    const id = click_ids.create(at_ms, 'aB3dE6g');
    expect(clickIdTime(id)).toBe(at_ms);
    ids.add(id);
  }
  expect(ids.size).toBe(10_000);
  for (const id of ids) {
    expect(linkIdOfClickId(id)).toBe('aB3dE6g');
  }
  for (const text of ['short', 'x'.repeat(22), 'x'.repeat(30), 'x'.repeat(28).concat('-')]) {
    expect(clickIdTime(text)).toBeUndefined();
    expect(linkIdOfClickId(text)).toBeUndefined();
  }
});
