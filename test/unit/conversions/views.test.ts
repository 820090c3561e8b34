/** What a delivered message books that nobody tapped: the same lines as a click, under a status and in columns of its own. */
import { expect, it } from 'vitest';
import type { Conversion } from '../../../src/conversions/conversion.ts';
import { type Credit, NOWHERE } from '../../../src/conversions/line.ts';
import { settle } from '../../../src/conversions/settle.ts';
import { CONVERSION_LINE } from '../../support/lines.ts';

const DELIVERED_MS = Date.UTC(2026, 10, 1);
const HOUR_MS = 3_600_000;
const SALE: Conversion = {
  ...CONVERSION_LINE.conversion,
  ...{ conversion_id: 'sale', event: 'sale', voids: '', refund_id: '', amount: '50', currency: 'EUR' },
  ...{ converted_at_ms: DELIVERED_MS + HOUR_MS, received_at_ms: DELIVERED_MS + HOUR_MS },
  terms: {
    ...CONVERSION_LINE.conversion.terms,
    ...{ payout_type: 'revshare', payout: '10', currency: 'EUR', duplicates: 'ignore' },
    ...{ model: 'view_through', click_window_days: 1, view_window_hours: 2, min_conversion_seconds: 7_200 },
  },
};
const credit: Credit = {
  ...{ ...NOWHERE, message_id: 'm', contact_id: 'c', link_id: 'AAAAAA1', link_key: 'link1' },
  ...{ credited_at_ms: DELIVERED_MS, sent_at_ms: DELIVERED_MS, model: 'view_through' },
};

it('pays nothing, knows no window of clicks, and a refund is of the same message', () => {
  const refund: Conversion = {
    ...SALE,
    ...{ conversion_id: 'refund', event: 'refund', amount: '20', received_at_ms: SALE.received_at_ms + 1 },
  };
  const lines = settle([SALE, refund], new Map([['sale', { credit }]]));
  expect(lines).toMatchObject([
    { conversion_id: 'sale', status: 'view_through', conversions: 1, sales: '50.00', payout: '0.00' },
    { conversion_id: 'refund', status: 'view_through', message_id: 'm', refunds: '20.00', payout: '0.00' },
  ]);
});

it('is voided like any other', () => {
  const taken: Conversion = { ...SALE, conversion_id: 'void', event: 'void', amount: '', credit_by: 'none' };
  const lines = settle([SALE, taken], new Map([['sale', { credit }]]));
  expect(lines.map(({ status, conversions, sales }) => [status, conversions, sales])).toEqual([
    ['voided', 0, '0.00'],
    ['view_through', 0, '0.00'],
  ]);
});

it('gives way to a click that a later report of the transaction earned', () => {
  const terms = { ...SALE.terms, min_conversion_seconds: 0 };
  const later = { ...SALE, terms, conversion_id: 'later', received_at_ms: SALE.received_at_ms + 1 };
  const of_click: Credit = { ...credit, click_id: 'click', model: 'first_click' };
  const found = new Map([
    ['sale', { credit }],
    ['later', { credit: of_click }],
  ]);
  const lines = settle([{ ...SALE, terms }, later], found);
  expect(lines.map((line) => [line.conversion_id, line.status]).toSorted()).toEqual([
    ['later', 'attributed'],
    ['sale', 'duplicate'],
  ]);
});
