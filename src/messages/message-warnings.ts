/**
 * What is probably a mistake in a message that can be created: found while messages are checked against the catalog.
 * What is the same for all messages of a creative and a campaign is found once for a call, because this runs for every
 * line of a send. Pure.
 */
import type { Account, Campaign, Offer } from '../catalog/definitions.ts';
import {
  domainWarning,
  fieldsOfDestination,
  missingFieldWarning,
  statusWarning,
  type Warning,
} from '../catalog/warnings.ts';
import type { MessageInput } from './message.ts';
import { linksOf, type References, type SentCreative } from './message-references.ts';
import type { MessageRecord } from './message-store.ts';

/** What all messages of a creative and a campaign have in common. */
interface Common {
  warnings: readonly Warning[];
  /** Fields that a destination needs, with the offer. */
  needed: readonly { name: string; where: string }[];
  /** Fields that the text has without a default: a message has them, perhaps empty. */
  required: readonly string[];
  /** Fields that the text has with a default; `plain` without underscores. */
  optional: readonly { name: string; plain: string }[];
}

const NONE: readonly Warning[] = [];
const plain = (name: string): string => name.replaceAll('_', '');
const there = <T>(list: readonly (T | undefined)[]): T[] => list.filter((one) => one !== undefined);

/** The warnings of one call's messages. */
export class MessageWarnings {
  private readonly common = new Map<string, Common>();
  private readonly references: References;
  private readonly account: Account;
  private readonly default_domain: string;

  constructor(references: References, account: Account, default_domain: string) {
    this.references = references;
    this.account = account;
    this.default_domain = default_domain;
  }

  /** `domain` is that of its links. */
  of(input: MessageInput, sent: SentCreative, domain: string): readonly Warning[] {
    const { creative_id, campaign_id, variant_id } = input;
    const key = `${creative_id}\n${campaign_id}\n${variant_id === '' ? '' : 'v'}\n${domain}`;
    let common = this.common.get(key);
    if (common === undefined) {
      common = this.find(input, sent, domain);
      this.common.set(key, common);
    }
    const own = ofFields(common, input.fields);
    if (own === NONE && input.warnings === undefined) return common.warnings;
    return [...common.warnings, ...(input.warnings ?? NONE), ...own];
  }

  private find(input: MessageInput, sent: SentCreative, domain: string): Common {
    const { creative, body, required } = sent;
    const { references, account } = this;
    const campaign = references.campaigns.get(input.campaign_id);
    const offers = there(creative.offer_links.map(({ offer_id }) => references.offers.get(offer_id)));
    const links = new Set(linksOf(sent).map(({ key }) => key));
    return {
      warnings: there([
        domainWarning(account, domain, this.default_domain),
        variantWarning(input, campaign),
        statusWarning(`creative ${creative.creative_id}`, creative.status, 'creative_id'),
        statusWarning(`campaign ${input.campaign_id}`, campaign?.status, 'campaign_id'),
        ...offers.map(({ offer_id, status }) => statusWarning(`offer ${offer_id} of the creative`, status)),
      ]),
      needed: offers.flatMap((offer) =>
        neededBy(offer, offer.query ?? creative.query ?? campaign?.query ?? account.query),
      ),
      required: required.filter((name) => !links.has(name)),
      optional: body.placeholders
        .filter(({ name, default_value }) => default_value !== undefined && !links.has(name))
        .map(({ name }) => ({ name, plain: plain(name) })),
    };
  }
}

/** A tap may fill the placeholders of a link whose query says so. */
function neededBy(offer: Offer, query: Offer['query']): Common['needed'] {
  if (query === 'fill') return [];
  const where = `the destination of offer ${offer.offer_id}`;
  return fieldsOfDestination(offer.destination_url).map((name) => ({ name, where }));
}

function variantWarning(
  { variant_id, creative_id }: MessageInput,
  campaign: Campaign | undefined,
): Warning | undefined {
  if (campaign === undefined || campaign.variants.length === 0 || variant_id !== '') return undefined;
  const sending = campaign.variants.filter((variant) => variant.creative_id === creative_id);
  const who =
    sending.length === 0
      ? `none of its variants sends creative ${creative_id}`
      : `${sending.map((variant) => variant.variant_id).join(' and ')} ${sending.length === 1 ? 'sends' : 'send'} this creative`;
  return {
    code: 'variant_missing',
    field: 'variant_id',
    message: `campaign ${campaign.campaign_id} has variants, and the message counts in none: give variant_id (${who})`,
  };
}

function ofFields(
  { needed, required, optional }: Common,
  fields: MessageInput['fields'],
): readonly Warning[] {
  let found: Warning[] | undefined;
  const add = (warning: Warning): void => {
    found ??= [];
    found.push(warning);
  };
  for (const { name, where } of needed) {
    if (!Object.hasOwn(fields, name) || fields[name] === '') add(missingFieldWarning(name, where));
  }
  for (const name of required) if (fields[name] === '') add(missingFieldWarning(name, 'the text'));
  for (const one of optional) {
    if (Object.hasOwn(fields, one.name)) continue;
    const meant = Object.keys(fields).find((name) => plain(name) === one.plain);
    if (meant !== undefined) add(misspelt(meant, one.name));
  }
  return found ?? NONE;
}

const misspelt = (given: string, name: string): Warning => ({
  code: 'field_misspelt',
  field: `fields.${given}`,
  message: `nothing uses fields.${given}, and {{${name}}} got its default: write fields.${name}`,
});

/** Of a message that exists: the answer is the stored one. */
export function repeatWarnings(
  input: MessageInput,
  record: MessageRecord,
  { creative }: SentCreative,
): Warning[] {
  const { fields = {} } = record;
  const names = new Set([...Object.keys(fields), ...Object.keys(input.fields)]);
  const differing = [
    ...(input.campaign_id === record.campaign_id ? [] : ['campaign_id']),
    ...(input.variant_id === record.variant_id ? [] : ['variant_id']),
    ...(input.domain === '' || input.domain === record.domain ? [] : ['domain']),
    ...(input.sent_at_given && input.sent_at_ms !== record.sent_at_ms ? ['sent_at'] : []),
    ...[...names].filter((name) => fields[name] !== input.fields[name]).map((name) => `fields.${name}`),
  ];
  return [
    ...differing.slice(0, 1).map(
      (field): Warning => ({
        code: 'repeat_differs',
        field,
        message: `message ${input.message_id} exists with other values of ${differing.join(', ')}: this is the stored one; give a new message_id to send another`,
      }),
    ),
    ...(Date.parse(creative.updated_at) > record.logged_at_ms
      ? [
          {
            code: 'creative_changed' as const,
            message: `creative ${creative.creative_id} was changed after message ${input.message_id} was created: the text is its new one`,
          },
        ]
      : []),
  ];
}
