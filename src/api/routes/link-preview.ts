/**
 * POST /v2/links/preview: where a tap on a link would go, and why. The link of a message, any link, or one that is
 * described by its parts before it is made. Logs no click and stores nothing. With Redis down it answers 503.
 */
import { z } from 'zod';
import { getEntities } from '../../catalog/catalog-store.ts';
import type { EntityKind, EntityOf, OfferLink } from '../../catalog/definitions.ts';
import { parameterFields, QUERY_MODES } from '../../catalog/parameter-rules.ts';
import { destinationUrl } from '../../catalog/schemas.ts';
import { QUERY_LENGTH_MAX } from '../../clicks/click.ts';
import { getDomain } from '../../domains/domain-store.ts';
import { GONE_REASONS } from '../../links/destination.ts';
import { explainLink, SAMPLE_CLICK_ID } from '../../links/explain-link.ts';
import { isLinkId, type Link } from '../../links/link.ts';
import { getLink } from '../../links/link-store.ts';
import { LEFT_OUT, PARAMETER_LEVELS } from '../../links/parameters.ts';
import { checkExpiry, checkFields, checkId } from '../../messages/message.ts';
import { readMessage } from '../../messages/message-store.ts';
import { cutQuery } from '../../platform/query-string.ts';
import { checked } from '../http/check-input.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { reachOf, visitFields, visitOf } from '../http/preview-visit.ts';

const SAMPLE_LINK_ID = 'LINK-ID';
const SAMPLE_MESSAGE_ID = 'MESSAGE-ID';

const parts = z
  .strictObject({
    link_id: z.string().describe('Any link of the account'),
    message_id: z.string().describe('With key: a link of this message'),
    key: z.string().describe('link1 …; may be left out where there is one link'),
    creative_id: z.string().describe('With key: a link of a message with this creative, before it is made'),
    offer_id: z.string().describe('Without a creative: a link to this offer'),
    url: destinationUrl.describe('Without a creative: a link with its own destination'),
    contact_id: z.string(),
    campaign_id: z.string(),
    variant_id: z.string(),
    fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    expires_at: z.string(),
    tap_query: z
      .string()
      .max(2 * QUERY_LENGTH_MAX)
      .describe('What the tap brings behind the link, such as utm_source=qr&gclid=1'),
    ...visitFields,
    sec_gpc: z.boolean().describe('Whether the tap says Sec-GPC: 1; see honour_gpc of the account'),
    ...parameterFields,
  })
  .partial();
type Parts = z.output<typeof parts>;

const previewBody = parts.meta({
  examples: [
    {
      creative_id: 'cre_7hBn3Vc5Qs1DkR',
      key: 'link1',
      campaign_id: 'cam_9pYt2Gd6Jf4WxN',
      contact_id: 'c-1',
      fields: { first_name: 'Ann' },
    },
    { offer_id: 'off_4kTq8Zr2Xw9LmP', url_params: { utm_source: 'qr' }, query: 'pass', tap_query: 'gclid=1' },
  ],
});

const preview = z
  .object({
    leads_to: z
      .enum(['destination', 'fallback', 'page'])
      .describe('page: the small page of a link that has ended'),
    location: z
      .string()
      .nullable()
      .describe(`The address; {{click_id}} is ${SAMPLE_CLICK_ID} in it. null for a page`),
    reason: z.enum(GONE_REASONS).nullable().describe('Why it does not lead to its destination'),
    why: z.string().describe('The same in a sentence'),
    source: z
      .enum(['link', 'offer', 'domain', 'account'])
      .nullable()
      .describe('Whose destination or fallback it is; null for a page'),
    rule: z.string().nullable().describe('Rule of the offer that leads the tap; null: none does'),
    led_to_offer_id: z.string().describe('Offer of the click: the link’s, or the one that it is led to'),
    interstitial: z.enum(['off', 'timed', 'tap']).describe('The page that the offer puts before it'),
    query: z.object({
      mode: z.enum(QUERY_MODES),
      source: z.enum(PARAMETER_LEVELS).nullable().describe('The level that says so; null: none does'),
    }),
    parameters: z.array(
      z.object({
        name: z.string(),
        value: z.string().describe('As a reader of the address decodes it'),
        source: z.enum(['destination', ...PARAMETER_LEVELS, 'tap']),
        left_out: z
          .enum(LEFT_OUT)
          .optional()
          .describe(
            'Why it is not in the address: the destination has it, a wider rule added it already, it is empty, it is the click id’s own name, or the address would be too long',
          ),
      }),
    ),
    empty_macros: z
      .array(z.string())
      .describe('Macros of the destination that have neither a value nor a default here'),
    link: z.object({
      link_id: z.string().describe(`${SAMPLE_LINK_ID} where it is not made yet`),
      message_id: z.string(),
      contact_id: z.string(),
      offer_id: z.string(),
      creative_id: z.string(),
      campaign_id: z.string(),
      variant_id: z.string(),
      link_key: z.string(),
    }),
  })
  .meta({ id: 'LinkPreview' });

