/** Creates a single link outside a creative, and changes the state of a link. */
import { z } from 'zod';
import { getEntities } from '../../catalog/catalog-store.ts';
import type { Account, Offer } from '../../catalog/definitions.ts';
import { type ParameterRules, parameterFields } from '../../catalog/parameter-rules.ts';
import { isMacro, MACROS, parseTemplate, withPlainBraces } from '../../catalog/placeholders.ts';
import { destinationUrl } from '../../catalog/schemas.ts';
import { domainWarning, statusWarning, zoneWarning } from '../../catalog/warnings.ts';
import { takesLinks } from '../../domains/domain.ts';
import { domainName } from '../../domains/domain-name.ts';
import { getDomain } from '../../domains/domain-store.ts';
import { noteLinkMade } from '../../domains/note-link-made.ts';
import { isLinkId, type Link, type NewLink } from '../../links/link.ts';
import { changeLink, mintLink } from '../../links/link-store.ts';
import {
  checkContactId,
  checkExpiry,
  checkFields,
  checkId,
  checkTest,
  checkTime,
} from '../../messages/message.ts';
import { getMessages } from '../../messages/message-store.ts';
import { shortUrl } from '../../messages/short-url.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { countsByOf, linkState, shortened } from '../http/answers.ts';
import { checkNoLoop } from '../http/check-domains.ts';
import { checked } from '../http/check-input.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError, fieldError } from '../http/errors.ts';
import { strictQuery, warningsFor } from '../http/warnings.ts';
import { offerFieldWarnings, unknownReferences } from './link-warnings.ts';

const SENT_DAYS_PAST_MAX = 400;
const SENT_DAYS_AHEAD_MAX = 30;

const optionalRules = z.object(parameterFields).partial().shape;

const shortenBody = z
  .strictObject({
    url: destinationUrl.optional(),
    offer_id: z.string().optional(),
    message_id: z.string().optional(),
    contact_id: z.string().optional(),
    campaign_id: z.string().optional(),
    variant_id: z.string().optional(),
    creative_id: z.string().optional(),
    link_key: z.string().optional(),
    fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    sent_at: z.string().optional(),
    expires_at: z.string().optional(),
    domain: domainName.optional(),
    test: z
      .boolean()
      .optional()
      .describe('A test: it opens like any other link, and nothing of it counts in any report'),
    ...optionalRules,
  })
  .meta({
    examples: [
      { url: 'https://shop.example/{{contact_id}}', contact_id: 'c-1' },
      { offer_id: 'off_4kTq8Zr2Xw9LmP' },
    ],
  });

const changeBody = z
  .strictObject({
    status: z.enum(['active', 'disabled']),
    expires_at: z.union([z.string(), z.null()]),
    ...parameterFields,
  })
  .partial()
  .meta({
    examples: [
      { status: 'disabled' },
      { expires_at: null },
      { url_params: { utm_content: 'second-wave' }, query: 'pass' },
    ],
  });

