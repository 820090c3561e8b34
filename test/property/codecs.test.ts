/** What goes through Redis as text: given back as it was, on one line, and never more than the text says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParameterRules } from '../../src/catalog/parameter-rules.ts';
import {
  ANSWERS,
  type Click,
  contactCountryOf,
  decodeClickRow,
  encodeHeaders,
  encodeRejudgeRequest,
  headersOf,
  KEPT_HEADERS,
  type RejudgeRequest,
} from '../../src/clicks/click.ts';
import { LOGGED_CLICK } from '../../src/clicks/click-fields.ts';
import {
  ALONE,
  CLAIM_KEEP_S_MIN,
  claimEnd,
  decodeClaim,
  encodeClaim,
  offerClaimIn,
  offerDigits,
  RELEASED,
  readClaim,
} from '../../src/clicks/first-click.ts';
import { countRefused, encodeRefusedTap } from '../../src/clicks/refused-tap.ts';
import {
  type Conversion,
  decodeConversionRow,
  EVENTS,
  encodeConversion,
  encodeRecheck,
  REASONS,
} from '../../src/conversions/conversion.ts';
import {
  asPlacedJson,
  canBePlaced,
  decodeLink,
  decodePlacement,
  encodeLink,
  encodePlacedJson,
  encodePlacedLink,
  encodePlacement,
  type Link,
  placementId,
  readStoredLink,
} from '../../src/links/link.ts';
import { readAnyLink } from '../../src/links/stored-links.ts';
import { decodeSend, encodeSend, type Send } from '../../src/messages/send.ts';
import { endOfDay } from '../../src/platform/hash-fields.ts';
import { decodeRecord, encodeRecord } from '../../src/records/record.ts';
import { rowOfClick } from '../support/click-rows.ts';
import { mutated, valueOrError } from '../support/mutated.ts';

const RUNS = { numRuns: 1_000 };

/** Everything: control characters, line ends of every alphabet, halves of characters. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('\n', '\r', '\u2028', '\u2029', '\u0085', '\0', '\ud800', '"', '\\', ':', ','),
  }),
);
const time = fc.integer({ min: 0, max: 4e12 });
const texts = fc.dictionary(
  fc.string({ unit: 'binary', maxLength: 8 }).filter((name) => name !== '__proto__'),
  text,
  {
    maxKeys: 4,
    noNullPrototype: true,
  },
);
/** Of what texts are separated by, in JSON or without it. */
const odd_text = fc.string({
  unit: fc.constantFrom(':', ',', '"', '}', 'a', '\x1d', '\x1e', '\x1f'),
  maxLength: 3,
});
const odd_texts = fc.dictionary(odd_text, odd_text, { maxKeys: 4, noNullPrototype: true });
const id = fc.stringMatching(/^[A-Za-z0-9]{7}$/);
const own_id = fc.stringMatching(/^msg_[A-Za-z0-9]{14}$/);

/** What every link has. */
const LINK_PARTS = [
  ...([
    'link_id',
    'account_id',
    'message_id',
    'contact_id',
    'offer_id',
    'creative_id',
    'campaign_id',
  ] as const),
  ...([
    'variant_id',
    'link_key',
    'domain',
    'sent_at_ms',
    'url',
    'fields',
    'expires_at_ms',
    'disabled',
  ] as const),
];
const link: fc.Arbitrary<Link> = fc.record(
  {
    link_id: id,
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
    url: fc.oneof(fc.constant(''), text),
    fields: texts,
    expires_at_ms: time,
    disabled: fc.boolean(),
    taken_down: fc.record({ reason: text, at: text }),
    is_test: fc.constant(true),
  },
  { requiredKeys: LINK_PARTS },
);

/** What a link may say about the parameters of its destination. */
const rules: fc.Arbitrary<ParameterRules> = fc.record(
  {
    url_params: texts.filter((params) => Object.keys(params).length > 0),
    query: fc.constantFrom('drop' as const, 'pass' as const, 'fill' as const),
  },
  { requiredKeys: [] },
);

interface Logged {
  row: string;
  click: Click;
}

const headerValues = fc.array(text, { minLength: KEPT_HEADERS.length, maxLength: KEPT_HEADERS.length });
/** Fields that can't hold just any text or time. */
const special: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  link_id: id,
  click_id: fc.stringMatching(/^[A-Za-z0-9]{29}$/),
  method: fc.constantFrom('GET', 'HEAD', 'POST'),
  ip: fc.oneof(fc.ipV4(), fc.ipV6()),
  headers: headerValues.map(headersOf),
  contact_country: fc
    .constantFrom('', 'us', 'DE', 'no country')
    .map((country) => contactCountryOf({ fields: { country } })),
  answered: fc.constantFrom(...ANSWERS),
  fallback_reason: fc.constantFrom('', 'offer_paused'),
  cap: fc.constantFrom('', 'first_clicks/day'),
  trace: fc.constantFrom('', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'),
  is_test: fc.boolean(),
};
const fieldOf = (name: string): fc.Arbitrary<unknown> =>
  special[name] ?? (name.endsWith('_ms') ? time : text);

