/**
 * Audiences: contacts selected by what they did. Definitions are stored in the catalog; ClickHouse evaluates them on
 * each request: count, preview, stream of all contacts, and why one contact is or is not included. With ClickHouse
 * down: 503.
 */
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { AudienceQuestion } from '../../audiences/audience-query.ts';
import { unknownReference } from '../../audiences/check-references.ts';
import { condition, type Definition, definition } from '../../audiences/definition.ts';
import { describeContacts } from '../../audiences/describe-contacts.ts';
import {
  countContacts,
  explainContact,
  explainContacts,
  firstContacts,
  streamContacts,
} from '../../audiences/read-audience.ts';
import { getEntities } from '../../catalog/catalog-store.ts';
import { audienceChange, audienceInput } from '../../catalog/schemas.ts';
import { csvOf } from '../../reports/report-csv.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { ndjsonOf } from '../http/ndjson.ts';
import { entityRoutes } from './entity-routes.ts';

const PREVIEW_DEFAULT = 20;
const PREVIEW_MAX = 100;

const tags = ['audiences'];
const params = z.object({ id: z.string() });
const as_of = z.string().describe('When it was evaluated, ISO 8601 UTC; `last_days` counts back from here');
const never = 'ISO 8601 UTC; empty: never';
const counted = z.object({ contacts: z.number(), as_of });
const contact = z.object({
  contact_id: z.string(),
  sent: z.number().describe('Messages'),
  last_sent_at: z.string().describe(never),
  clicks: z.number().describe('Human clicks, by their current verdicts'),
  last_clicked_at: z.string().describe(never),
  conversions: z.number(),
  last_converted_at: z.string().describe(never),
  revenue: z.array(z.object({ currency: z.string(), amount: z.string().describe('Net of refunds') })),
});
const because = z.array(
  z.object({
    path: z.string().describe('Path of the condition in the definition, such as all.0.clicked'),
    condition,
    observed: z.object({
      count: z.number(),
      revenue: z.object({ amount: z.string(), currency: z.string() }).optional(),
    }),
    holds: z.boolean(),
  }),
);
const previewed = z.object({
  contacts: z.array(
    contact.extend({ because: because.describe('What was counted of it for each condition') }),
  ),
  as_of,
});
const limit = z.int().min(1).max(PREVIEW_MAX).default(PREVIEW_DEFAULT);
const explained = z.object({
  contact_id: z.string(),
  in_audience: z.boolean(),
  known: z
    .boolean()
    .describe(
      'Whether the contact was sent a message, clicked or converted; only such contacts can be in an audience',
    ),
  because,
  as_of,
});

