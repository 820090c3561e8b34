/**
 * `POST /v2/campaigns/:id/choose`: the variant of a campaign for contacts, by its `selection`. A contact keeps its first
 * choice, so a repeated call answers the same. Messages may leave the choice to the campaign themselves, see messages.ts.
 */
import { z } from 'zod';
import { getEntities } from '../../catalog/catalog-store.ts';
import { chooseVariants } from '../../messages/choices.ts';
import { checkContactId, MessageError } from '../../messages/message.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';

const CONTACTS_MAX = 1_000;

const params = z.object({ id: z.string() });
const body = z
  .strictObject({
    contact_ids: z.array(z.string()).min(1).max(CONTACTS_MAX),
  })
  .meta({ examples: [{ contact_ids: ['c-1', 'c-2'] }] });

const answer = z.object({
  campaign_id: z.string(),
  as_of: z
    .string()
    .nullable()
    .describe('When the results were read, at most a minute ago; null: as planned, without results'),
  shares: z
    .array(z.object({ variant_id: z.string(), probability: z.number() }))
    .describe('With which new contacts get each variant now'),
  choices: z
    .array(
      z.object({
        contact_id: z.string(),
        variant_id: z.string(),
        creative_id: z.string(),
        probability: z
          .number()
          .describe('With which the contact was given it; give it to the message as variant_probability'),
      }),
    )
    .describe('In order of contact_ids'),
});

export function chooseRoute(app: Api, context: ApiContext): void {
  app.post(
    '/v2/campaigns/:id/choose',
    {
      config: {
        scope: 'send',
        limit: 'send',
        documented_answers: { 200: answer },
        unaudited: 'a choice changes nothing but itself',
      },
      schema: {
        tags: ['campaigns'],
        summary: 'Choose the variant for contacts',
        description:
          'A contact keeps its first choice while its variant is in use. Give `variant_id`, `creative_id` and `variant_probability` to the message, or leave all three out of it: then it is chosen while the message is created.',
        params,
        body,
      },
    },
    async (request) => {
      const { account_id } = request.account;
      const [campaign] = await getEntities(context.redis, 'campaign', account_id, [request.params.id]);
      if (campaign === undefined)
        throw new ApiError('not_found', 'there is no such campaign in this account');
      if (campaign.status === 'archived')
        throw new ApiError('invalid_request', 'this campaign is archived: use another one');
      if (campaign.variants.length === 0) {
        throw new ApiError('invalid_request', 'this campaign has no variants: there is nothing to choose');
      }
      const contact_ids = request.body.contact_ids.map(readContact);
      const { shares, as_of_ms } = await context.allocations.of(campaign);
      const choices = await chooseVariants(context, campaign, shares, contact_ids);
      return {
        campaign_id: campaign.campaign_id,
        as_of: as_of_ms === undefined ? null : new Date(as_of_ms).toISOString(),
        shares,
        choices: choices.map((choice, i) => ({ contact_id: contact_ids[i] as string, ...choice })),
      };
    },
  );
}

function readContact(value: string): string {
  try {
    return checkContactId(value);
  } catch (error) {
    if (error instanceof MessageError) throw new ApiError('invalid_request', error.message);
    throw error;
  }
}
