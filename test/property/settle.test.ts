/** The rules of attribution and revenue, on random transactions: the same in whatever order things arrive. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Conversion,
  EVENTS,
  type Event,
  isConversion,
  isReversal,
  NO_SUBJECT,
  reversalIdentity,
} from '../../src/conversions/conversion.ts';
import { CLOCK_TOLERANCE_MS } from '../../src/conversions/credits/choose-click.ts';
import { type Credit, creditOf, type Found, type Line, lineKey } from '../../src/conversions/line.ts';
import { settle } from '../../src/conversions/settle.ts';

const CLICKED_MS = Date.UTC(2026, 10, 1);
const DAY_MS = 24 * 3_600_000;
const RUNS = { numRuns: 2_000 };

const credit = (n: number): Credit => ({
  click_id: `click${n}`,
  credited_at_ms: CLICKED_MS + n * 1_000,
  link_id: `link${n}`,
  link_key: 'link1',
  message_id: `message${n}`,
  contact_id: 'contact',
  creative_id: 'creative',
  campaign_id: 'campaign',
  variant_id: 'A',
  domain: 'go.test',
  sent_at_ms: CLICKED_MS - n,
  model: 'first_click',
});

const BASE: Conversion = {
  conversion_id: 'c',
  account_id: 'acc',
  offer_id: 'off',
  transaction: 'txn:1',
  event: 'sale',
  txn_id: '1',
  refund_id: '',
  voids: '',
  channel: 'conv',
  network: '',
  upload_id: '',
  reported: '',
  problem: '',
  click_id: '',
  code: '',
  amount: '10.00',
  currency: 'USD',
  converted_at_ms: CLICKED_MS + 60_000,
  received_at_ms: CLICKED_MS + 60_000,
  subject: NO_SUBJECT,
  credit_by: 'click',
  reason: '',
  terms: {
    payout_type: 'revshare',
    payout: '10',
    currency: 'USD',
    model: 'first_click',
    click_window_days: 90,
    view_window_hours: 0,
    min_conversion_seconds: 0,
    duplicates: 'ignore',
  },
};

const amount = fc.oneof(
  fc.constant(''),
  fc
    .integer({ min: 0, max: 99_999_999 })
    .map((n) => `${Math.floor(n / 1e6)}.${String(n % 1e6).padStart(6, '0')}`),
  fc.integer({ min: 0, max: 500 }).map((n) => `${n}.00`),
);

interface Reported {
  conversion: Conversion;
  found: Found | undefined;
}

const FOUND = {
  first: { credit: credit(0) },
  other: { credit: credit(1) },
  no_click: { reason: 'no_click' },
  none: undefined,
} as const satisfies Record<string, Found | undefined>;

/** Reports of one transaction: each with a reception time of its own, which says who came first. */
const reports = fc
  .tuple(
    fc.constantFrom('ignore', 'rebill', 'replace' as const),
    fc.constantFrom('cpa', 'cpc', 'revshare' as const),
    fc.integer({ min: 0, max: 100_000_000 }),
    fc.array(
      fc.record({
        event: fc.constantFrom(...EVENTS.filter((event) => event !== 'void')),
        amount,
        refund_id: fc.constantFrom('', '', 'r-1', 'r-2'),
        terms_currency: fc.constantFrom('USD', 'USD', 'EUR', ''),
        currency: fc.constantFrom('USD', 'USD', 'USD', 'EUR', ''),
        after_ms: fc.integer({ min: -10 * 60_000, max: 100 * DAY_MS }),
        found: fc.constantFrom<keyof typeof FOUND>('first', 'first', 'first', 'other', 'no_click', 'none'),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  )
  .map(([duplicates, payout_type, payout, list]): Reported[] =>
    list.map(({ after_ms, found, terms_currency, ...one }, n) => ({
      conversion: {
        ...BASE,
        ...one,
        refund_id: isReversal(one.event) ? one.refund_id : '',
        amount: one.amount === '' && !isReversal(one.event) ? '0.00' : one.amount,
        currency: one.currency === '' && !isReversal(one.event) ? 'USD' : one.currency,
        conversion_id: `c${n}`,
        converted_at_ms: CLICKED_MS + after_ms,
        received_at_ms: CLICKED_MS + n,
        credit_by: found === 'none' ? 'none' : 'click',
        reason: found === 'none' ? 'unknown_link' : '',
        terms: {
          ...BASE.terms,
          duplicates,
          payout_type,
          payout: `${Math.floor(payout / 1e6)}.${String(payout % 1e6).padStart(6, '0')}`,
          currency: terms_currency,
        },
      },
      found: FOUND[found],
    })),
  );

/** A void of one of the reports, or of the transaction where there is none with this number. */
function voidOf(list: readonly Reported[], of: number, n: number): Reported {
  const voids = list[of]?.conversion.conversion_id ?? '';
  const received_at_ms = CLICKED_MS + of * 7 + n;
  const conversion: Conversion = {
    ...{ ...BASE, event: 'void', voids, conversion_id: `v${n}`, amount: '', currency: '' },
    ...{ received_at_ms, converted_at_ms: received_at_ms, credit_by: 'none' as const },
  };
  return { conversion, found: undefined };
}

/** The same, some of them taken back. */
const withVoids = fc
  .tuple(reports, fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 3 }))
  .map(([list, voids]) => [...list, ...voids.map((of, n) => voidOf(list, of, n))]);

function settled(list: readonly Reported[]): Line[] {
  const found = new Map(
    list.flatMap(({ conversion, found }) =>
      found === undefined ? [] : [[conversion.conversion_id, found] as const],
    ),
  );
  return settle(
    list.map(({ conversion }) => conversion),
    found,
  );
}

const asSet = (lines: readonly Line[]): string[] => lines.map(lineKey).sort();
const micros = (text: string): bigint => BigInt(text.replace('.', '').padEnd(text.indexOf('.') + 6, '0'));
const sum = (
  lines: readonly Line[],
  of: 'sales' | 'refunds' | 'payout',
  where: (line: Line) => boolean = () => true,
): bigint => lines.filter(where).reduce((total, line) => total + micros(line[of]), 0n);

/** Nothing but attributed lines count, a reversal never as a conversion or a sale, a void as nothing. */
function expectCounted(lines: readonly Line[], event: Event): void {
  const attributed = lines.every(({ status }) => status === 'attributed');
  const conversions = lines.reduce((count, line) => count + line.conversions, 0);
  expect(conversions).toBe(attributed && isConversion(event) ? 1 : 0);
  for (const line of lines) expectAmounts(line, event);
}

function expectAmounts(line: Line, event: Event): void {
  if (line.status !== 'attributed' || event === 'void')
    expect([line.sales, line.refunds, line.payout]).toEqual(['0.00', '0.00', '0.00']);
  expect(isReversal(event) ? line.sales : line.refunds).toBe('0.00');
}

/** What the lines of a transaction must pay, by the offer's payout_type. */
const PAID: Record<
  Conversion['terms']['payout_type'],
  (lines: Line[], payout: bigint, reports: number) => void
> = {
  cpa(lines, payout) {
    const counting = lines.reduce((count, line) => count + line.conversions, 0);
    expect(sum(lines, 'payout')).toBe(payout * BigInt(counting));
  },
  cpc(lines) {
    expect(sum(lines, 'payout')).toBe(0n);
  },
  revshare(lines, payout, reports) {
    const left = sum(lines, 'sales') - sum(lines, 'refunds');
    if (left === 0n) expect(sum(lines, 'payout')).toBe(0n);
    // Each sale is rounded by itself, by half a millionth at most.
    const off = sum(lines, 'payout') * 100_000_000n - left * payout;
    expect(off < 0n ? -off : off).toBeLessThanOrEqual(50_000_000n * BigInt(reports));
  },
};

describe('every transaction', () => {
  it('comes to the same in whatever order its reports arrive', () => {
    fc.assert(
      fc.property(
        withVoids.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          expect(asSet(settled(shuffled))).toEqual(asSet(settled(list)));
        },
      ),
      RUNS,
    );
  });

  it('counts a report that is logged twice once', () => {
    fc.assert(
      fc.property(withVoids, (list) => {
        expect(asSet(settled([...list, ...list]))).toEqual(asSet(settled(list)));
      }),
      RUNS,
    );
  });

  it('has a line for every report, of one status, and no line twice', () => {
    fc.assert(
      fc.property(withVoids, (list) => {
        const lines = settled(list);
        expect(new Set(lines.map(lineKey)).size).toBe(lines.length);
        for (const { conversion } of list) {
          const own = lines.filter(({ conversion_id }) => conversion_id === conversion.conversion_id);
          expect(own.length).toBeGreaterThan(0);
          expect(new Set(own.map(({ status }) => status)).size).toBe(1);
        }
      }),
      RUNS,
    );
  });

  it('never takes back more than was sold, in no currency and at no click', () => {
    fc.assert(
      fc.property(withVoids, (list) => {
        const lines = settled(list);
        for (const currency of new Set(lines.map((line) => line.currency))) {
          for (const click of new Set(lines.map((line) => line.click_id))) {
            const here = (line: Line): boolean => line.currency === currency && line.click_id === click;
            expect(sum(lines, 'sales', here) - sum(lines, 'refunds', here)).toBeGreaterThanOrEqual(0n);
            expect(sum(lines, 'payout', here)).toBeGreaterThanOrEqual(0n);
          }
        }
      }),
      RUNS,
    );
  });

  it('counts nothing but attributed lines, and no refund as a conversion', () => {
    fc.assert(
      fc.property(withVoids, (list) => {
        const byId = Map.groupBy(settled(list), ({ conversion_id }) => conversion_id);
        for (const { conversion } of list) {
          expectCounted(byId.get(conversion.conversion_id) ?? [], conversion.event);
        }
      }),
      RUNS,
    );
  });

  it('pays revshare on exactly what is left, and cpa by the event', () => {
    fc.assert(
      fc.property(reports, (list) => {
        const lines = settled(list);
        const [{ conversion }] = list as [Reported];
        PAID[conversion.terms.payout_type](lines, micros(conversion.terms.payout), list.length);
      }),
      RUNS,
    );
  });

  it('counts each event and each refund once, unless the offer says otherwise', () => {
    fc.assert(
      fc.property(reports, (list) => {
        const lines = settled(list);
        const duplicates = list[0]?.conversion.terms.duplicates;
        const isShown = ({ conversion }: Reported): boolean =>
          lines.some(
            ({ conversion_id, status }) =>
              conversion_id === conversion.conversion_id && /attributed/.test(status),
          );
        const identityOf = ({ conversion }: Reported): string =>
          isReversal(conversion.event) ? reversalIdentity(conversion) : conversion.event;
        for (const [identity, same] of Map.groupBy(list, identityOf)) {
          if (duplicates !== 'rebill' || identity.startsWith('[')) {
            expect(same.filter(isShown)).toHaveLength(1);
          }
        }
      }),
      RUNS,
    );
  });

  it('is as though a report had never come, once a void of it has', () => {
    fc.assert(
      fc.property(reports, fc.nat(7), (list, of) => {
        const taken = list[of % list.length] as Reported;
        const id = taken.conversion.conversion_id;
        const others = list.filter((one) => one !== taken);
        const lines = settled([...list, voidOf(list, list.indexOf(taken), 0)]);
        const own = lines.filter(({ conversion_id }) => conversion_id === id || conversion_id === 'v0');
        expect(asSet(lines.filter((line) => !own.includes(line)))).toEqual(asSet(settled(others)));
        expect(own).toHaveLength(2);
        for (const line of own) expectAmounts(line, 'void');
      }),
      RUNS,
    );
  });

  it('of which all was taken back counts nothing, whatever else comes', () => {
    fc.assert(
      fc.property(withVoids, (list) => {
        const lines = settled([...list, voidOf([], 0, 9)]);
        for (const { conversion_id, status, reason, ...line } of lines) {
          expect([line.conversions, line.sales, line.refunds, line.payout]).toEqual([
            0,
            '0.00',
            '0.00',
            '0.00',
          ]);
          if (!conversion_id.startsWith('v')) expect([status, reason]).toEqual(['voided', reason]);
        }
      }),
      RUNS,
    );
  });

  it('is not changed by a repeat that earns no credit', () => {
    fc.assert(
      fc.property(reports, fc.nat(7), fc.boolean(), (list, of, first) => {
        const right = list[of % list.length] as Reported;
        if (isReversal(right.conversion.event)) return;
        // Received before or after all others, and long after the window.
        const wrong: Partial<Conversion> = {
          conversion_id: 'wrong',
          received_at_ms: CLICKED_MS + (first ? -1 : 99),
          ...{ converted_at_ms: CLICKED_MS + 5_000 * DAY_MS, credit_by: 'click', reason: '' },
        };
        const repeat = { conversion: { ...right.conversion, ...wrong }, found: { credit: credit(0) } };
        const counted = (lines: readonly Line[]): string[] =>
          asSet(lines.filter(({ status }) => status === 'attributed'));
        expect(counted(settled([...list, repeat]))).toEqual(counted(settled(list)));
      }),
      RUNS,
    );
  });
});

