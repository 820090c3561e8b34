/**
 * Validates what is written into the catalog. Every message says what to do. Control characters are refused, because
 * they would reach a header, a log line or a CSV later. The OpenAPI document shows the examples; replace the ids in
 * them with your own.
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import { REQUESTS } from '../access/limits/bounds.ts';
import { definition } from '../audiences/definition.ts';
import { botRules } from '../bots/bot-rules.ts';
import { domainName } from '../domains/domain-name.ts';
import { isCleanText } from '../platform/text.ts';
import { isTimeZone } from '../platform/zone-clock.ts';
import { IP_STORAGE } from '../privacy/stored-address.ts';
import { attributionField } from './attribution.ts';
import { destinationError } from './check-texts.ts';
import { AUDIT_RETENTION_DAYS_DEFAULT, RETENTION_DAYS_DEFAULT, SECRET_REQUIRED } from './definitions.ts';
import { offerCaps } from './offer-caps.ts';
import { offerRules } from './offer-rules.ts';
import { parameterDefaults, parameterFields } from './parameter-rules.ts';
import { postbackNames } from './postback-names.ts';

const NAME_LENGTH_MAX = 200;
const BODY_LENGTH_MAX = 2_000;
const METADATA_KEYS_MAX = 32;
const COUPONS_MAX = 100;
const COUPON_LENGTH_MAX = 64;
const ADDRESSES_MAX = 200;
const REQUESTS_PER_MINUTE_MAX = 1_000_000;
const MIN_CONVERSION_SECONDS_MAX = 30 * 24 * 3_600;
const VARIANTS_MAX = 20;
const COUNTRIES_MAX = 250;
const BRAND_NAME_LENGTH_MAX = 60;
const BRAND_COLOR_DEFAULT = '#1a56db';
/** Keeps the whole page below 6 kB. */
const LOGO_LENGTH_MAX = 3_000;
const INTERSTITIAL_SECONDS_MAX = 60;
const REASON_LENGTH_MAX = 500;

const CLEAN = { error: 'must not contain line breaks or other control characters' };

const name = z
  .string()
  .trim()
  .min(1, 'give it a name')
  .max(NAME_LENGTH_MAX)
  .refine((text) => isCleanText(text), CLEAN);
const clean = (length_max: number) =>
  z
    .string()
    .max(length_max)
    .refine((text) => isCleanText(text), CLEAN);

const address = (macros: boolean) =>
  z.string().superRefine((text, context) => {
    const message = destinationError(text, macros);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

export const destinationUrl = address(true);
export const fallbackUrl = z.union([z.literal(''), address(false)]);

/** Why the operator closes something; the account reads it. */
export const operatorReason = clean(REASON_LENGTH_MAX).trim().min(1, 'say why');

const decimal = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'write it as a decimal string such as "12.50"');
const status = z.enum(['active', 'paused', 'archived']);
const id = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, 'is not an id');

const addressOrNetwork = z.string().refine((text) => {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}, 'is not an address such as 192.0.2.1 or a network such as 192.0.2.0/24');

export const externalId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/,
    'is 1 to 100 letters, digits and . _ : - and begins with a letter or digit',
  );
const external_id = z
  .union([z.literal(''), externalId])
  .describe(
    'Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays',
  );

const metadata = z
  .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'is not a metadata key'), clean(500))
  .refine((value) => Object.keys(value).length <= METADATA_KEYS_MAX, `at most ${METADATA_KEYS_MAX} keys`);

