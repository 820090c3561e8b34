import { expect, it } from 'vitest';
import { type Booked, type Exported, reconcile } from '../../../src/conversions/reconcile.ts';

const exported = (line: number, txn_id: string, amount: string, event = 'sale', currency = ''): Exported => ({
  line,
  txn_id,
  refund_id: '',
  event,
  event_given: true,
  amount,
  currency,
});
const reported = (txn_id: string, amount: string, more: Partial<Booked> = {}): Booked => ({
  conversion_id: `cnv_${txn_id}`,
  offer_id: 'off',
  txn_id,
  refund_id: '',
  event: 'sale',
  amount,
  currency: 'USD',
  converted_at: '2026-11-01T00:00:00.000Z',
  status: 'attributed',
  reason: '',
  ...more,
});

it('tells what both have, what one alone has, and what differs', () => {
  const lists = reconcile(
    [
      exported(2, 'same', '10.00'),
      exported(3, 'more', '12.00'),
      exported(4, 'lost', '7.50'),
      exported(5, 'lost', '7.50'),
      exported(6, 'euro', '5.00', 'sale', 'EUR'),
      exported(7, 'same', '4.00', 'refund'),
      exported(8, 'wrong', '1.00'),
    ],
    [
      reported('same', '10.00'),
      reported('more', '10.00'),
      reported('euro', '5.00'),
      reported('same', '4.00', { event: 'refund' }),
      reported('wrong', '1.00', { status: 'unattributed', reason: 'no_click' }),
      reported('ours', '3.00'),
      reported('older', '9.00'),
    ],
    ({ txn_id }) => txn_id !== 'older',
  );
  expect(lists).toMatchObject({
    matched: 3,
    unattributed: [{ txn_id: 'wrong' }],
    missing_here: [{ line: 4 }],
    missing_there: [{ txn_id: 'ours' }],
    different: [
      { network: { line: 3 }, here: { amount: '10.00' } },
      { network: { currency: 'EUR' }, here: { currency: 'USD' } },
    ],
    repeated: [{ line: 5 }],
    sums: [
      { currency: '', network: '15.00', here: '0.00' },
      { currency: 'EUR', network: '5.00', here: '0.00' },
      { currency: 'USD', network: '19.00', here: '25.00' },
    ],
  });
});

const everywhere = (): boolean => true;
let conversions = 0;
const booking = (more: Partial<Booked>): Booked =>
  reported('t', '9.00', { conversion_id: `cnv_${conversions++}`, ...more });

it('compares equal rebills of one transaction one by one', () => {
  const rebill = booking({ event: 'rebill' });
  const lines = [exported(2, 't', '9.00', 'rebill'), exported(3, 't', '9.00', 'rebill')];
  const both = reconcile(lines, [rebill, booking({ event: 'rebill' })], everywhere);
  expect(both).toMatchObject({ matched: 2, repeated: [], missing_here: [], missing_there: [] });
  // Nothing tells a rebill that is missing here from a line that is listed twice.
  const one = reconcile(lines, [rebill], everywhere);
  expect(one).toMatchObject({ matched: 1, repeated: [{ line: 3 }], missing_there: [] });
  const other = reconcile(lines.slice(1), [rebill, booking({ event: 'rebill' })], everywhere);
  expect(other).toMatchObject({ matched: 1, missing_there: [{ txn_id: 't' }] });
});

it('compares refunds by their ids, then by their amounts', () => {
  const refunds = [
    booking({ event: 'refund', refund_id: 'r1', amount: '2.00' }),
    booking({ event: 'refund', refund_id: 'r2', amount: '3.00' }),
  ];
  const line = (at: number, refund_id: string, amount: string): Exported => ({
    ...exported(at, 't', amount, 'refund'),
    refund_id,
  });
  expect(reconcile([line(2, 'r2', '2.00'), line(3, 'r1', '2.00')], refunds, everywhere)).toMatchObject({
    matched: 1,
    different: [{ network: { line: 2 }, here: { refund_id: 'r2', amount: '3.00' } }],
  });
  expect(reconcile([line(2, '', '3.00'), line(3, '', '2.00')], refunds, everywhere).matched).toBe(2);
  expect(reconcile([line(2, 'r3', '3.00')], [refunds[1] as Booked], everywhere)).toMatchObject({
    matched: 1,
  });
});

it('takes a line without an event for any conversion, and a negative one for any reversal', () => {
  const line = (at: number, amount: string, event = 'sale'): Exported => ({
    ...exported(at, 't', amount, event),
    event_given: false,
  });
  const booked = [
    booking({ event: 'lead', amount: '2.00' }),
    booking({ event: 'chargeback', amount: '1.00' }),
  ];
  const found = reconcile([line(2, '2.00'), line(3, '1.00', 'refund')], booked, everywhere);
  expect(found).toMatchObject({ matched: 2, missing_here: [], missing_there: [] });
});
