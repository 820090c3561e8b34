/**
 * Offers, creatives, campaigns and accounts as the texts in the fields of their forms, and back as the API takes them. An
 * error of the API names a field as it is named here. Pure.
 */
import type { Account, Campaign, Creative, Offer } from '../../client/openapi.ts';
import { linkKeysOf } from './body.ts';
import type { Values } from './drafts.ts';
import { linesOf, pairsOf, textOf } from './lines.ts';
import { capDrafts, capsIn, choiceDrafts, choicesIn, ruleDrafts, rulesIn } from './offer-rules.ts';

const isYes = (text: string | undefined): boolean => text === 'true';

type Parameters = Pick<Offer, 'url_params' | 'query'>;
const parameterValues = ({ url_params, query }: Parameters): Values => ({
  url_params: textOf(url_params),
  query: query ?? '',
});
const parametersOf = ({ url_params, query = '' }: Values): Parameters => ({
  url_params: pairsOf(url_params),
  query: query === '' ? null : (query as 'drop'),
});

export type OfferFields = Omit<
  Offer,
  'offer_id' | 'account_id' | 'created_at' | 'updated_at' | 'external_id' | 'postback_names'
>;

/** What a new one begins with. */
export const NEW_OFFER: Values = {
  payout_type: 'cpa',
  bot_filter: 'inherit',
  interstitial: 'off',
  interstitial_seconds: '5',
  click_window_days: '90',
  min_conversion_seconds: '0',
  duplicates: 'ignore',
  postback_signature_required: 'false',
  rules: '[]',
  caps: '[]',
  attribution: '[]',
  metadata: '',
  query: '',
};

/** `tz`: the account's zone, whose clocks the form shows. */
export const offerValues = (offer: Offer, tz: string): Values => ({
  name: offer.name,
  status: offer.status,
  destination_url: offer.destination_url,
  payout_type: offer.payout_type,
  payout: offer.payout,
  currency: offer.currency,
  bot_filter: offer.bot_filter,
  interstitial: offer.interstitial,
  interstitial_seconds: String(offer.interstitial_seconds),
  click_window_days: String(offer.click_window_days),
  min_conversion_seconds: String(offer.min_conversion_seconds),
  duplicates: offer.duplicates,
  fallback_url: offer.fallback_url,
  fallback_offer_id: offer.fallback_offer_id ?? '',
  postback_signature_required: String(offer.postback_signature_required),
  coupon_codes: offer.coupon_codes.join('\n'),
  rules: JSON.stringify(ruleDrafts(offer.rules, tz)),
  caps: JSON.stringify(capDrafts(offer.caps)),
  attribution: JSON.stringify(choiceDrafts(offer.attribution, tz)),
  metadata: textOf(offer.metadata),
  ...parameterValues(offer),
});

export const offerOf = (values: Values, tz: string): Partial<OfferFields> => ({
  name: values['name'] ?? '',
  ...statusOf(values),
  destination_url: (values['destination_url'] ?? '').trim(),
  payout_type: values['payout_type'] as Offer['payout_type'],
  payout: values['payout'] || '0',
  currency: values['currency'] || 'USD',
  bot_filter: values['bot_filter'] as Offer['bot_filter'],
  interstitial: values['interstitial'] as Offer['interstitial'],
  interstitial_seconds: Number(values['interstitial_seconds']),
  click_window_days: Number(values['click_window_days']),
  min_conversion_seconds: Number(values['min_conversion_seconds']),
  duplicates: values['duplicates'] as Offer['duplicates'],
  fallback_url: (values['fallback_url'] ?? '').trim(),
  fallback_offer_id: values['fallback_offer_id'] ?? '',
  postback_signature_required: isYes(values['postback_signature_required']),
  coupon_codes: linesOf(values['coupon_codes']).map((code) => code.toUpperCase()),
  rules: rulesIn(values['rules']),
  caps: capsIn(values['caps']),
  attribution: choicesIn(values['attribution'], tz),
  metadata: pairsOf(values['metadata']),
  ...parametersOf(values),
});