const accountFields = {
  name,
  tracking_domain: z
    .union([z.literal(''), domainName])
    .describe('Its primary tracking domain; it is used once DNS proves it: see /v2/domains'),
  fallback_url: fallbackUrl,
  time_zone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'is not a time zone: write an IANA name such as Europe/Berlin')
    .describe('IANA name; the dashboard shows times in it'),
  click_retention_days: z
    .int()
    .min(1)
    .max(3_650)
    .describe(
      'Days after which a raw click is deleted. A conversion is credited only to a click that is still stored',
    ),
  send_retention_days: z
    .int()
    .min(1)
    .max(3_650)
    .describe('Days after which a raw send is deleted; its links end with it'),
  ip_storage: z
    .enum(IP_STORAGE)
    .describe(
      'What is stored of a click’s address, once it was judged and its network and country were looked up: all of it, its network (/24 of IPv4, /48 of IPv6), or nothing',
    ),
  honour_gpc: z
    .boolean()
    .describe(
      'Whether a tap with Sec-GPC: 1 passes on no contact_id, no field of the message and no identifier of an advertising network',
    ),
  audit_retention_days: z
    .int()
    .min(1)
    .max(3_650)
    .describe('Days after which entries of the audit log are deleted'),
  bot_filter: z.enum(['no_filter', 'filter']),
  blocked_countries: z
    .array(z.string().regex(/^[A-Z]{2}$/, 'write two capital letters such as KP'))
    .max(COUNTRIES_MAX)
    .describe('Visitors from these countries (ISO 3166) get a page instead of the destination'),
  bot_rules: botRules.describe('The account’s own rules of bot detection'),
  brand: z
    .strictObject({
      name: clean(BRAND_NAME_LENGTH_MAX).trim().default(''),
      color: z
        .string()
        .toLowerCase()
        .regex(/^#[0-9a-f]{6}$/, 'write it as #rrggbb')
        .default(BRAND_COLOR_DEFAULT),
      logo: z
        .string()
        .max(LOGO_LENGTH_MAX, `must be at most ${LOGO_LENGTH_MAX} characters long: it is a part of the page`)
        .regex(
          /^$|^data:image\/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/]+=*$/,
          'write it as data:image/png;base64,…, or svg+xml, webp, gif, jpeg',
        )
        .default(''),
    })
    .describe('How the preview, interstitial and blocked pages look'),
  conversion_secret_required: z
    .enum(SECRET_REQUIRED)
    .describe(
      'Which conversions on the public listener need a secret: all; refunds, chargebacks and those that name no click; none',
    ),
  conversion_signature_required: z
    .boolean()
    .describe('Whether every conversion on the public listener must be signed'),
  conversion_addresses: z.array(addressOrNetwork).max(ADDRESSES_MAX),
  requests_per_minute: z
    .int()
    .min(1)
    .max(REQUESTS_PER_MINUTE_MAX)
    .describe('Requests that it may make in a minute; sends and conversions are not counted'),
  strict: z
    .boolean()
    .describe('Whether calls that would be answered with warnings are refused with 422 instead'),
  refuse_opted_out: z
    .boolean()
    .describe('Whether a message for a contact on the opt-out list is refused with opted_out'),
  ...parameterFields,
};

export const accountInput = z
  .strictObject({
    ...accountFields,
    demo: z
      .boolean()
      .default(false)
      .describe('Whether its data is made up, as by trackly demo: the console says so on every page'),
    tracking_domain: accountFields.tracking_domain.default(''),
    fallback_url: accountFields.fallback_url.default(''),
    time_zone: accountFields.time_zone.default('UTC'),
    click_retention_days: accountFields.click_retention_days.default(RETENTION_DAYS_DEFAULT),
    send_retention_days: accountFields.send_retention_days.default(RETENTION_DAYS_DEFAULT),
    ip_storage: accountFields.ip_storage.default('full'),
    honour_gpc: accountFields.honour_gpc.default(true),
    audit_retention_days: accountFields.audit_retention_days.default(AUDIT_RETENTION_DAYS_DEFAULT),
    bot_filter: accountFields.bot_filter.default('no_filter'),
    blocked_countries: accountFields.blocked_countries.default([]),
    bot_rules: accountFields.bot_rules.prefault({}),
    brand: accountFields.brand.prefault({}),
    conversion_secret_required: accountFields.conversion_secret_required.default('refunds_and_links'),
    conversion_signature_required: accountFields.conversion_signature_required.default(false),
    conversion_addresses: accountFields.conversion_addresses.default([]),
    requests_per_minute: accountFields.requests_per_minute.default(REQUESTS.account_max),
    strict: accountFields.strict.default(false),
    refuse_opted_out: accountFields.refuse_opted_out.default(false),
    ...parameterDefaults,
  })
  .meta({
    examples: [
      {
        name: 'Shoe shop',
        tracking_domain: 'go.shoes.example',
        click_retention_days: 90,
        ip_storage: 'truncated',
        url_params: { utm_source: 'sms', utm_campaign: '{{campaign_id}}' },
      },
    ],
  });
export const accountChange = z
  .strictObject({
    ...accountFields,
    status: z
      .enum(['active', 'archived', 'suspended'])
      .describe(
        'archived: its keys no longer work, its links open on. suspended: its links do not open either, until it is active again',
      ),
    reason: operatorReason.describe('With status suspended: why, for the account and for you'),
  })
  .partial()
  .refine(({ status, reason }) => (reason === undefined) === (status !== 'suspended'), {
    error: 'give a reason with status suspended, and with no other',
    path: ['reason'],
  })
  .meta({
    examples: [
      { fallback_url: 'https://shoes.example/', bot_filter: 'filter' },
      { status: 'suspended', reason: 'phishing, reported on 28 November' },
      { status: 'active' },
    ],
  });