/** Lines of reports on BASE's transaction, all credited to the same click. */
function lines(...list: Partial<Conversion>[]): Line[] {
  return settled(
    list.map((one, n) => ({
      conversion: { ...BASE, conversion_id: `c${n}`, received_at_ms: CLICKED_MS + n, ...one },
      found: { credit: credit(0) },
    })),
  );
}

describe('a refund', () => {
  it('that comes before its sale takes it back all the same', () => {
    const result = lines({ event: 'refund', amount: '4.00' }, { event: 'sale', amount: '10.00' });
    expect(result).toMatchObject([
      { conversion_id: 'c1', sales: '10.00', payout: '1.00' },
      { conversion_id: 'c0', refunds: '4.00', payout: '-0.40', click_id: 'click0', reason: '' },
    ]);
  });

  it('and a chargeback together take no more than there is', () => {
    const result = lines(
      { event: 'sale', amount: '10.00' },
      { event: 'refund', amount: '4.00', converted_at_ms: CLICKED_MS + 90_000 },
      { event: 'chargeback', amount: '10.00', converted_at_ms: CLICKED_MS + 99_000 },
    );
    expect(result.map(({ refunds, reason }) => [refunds, reason])).toEqual([
      ['0.00', ''],
      ['4.00', ''],
      ['6.00', 'limited'],
    ]);
  });

  it('without an amount takes all that is left; a second one finds nothing', () => {
    const result = lines(
      { event: 'sale' },
      { event: 'refund', amount: '' },
      { event: 'chargeback', amount: '' },
    );
    expect(result.map(({ refunds, status, reason }) => [refunds, status, reason])).toEqual([
      ['0.00', 'attributed', ''],
      ['10.00', 'attributed', ''],
      ['0.00', 'unattributed', 'nothing_left'],
    ]);
  });

  it('in another currency takes nothing; without one it is in the sale’s', () => {
    expect(lines({ event: 'sale' }, { event: 'refund', currency: 'EUR' })[1]).toMatchObject({
      reason: 'other_currency',
    });
    expect(lines({ event: 'sale', currency: 'EUR' }, { event: 'refund', currency: '' })[1]).toMatchObject({
      refunds: '10.00',
      currency: 'EUR',
    });
  });

  it('of a lead, or of nothing, stays unattributed', () => {
    expect(lines({ event: 'refund' })).toMatchObject([{ reason: 'unknown_transaction' }]);
    expect(lines({ event: 'lead' }, { event: 'refund' })[1]).toMatchObject({ reason: 'unknown_transaction' });
  });
});