export function linkPreviewRoutes(app: Api, context: ApiContext): void {
  app.post(
    '/v2/links/preview',
    {
      config: { scope: 'read', documented_answers: { 200: preview }, unaudited: 'it only reads' },
      schema: {
        tags: ['links'],
        summary: 'Read where a tap on a link would go, and why; counts no click',
        body: previewBody,
      },
    },
    async ({ account, body }): Promise<z.output<typeof preview>> => {
      const link = await linkOf(context, account.account_id, body);
      const [offer, creative, campaign, domain] = await Promise.all([
        find(context, 'offer', link, link.offer_id),
        find(context, 'creative', link, link.creative_id),
        find(context, 'campaign', link, link.campaign_id),
        link.domain === '' ? undefined : getDomain(context.redis, link.account_id, link.domain),
      ]);
      const visit = visitOf(link, body);
      const explanation = explainLink({
        link,
        account,
        offer: link.offer_id === '' ? undefined : (offer ?? null),
        creative,
        campaign,
        domain,
        gpc: body.sec_gpc ?? false,
        tap_query: cutQuery(body.tap_query ?? '', QUERY_LENGTH_MAX),
        now_ms: visit.at_ms,
        reach: await reachOf(context.redis, offer),
        visit,
      });
      const { link_id, message_id, contact_id, offer_id, creative_id, campaign_id, variant_id, link_key } =
        link;
      return {
        ...explanation,
        link: { link_id, message_id, contact_id, offer_id, creative_id, campaign_id, variant_id, link_key },
      };
    },
  );
}

async function find<K extends EntityKind>(
  { redis }: ApiContext,
  kind: K,
  { account_id }: Link,
  id: string,
): Promise<EntityOf[K] | undefined> {
  return id === '' ? undefined : (await getEntities(redis, kind, account_id, [id]))[0];
}

/** The link that is asked for. Throws ApiError where there is none, or the parts do not say one. */
async function linkOf(context: ApiContext, account_id: string, body: Parts): Promise<Link> {
  const given = (['link_id', 'message_id', 'creative_id', 'offer_id', 'url'] as const).filter(
    (name) => body[name] !== undefined,
  );
  const [what] = given;
  if (what === undefined || given.length > 1) {
    throw new ApiError(
      'invalid_request',
      'give one of link_id, message_id with key, creative_id with key, offer_id, or url',
    );
  }
  if (what === 'link_id' || what === 'message_id') {
    refuseParts(body, what);
    const link_id = what === 'link_id' ? body.link_id : await linkOfMessage(context, account_id, body);
    const link = isLinkId(link_id ?? '')
      ? await getLink(context.reader, account_id, link_id ?? '')
      : undefined;
    if (link === undefined) throw new ApiError('not_found', 'there is no such link in this account');
    return link;
  }
  const chosen = what === 'creative_id' ? await linkOfCreative(context, account_id, body) : undefined;
  return checked(() => ({
    ...ownParts(body),
    account_id,
    offer_id: chosen?.offer_id ?? body.offer_id ?? '',
    link_key: chosen?.key ?? body.key ?? '',
  }));
}

/** What a made link has is not to be given beside it. */
function refuseParts(body: Parts, what: string): void {
  const allowed = [what, 'key', 'tap_query', 'sec_gpc', ...Object.keys(visitFields)];
  const extra = Object.keys(body).find((name) => !allowed.includes(name));
  if (extra !== undefined) throw new ApiError('invalid_request', `${extra} is the link’s own: leave it out`);
}

function ownParts(body: Parts): Omit<Link, 'account_id' | 'offer_id' | 'link_key'> {
  const id = (name: 'contact_id' | 'creative_id' | 'campaign_id' | 'variant_id'): string =>
    body[name] === undefined ? '' : checkId(body[name], name);
  return {
    link_id: SAMPLE_LINK_ID,
    message_id: body.creative_id === undefined ? '' : SAMPLE_MESSAGE_ID,
    contact_id: id('contact_id'),
    creative_id: id('creative_id'),
    campaign_id: id('campaign_id'),
    variant_id: id('variant_id'),
    domain: '',
    sent_at_ms: Date.now(),
    url: body.url ?? '',
    fields: checkFields(body.fields),
    expires_at_ms: body.expires_at === undefined ? 0 : checkExpiry(body.expires_at, Date.now()),
    disabled: false,
    ...(body.url_params !== undefined && { url_params: body.url_params }),
    ...(body.query !== undefined && { query: body.query }),
  };
}

async function linkOfMessage({ reader }: ApiContext, account_id: string, body: Parts): Promise<string> {
  const message = await readMessage(reader, account_id, body.message_id ?? '');
  if (message === null) throw new ApiError('not_found', 'there is no such message in this account');
  return choose(message.links, ([key]) => key, body.key, 'message')[1];
}

async function linkOfCreative(context: ApiContext, account_id: string, body: Parts): Promise<OfferLink> {
  const [creative] = await getEntities(context.redis, 'creative', account_id, [body.creative_id ?? '']);
  if (creative === undefined)
    throw new ApiError('invalid_request', `there is no creative ${body.creative_id}`);
  return choose(creative.offer_links, ({ key }) => key, body.key, 'creative');
}

/** The one with this key, or the only one. */
function choose<T>(all: readonly T[], keyOf: (one: T) => string, key: string | undefined, what: string): T {
  const found = key === undefined && all.length === 1 ? all[0] : all.find((one) => keyOf(one) === key);
  if (found !== undefined) return found;
  const keys = all.map(keyOf).join(', ');
  throw new ApiError(
    'invalid_request',
    keys === '' ? `the ${what} has no link` : `key: the ${what} has ${keys}`,
  );
}
