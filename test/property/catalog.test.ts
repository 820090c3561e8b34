/** What the catalog takes in: stored and read again it is the same, and it never sends anyone astray. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { creativeError, destinationError } from '../../src/catalog/check-texts.ts';
import { parseTemplate, withPlainBraces } from '../../src/catalog/placeholders.ts';
import {
  accountInput,
  audienceInput,
  campaignInput,
  creativeInput,
  offerInput,
} from '../../src/catalog/schemas.ts';
import { asciiUrl, compileDestination, fillDestination } from '../../src/links/destination-template.ts';
import type { Link } from '../../src/links/link.ts';
import { isCleanText } from '../../src/platform/text.ts';

const RUNS = { numRuns: 1_500 };

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(
      '\n',
      '\r',
      '\0',
      ' ',
      '\u2028',
      '\ud800',
      '%',
      '/',
      '\\',
      '{{',
      '}}',
      '@',
      ':',
      '.',
    ),
    maxLength: 12,
  }),
);
const plain = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });

/** Addresses that are all right, nearly so, or made of the pieces that parsers read differently. */
const piece = fc.constantFrom(
  'http://',
  'https://',
  'HTTPS://',
  'https:/',
  'https:///',
  'javascript:',
  '//',
  '/',
  '\\',
  '?',
  '#',
  '@',
  ':',
  ':8080',
  ':99999',
  'x.example',
  'bücher.example',
  'evil.example',
  '[::1]',
  '127.0.0.1',
  'user:secret@',
  '{{contact_id}}',
  '{{ click_id }}',
  '{{link_id}}',
  '{{who}}',
  '{{Bad}}',
  '{{who|no one}}',
  '%7B%7Bclick_id%7D%7D',
  '%7b%7B',
  '%7D%7d',
  'b%C3%BCcher.example',
  '|',
  '{',
  '}',
  '%0d%0a',
  '%',
  '\t',
  '\r\n',
  'ü',
  '\u3002',
  '\uff0f',
  '\ufeff',
  '..',
  '=',
  '&',
);
const address = fc.oneof(
  { weight: 3, arbitrary: fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('http://', 'https://', 'https:///'),
        fc.array(piece, { minLength: 1, maxLength: 6 }),
      )
      .map(([scheme, pieces]) => scheme + pieces.join('')),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.webUrl({ withQueryParameters: true }), piece, piece)
      .map((parts) => parts.join('')),
  },
  text,
);

const link = fc
  .record({
    message_id: text,
    contact_id: text,
    offer_id: text,
    creative_id: text,
    campaign_id: text,
    variant_id: text,
    who: text,
  })
  .map(
    ({ who, ...ids }): Link => ({
      ...ids,
      link_id: 'abc1234',
      account_id: 'acc',
      link_key: 'link1',
      domain: '',
      sent_at_ms: 1,
      url: '',
      fields: { who },
      expires_at_ms: 0,
      disabled: false,
    }),
  );

const withoutMacros = (url: string): string => parseTemplate(withPlainBraces(url)).texts.join('x');

