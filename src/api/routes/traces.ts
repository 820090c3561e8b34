/**
 * GET /v2/clicks/:id, /v2/links/:id, /v2/messages/:id, /v2/contacts/:id: the full history of one of them, to explain the
 * numbers in reports. An id of another account answers 404. With ClickHouse down: 503.
 */
import { z } from 'zod';
import { parameterFields } from '../../catalog/parameter-rules.ts';
import { clickIdTime } from '../../clicks/click-id.ts';
import { explainLed } from '../../links/explain-led.ts';
import { isLinkId } from '../../links/link.ts';
import { EVENT_STATES } from '../../messages/delivery-state.ts';
import { shortUrl } from '../../messages/short-url.ts';
import { countsOf } from '../../reports/click-counts.ts';
import { REPORT_NAMES } from '../../reports/definitions.ts';
import { readNames } from '../../reports/entity-names.ts';
import { readClick, readFirstClickIds, TRACED_CLICK, TRACED_VERDICT } from '../../reports/read-clicks.ts';
import { readConversions, TRACE_CONVERSIONS_MAX } from '../../reports/read-conversions.ts';
import { MESSAGE_EVENTS_MAX, SHOWN_EVENT } from '../../reports/read-events.ts';
import { TRACE_REFUSED_MAX, TRACED_REFUSED } from '../../reports/read-refused.ts';
import { CONTACTS_FOUND_MAX, searchContacts } from '../../reports/search-contacts.ts';
import {
  CONTACT_AUDIENCES_MAX,
  CONTACT_CLICKS_MAX,
  CONTACT_MESSAGE,
  CONTACT_MESSAGES_MAX,
  traceContact,
} from '../../reports/trace-contact.ts';
import { CLOSED_PARTS, LINK_CLICKS_MAX, traceLink } from '../../reports/trace-link.ts';
import { MESSAGE_CLICKS_MAX, traceMessage } from '../../reports/trace-message.ts';
import { countsBy, countsByOf } from '../http/answers.ts';
import { columnSchemas } from '../http/column-schemas.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { conversion } from './conversion-traces.ts';
import { optOutAnswer, shownOptOut } from './optouts.ts';
import { totals } from './report-schemas.ts';

const MESSAGE_ID_LENGTH_MAX = 128;
const CONTACTS_FOUND_DEFAULT = 20;
/** How far the clocks of processes that create click ids may be ahead. */
const CLOCK_TOLERANCE_MS = 60_000;

const name = z.string().nullable().describe('Name from the catalog; null if it has none');
const isTest = z.boolean().describe('Whether it is a test: it opens like any other, and no report counts it');
const texts = z.record(z.string(), z.string());

const click = z
  .object({
    ...columnSchemas(TRACED_CLICK),
    ip: z.string().describe('Client address, v4 or v6'),
    verdicts: z
      .array(
        z.object({
          ...columnSchemas(TRACED_VERDICT),
          rejudgement: z
            .number()
            .describe(
              '0 for the verdict given when the click was counted, else the rejudgement that gave it',
            ),
        }),
      )
      .describe('All verdicts of the click, oldest first; the last one is current'),
  })
  .meta({ id: 'Click' });

const refused = z
  .array(z.object(columnSchemas(TRACED_REFUSED)).meta({ id: 'RefusedTap' }))
  .describe(
    `Taps that named a link and did not reach its destination, newest first, at most ${TRACE_REFUSED_MAX}; counted nowhere else`,
  );

const clickStory = z.object({
  click,
  first_click: z.object({
    is_first: z.boolean(),
    is_first_for_offer: z.boolean(),
    first_click_id: z.string().nullable().describe('The first click on the message; null if there is none'),
    first_click_id_for_offer: z
      .string()
      .nullable()
      .describe('The first click on the offer within the message'),
  }),
  names: z.object({ offer: name, planned_offer: name, creative: name, campaign: name }),
  led_by: z
    .string()
    .nullable()
    .describe('Why the tap came to this offer or address, where it is not simply its link’s, in a sentence'),
  conversions: z.array(conversion).describe('Conversions credited to the click, by time'),
  link_url: z.string().describe("The link's story"),
  message_url: z.string().nullable().describe("The message's story"),
  reports: z
    .array(z.object({ report: z.enum(REPORT_NAMES), counts_as: z.array(z.string()), url: z.string() }))
    .describe('Reports and columns that count the click, each with a URL that shows it'),
});