/** A new one is active without saying so. */
const statusOf = ({ status }: Values): { status?: Offer['status'] } =>
  status === undefined ? {} : { status: status as Offer['status'] };

export const creativeValues = (creative: Creative): Values => ({
  name: creative.name,
  status: creative.status,
  body: creative.body,
  domain: creative.domain,
  ...Object.fromEntries(creative.offer_links.map(({ key, offer_id }) => [key, offer_id])),
  ...parameterValues(creative),
});

type CreativeFields = Pick<Creative, 'name' | 'body' | 'offer_links' | 'domain'> &
  Parameters & { status?: Creative['status'] };

export function creativeOf(values: Values): CreativeFields {
  const body = values['body'] ?? '';
  return {
    name: values['name'] ?? '',
    ...statusOf(values),
    body,
    offer_links: linkKeysOf(body).map((key) => ({ key, offer_id: values[key] ?? '' })),
    domain: values['domain'] ?? '',
    ...parametersOf(values),
  };
}

/** Of a campaign's form: `variants` is how many there are. */
export const NEW_CAMPAIGN: Values = {
  variants: '1',
  'variants.0.variant_id': 'A',
  'variants.0.percent': '100',
  'selection.method': 'planned',
  'selection.metric': 'click_rate',
  'selection.control_percent': '10',
};

type Variant = Campaign['variants'][number];

const variantValues = (variants: readonly Variant[]): Values => ({
  variants: String(variants.length),
  ...Object.fromEntries(
    variants.flatMap(({ variant_id, creative_id, percent }, i) => [
      [`variants.${i}.variant_id`, variant_id],
      [`variants.${i}.creative_id`, creative_id],
      [`variants.${i}.percent`, String(percent)],
    ]),
  ),
});

export const variantsOf = (values: Values): Variant[] =>
  Array.from({ length: Number(values['variants'] ?? 0) }, (_, i) => ({
    variant_id: (values[`variants.${i}.variant_id`] ?? '').trim(),
    creative_id: values[`variants.${i}.creative_id`] ?? '',
    percent: percentOf(values[`variants.${i}.percent`]),
  }));

const percentOf = (text = ''): number => (/^\d{1,3}$/.test(text.trim()) ? Number(text) : Number.NaN);

/** What all variants get together; NaN while one is no whole number. */
export const percentSum = (values: Values): number =>
  variantsOf(values).reduce((sum, { percent }) => sum + percent, 0);

/** Whether the API would take the split: no variant at all, or all of the messages. */
export const isWhole = (values: Values): boolean =>
  variantsOf(values).length === 0 || percentSum(values) === 100;

const LETTERS = [...'ABCDEFGHIJKLMNOPQRST'];

/** One more variant, which gets what the others leave. */
export function withVariant(values: Values): Values {
  const variants = variantsOf(values);
  const variant_id = LETTERS.find((letter) => variants.every((one) => one.variant_id !== letter)) ?? '';
  const left = 100 - percentSum(values);
  const added = {
    variant_id,
    creative_id: variants.at(-1)?.creative_id ?? '',
    percent: Math.max(left, 0),
  };
  return { ...values, ...variantValues([...variants, added]) };
}

/** Without the variant at `at`. */
export function withoutVariant(values: Values, at: number): Values {
  const others = Object.entries(values).filter(([name]) => !name.startsWith('variants.'));
  const variants = variantsOf(values).filter((_, i) => i !== at);
  return { ...Object.fromEntries(others), ...variantValues(variants) };
}

/** All get the same; the first ones get the rest. */
export function splitEvenly(values: Values): Values {
  const variants = variantsOf(values);
  const share = Math.floor(100 / variants.length);
  const rest = 100 - share * variants.length;
  return {
    ...values,
    ...variantValues(variants.map((one, i) => ({ ...one, percent: share + (i < rest ? 1 : 0) }))),
  };
}

