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
} from '../../src/conversions/conversion.ts';
import {
  CLOCK_TOLERANCE_MS,
  type Credit,
  type Found,
  type Line,
  lineKey,
  settle,
} from '../../src/conversions/settle.ts';

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
    click_window_days: 90,
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
        event: fc.constantFrom(...EVENTS),
        amount,
        currency: fc.constantFrom('USD', 'USD', 'USD', 'EUR', ''),
        after_ms: fc.integer({ min: -10 * 60_000, max: 100 * DAY_MS }),
        found: fc.constantFrom<keyof typeof FOUND>('first', 'first', 'first', 'other', 'no_click', 'none'),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  )
  .map(([duplicates, payout_type, payout, list]): Reported[] =>
    list.map(({ after_ms, found, ...one }, n) => ({
      conversion: {
        ...BASE,
        ...one,
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
        },
      },
      found: FOUND[found],
    })),
  );

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

/** Nothing but an attributed line counts, and a reversal never as a conversion or a sale. */
function expectCounted(line: Line, event: Event): void {
  const attributed = line.status === 'attributed';
  expect(line.conversions).toBe(attributed && isConversion(event) ? 1 : 0);
  if (!attributed) expect([line.sales, line.refunds, line.payout]).toEqual(['0.00', '0.00', '0.00']);
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
        reports.chain((list) =>
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
      fc.property(reports, (list) => {
        expect(asSet(settled([...list, ...list]))).toEqual(asSet(settled(list)));
      }),
      RUNS,
    );
  });

  it('has a line for every report, of one status, and no line twice', () => {
    fc.assert(
      fc.property(reports, (list) => {
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
      fc.property(reports, (list) => {
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
      fc.property(reports, (list) => {
        const eventOf = new Map<string, Event>(
          list.map(({ conversion }) => [conversion.conversion_id, conversion.event]),
        );
        for (const line of settled(list)) expectCounted(line, eventOf.get(line.conversion_id) as Event);
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

  it('counts each event once, unless the offer says otherwise', () => {
    fc.assert(
      fc.property(reports, (list) => {
        const lines = settled(list);
        const duplicates = list[0]?.conversion.terms.duplicates;
        for (const event of EVENTS) {
          const of = list.filter(({ conversion }) => conversion.event === event);
          const standing = of.filter(({ conversion }) =>
            lines.some(
              ({ conversion_id, status }) =>
                conversion_id === conversion.conversion_id && /attributed/.test(status),
            ),
          );
          if (of.length > 0 && duplicates !== 'rebill') expect(standing).toHaveLength(1);
        }
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
