import { expect, it } from 'vitest';
import { type Exported, type Reported, reconcile } from '../../../src/conversions/reconcile.ts';

const exported = (line: number, txn_id: string, amount: string, event = 'sale', currency = ''): Exported => ({
  line,
  txn_id,
  event,
  amount,
  currency,
});
const reported = (txn_id: string, amount: string, more: Partial<Reported> = {}): Reported => ({
  conversion_id: `cnv_${txn_id}`,
  offer_id: 'off',
  txn_id,
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
      { currency: '', network: '7.50', here: '0.00' },
      { currency: 'EUR', network: '5.00', here: '0.00' },
      { currency: 'USD', network: '19.00', here: '25.00' },
    ],
  });
});