describe('a destination that was accepted', () => {
  it('leads to its own host, whatever the macros hold', () => {
    let accepted = 0;
    fc.assert(
      fc.property(address, link, (url, of) => {
        if (destinationError(url, true) !== undefined) return;
        accepted++;
        const location = fillDestination(compileDestination(url), {
          link: of,
          click_id: 'CLICK',
          clicked_at_ms: 1_700_000_000_999,
        });
        expect(location).toMatch(/^https?:\/\/[\x21-\x7e]+$/i);
        const found = new URL(location);
        const stored = new URL(withoutMacros(url));
        expect([found.protocol, found.host, found.username]).toEqual([stored.protocol, stored.host, '']);
        // The page says the host that it leads to.
        expect(/^https?:\/\/([^/?#]+)/i.exec(location)).not.toBeNull();
      }),
      { numRuns: 5_000 },
    );
    expect(accepted).toBeGreaterThan(500);
  });

  it('has no macro in it where it is a fallback, and stays the same address', () => {
    fc.assert(
      fc.property(address, (url) => {
        if (destinationError(url, false) !== undefined) return;
        const location = asciiUrl(url);
        expect(location).toMatch(/^https?:\/\/[\x21-\x7e]+$/i);
        expect(new URL(location).href).toBe(new URL(url).href);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is refused in a sentence otherwise', () => {
    fc.assert(
      fc.property(address, fc.boolean(), (url, macros) => {
        const error = destinationError(url, macros);
        expect(error ?? 'must be').toMatch(/^(must|may|has|is) /);
      }),
      RUNS,
    );
  });
});

/** Anything in the place of any property, most of them left out or right. */
const something = (right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 12, arbitrary: right },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    { weight: 1, arbitrary: text },
  );

const decimal = fc.stringMatching(/^\d{1,12}(\.\d{1,6})?$/);
const entityId = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
const offer = fc.record(
  {
    name: something(plain),
    destination_url: something(fc.oneof(fc.webUrl(), fc.constant('https://x.example/?c={{click_id}}'))),
    payout_type: something(fc.constantFrom('cpa', 'cpc', 'revshare')),
    payout: something(decimal),
    currency: something(fc.stringMatching(/^[A-Z]{3}$/)),
    bot_filter: something(fc.constantFrom('inherit', 'no_filter', 'filter')),
    interstitial: something(fc.constantFrom('off', 'timed', 'tap')),
    interstitial_seconds: something(fc.integer({ min: 1, max: 60 })),
    click_window_days: something(fc.integer({ min: 1, max: 3_650 })),
    fallback_url: something(fc.oneof(fc.constant(''), fc.webUrl())),
    coupon_codes: something(fc.uniqueArray(fc.stringMatching(/^ ?[a-z0-9ß]{1,10} ?$/), { maxLength: 4 })),
    metadata: something(
      fc.dictionary(fc.stringMatching(/^[A-Za-z0-9_.-]{1,10}$/), plain, {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    ),
  },
  { requiredKeys: ['name', 'destination_url'] },
);
const account = fc.record(
  {
    name: something(plain),
    tracking_domain: something(fc.domain()),
    fallback_url: something(fc.webUrl()),
    click_retention_days: something(fc.integer({ min: 1, max: 3_650 })),
    send_retention_days: something(fc.integer({ min: 1, max: 3_650 })),
    honour_gpc: something(fc.boolean()),
    refuse_opted_out: something(fc.boolean()),
    ip_storage: something(fc.constantFrom('full', 'truncated', 'none')),
    bot_filter: something(fc.constantFrom('no_filter', 'filter')),
    blocked_countries: something(fc.array(fc.stringMatching(/^[A-Z]{2}$/), { maxLength: 3 })),
    bot_rules: something(fc.record({ bot: fc.record({ user_agents: fc.array(plain, { maxLength: 2 }) }) })),
    brand: something(
      fc.record({ name: plain, color: fc.stringMatching(/^#[0-9A-Fa-f]{6}$/) }, { requiredKeys: [] }),
    ),
    conversion_addresses: something(fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { maxLength: 3 })),
  },
  { requiredKeys: ['name'] },
);
const creative = fc.record(
  {
    name: something(plain),
    body: something(
      fc
        .array(fc.oneof(plain, fc.constantFrom('{{link1}}', '{{ link2 }}', '{{name}}', '\n')), {
          maxLength: 6,
        })
        .map((parts) => parts.join('')),
    ),
    offer_links: something(
      fc.array(fc.record({ key: fc.constantFrom('link1', 'link2', 'link20'), offer_id: entityId }), {
        maxLength: 3,
      }),
    ),
  },
  { requiredKeys: ['name', 'body'] },
);
const campaign = fc.record(
  {
    name: something(plain),
    variants: something(
      fc
        .tuple(entityId, entityId, fc.integer({ min: 0, max: 100 }))
        .map(([creative_id, other_id, percent]) => [
          { variant_id: 'A', creative_id, percent },
          { variant_id: 'B', creative_id: other_id, percent: 100 - percent },
        ]),
    ),
  },
  { requiredKeys: ['name'] },
);

const condition = fc.record(
  {
    offer_id: something(entityId),
    message_id: something(plain),
    at_most: something(fc.integer({ min: 0, max: 9 })),
    window: something(fc.record({ last_days: fc.integer({ min: 1, max: 90 }) })),
  },
  { requiredKeys: [] },
);
const audience = fc.record(
  {
    name: something(plain),
    definition: something(
      fc
        .array(
          fc
            .tuple(fc.constantFrom('clicked', 'did_not_convert', 'was_sent'), condition)
            .map(([event, of]) => ({ [event]: of })),
          { minLength: 1, maxLength: 3 },
        )
        .map((parts) => ({ all: parts })),
    ),
    metadata: something(fc.constant({ team: 'crm' })),
  },
  { requiredKeys: ['name', 'definition'] },
);

/** All texts in it, names of properties among them. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsOf(inner)]);
}

describe.each<[string, z.ZodType, fc.Arbitrary<unknown>]>([
  ['an offer', offerInput, offer],
  ['an account', accountInput, account],
  ['a creative', creativeInput, creative],
  ['a campaign', campaignInput, campaign],
  ['an audience', audienceInput, audience],
])('%s', (_name, schema, arbitrary) => {
  it('that was accepted is the same when it was stored, read, and sent in again', () => {
    let accepted = 0;
    fc.assert(
      fc.property(arbitrary, (input) => {
        // As a body holds it: -0 is 0 there.
        const parsed = schema.safeParse(JSON.parse(JSON.stringify(input)));
        if (!parsed.success) return;
        accepted++;
        const stored: unknown = JSON.parse(JSON.stringify(parsed.data));
        expect(stored).toEqual(parsed.data);
        expect(schema.parse(stored)).toEqual(stored);
        expect(textsOf(stored).filter((found) => !isCleanText(found.replaceAll('\n', ' ')))).toEqual([]);
      }),
      RUNS,
    );
    expect(accepted).toBeGreaterThan(RUNS.numRuns / 10);
  });

  it('is refused with a sentence for each mistake, and never throws anything', () => {
    fc.assert(
      fc.property(fc.oneof(arbitrary, fc.jsonValue({ maxDepth: 4 })), (input) => {
        const parsed = schema.safeParse(input);
        if (parsed.success) return;
        expect(parsed.error.issues.length).toBeGreaterThan(0);
        for (const issue of parsed.error.issues) expect(issue.message).toMatch(/\S+ \S+/);
      }),
      RUNS,
    );
  });
});

it('says of every body and links whether they fit', () => {
  fc.assert(
    fc.property(
      text,
      fc.array(fc.record({ key: fc.constantFrom('link1', 'link2', '__proto__') }), { maxLength: 3 }),
      (body, links) => {
        const error = creativeError(body, links);
        expect(error?.field ?? 'body').toMatch(/^(body|offer_links)$/);
      },
    ),
    RUNS,
  );
});
