import { describe, expect, it } from 'vitest';
import { type Line, NOWHERE } from '../../../../src/conversions/line.ts';
import { Moves } from '../../../../src/conversions/rebooking/moves.ts';

const line = (more: Partial<Line>): Line => ({
  ...NOWHERE,
  conversion_id: 'sale',
  status: 'attributed',
  reason: '',
  conversions: 1,
  currency: 'EUR',
  sales: '10',
  refunds: '0',
  payout: '0',
  ...more,
});
const monday = line({ click_id: 'a', message_id: 'monday', campaign_id: 'spring' });
const wednesday = line({ click_id: 'b', message_id: 'wednesday', campaign_id: 'summer' });
const nothing = line({ status: 'unattributed', conversions: 0, sales: '0' });

function of(...changes: [before: Line[], after: Line[]][]): Moves {
  const moves = new Moves();
  for (const [before, after] of changes) moves.add(before, after);
  return moves;
}

describe('what changes', () => {
  it('is nothing where the click stays, whatever rule chose it', () => {
    const moves = of([[monday], [{ ...monday, model: 'last_click' }]]);
    expect([moves.totals(), moves.conversions]).toEqual([[], 1]);
  });

  it('is moved, gained or lost, each with its revenue', () => {
    const moves = of([[monday], [wednesday]], [[nothing], [monday]], [[wednesday], [nothing]]);
    expect(moves.totals()).toMatchObject([
      { kind: 'moved', conversions: 1, revenue: '10.00' },
      { kind: 'gained', conversions: 1, revenue: '10.00' },
      { kind: 'lost', conversions: 1, revenue: '10.00' },
    ]);
    expect(moves.byMessage()[0]).toMatchObject({ from_message_id: 'monday', to_message_id: 'wednesday' });
    expect(moves.byCampaign()[0]).toMatchObject({ from_campaign_id: 'spring', to_campaign_id: 'summer' });
  });

  it('takes a refund along with its sale, and never adds two currencies', () => {
    const refund = { conversion_id: 'refund', conversions: 0, sales: '0', refunds: '4' } as const;
    const dollars = { conversion_id: 'other', currency: 'USD' } as const;
    const moves = of(
      [
        [monday, { ...monday, ...refund }],
        [wednesday, { ...wednesday, ...refund }],
      ],
      [[{ ...monday, ...dollars }], [{ ...wednesday, ...dollars }]],
    );
    expect(moves.totals()).toMatchObject([
      { kind: 'moved', currency: 'USD', conversions: 1, revenue: '10.00' },
      { kind: 'moved', currency: 'EUR', conversions: 1, revenue: '6.00' },
    ]);
  });

  it('of a view is told apart from what clicks have', () => {
    const view = line({ status: 'view_through', message_id: 'monday' });
    const moves = of([[nothing], [view]], [[view], [monday]]);
    const kinds = moves.totals().map(({ kind, conversions }) => [kind, conversions]);
    expect(kinds.toSorted()).toEqual([
      ['gained', 1],
      ['gained_view', 1],
      ['lost_view', 1],
    ]);
    expect(moves.conversions).toBe(0);
  });
});
