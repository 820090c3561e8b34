/**
 * Fills in the creative and the variant of messages that name only their campaign, or its variant. A message that exists
 * keeps what it has. Rejects with Redis's error; safe to repeat.
 */
import { getEntities } from '../catalog/catalog-store.ts';
import type { Campaign } from '../catalog/definitions.ts';
import type { RedisClient } from '../platform/redis.ts';
import type { Choice } from './choices.ts';
import { MessageError, type MessageInput } from './message.ts';
import { getMessages } from './message-store.ts';

export interface ChoosingContext {
  redis: RedisClient;
  account: { account_id: string };
  /** The choices of a campaign with variants, in order of the contacts; without `keep` they are not stored. */
  choose(campaign: Campaign, contact_ids: readonly string[], keep: boolean): Promise<Choice[]>;
}

/** In order of the inputs; each that can't be filled in is its error. */
export async function fillChoices(
  context: ChoosingContext,
  inputs: readonly (MessageInput | MessageError)[],
): Promise<readonly (MessageInput | MessageError)[]> {
  const open = inputs.filter(
    (input): input is MessageInput => !(input instanceof MessageError) && input.creative_id === '',
  );
  if (open.length === 0) return inputs;
  const filled = new Map<MessageInput, MessageInput | MessageError>();
  const stored = await storedChoices(context, open);
  const campaigns = await campaignsOf(context, open);
  const waiting = new Map<Campaign, MessageInput[]>();
  for (const input of open) {
    const campaign = campaigns.get(input.campaign_id);
    const known = stored.get(input) ?? namedVariant(campaign, input);
    if (known !== undefined) filled.set(input, known);
    else if (campaign !== undefined) waiting.set(campaign, [...(waiting.get(campaign) ?? []), input]);
  }
  for (const [campaign, group] of waiting) {
    for (const [is_test, part] of Map.groupBy(group, (input) => input.is_test)) {
      const contact_ids = part.map(({ contact_id }) => contact_id);
      const choices = await context.choose(campaign, contact_ids, !is_test);
      for (const [i, input] of part.entries()) filled.set(input, withChoice(input, choices[i] as Choice));
    }
  }
  return inputs.map((input) => (input instanceof MessageError ? input : (filled.get(input) ?? input)));
}

const withChoice = (input: MessageInput, { creative_id, variant_id, probability }: Choice): MessageInput => ({
  ...input,
  creative_id,
  variant_id,
  variant_probability: probability,
  chosen: true,
});

/** Of messages that exist already. */
async function storedChoices(
  { redis, account }: ChoosingContext,
  open: readonly MessageInput[],
): Promise<Map<MessageInput, MessageInput>> {
  const named = open.filter(({ id_given, variant_id }) => id_given && variant_id === '');
  const ids = named.map(({ message_id }) => message_id);
  const records = ids.length === 0 ? [] : await getMessages(redis, account.account_id, ids);
  return new Map(
    named.flatMap((input, i) => {
      const record = records[i];
      if (record === undefined) return [];
      const { creative_id, variant_id } = record;
      return [[input, { ...input, creative_id, variant_id, chosen: true }] as [MessageInput, MessageInput]];
    }),
  );
}

async function campaignsOf(
  { redis, account }: ChoosingContext,
  open: readonly MessageInput[],
): Promise<Map<string, Campaign>> {
  const ids = [...new Set(open.map(({ campaign_id }) => campaign_id))];
  const found = await getEntities(redis, 'campaign', account.account_id, ids);
  return new Map(
    found.flatMap((campaign) => (campaign === undefined ? [] : [[campaign.campaign_id, campaign]])),
  );
}

/** With the creative of the variant that it names, or why it has none; undefined where the campaign is to choose. */
function namedVariant(
  campaign: Campaign | undefined,
  input: MessageInput,
): MessageInput | MessageError | undefined {
  const { campaign_id, variant_id } = input;
  if (campaign === undefined) {
    return new MessageError('unknown_campaign', `there is no campaign ${campaign_id}`);
  }
  if (campaign.status === 'archived') {
    return new MessageError('archived', `campaign ${campaign_id} is archived: use another one`);
  }
  if (campaign.variants.length === 0) {
    return new MessageError(
      'invalid_message',
      `campaign ${campaign_id} has no variants to choose from: give creative_id`,
    );
  }
  if (variant_id === '') return undefined;
  const variant = campaign.variants.find((one) => one.variant_id === variant_id);
  if (variant !== undefined) return { ...input, creative_id: variant.creative_id };
  return new MessageError('unknown_variant', `campaign ${campaign_id} has no variant ${variant_id}`);
}