export function audienceRoutes(app: Api, context: ApiContext): void {
  const { redis, clickhouse } = context;

  async function check(account_id: string, of: Definition): Promise<void> {
    const missing = await unknownReference(redis, account_id, of);
    if (missing !== undefined) throw new ApiError('invalid_request', `definition.${missing}`);
  }

  async function stored(account_id: string, id: string): Promise<AudienceQuestion> {
    const [audience] = await getEntities(redis, 'audience', account_id, [id]);
    if (audience === undefined) throw new ApiError('not_found', 'there is no such audience in this account');
    return { account_id, definition: audience.definition, as_of_ms: Date.now() };
  }

  entityRoutes(app, context, {
    kind: 'audience',
    prefix: 'aud',
    input: audienceInput,
    change: audienceChange as never,
    check: (account, audience) => check(account.account_id, audience.definition),
  });

  app.post(
    '/v2/audiences/count',
    {
      config: { scope: 'read', limit: 'audience', unaudited: 'it only reads' },
      schema: {
        tags,
        summary: 'Count the contacts of a definition that is not saved',
        body: z
          .strictObject({ definition })
          .meta({ examples: [{ definition: { clicked: { at_least: 2, window: { last_days: 30 } } } }] }),
        response: { 200: counted },
      },
    },
    async (request) => {
      const { account_id } = request.account;
      await check(account_id, request.body.definition);
      return count({ account_id, definition: request.body.definition, as_of_ms: Date.now() });
    },
  );

  app.get(
    '/v2/audiences/:id/count',
    {
      config: { scope: 'read', limit: 'audience' },
      schema: { tags, summary: 'Count the contacts of an audience', params, response: { 200: counted } },
    },
    async (request) => count(await stored(request.account.account_id, request.params.id)),
  );

  function count(question: AudienceQuestion): Promise<z.output<typeof counted>> {
    return explainErrors(async () => ({
      contacts: await countContacts(clickhouse, question),
      as_of: iso(question),
    }));
  }

  app.post(
    '/v2/audiences/preview',
    {
      config: { scope: 'read', limit: 'audience', unaudited: 'it only reads' },
      schema: {
        tags,
        summary: 'Preview the first contacts of a definition that is not saved, and why each is in it',
        body: z.strictObject({ definition, limit }).meta({
          examples: [{ definition: { clicked: { at_least: 2, window: { last_days: 30 } } }, limit: 5 }],
        }),
        response: { 200: previewed },
      },
    },
    async (request) => {
      const { account_id } = request.account;
      const { definition, limit } = request.body;
      await check(account_id, definition);
      return preview({ account_id, definition, as_of_ms: Date.now() }, limit);
    },
  );

  function preview(question: AudienceQuestion, limit: number): Promise<z.output<typeof previewed>> {
    return explainErrors(async () => {
      const ids = await firstContacts(clickhouse, question, limit);
      const [contacts, explained] = await Promise.all([
        describeContacts(clickhouse, question.account_id, ids),
        explainContacts(clickhouse, question, ids),
      ]);
      return {
        contacts: contacts.map((one) => ({
          ...one,
          because: explained.get(one.contact_id)?.because ?? [],
        })),
        as_of: iso(question),
      };
    });
  }

  app.get(
    '/v2/audiences/:id/preview',
    {
      config: { scope: 'read', limit: 'audience' },
      schema: {
        tags,
        summary:
          'Preview the first contacts of an audience, by contact_id: their total activity, and why they are in it',
        params,
        querystring: z.strictObject({
          limit: z.coerce.number().int().min(1).max(PREVIEW_MAX).default(PREVIEW_DEFAULT),
        }),
        response: { 200: previewed },
      },
    },
    async (request) =>
      preview(await stored(request.account.account_id, request.params.id), request.query.limit),
  );

  app.get(
    '/v2/audiences/:id/contacts',
    {
      config: { scope: 'read', limit: 'download' },
      schema: {
        tags,
        summary: 'Stream all contacts of an audience, by contact_id',
        params,
        querystring: z.strictObject({
          format: z.enum(['ndjson', 'csv']).default('ndjson').describe('One contact_id per line'),
        }),
        response: {
          200: {
            description: 'The contacts. If the response breaks off, it is incomplete',
            content: {
              'application/x-ndjson': { schema: z.string() },
              'text/csv': { schema: z.string() },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const question = await stored(request.account.account_id, request.params.id);
      const { format } = request.query;
      const groups = await explainErrors(() => streamContacts(clickhouse, question));
      const text =
        format === 'csv' ? csvOf(['contact_id'], groups, { reader: 'machines' }) : ndjsonOf(groups);
      reply.type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson');
      reply.header('content-disposition', `attachment; filename="${request.params.id}.${format}"`);
      // Fastify streams it; the return type comes from the schema.
      return Readable.from(text) as unknown as string;
    },
  );

  app.get(
    '/v2/audiences/:id/contacts/:contact_id',
    {
      config: { scope: 'read', limit: 'audience' },
      schema: {
        tags,
        summary: 'Explain why a contact is or is not in an audience',
        params: params.extend({ contact_id: z.string() }),
        response: { 200: explained },
      },
    },
    async (request) => {
      const { id, contact_id } = request.params;
      const question = await stored(request.account.account_id, id);
      return explainErrors(async () => ({
        contact_id,
        ...(await explainContact(clickhouse, question, contact_id)),
        as_of: iso(question),
      }));
    },
  );
}

const iso = ({ as_of_ms }: AudienceQuestion): string => new Date(as_of_ms).toISOString();