const linkStory = z.object({
  link: z.object({
    link_id: z.string(),
    link_key: z.string(),
    message_id: z.string(),
    contact_id: z.string().nullable(),
    offer_id: z.string(),
    offer_name: name,
    creative_id: z.string(),
    campaign_id: z.string(),
    variant_id: z.string(),
    sent_at: z.string().nullable(),
    is_test: isTest,
    short_url: z.string().nullable().describe('What a recipient taps; null once the link is gone'),
    url: z.string().describe("The link's own destination; empty if it uses the offer's"),
    expires_at: z.string().nullable(),
    counts_by: countsBy,
    ...parameterFields,
    status: z.enum(['active', 'disabled', 'expired', 'gone', 'taken_down']),
    taken_down: z
      .object({ what: z.enum(CLOSED_PARTS), reason: z.string(), at: z.string() })
      .nullable()
      .describe('Why it does not open: the operator has closed the link, its offer or its domain'),
  }),
  message_url: z.string().nullable(),
  totals: totals.describe('All time'),
  clicks: z.array(click).describe(`Newest first, at most ${LINK_CLICKS_MAX}`),
  refused,
  conversions: z.array(conversion),
});

const messageStory = z.object({
  message: z.object({
    message_id: z.string(),
    contact_id: z.string().nullable(),
    creative_id: z.string(),
    creative_name: name,
    campaign_id: z.string(),
    campaign_name: name,
    variant_id: z.string(),
    sent_at: z.string().nullable(),
    logged_at: z.string().nullable(),
    fields: texts,
    is_test: isTest,
    batch: z
      .string()
      .nullable()
      .describe('Token of the batch that counted the send; null until it is counted'),
    state: z
      .enum(EVENT_STATES)
      .nullable()
      .describe('What became of it, computed from all of its events; null until one tells'),
    state_at: z.string().nullable().describe('When, as the provider says'),
    code: z.string().describe('The provider’s code of that event; empty without one'),
    opted_out_at: z.string().nullable().describe('When the recipient opted out first, as an event says'),
  }),
  events: z
    .array(z.object(columnSchemas(SHOWN_EVENT)))
    .describe(`What was reported of it, by time, the first ${MESSAGE_EVENTS_MAX}`),
  links: z.array(
    z.object({
      link_key: z.string(),
      link_id: z.string(),
      offer_id: z.string(),
      offer_name: name,
      totals,
    }),
  ),
  totals: totals.describe('All time'),
  clicks: z.array(click).describe(`In time order, the first ${MESSAGE_CLICKS_MAX}`),
  refused,
  conversions: z.array(conversion),
});

const contactStory = z.object({
  contact_id: z.string(),
  messages: z
    .array(z.object(columnSchemas(CONTACT_MESSAGE)))
    .describe(`Newest first, at most ${CONTACT_MESSAGES_MAX}`),
  clicks: z.array(click).describe(`Newest first, at most ${CONTACT_CLICKS_MAX}`),
  refused,
  conversions: z
    .array(conversion)
    .describe('Of which the contact is the subject: credited to its links, or reported about it'),
  audiences: z
    .array(z.object({ audience_id: z.string(), name: z.string() }))
    .describe(`Those that it is in now, of the ${CONTACT_AUDIENCES_MAX} newest`),
  opt_out: optOutAnswer.nullable().describe('null: it is not on the opt-out list'),
});

const contactSearch = z.strictObject({
  search: z
    .string()
    .min(1)
    .max(MESSAGE_ID_LENGTH_MAX)
    .describe('The beginning of the id')
    .meta({ examples: ['c-1'] }),
  limit: z.coerce.number().int().min(1).max(CONTACTS_FOUND_MAX).default(CONTACTS_FOUND_DEFAULT),
});
const foundContact = z.object({
  contact_id: z.string(),
  messages: z.number().describe('Messages that are kept'),
  last_sent_at: z.string(),
});

const contactParams = z.object({ contact_id: z.string().min(1).max(MESSAGE_ID_LENGTH_MAX) });
const params = z.object({ id: z.string().min(1).max(MESSAGE_ID_LENGTH_MAX) });
const linkUrl = (link_id: string): string => `/v2/links/${link_id}`;
const messageUrl = (message_id: string): string | null =>
  message_id === '' ? null : `/v2/messages/${encodeURIComponent(message_id)}`;

type Told<Story extends z.ZodType> = Promise<z.output<Story>>;