describe('the window', () => {
  const terms = { ...BASE.terms, click_window_days: 7, min_conversion_seconds: 30 };
  it.each([
    ['at its end', 7 * DAY_MS, ''],
    ['a millisecond later', 7 * DAY_MS + 1, 'outside_window'],
    ['at the least time', 30_000, ''],
    ['a millisecond sooner', 29_999, 'too_early'],
  ])('%s', (_when, after_ms, reason) => {
    expect(lines({ converted_at_ms: CLICKED_MS + after_ms, terms })).toMatchObject([{ reason }]);
  });
  it.each([
    [-CLOCK_TOLERANCE_MS, ''],
    [-CLOCK_TOLERANCE_MS - 1, 'too_early'],
  ])('allows for a clock that is behind by up to five minutes: %d ms', (after_ms, reason) => {
    expect(lines({ converted_at_ms: CLICKED_MS + after_ms })).toMatchObject([{ reason }]);
  });
});

describe('a repeat', () => {
  it('is ignored, counted, or put in the place of the one before', () => {
    const twice = (duplicates: Conversion['terms']['duplicates']): [string, string][] =>
      lines(
        { amount: '5.00', terms: { ...BASE.terms, duplicates } },
        { amount: '6.00', terms: { ...BASE.terms, duplicates } },
      )
        .sort((a, b) => (a.conversion_id < b.conversion_id ? -1 : 1))
        .map(({ status, sales }) => [status, sales]);
    expect(twice('ignore')).toEqual([
      ['attributed', '5.00'],
      ['duplicate', '0.00'],
    ]);
    expect(twice('rebill')).toEqual([
      ['attributed', '5.00'],
      ['attributed', '6.00'],
    ]);
    expect(twice('replace')).toEqual([
      ['replaced', '0.00'],
      ['attributed', '6.00'],
    ]);
  });

  it('with the right id counts after one with a wrong id, whatever the offer says', () => {
    for (const duplicates of ['ignore', 'rebill', 'replace'] as const) {
      const terms = { ...BASE.terms, duplicates };
      const result = lines({ credit_by: 'none', reason: 'unknown_message', terms }, { terms });
      expect(result.find(({ conversion_id }) => conversion_id === 'c1')).toMatchObject({
        status: 'attributed',
        conversions: 1,
      });
      expect(result.reduce((count, line) => count + line.conversions, 0)).toBe(1);
    }
  });

  it('replaced takes its refund along', () => {
    const terms = { ...BASE.terms, duplicates: 'replace' as const };
    const result = lines(
      { amount: '50.00', terms },
      { event: 'refund', amount: '20.00', terms },
      { amount: '15.00', terms },
    );
    expect(result.find(({ refunds }) => refunds !== '0.00')).toMatchObject({
      refunds: '15.00',
      reason: 'limited',
    });
  });
});

