/** Whose a key or a value is: an account that is removed takes what is its own, and nothing that merely names it. */
import { describe, expect, it } from 'vitest';
import { CLICKS_LOG, type Click } from '../../../src/clicks/click.ts';
import { CONVERSIONS_LOG, encodeRecheck } from '../../../src/conversions/conversion.ts';
import { encodeLink, encodePlacedLink, type NewLink, placementId } from '../../../src/links/link.ts';
import { SENDS_LOG } from '../../../src/messages/send.ts';
import { type OfAccount, ownerOfKey, ownsLetter, ownsValue } from '../../../src/privacy/account-keys.ts';
import { encodeRecord, RECORDS_LOG } from '../../../src/records/record.ts';
import { rowOfClick, someClick } from '../../support/click-rows.ts';

const OWN = 'acc_0123456789ABCD';
const OTHER = 'acc_DCBA9876543210';
const PLACEMENT = placementId('a placement of the account');
const of: OfAccount = {
  account_id: OWN,
  entity_ids: new Set(['off_0123456789ABCD', 'cam_0123456789ABCD']),
  placement_ids: new Set([PLACEMENT]),
};

const link = (given: Partial<NewLink>): NewLink => ({
  ...{ account_id: OTHER, message_id: 'm', contact_id: 'c', offer_id: '', creative_id: '', campaign_id: '' },
  ...{ variant_id: '', link_key: '', sent_at_ms: 1_000, url: '', fields: {}, expires_at_ms: 0, domain: '' },
  ...{ disabled: false },
  ...given,
});

describe('a key', () => {
  it.each([
    `account:${OWN}`,
    `offer:${OWN}:off_x`,
    `schedule_run:${OWN}:sch_x:1796000000000`,
    `message:{p0}:${OWN}:m-1`,
    `optout:{${OWN}}:a1b2`,
    `opened:{a3}:${OWN}:203.0.113.7`,
    `waiting:{p0}:"${OWN}","m-1","off_x"`,
    'cap:{off_0123456789ABCD}:conversions:day:20786',
    'choices:5:cam_0123456789ABCD',
  ])('%s is the account’s', (key) => expect(ownerOfKey(of, key)).toBe('own'));

  it.each([
    `account:${OTHER}`,
    // What another account calls its own things.
    `message:{p0}:${OTHER}:${OWN}`,
    `external_id:offer:${OTHER}:${OWN}`,
    `account:${OWN}x`,
  ])('%s is another’s', (key) => expect(ownerOfKey(of, key)).toBe('other'));

  it.each([
    'link:abc1234',
    'links:{@ABC}0f',
    'api_key:0f',
    'cap:{off_other}:payout:day:1',
    `host:${OWN}-shop.example`,
    `person:${OWN}@shop.example`,
  ])('%s does not tell', (key) => expect(ownerOfKey(of, key)).toBe('unknown'));
});

describe('a value', () => {
  it.each<[string, string]>([
    ['offer_owner:off_x', OWN],
    ['shared_view:0f', JSON.stringify({ account_id: OWN, view_id: 'viw_1' })],
    ['api_key:0f', JSON.stringify({ key_id: 'key_1', account_id: OWN })],
    ['waiting:{p0}:last:f', `${JSON.stringify({ account_id: OWN, offer_id: 'o', transaction: 't' })}\n{}`],
    ['placement:x', JSON.stringify([OWN, 'off_x', '', '', '', 'link1', ''])],
    ['link:abc1234', encodeLink(link({ account_id: OWN }))],
    ['link:abc1234', encodePlacedLink(PLACEMENT, link({}))],
  ])('of %s is the account’s: %s', (key, value) => expect(ownsValue(of, key, value)).toBe(true));

  it.each<[string, string]>([
    ['api_key:0f', JSON.stringify({ key_id: OWN, account_id: OTHER })],
    ['link:abc1234', encodeLink(link({ url: `https://shop.example/?${OWN}`, contact_id: OWN }))],
    ['link:abc1234', encodePlacedLink(placementId('another'), link({ message_id: OWN, contact_id: OWN }))],
    ['seen:{p0}:hash', 'notes'],
  ])('of %s is not: %s', (key, value) => expect(ownsValue(of, key, value)).toBe(false));
});

describe('a dead letter', () => {
  const click = (given: Partial<Click>): string => rowOfClick(someClick({ account_id: OTHER, ...given }));
  const record = (key: string, value: string | null): string => encodeRecord({ key, value });
  const recheck = (account_id: string): string =>
    encodeRecheck({ account_id, offer_id: 'off_x', transaction: OWN });

  it.each<[string, string]>([
    [CLICKS_LOG, click({ account_id: OWN })],
    [CONVERSIONS_LOG, recheck(OWN)],
    [RECORDS_LOG, record(`account:${OWN}`, '{}')],
    [RECORDS_LOG, record(`offer:${OWN}:off_x`, null)],
    [RECORDS_LOG, record('api_key:0f', JSON.stringify({ account_id: OWN }))],
    [RECORDS_LOG, record('link:abc1234', encodePlacedLink(PLACEMENT, link({})))],
  ])('of the log of %s is the account’s: %s', (log, row) => expect(ownsLetter(of, { log, row })).toBe(true));

  it.each<[string, string]>([
    [CLICKS_LOG, click({ message_id: OWN, contact_id: OWN, query: OWN })],
    [CONVERSIONS_LOG, recheck(OTHER)],
    [RECORDS_LOG, record(`account:${OTHER}`, JSON.stringify({ account_id: OWN }))],
    [RECORDS_LOG, record('link:abc1234', null)],
    // Nobody can read these: the operator judges them.
    [CLICKS_LOG, `["broken ${OWN}`],
    [SENDS_LOG, JSON.stringify(['send', OWN])],
    ['unknown', JSON.stringify([OWN])],
  ])('of the log of %s is not: %s', (log, row) => expect(ownsLetter(of, { log, row })).toBe(false));
});