export function linkRoutes(app: Api, context: ApiContext): void {
  const { redis } = context;
  const tags = ['links'];

  /** The tracking domain that was asked for, which has to be in use, or the account's; '': the installation's own. */
  async function domainOf(named: string | undefined, { account_id, link_domain }: Account): Promise<string> {
    if (named === undefined) return link_domain;
    const domain = await getDomain(redis, account_id, named);
    if (domain !== undefined && takesLinks(domain)) return named;
    throw fieldError('domain', `${named} is not in use: see GET /v2/domains`);
  }

  app.post(
    '/v2/links/shorten',
    {
      config: {
        scope: 'send',
        limit: 'send',
        stores: true,
        tests: true,
        documented_answers: { 201: shortened },
        unaudited: 'each link is a record of its own',
      },
      schema: {
        tags,
        summary: 'Create one link outside a creative',
        body: shortenBody,
        querystring: strictQuery,
      },
    },
    async (request, reply) => {
      const { account, body, caller } = request;
      if ((body.url === undefined) === (body.offer_id === undefined)) {
        throw new ApiError('invalid_request', 'give either url or offer_id');
      }
      let offer: Offer | undefined;
      if (body.offer_id !== undefined) {
        [offer] = await getEntities(redis, 'offer', account.account_id, [body.offer_id]);
        if (offer === undefined) throw fieldError('offer_id', `there is no offer ${body.offer_id}`);
        if (offer.status === 'archived') throw fieldError('offer_id', 'the offer is archived');
        if (offer.taken_down !== undefined)
          throw fieldError('offer_id', 'the operator has taken the offer down');
      }
      await checkNoLoop(context, { url: body.url });
      const domain = await domainOf(body.domain, account);
      const now_ms = Date.now();
      const id = (name: 'message_id' | 'campaign_id' | 'variant_id' | 'creative_id' | 'link_key'): string =>
        body[name] === undefined ? '' : checkId(body[name], name);
      const link = checked(() => ({
        account_id: account.account_id,
        message_id: id('message_id'),
        contact_id: body.contact_id === undefined ? '' : checkContactId(body.contact_id),
        offer_id: body.offer_id ?? '',
        creative_id: id('creative_id'),
        campaign_id: id('campaign_id'),
        variant_id: id('variant_id'),
        link_key: id('link_key'),
        domain,
        sent_at_ms:
          body.sent_at === undefined
            ? now_ms
            : checkTime(body.sent_at, 'sent_at', now_ms, -SENT_DAYS_PAST_MAX, SENT_DAYS_AHEAD_MAX),
        url: body.url ?? '',
        fields: checkFields(body.fields),
        expires_at_ms: body.expires_at === undefined ? 0 : checkExpiry(body.expires_at, now_ms),
        disabled: false,
        is_test: checkTest(body.test, caller.tests_only === true),
        ...rulesOf(body),
      }));
      checkMacros(account, link);
      await checkMessage(redis, link);
      const warnings = warningsFor(request, [
        domainWarning(account, domain, context.default_domain),
        zoneWarning(body.sent_at, 'sent_at'),
        zoneWarning(body.expires_at, 'expires_at'),
        statusWarning(`offer ${link.offer_id}`, offer?.status, 'offer_id'),
        ...offerFieldWarnings(account, link, offer),
        ...(await unknownReferences(redis, link)),
      ]);
      await noteLinkMade(redis, account.account_id, domain);
      const link_id = await mintLink(redis, link, context.link_keep_s);
      return reply.code(201).send({
        link_id,
        short_url: shortUrl(domain || context.default_domain, link_id),
        counts_by: countsByOf(link.contact_id),
        ...(link.is_test && { is_test: true }),
        ...warnings,
      });
    },
  );

  app.patch(
    '/v2/links/:link_id',
    {
      config: { scope: 'send', documented_answers: { 200: linkState }, audit: 'link.changed' },
      schema: {
        tags,
        summary: 'Disable a link, or set when it expires and what is added to its destination',
        params: z.object({ link_id: z.string() }),
        body: changeBody,
      },
    },
    async (request) => {
      const { status, expires_at } = request.body;
      const changes: Partial<Link> = {
        ...(status !== undefined && { disabled: status === 'disabled' }),
        ...(expires_at !== undefined && {
          expires_at_ms: expires_at === null ? 0 : checked(() => checkExpiry(expires_at, Date.now())),
        }),
        ...rulesOf(request.body),
      };
      const { account_id } = request.account;
      const { link_id } = request.params;
      let before: Link | undefined;
      const link = isLinkId(link_id)
        ? await changeLink(context, account_id, link_id, (found) => {
            before = found;
            return { ...found, ...changes };
          })
        : undefined;
      if (link === undefined || before === undefined) {
        throw new ApiError('not_found', 'there is no such link in this account');
      }
      const after = stateOf(link);
      request.audited = { before: stateOf(before), after };
      return after;
    },
  );
}

const stateOf = (link: Link): z.output<typeof linkState> => ({
  link_id: link.link_id,
  status: link.disabled ? 'disabled' : 'active',
  expires_at: link.expires_at_ms === 0 ? null : new Date(link.expires_at_ms).toISOString(),
  url_params: link.url_params ?? {},
  query: link.query ?? null,
  ...(link.taken_down !== undefined && { taken_down: link.taken_down }),
});

const rulesOf = ({ url_params, query }: ParameterRules | z.output<typeof changeBody>): ParameterRules => ({
  ...(url_params !== undefined && { url_params }),
  ...(query !== undefined && { query }),
});

/** Refuses a link that counts on a message that is a test: its clicks would be those of no message. */
async function checkMessage(redis: RedisClient, link: NewLink): Promise<void> {
  if (link.message_id === '' || link.is_test) return;
  const [message] = await getMessages(redis, link.account_id, [link.message_id]);
  if (message?.is_test !== true) return;
  throw fieldError('message_id', `message ${link.message_id} is a test: give test: true`);
}

/**
 * Refuses an address of its own with a placeholder that nothing could fill: no macro, no field of the link, without a
 * default, and no parameter of a tap.
 */
function checkMacros(account: Account, link: NewLink): void {
  // A creative or a campaign may say fill as well.
  if ((link.query ?? account.query) === 'fill' || link.creative_id !== '' || link.campaign_id !== '') return;
  const missing = parseTemplate(withPlainBraces(link.url)).placeholders.find(
    ({ name, default_value }) =>
      !isMacro(name) && default_value === undefined && !Object.hasOwn(link.fields, name),
  );
  if (missing === undefined) return;
  const { name } = missing;
  throw fieldError(
    'url',
    `nothing fills {{${name}}}: give fields.${name}, write a default as in {{${name}|}}, or use ${MACROS.join(', ')}`,
  );
}