/** Registers the routes; `request.account` is set before them. */
export function traceRoutes(app: Api, context: ApiContext): void {
  const schemaOf = <Story extends z.ZodType>(what: string, story: Story) => ({
    tags: ['traces'],
    summary: `The story of a ${what}`,
    params,
    response: { 200: story },
  });
  app.get(
    '/v2/clicks/:id',
    { config: { scope: 'read', limit: 'report' }, schema: schemaOf('click', clickStory) },
    ({ account, params: { id } }) => explainErrors(() => tellClick(context, account.account_id, id)),
  );
  app.get(
    '/v2/links/:id',
    { config: { scope: 'read', limit: 'report' }, schema: schemaOf('link', linkStory) },
    ({ account, params: { id } }) => explainErrors(() => tellLink(context, account.account_id, id)),
  );
  app.get(
    '/v2/messages/:id',
    { config: { scope: 'read', limit: 'report' }, schema: schemaOf('message', messageStory) },
    ({ account, params: { id } }) => explainErrors(() => tellMessage(context, account.account_id, id)),
  );
  app.get(
    '/v2/contacts',
    {
      config: { scope: 'read', limit: 'report' },
      schema: {
        tags: ['contacts'],
        summary: 'Find contacts by the beginning of their id',
        description:
          'Reads the ids of all messages that are kept, so it takes longer the more there are. A whole id is answered at once by `GET /v2/contacts/{contact_id}`.',
        querystring: contactSearch,
        response: { 200: z.object({ contacts: z.array(foundContact) }) },
      },
    },
    ({ account, query: { search, limit } }) =>
      explainErrors(async () => ({
        contacts: await searchContacts(context.clickhouse, account.account_id, search, limit),
      })),
  );
  app.get(
    '/v2/contacts/:contact_id',
    {
      config: { scope: 'read', limit: 'report' },
      schema: { ...schemaOf('contact', contactStory), params: contactParams },
    },
    ({ account, params: { contact_id } }) =>
      explainErrors(() => tellContact(context, account.account_id, contact_id)),
  );
}

async function tellContact(
  context: ApiContext,
  account_id: string,
  contact_id: string,
): Told<typeof contactStory> {
  const story = await traceContact(context, account_id, contact_id, Date.now());
  if (story === undefined) throw notFound('contact', 'nothing was sent to it, or it was erased');
  const { opt_out, ...rest } = story;
  return { contact_id, ...rest, opt_out: opt_out && { ...shownOptOut(opt_out), contact_id } };
}

async function tellClick(
  { redis, clickhouse }: ApiContext,
  account_id: string,
  id: string,
): Told<typeof clickStory> {
  const clicked_at_ms = clickIdTime(id);
  const possible = clicked_at_ms !== undefined && clicked_at_ms <= Date.now() + CLOCK_TOLERANCE_MS;
  const found = possible ? await readClick(clickhouse, account_id, id, clicked_at_ms) : undefined;
  if (found === undefined) throw notFound('click', 'a new click appears within 2 seconds');
  const [first, conversions, [offer = null, planned_offer = null], [creative = null], [campaign = null]] =
    await Promise.all([
      readFirstClickIds(clickhouse, account_id, found),
      readConversions(clickhouse, account_id, { click_id: id }, TRACE_CONVERSIONS_MAX),
      readNames(redis, 'offer', account_id, [found.offer_id, found.planned_offer_id]),
      readNames(redis, 'creative', account_id, [found.creative_id]),
      readNames(redis, 'campaign', account_id, [found.campaign_id]),
    ]);
  return {
    click: found,
    first_click: {
      is_first: found.is_first,
      is_first_for_offer: found.is_first_for_offer,
      first_click_id: first.first_click_id || null,
      first_click_id_for_offer: first.first_click_id_for_offer || null,
    },
    names: { offer, planned_offer, creative, campaign },
    led_by: explainLed({ ...found, offer, planned_offer }),
    conversions,
    link_url: linkUrl(found.link_id),
    message_url: messageUrl(found.message_id),
    reports: countsOf(found),
  };
}

async function tellLink(context: ApiContext, account_id: string, id: string): Told<typeof linkStory> {
  const story = isLinkId(id) ? await traceLink(context, account_id, id, Date.now()) : undefined;
  if (story === undefined) throw notFound('link', 'a link id has 7 letters and digits');
  const { domain, ...link } = story.link;
  const [offer_name = null] = await readNames(context.redis, 'offer', account_id, [link.offer_id]);
  const short_url = domain === null ? null : shortUrl(domain || context.default_domain, id);
  return {
    ...story,
    link: { ...link, short_url, offer_name, counts_by: countsByOf(link.contact_id) },
    message_url: messageUrl(story.link.message_id),
  };
}

async function tellMessage(context: ApiContext, account_id: string, id: string): Told<typeof messageStory> {
  const story = await traceMessage(context, account_id, id);
  if (story === undefined) throw notFound('message', 'check the message_id');
  const { message, links } = story;
  const offer_ids = links.map(({ offer_id }) => offer_id);
  const [[creative_name = null], [campaign_name = null], offer_names] = await Promise.all([
    readNames(context.redis, 'creative', account_id, [message.creative_id]),
    readNames(context.redis, 'campaign', account_id, [message.campaign_id]),
    readNames(context.redis, 'offer', account_id, offer_ids),
  ]);
  return {
    ...story,
    message: { ...message, creative_name, campaign_name },
    links: links.map((link, i) => ({ ...link, offer_name: offer_names[i] ?? null })),
  };
}

function notFound(what: string, hint: string): ApiError {
  return new ApiError('not_found', `There is no such ${what}: ${hint}.`);
}