/** What an account may change of itself. Domains have routes of their own; the rest is the operator's. */
export const ownAccountChange = z
  .strictObject(accountFields)
  .pick({
    name: true,
    fallback_url: true,
    time_zone: true,
    bot_filter: true,
    bot_rules: true,
    brand: true,
    conversion_secret_required: true,
    conversion_signature_required: true,
    conversion_addresses: true,
    strict: true,
    refuse_opted_out: true,
    url_params: true,
    query: true,
  })
  .partial()
  .meta({ examples: [{ time_zone: 'Europe/Vienna', url_params: { utm_source: 'sms' } }] });

const offerFields = {
  name,
  external_id,
  destination_url: destinationUrl,
  payout_type: z.enum(['cpa', 'cpc', 'revshare']),
  payout: decimal,
  currency: z.string().regex(/^[A-Z]{3}$/, 'write three capital letters such as USD'),
  bot_filter: z.enum(['inherit', 'no_filter', 'filter']),
  interstitial: z
    .enum(['off', 'timed', 'tap'])
    .describe(
      'A page before the destination: none, one that opens the destination by itself, or one that waits for a tap',
    ),
  interstitial_seconds: z.int().min(1).max(INTERSTITIAL_SECONDS_MAX),
  click_window_days: z.int().min(1).max(3_650),
  min_conversion_seconds: z.int().min(0).max(MIN_CONVERSION_SECONDS_MAX),
  duplicates: z.enum(['ignore', 'rebill', 'replace']),
  attribution: attributionField,
  fallback_url: fallbackUrl,
  fallback_offer_id: z
    .union([z.literal(''), id])
    .describe(
      'The offer that gets the taps while this one is paused, archived or full, before any fallback_url; its own fallback goes on from there',
    ),
  rules: offerRules,
  caps: offerCaps,
  postback_signature_required: z
    .boolean()
    .describe('Whether every conversion of this offer on the public listener must be signed'),
  postback_names: postbackNames,
  coupon_codes: z
    .array(clean(COUPON_LENGTH_MAX).trim().toUpperCase().min(1, 'is empty'))
    .max(COUPONS_MAX)
    .refine((codes) => new Set(codes).size === codes.length, 'names a code twice'),
  metadata,
  ...parameterFields,
};

export const offerInput = z
  .strictObject({
    ...offerFields,
    external_id: external_id.default(''),
    payout_type: offerFields.payout_type.default('cpa'),
    payout: offerFields.payout.default('0'),
    currency: offerFields.currency.default('USD'),
    bot_filter: offerFields.bot_filter.default('inherit'),
    interstitial: offerFields.interstitial.default('off'),
    interstitial_seconds: offerFields.interstitial_seconds.default(5),
    click_window_days: offerFields.click_window_days.default(90),
    min_conversion_seconds: offerFields.min_conversion_seconds.default(0),
    duplicates: offerFields.duplicates.default('ignore'),
    attribution: offerFields.attribution.default([]),
    status: status.default('active'),
    fallback_url: offerFields.fallback_url.default(''),
    fallback_offer_id: offerFields.fallback_offer_id.default(''),
    rules: offerFields.rules.default([]),
    caps: offerFields.caps.default([]),
    postback_signature_required: offerFields.postback_signature_required.default(false),
    postback_names: offerFields.postback_names.default({}),
    coupon_codes: offerFields.coupon_codes.default([]),
    metadata: offerFields.metadata.default({}),
    ...parameterDefaults,
  })
  .meta({
    examples: [
      {
        name: 'Running shoes',
        destination_url: 'https://shop.example/shoes?click={{click_id}}',
        payout_type: 'cpa',
        payout: '2.00',
        currency: 'USD',
        coupon_codes: ['SPRING10'],
      },
      {
        name: 'Boots',
        destination_url: 'https://shop.example/boots?click={{click_id}}',
        rules: [
          {
            name: 'Austria in the evening',
            when: { country: ['AT'], hours: { from: 18, to: 23, tz: 'Europe/Vienna' } },
            to: [{ url: 'https://shop.example/at/boots?click={{click_id}}' }],
          },
        ],
      },
    ],
  });
