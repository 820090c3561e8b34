import { expect, it } from 'vitest';
import {
  type Booked,
  type Exported,
  type Reconciliation,
  reconcileKey,
} from '../../../../src/conversions/reconcile.ts';
import {
  type Compared,
  changedDisputes,
  type Dispute,
  differencesOf,
} from '../../../../src/conversions/reconciliations/disputes.ts';

const line = (txn_id: string, amount = '5.00'): Exported => ({
  line: 2,
  txn_id,
  refund_id: '',
  event: 'sale',
  event_given: true,
  amount,
  currency: 'USD',
});
const booked = (txn_id: string, amount = '5.00'): Booked => ({
  conversion_id: `cnv_${txn_id}`,
  offer_id: 'off',
  txn_id,
  refund_id: '',
  event: 'sale',
  amount,
  currency: 'USD',
  converted_at: '2026-11-10T00:00:00.000Z',
  status: 'attributed',
  reason: '',
});
const NONE: Reconciliation = {
  matched: 0,
  unattributed: [],
  missing_here: [],
  missing_there: [],
  different: [],
  repeated: [],
  sums: [],
};
const compared = (n: number, exported: Exported[], more: Partial<Compared> = {}): Compared => ({
  reconciliation_id: `rcn_${n}`,
  at: `2026-12-0${n}T00:00:00.000Z`,
  offer_id: '',
  from_ms: Date.UTC(2026, 10, 1),
  to_ms: Date.UTC(2026, 11, 1),
  exported: new Set(exported.map(reconcileKey)),
  timeOf: () => '2026-11-12T00:00:00.000Z',
  ...more,
});

/** The disputes after a comparison that found these differences. */
function after(
  known: Map<string, Dispute>,
  found: Partial<Reconciliation>,
  one: Compared,
): Map<string, Dispute> {
  const changed = changedDisputes(known, differencesOf({ ...NONE, ...found }, one, 100), one);
  return new Map([...known, ...changed.map((dispute) => [dispute.line_id, dispute] as const)]);
}

const states = (disputes: Map<string, Dispute>): Record<string, string> =>
  Object.fromEntries([...disputes.values()].map(({ txn_id, state }) => [txn_id, state]));

const FIRST = {
  missing_here: [line('lost')],
  missing_there: [booked('ours')],
  different: [{ network: line('differs', '6.00'), here: booked('differs') }],
};
const first = () => after(new Map(), FIRST, compared(1, [line('lost'), line('differs')]));

it('are open when they are found, and once however often that is', () => {
  const disputes = first();
  expect(states(disputes)).toEqual({ lost: 'open', ours: 'open', differs: 'open' });
  expect(after(disputes, FIRST, compared(2, [line('lost'), line('differs')])).size).toBe(3);
});

it('are settled by the comparison that does not find them again', () => {
  // Booked since; taken back since.
  const disputes = after(
    first(),
    { different: FIRST.different },
    compared(2, [line('lost'), line('differs')]),
  );
  expect(states(disputes)).toEqual({ lost: 'settled', ours: 'settled', differs: 'open' });
  expect([...disputes.values()].find(({ txn_id }) => txn_id === 'lost')).toMatchObject({
    settled_by: 'rcn_2',
  });
});

it('are not settled by one that could not have found them', () => {
  const december = { from_ms: Date.UTC(2026, 11, 1), to_ms: Date.UTC(2027, 0, 1) };
  expect(states(after(first(), {}, compared(2, [], december)))).toMatchObject({ lost: 'open', ours: 'open' });
  expect(states(after(first(), {}, compared(2, [line('ours')], { offer_id: 'off_2' })))).toMatchObject({
    ours: 'open',
  });
});

it('keep what people decided until the amounts change', () => {
  const decided = new Map(
    [...first()].map(([id, one]) => [id, { ...one, state: 'accepted_there' as const, note: 'asked' }]),
  );
  const same = after(decided, FIRST, compared(2, []));
  expect(states(same)).toEqual({ lost: 'accepted_there', ours: 'accepted_there', differs: 'accepted_there' });
  const other = { ...FIRST, different: [{ network: line('differs', '7.00'), here: booked('differs') }] };
  const changed = after(decided, other, compared(2, []));
  expect(states(changed)).toMatchObject({ lost: 'accepted_there', differs: 'open' });
  expect([...changed.values()].map(({ note }) => note)).toEqual(['asked', 'asked', 'asked']);
});

it('keeps the same transaction id of two offers apart', () => {
  const [one, other] = ['off_1', 'off_2'].map((offer_id) => compared(1, [line('t')], { offer_id }));
  const known = after(new Map(), { missing_here: [line('t', '10.00')] }, one as Compared);
  const both = after(known, { missing_here: [line('t', '99.00')] }, other as Compared);
  expect([...both.values()].map(({ network }) => network?.amount)).toEqual(['10.00', '99.00']);
});