describe('refunds of one transaction', () => {
  const taken = (...list: Partial<Conversion>[]): [string, string, string][] =>
    lines({ amount: '49.90' }, ...list)
      .filter(({ conversion_id }) => conversion_id !== 'c0')
      .sort((a, b) => (a.conversion_id < b.conversion_id ? -1 : 1))
      .map(({ status, reason, refunds }) => [status, reason, refunds]);
  const refund = { event: 'refund', converted_at_ms: CLICKED_MS + 90_000 } as const;
  const replace = { ...BASE.terms, duplicates: 'replace' } as const;
  const rebill = { ...BASE.terms, duplicates: 'rebill' } as const;

  it('of different amounts add up; the same amount again is a retry, also where repeats count', () => {
    for (const terms of [BASE.terms, rebill]) {
      const result = taken(
        { ...refund, amount: '10.00', terms },
        { ...refund, amount: '15.00', terms },
        { ...refund, amount: '10.00', terms },
      );
      expect(result).toEqual([
        ['attributed', '', '10.00'],
        ['attributed', '', '15.00'],
        ['duplicate', 'duplicate_of:c1', '0.00'],
      ]);
    }
  });

  it('with ids of their own add up, whatever their amounts', () => {
    expect(
      taken(
        { ...refund, amount: '10.00', refund_id: 'r-1' },
        { ...refund, amount: '10.00', refund_id: 'r-2' },
        { ...refund, amount: '12.00', refund_id: 'r-1' },
      ),
    ).toEqual([
      ['attributed', '', '10.00'],
      ['attributed', '', '10.00'],
      ['duplicate', 'duplicate_of:c1', '0.00'],
    ]);
  });

  it('are replaced by a later amount of the same id where the offer says so', () => {
    expect(
      taken(
        { ...refund, amount: '10.00', refund_id: 'r-1', terms: replace },
        { ...refund, amount: '12.00', refund_id: 'r-1', terms: replace },
        { ...refund, amount: '14.00', refund_id: 'r-1', currency: 'EUR', terms: replace },
      ),
    ).toEqual([
      ['replaced', 'replaced_by:c2', '0.00'],
      ['attributed', '', '12.00'],
      ['duplicate', 'duplicate_of:c2', '0.00'],
    ]);
  });

  it('in a wrong currency do not block the right one', () => {
    expect(taken({ ...refund, amount: '10.00', currency: 'EUR' }, { ...refund, amount: '10.00' })).toEqual([
      ['duplicate', 'duplicate_of:c2', '0.00'],
      ['attributed', '', '10.00'],
    ]);
  });

  it('and a chargeback of the same amount are two', () => {
    expect(
      taken({ ...refund, amount: '10.00' }, { ...refund, event: 'chargeback', amount: '10.00' }),
    ).toEqual([
      ['attributed', '', '10.00'],
      ['attributed', '', '10.00'],
    ]);
  });

  it('with an amount that cannot be read hide no other', () => {
    expect(
      taken(
        { ...refund, amount: '', credit_by: 'none', reason: 'unreadable_amount', reported: 'revenue=x' },
        { ...refund, amount: '' },
      ),
    ).toEqual([
      ['unattributed', 'unreadable_amount', '0.00'],
      ['attributed', '', '49.90'],
    ]);
  });
});