const logged: fc.Arbitrary<Logged> = fc
  .record(Object.fromEntries(Object.keys(LOGGED_CLICK).map((name) => [name, fieldOf(name)])))
  .map((click) => ({ row: rowOfClick(click as Click), click: click as Click }));

const request: fc.Arbitrary<RejudgeRequest> = fc.record({
  rejudgement: fc.nat(),
  account_id: text,
  message_id: text,
  link_id: text,
  contact_id: text,
  since_ms: time,
  from_ms: time,
  to_ms: time,
});

const send: fc.Arbitrary<Send> = fc.record({
  message_id: text,
  account_id: text,
  contact_id: text,
  creative_id: text,
  campaign_id: text,
  variant_id: text,
  variant_probability: fc.double({ min: 0, max: 1, noNaN: true }).map((share) => share || 0),
  domain: text,
  sent_at_ms: time,
  logged_at_ms: time,
  links: fc.array(fc.record({ link_key: text, link_id: text, offer_id: text }), { maxLength: 5 }),
  fields: texts,
  link_expires_at_ms: time,
  is_test: fc.boolean(),
});

const conversion: fc.Arbitrary<Conversion> = fc.record({
  conversion_id: text,
  account_id: text,
  offer_id: text,
  transaction: text,
  event: fc.constantFrom(...EVENTS),
  txn_id: text,
  refund_id: text,
  voids: text,
  network: text,
  upload_id: text,
  channel: fc.constantFrom('conv', 'offer', 'coupon', 'pixel', 'api' as const),
  reported: text,
  problem: text,
  click_id: text,
  code: text,
  amount: text,
  currency: text,
  converted_at_ms: time,
  received_at_ms: time,
  subject: fc.record({
    link_id: text,
    link_key: text,
    message_id: text,
    contact_id: text,
    creative_id: text,
    campaign_id: text,
    variant_id: text,
    domain: text,
    sent_at_ms: time,
  }),
  credit_by: fc.constantFrom('click', 'message', 'offer', 'none' as const),
  reason: fc.constantFrom('' as const, ...REASONS),
  terms: fc.record({
    payout_type: fc.constantFrom('cpa', 'cpc', 'revshare' as const),
    payout: text,
    currency: text,
    model: fc.constantFrom('first_click', 'last_click', 'view_through' as const),
    click_window_days: time,
    view_window_hours: time,
    min_conversion_seconds: time,
    duplicates: fc.constantFrom('ignore', 'rebill', 'replace' as const),
  }),
});

/** Rows are joined and split by line feeds. */
function expectOneLine(row: string): void {
  expect(row).not.toMatch(/[\n\r]/);
  expect(['before', row, 'after'].join('\n').split('\n')).toHaveLength(3);
}

/** Redis and the network carry bytes: the text must survive UTF-8. */
const throughRedis = (row: string): string => Buffer.from(row, 'utf8').toString('utf8');

