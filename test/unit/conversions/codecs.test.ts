import { expect, it } from 'vitest';
import { decodeClaim, encodeClaim } from '../../../src/clicks/first-click.ts';
import {
  type Conversion,
  decodeConversion,
  decodeConversionRow,
  encodeConversion,
  encodeRecheck,
} from '../../../src/conversions/conversion.ts';

const CONVERSION: Conversion = {
  conversion_id: 'cnv_1',
  account_id: 'acc_1',
  offer_id: 'off_1',
  transaction: 'txn:"quoted" ü',
  event: 'chargeback',
  txn_id: '"quoted" ü',
  refund_id: 'r-1',
  voids: 'cnv_0',
  channel: 'coupon',
  network: 'everflow',
  upload_id: 'upl_1',
  reported: 'code=SAVE contact_id=x',
  problem: '',
  click_id: '',
  code: 'SAVE',
  amount: '',
  currency: 'EUR',
  converted_at_ms: 1_795_392_000_500,
  received_at_ms: 1_795_392_000_501,
  subject: {
    link_id: 'AAAAAA1',
    link_key: 'link1',
    message_id: 'm',
    contact_id: 'c',
    creative_id: 'cre',
    campaign_id: 'cam',
    variant_id: 'A',
    domain: 'go.test',
    sent_at_ms: 5,
  },
  credit_by: 'message',
  reason: '',
  terms: {
    payout_type: 'revshare',
    payout: '12.5',
    currency: 'EUR',
    model: 'first_click',
    click_window_days: 90,
    view_window_hours: 0,
    min_conversion_seconds: 30,
    duplicates: 'replace',
  },
};

it('gives a conversion back as it was logged, on one line', () => {
  const row = encodeConversion(CONVERSION);
  expect(row).not.toContain('\n');
  expect(decodeConversion(row)).toEqual(CONVERSION);
  expect(decodeConversionRow(row)).toEqual({ kind: 'new', conversion: CONVERSION });
});

it('tells a recheck from a conversion', () => {
  expect(
    decodeConversionRow(encodeRecheck({ account_id: 'acc', offer_id: 'off', transaction: 'txn:1' })),
  ).toEqual({
    kind: 'recheck',
    account_id: 'acc',
    offer_id: 'off',
    transaction: 'txn:1',
  });
});

it.each([
  '',
  '{}',
  '[]',
  'null',
  '{"account_id":"a"}',
  '{"account_id":"a","transaction":"t","conversion_id":"c"}',
])('refuses the row %j', (row) => {
  expect(() => decodeConversionRow(row)).toThrow();
});

it('keeps what a first click is paid with its claim', () => {
  expect(decodeClaim(encodeClaim('click', { payout: '0', currency: '' }))).toEqual({
    click_id: 'click',
    payout: '0',
    currency: '',
  });
  expect(decodeClaim(encodeClaim('click', { payout: '0.05', currency: 'EUR' }))).toEqual({
    click_id: 'click',
    payout: '0.05',
    currency: 'EUR',
  });
});