describe('a void', () => {
  const lead = { event: 'lead', amount: '0.00' } as const;
  const cpa = { ...BASE.terms, payout_type: 'cpa', payout: '2.00' } as const;

  it('takes a lead back with its payout, also one that comes later', () => {
    const both = lines({ ...lead, terms: cpa }, { event: 'void', amount: '' });
    expect(both).toMatchObject([
      { conversion_id: 'c0', status: 'voided', reason: 'voided_by:c1', click_id: 'click0', payout: '0.00' },
      { conversion_id: 'c1', status: 'attributed', reason: '', click_id: 'click0', conversions: 0 },
    ]);
    expect(lines({ event: 'void', amount: '' }, { ...lead, terms: cpa })).toMatchObject([
      { conversion_id: 'c1', status: 'voided', conversions: 0, payout: '0.00' },
      { conversion_id: 'c0', status: 'attributed' },
    ]);
  });

  it('of what is not there waits for it; sent again it is a duplicate', () => {
    expect(lines({ event: 'void' }, { event: 'void' })).toMatchObject([
      { conversion_id: 'c0', status: 'unattributed', reason: 'unknown_transaction' },
      { conversion_id: 'c1', status: 'duplicate', reason: 'duplicate_of:c0' },
    ]);
  });

  it('of one report lets its repeat count', () => {
    const result = lines({ amount: '10.00' }, { amount: '20.00' }, { event: 'void', voids: 'c0' });
    expect(result.find(({ conversion_id }) => conversion_id === 'c1')).toMatchObject({ sales: '20.00' });
    expect(result.find(({ conversion_id }) => conversion_id === 'c0')).toMatchObject({ status: 'voided' });
  });

  it('of a void brings the transaction back', () => {
    const result = lines({ amount: '10.00' }, { event: 'void' }, { event: 'void', voids: 'c1' });
    expect(result.find(({ conversion_id }) => conversion_id === 'c0')).toMatchObject({ sales: '10.00' });
    expect(result.find(({ conversion_id }) => conversion_id === 'c1')).toMatchObject({ status: 'voided' });
  });
});