export const campaignValues = (campaign: Campaign): Values => ({
  name: campaign.name,
  status: campaign.status,
  domain: campaign.domain,
  ...variantValues(campaign.variants),
  'selection.method': campaign.selection.method,
  'selection.metric': campaign.selection.metric,
  'selection.control_percent': String(campaign.selection.control_percent),
  ...parameterValues(campaign),
});

type CampaignFields = Pick<Campaign, 'name' | 'variants' | 'selection' | 'domain'> &
  Parameters & { status?: Campaign['status'] };

export const campaignOf = (values: Values): CampaignFields => ({
  name: values['name'] ?? '',
  ...statusOf(values),
  domain: values['domain'] ?? '',
  variants: variantsOf(values),
  selection: {
    method: values['selection.method'] as Campaign['selection']['method'],
    metric: values['selection.metric'] as Campaign['selection']['metric'],
    control_percent: Number(values['selection.control_percent']),
  },
  ...parametersOf(values),
});

export const accountValues = (account: Account): Values => ({
  name: account.name,
  time_zone: account.time_zone,
  fallback_url: account.fallback_url,
  bot_filter: account.bot_filter,
  'brand.name': account.brand.name,
  'brand.color': account.brand.color,
  'brand.logo': account.brand.logo,
  conversion_secret_required: account.conversion_secret_required,
  conversion_signature_required: String(account.conversion_signature_required),
  conversion_addresses: account.conversion_addresses.join('\n'),
  strict: String(account.strict),
  refuse_opted_out: String(account.refuse_opted_out),
  ...parameterValues(account),
});

type AccountFields = Pick<
  Account,
  | 'name'
  | 'time_zone'
  | 'fallback_url'
  | 'bot_filter'
  | 'brand'
  | 'conversion_secret_required'
  | 'conversion_signature_required'
  | 'conversion_addresses'
  | 'strict'
  | 'refuse_opted_out'
> &
  Parameters;

export const accountOf = (values: Values): AccountFields => ({
  name: values['name'] ?? '',
  time_zone: values['time_zone'] ?? '',
  fallback_url: (values['fallback_url'] ?? '').trim(),
  bot_filter: values['bot_filter'] as Account['bot_filter'],
  brand: {
    name: values['brand.name'] ?? '',
    color: values['brand.color'] ?? '',
    logo: values['brand.logo'] ?? '',
  },
  conversion_secret_required: values['conversion_secret_required'] as Account['conversion_secret_required'],
  conversion_signature_required: isYes(values['conversion_signature_required']),
  conversion_addresses: linesOf(values['conversion_addresses']),
  strict: isYes(values['strict']),
  refuse_opted_out: isYes(values['refuse_opted_out']),
  ...parametersOf(values),
});

type Rules = Account['bot_rules'];

export const rulesValues = ({ bot, hosting, person }: Rules): Values => ({
  'bot_rules.bot.user_agents': bot.user_agents.join('\n'),
  'bot_rules.bot.addresses': bot.addresses.join('\n'),
  'bot_rules.bot.asns': bot.asns.join('\n'),
  'bot_rules.hosting.asns': hosting.asns.join('\n'),
  'bot_rules.person.user_agents': person.user_agents.join('\n'),
  'bot_rules.person.addresses': person.addresses.join('\n'),
  'bot_rules.person.asns': person.asns.join('\n'),
});

export function rulesOf(values: Values): Rules {
  const lines = (name: string): string[] => linesOf(values[`bot_rules.${name}`]);
  const numbers = (name: string): number[] =>
    lines(name).map((text) => Number(text.replace(/^AS(?=\d)/i, '')));
  return {
    bot: {
      user_agents: lines('bot.user_agents'),
      addresses: lines('bot.addresses'),
      asns: numbers('bot.asns'),
    },
    hosting: { asns: numbers('hosting.asns') },
    person: {
      user_agents: lines('person.user_agents'),
      addresses: lines('person.addresses'),
      asns: numbers('person.asns'),
    },
  };
}
