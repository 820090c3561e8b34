/**
 * Reads once per call the creatives, campaigns and offers that its messages refer to, and checks each message against
 * them. Only the account's own entities are found.
 */
import { getEntities } from '../catalog/catalog-store.ts';
import type { Account, Campaign, Creative, Offer, OfferLink } from '../catalog/definitions.ts';
import { OPT_OUT_LINK, parseTemplate, type Template } from '../catalog/placeholders.ts';
import { type Domain, takesLinks } from '../domains/domain.ts';
import { getDomain } from '../domains/domain-store.ts';
import type { RedisClient } from '../platform/redis.ts';
import { MessageError, type MessageInput } from './message.ts';
import { requiredNames } from './render-message.ts';

/** A creative with its body cut into its pieces. */
export interface SentCreative {
  creative: Creative;
  body: Template;
  /** What each message must give a value for. */
  required: string[];
  /** Whether the text has {{optout_link}}. */
  has_opt_out: boolean;
}

export interface References {
  creatives: Map<string, SentCreative>;
  campaigns: Map<string, Campaign>;
  offers: Map<string, Offer>;
  /** That messages, creatives and campaigns name. */
  domains: Map<string, Domain>;
}

/** Rejects with Redis's error. */
export async function readReferences(
  redis: RedisClient,
  account_id: string,
  inputs: readonly MessageInput[],
): Promise<References> {
  const unique = (ids: string[]): string[] => [...new Set(ids)].filter((id) => id !== '');
  const byId = <T>(ids: string[], found: (T | undefined)[]): Map<string, T> =>
    new Map(ids.flatMap((id, i) => (found[i] === undefined ? [] : [[id, found[i]] as [string, T]])));
  const creative_ids = unique(inputs.map((input) => input.creative_id));
  const campaign_ids = unique(inputs.map((input) => input.campaign_id));
  const [creatives, campaigns] = await Promise.all([
    getEntities(redis, 'creative', account_id, creative_ids),
    getEntities(redis, 'campaign', account_id, campaign_ids),
  ]);
  const offer_ids = unique(
    creatives.flatMap((creative) => creative?.offer_links.map((link) => link.offer_id) ?? []),
  );
  const offers = await getEntities(redis, 'offer', account_id, offer_ids);
  const named = [...inputs, ...creatives, ...campaigns].map((one) => one?.domain ?? '');
  const names = unique(named);
  const domains = await Promise.all(names.map((name) => getDomain(redis, account_id, name)));
  return {
    creatives: byId(creative_ids, creatives.map(cutBody)),
    campaigns: byId(campaign_ids, campaigns),
    offers: byId(offer_ids, offers),
    domains: byId(names, domains),
  };
}

function cutBody(creative: Creative | undefined): SentCreative | undefined {
  if (creative === undefined) return undefined;
  const body = parseTemplate(creative.body);
  const has_opt_out = body.placeholders.some(({ name }) => name === OPT_OUT_LINK);
  return { creative, body, required: requiredNames(body), has_opt_out };
}

/** The links of each message with the creative: those of its offers, and the one to opt out where its text has it. */
export function linksOf({ creative, has_opt_out }: SentCreative): readonly OfferLink[] {
  return has_opt_out ? [...creative.offer_links, { key: OPT_OUT_LINK, offer_id: '' }] : creative.offer_links;
}

/** The message's creative. Throws MessageError if anything that the message refers to is missing. */
export function checkReferences(references: References, input: MessageInput): SentCreative {
  const sent = references.creatives.get(input.creative_id);
  if (sent === undefined)
    throw new MessageError('unknown_creative', `there is no creative ${input.creative_id}`);
  const { creative, required } = sent;
  if (creative.status === 'archived') {
    throw new MessageError('archived', `creative ${input.creative_id} is archived: use another one`);
  }
  checkVariant(references, input);
  for (const { offer_id } of creative.offer_links) {
    const offer = references.offers.get(offer_id);
    if (offer === undefined) throw new MessageError('unknown_offer', `there is no offer ${offer_id}`);
    if (offer.status === 'archived')
      throw new MessageError('archived', `offer ${offer_id} is archived: use another one`);
    if (offer.taken_down !== undefined) {
      throw new MessageError(
        'taken_down',
        `the operator has taken offer ${offer_id} down (${offer.taken_down.reason}): use another one`,
      );
    }
  }
  const links = new Set(linksOf(sent).map((link) => link.key));
  const builtIn = builtInValues(input);
  const missing = required.find(
    (name) => !links.has(name) && !Object.hasOwn(input.fields, name) && !Object.hasOwn(builtIn, name),
  );
  if (missing !== undefined) {
    throw new MessageError(
      'missing_field',
      `the creative has {{${missing}}}: give fields.${missing}, or write a default as in {{${missing}|there}}`,
    );
  }
  return sent;
}

/**
 * The tracking domain of a message's links: the message's own over the creative's, the campaign's and the account's; ''
 * for the installation's own. Throws MessageError for a named one that is not in use.
 */
export function chooseDomain(references: References, input: MessageInput, account: Account): string {
  const named =
    input.domain ||
    references.creatives.get(input.creative_id)?.creative.domain ||
    references.campaigns.get(input.campaign_id)?.domain;
  if (!named) return account.link_domain;
  const domain = references.domains.get(named);
  if (domain !== undefined && takesLinks(domain)) return named;
  const state = domain?.taken_down === undefined ? domain?.status : 'taken down by the operator';
  const why = state === undefined ? 'is not a domain of this account' : `is ${state}`;
  throw new MessageError('unknown_domain', `domain ${named} ${why}: see GET /v2/domains`);
}

function checkVariant(references: References, input: MessageInput): void {
  if (input.campaign_id === '') {
    if (input.variant_id !== '')
      throw new MessageError('invalid_message', 'variant_id needs its campaign_id');
    return;
  }
  const campaign = references.campaigns.get(input.campaign_id);
  if (campaign === undefined)
    throw new MessageError('unknown_campaign', `there is no campaign ${input.campaign_id}`);
  if (campaign.status === 'archived') {
    throw new MessageError('archived', `campaign ${input.campaign_id} is archived: use another one`);
  }
  if (input.variant_id === '') return;
  const variant = campaign.variants.find(({ variant_id }) => variant_id === input.variant_id);
  if (variant === undefined) {
    throw new MessageError(
      'unknown_variant',
      `campaign ${input.campaign_id} has no variant ${input.variant_id}`,
    );
  }
  if (variant.creative_id !== input.creative_id) {
    throw new MessageError(
      'unknown_variant',
      `variant ${input.variant_id} sends creative ${variant.creative_id}`,
    );
  }
}

/** Placeholders that every message has besides its fields. */
export function builtInValues({
  contact_id,
  message_id,
  campaign_id,
  variant_id,
}: Pick<MessageInput, 'contact_id' | 'message_id' | 'campaign_id' | 'variant_id'>): Record<
  string,
  string | undefined
> {
  return { contact_id, message_id, campaign_id, variant_id };
}