describe('a payout', () => {
  it('is in the currency of the offer, on a line of its own where the sale is in another', () => {
    const terms = { ...BASE.terms, payout_type: 'cpa', payout: '2.00', currency: 'USD' } as const;
    expect(lines({ amount: '4990.00', currency: 'JPY', terms })).toMatchObject([
      { conversions: 1, currency: 'JPY', sales: '4990.00', payout: '0.00', click_id: 'click0' },
      { conversions: 0, currency: 'USD', sales: '0.00', payout: '2.00', click_id: 'click0' },
    ]);
    expect(lines({ amount: '49.90', currency: 'USD', terms })).toHaveLength(1);
  });

  it('by percentage is in the currency of the sale', () => {
    expect(lines({ amount: '5000.00', currency: 'JPY' })).toMatchObject([
      { currency: 'JPY', payout: '500.00' },
    ]);
  });
});

describe('credits that are kept from booked lines', () => {
  it('are the same credit: a refund of two equal sales is one line, for both', () => {
    const sales = ['a', 'b'].map(
      (conversion_id): Conversion => ({
        ...BASE,
        conversion_id,
        amount: '20.00',
        terms: { ...BASE.terms, duplicates: 'rebill' },
      }),
    );
    const refund: Conversion = { ...BASE, conversion_id: 'r', event: 'refund', amount: '' };
    const fresh = new Map<string, Found>(
      sales.map(({ conversion_id }) => [conversion_id, { credit: credit(1) }]),
    );
    const booked = settle(sales, fresh);
    const kept = new Map<string, Found>(
      booked.map((line) => [line.conversion_id, { credit: creditOf(JSON.parse(lineKey(line)) as Line) }]),
    );
    const lines = settle([...sales, refund], kept);
    expect(lines).toEqual(settle([...sales, refund], fresh));
    expect(lines.filter(({ conversion_id }) => conversion_id === 'r')).toMatchObject([{ refunds: '40.00' }]);
  });
});