describe('gives back, on one line,', () => {
  it('every click', () => {
    fc.assert(
      fc.property(logged, ({ row, click }) => {
        expectOneLine(row);
        expect(decodeClickRow(throughRedis(row))).toEqual({ kind: 'click', click });
      }),
      RUNS,
    );
  });

  it('every request to rejudge clicks, and never takes it for a click', () => {
    fc.assert(
      fc.property(request, (value) => {
        const row = encodeRejudgeRequest(value);
        expectOneLine(row);
        expect(decodeClickRow(throughRedis(row))).toEqual({ kind: 'rejudge', request: value });
      }),
      RUNS,
    );
  });

  it('the headers of every click', () => {
    const values = fc.array(text, { minLength: KEPT_HEADERS.length, maxLength: KEPT_HEADERS.length });
    fc.assert(
      fc.property(values, (sent) => {
        expectOneLine(encodeHeaders(sent));
        expect(JSON.parse(throughRedis(encodeHeaders(sent)))).toEqual(headersOf(sent));
      }),
      RUNS,
    );
  });

  it('every link that was made with its message, and the placement that it names', () => {
    fc.assert(
      fc.property(link, (value) => {
        const placed = encodePlacement(value);
        expect(decodePlacement(throughRedis(placed))).toEqual(decodePlacement(placed));
        if (!canBePlaced(value)) return;
        const stored = throughRedis(encodePlacedLink(placementId(placed), value));
        const { own, placement } = readStoredLink(value.link_id, stored);
        expect(readAnyLink(value.link_id, endOfDay(20_000) + stored)).toEqual({ own, placement });
        expect(placement).toBe(placementId(placed));
        expect({ ...own, ...decodePlacement(placed) }).toEqual(value);
        expect(() => decodeLink(value.link_id, stored)).toThrow();
      }),
      RUNS,
    );
  });

  it('a link of the plain kind, in few bytes', () => {
    const plain = fc.record({
      message_id: fc.oneof(own_id, fc.constant('msg_'), text),
      contact_id: fc.oneof(
        ...[fc.uuid(), fc.uuid().map((one) => one.toUpperCase()), fc.stringMatching(/^[!-~]{0,129}$/)],
        ...[fc.stringMatching(/^\.[A-Za-z0-9_-]{22}$/), text],
      ),
      sent_at_ms: fc.oneof(time, fc.integer({ min: 62 ** 7 - 2, max: 62 ** 7 + 2 })),
      fields: fc.oneof(fc.constant({}), texts, odd_texts),
      expires_at_ms: fc.oneof(fc.constantFrom(0, 5, 62 ** 8, -1, 1.5), time),
    });
    const rest = { url: '', disabled: false };
    const id_of_placement = placementId('');
    fc.assert(
      fc.property(plain, (of) => {
        const stored = throughRedis(encodePlacedLink(id_of_placement, { ...of, ...rest } as Link));
        const { own, placement } = readStoredLink('abc1234', stored);
        expect(placement).toBe(id_of_placement);
        expect(own).toEqual({ link_id: 'abc1234', ...of, ...rest });
        const json = encodePlacedJson(id_of_placement, of);
        expect(asPlacedJson('abc1234', stored)).toBe(json);
        if (stored.startsWith('[')) return;
        expect(Buffer.byteLength(stored)).toBeLessThan(Buffer.byteLength(json));
        // With the day of its end it fits where Redis has its default.
        const { fields, contact_id, expires_at_ms } = of;
        if (contact_id.length <= 32 && expires_at_ms === 0 && Object.keys(fields).length === 0)
          expect(Buffer.byteLength(stored)).toBeLessThanOrEqual(61);
      }),
      { numRuns: 5_000 },
    );
  });

  it('every link, with its own parameter rules', () => {
    fc.assert(
      fc.property(link, rules, (made, own_rules) => {
        const value = { ...made, ...own_rules };
        if (Object.keys(own_rules).length > 0) expect(canBePlaced(value)).toBe(false);
        expect(decodeLink(value.link_id, throughRedis(encodeLink(value)))).toEqual(value);
      }),
      RUNS,
    );
  });

  it('every send', () => {
    fc.assert(
      fc.property(send, (value) => {
        const row = encodeSend(value);
        expectOneLine(row);
        expect(decodeSend(throughRedis(row))).toEqual(value);
      }),
      RUNS,
    );
  });

  it('every record, and one that was removed', () => {
    const some = text.filter((value) => value !== '');
    fc.assert(
      fc.property(some, fc.option(some), (key, value) => {
        const row = encodeRecord({ key, value });
        expectOneLine(row);
        expect(decodeRecord(throughRedis(row))).toEqual({ key, value });
      }),
      RUNS,
    );
  });

  it('every conversion and every recheck of a transaction', () => {
    fc.assert(
      fc.property(conversion, (value) => {
        const row = encodeConversion(value);
        expectOneLine(row);
        expect(decodeConversionRow(throughRedis(row))).toEqual({ kind: 'new', conversion: value });
        const { account_id, offer_id, transaction } = value;
        const recheck = encodeRecheck(value);
        expectOneLine(recheck);
        expect(decodeConversionRow(throughRedis(recheck))).toEqual({
          kind: 'recheck',
          account_id,
          offer_id,
          transaction,
        });
      }),
      RUNS,
    );
  });

  it('every claim, and knows one that was taken back', () => {
    const click_id = fc.stringMatching(/^[A-Za-z0-9]{29}$/);
    const payout = fc.stringMatching(/^\d{1,12}(\.\d{1,6})?$/);
    fc.assert(
      fc.property(click_id, payout, fc.stringMatching(/^[A-Z]{3}$/), (claimed, amount, currency) => {
        const claim = { click_id: claimed, payout: amount, currency: amount === '0' ? '' : currency };
        const value = encodeClaim(claimed, claim);
        const ends = claimEnd(CLAIM_KEEP_S_MIN);
        expect(readClaim(ends + value)).toEqual(claim);
        expect(readClaim(offerClaimIn(ends + offerDigits('off_1') + value, 'off_1'))).toEqual(claim);
        for (const other of [offerDigits('off_2'), ALONE])
          expect(offerClaimIn(ends + other + value, 'off_1')).toBe('');
      }),
      RUNS,
    );
    expect(readClaim(claimEnd(0) + RELEASED)).toBe(RELEASED);
    expect(readClaim('')).toBeUndefined();
  });
});