export const offerChange = z
  .strictObject({ ...offerFields, status })
  .partial()
  .meta({
    examples: [{ destination_url: 'https://shop.example/sale?click={{click_id}}' }, { status: 'paused' }],
  });

const linksDomain = z
  .union([z.literal(''), domainName])
  .describe(
    'A tracking domain of the account for its links: message over creative over campaign over account',
  );

const linkKey = z.string().regex(/^link([1-9]|1\d|20)$/, 'is one of link1 … link20');
const creativeFields = {
  name,
  external_id,
  body: z
    .string()
    .overwrite((text) => text.replace(/\r\n?/g, '\n'))
    .min(1, 'write the text of the message')
    .max(BODY_LENGTH_MAX)
    .refine((text) => isCleanText(text.replaceAll('\n', ' ')), {
      error: 'must not contain control characters other than line breaks',
    })
    .describe(
      'Text of the message with placeholders: {{link1}} … {{link20}}, a field such as {{first_name}}, or {{first_name|there}} with a default for messages without it',
    ),
  offer_links: z.array(z.strictObject({ key: linkKey, offer_id: id })).max(20),
  domain: linksDomain,
  ...parameterFields,
};

export const creativeInput = z
  .strictObject({
    ...creativeFields,
    external_id: external_id.default(''),
    offer_links: creativeFields.offer_links.default([]),
    domain: creativeFields.domain.default(''),
    status: status.default('active'),
    ...parameterDefaults,
  })
  .meta({
    examples: [
      {
        name: 'Hello',
        body: 'Hi {{first_name|there}}, look: {{link1}}',
        offer_links: [{ key: 'link1', offer_id: 'off_4kTq8Zr2Xw9LmP' }],
      },
    ],
  });
export const creativeChange = z
  .strictObject({ ...creativeFields, status })
  .partial()
  .meta({ examples: [{ name: 'Hello again' }] });

const variants = z
  .array(z.strictObject({ variant_id: id, creative_id: id, percent: z.int().min(0).max(100) }))
  .max(VARIANTS_MAX)
  .refine((list) => new Set(list.map((variant) => variant.variant_id)).size === list.length, {
    error: 'variant_id must be unique within the campaign',
  })
  .refine((list) => list.length === 0 || list.reduce((sum, variant) => sum + variant.percent, 0) === 100, {
    error: 'the percents must add up to 100',
  });

const selection = z
  .strictObject({
    method: z
      .enum(['planned', 'thompson'])
      .default('planned')
      .describe(
        '`planned`: by the percents of the variants. `thompson`: by results, each variant in proportion to its chance of being the best',
      ),
    metric: z.enum(['click_rate', 'revenue_per_message']).default('click_rate'),
    control_percent: z
      .int()
      .min(1)
      .max(100)
      .default(10)
      .describe(
        'Part of the messages that is split by the percents whatever the results, so that all stay measured',
      ),
  })
  .describe('How messages that do not name their creative get a variant; see POST /v2/campaigns/:id/choose');

export const campaignInput = z
  .strictObject({
    name,
    external_id: external_id.default(''),
    variants: variants.default([]),
    selection: selection.prefault({}),
    domain: linksDomain.default(''),
    status: status.default('active'),
    ...parameterDefaults,
  })
  .meta({
    examples: [
      {
        name: 'Spring',
        variants: [
          { variant_id: 'A', creative_id: 'cre_7hBn3Vc5Qs1DkR', percent: 50 },
          { variant_id: 'B', creative_id: 'cre_7hBn3Vc5Qs1DkR', percent: 50 },
        ],
      },
    ],
  });
export const campaignChange = z
  .strictObject({ name, external_id, variants, selection, domain: linksDomain, status, ...parameterFields })
  .partial()
  .meta({ examples: [{ status: 'archived' }, { url_params: { utm_campaign: 'spring' }, query: 'pass' }] });

const audienceFields = { name, external_id, definition, metadata };
const audienceStatus = z.enum(['active', 'archived']);

export const audienceInput = z
  .strictObject({
    ...audienceFields,
    external_id: external_id.default(''),
    status: audienceStatus.default('active'),
    metadata: metadata.default({}),
  })
  .meta({
    examples: [
      {
        name: 'Clicked twice, bought nothing',
        definition: {
          all: [{ clicked: { at_least: 2, window: { last_days: 30 } } }, { did_not_convert: {} }],
        },
      },
    ],
  });
export const audienceChange = z
  .strictObject({ ...audienceFields, status: audienceStatus })
  .partial()
  .meta({ examples: [{ name: 'Clicked in spring' }] });