const REFUSAL = { reason: 'expired', status: 410, location: '', is_click: false } as const;

it('a refused tap keeps its tap, and is told from the clicks of an entry', () => {
  fc.assert(
    fc.property(logged, fc.boolean(), ({ row, click }, is_click) => {
      const refusal = { ...REFUSAL, is_click };
      const refused = encodeRefusedTap(refusal, row);
      expect(decodeClickRow(refused)).toEqual({ kind: 'refused', refusal, click });
      expect(countRefused([refused, row, row, refused].join('\n'))).toBe(2);
      expect(countRefused(row)).toBe(0);
    }),
    RUNS,
  );
});

/** What each reader promises of whatever it gives: the properties that the next step relies on first. */
describe('of a text that no writer wrote', () => {
  it('a click has an id of its link, or there is an error', () => {
    fc.assert(
      fc.property(
        mutated(
          fc.oneof(
            logged.map(({ row }) => row),
            logged.map(({ row }) => encodeRefusedTap(REFUSAL, row)),
            request.map(encodeRejudgeRequest),
          ),
        ),
        (row) => {
          const read = valueOrError(() => decodeClickRow(row));
          if (read?.kind === 'click' || read?.kind === 'refused') {
            const { link_id, account_id, message_id, contact_id, offer_id, link_key } = read.click;
            for (const part of [link_id, account_id, message_id, contact_id, offer_id, link_key])
              expect(part).toBeTypeOf('string');
          } else if (read !== undefined) {
            expect(read.request.account_id).toBeTypeOf('string');
            expect(read.request.rejudgement).toBeTypeOf('number');
          }
        },
      ),
      RUNS,
    );
  });

  it('a link that refers to its placement has texts and times, or there is an error', () => {
    const own = fc.record({ message_id: own_id, contact_id: fc.uuid(), sent_at_ms: time });
    const texts_of_links = fc
      .tuple(own, texts, fc.constantFrom(0, 5))
      .map(([of, fields, expires_at_ms]) => encodePlacedLink('12345678', { ...of, fields, expires_at_ms }));
    const broken = fc
      .tuple(texts_of_links, fc.nat(150), fc.nat(20), text)
      .map(([row, at, without, instead]) => row.slice(0, at) + instead + row.slice(at + without));
    fc.assert(
      fc.property(broken, (row) => {
        const read = valueOrError(() => readStoredLink('abc1234', row));
        if (read === undefined) return;
        const { message_id, contact_id, sent_at_ms, fields, expires_at_ms } = read.own;
        for (const part of [message_id, contact_id]) expect(part).toBeTypeOf('string');
        for (const part of [sent_at_ms, expires_at_ms]) expect(part).toBeTypeOf('number');
        expect(fields).not.toBeNull();
      }),
      RUNS,
    );
  });

  it('a link is a whole link, with nothing for what was not understood, or there is an error', () => {
    const { taken_down: _closed, is_test: _test, ...sample } = fc.sample(link, 1)[0] as Link;
    fc.assert(
      fc.property(mutated(link.map(encodeLink)), (row) => {
        const read = valueOrError(() => decodeLink('abc1234', row));
        if (read === undefined) return;
        for (const [name, value] of Object.entries(sample))
          expect(typeof read[name as keyof Link], name).toBe(typeof value);
        expect(read.fields).not.toBeNull();
      }),
      RUNS,
    );
  });

  it('a send has an id, a time and links, or there is an error', () => {
    fc.assert(
      fc.property(mutated(send.map(encodeSend)), (row) => {
        const read = valueOrError(() => decodeSend(row));
        if (read === undefined) return;
        expect(read.message_id).toBeTypeOf('string');
        expect(read.logged_at_ms).toBeTypeOf('number');
        expect(read.links).toBeInstanceOf(Array);
      }),
      RUNS,
    );
  });

  it('a conversion has an account, a transaction and terms, or there is an error', () => {
    fc.assert(
      fc.property(
        mutated(fc.oneof(conversion.map(encodeConversion), conversion.map(encodeRecheck))),
        (row) => {
          const read = valueOrError(() => decodeConversionRow(row));
          if (read === undefined) return;
          const { account_id, transaction } = read.kind === 'new' ? read.conversion : read;
          expect(account_id).toBeTypeOf('string');
          expect(transaction).toBeTypeOf('string');
          if (read.kind === 'recheck') return;
          expect(read.conversion.conversion_id).toBeTypeOf('string');
          expect(read.conversion.subject.link_id).toBeTypeOf('string');
          expect(read.conversion.terms.payout).toBeTypeOf('string');
        },
      ),
      RUNS,
    );
  });

  it('a claim is three texts', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(Object.values(decodeClaim(value)).map((part) => typeof part)).toEqual([
          'string',
          'string',
          'string',
        ]);
      }),
      RUNS,
    );
  });
});
