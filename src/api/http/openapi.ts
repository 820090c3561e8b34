/**
 * Builds the OpenAPI 3.1 document from the schemas that validate requests, and serves the page to read and try it.
 * Schemas that only document are in a route's config: bodies that the route checks by itself, and responses.
 */
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyContextConfig } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { SCOPE_TEXTS } from '../../access/scopes.ts';
import { anything, errorAnswer } from './answers.ts';
import type { Api } from './context.ts';
import { errorsText } from './error-list.ts';

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="40"><text x="0" y="27" fill="#fff" font-family="system-ui,sans-serif" font-size="22" font-weight="600">Trackly Links</text></svg>';

/**
 * The page's scripts and styles are files of this server: nothing inline, nothing from elsewhere, and its calls reach
 * this API alone. Its pictures are in its styles and in the page, as data.
 */
const DOCS_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    // A style within the page's picture of its maker, which it shows until it has read its settings.
    "style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

const DESCRIPTION = `[Back to the console](/) · [Guides](/guides)

Link tracking for SMS senders. JSON with the header \`X-Api-Key\`: an account's key, or the admin key for accounts and operations.
Times are ISO 8601 UTC, money is a decimal string with a currency, lists are paged with \`page\` and \`per_page\`. Routes that are safe to repeat say so.
\`RateLimit-Policy\` and \`RateLimit\` (draft-ietf-httpapi-ratelimit-headers-10) say what the account and its key may ask for and what is left; sends have no limit. \`429\` and \`503\` say in \`Retry-After\` after how many seconds to ask again.
Where ClickHouse is a cluster and a shard of it is away, what is read there comes from the others and says so: \`"partial": true\` and \`"shards_away": [2]\` in JSON, the header \`Trackly-Shards-Away: 2\` with JSON and CSV. With \`strict=true\` a GET is answered with all rows, or with \`503\`.

${errorsText()}`;

/** Its schema is `z.null()`. */
const NO_CONTENT = '204';

const LINES = {
  'application/x-ndjson': 'One object of the JSON list per line',
  'text/csv': 'A line of column names, then one line per item',
};

const TAGS = {
  accounts: 'Tenants. Nothing is shared between accounts.',
  keys: 'API keys of an account: what they may do, when they were used, when they end.',
  members: 'People who sign in to the dashboard, and what they may do.',
  offers: 'What a link sells, and the postbacks that report what it sold.',
  creatives: 'Texts of messages, with an offer for each link.',
  campaigns: 'Messages for one purpose, with the arms of an A/B test.',
  messages: 'One SMS to one contact each: its text, its short links.',
  links: 'Links outside a creative, and the state of any link.',
  conversions: 'What advertisers report.',
  contacts: 'What is known of a contact, and its erasure.',
  reports: 'Sent, clicks, first clicks, conversions and money.',
  annotations: 'What happened when, in a sentence: marks on the charts of the console.',
  views: 'Pages of the console under a name: shared by a secret address, or sent by mail and into chats.',
  webhooks: 'Addresses that are told what happens: signed webhooks, and postbacks to partners.',
  bots: 'Why clicks were judged bots, and rejudgements.',
  traces: 'The whole story of one thing: why a number is what it is.',
  analysts: "What analysts' own SQL can read.",
  audit: 'Who changed what, from where, before and after.',
  operations: 'For the operator of the installation.',
};

const KEY_TEXT = `An API key of an account. Beside each route stands the scope that the key needs:\n\n${Object.entries(
  SCOPE_TEXTS,
)
  .map(([scope, text]) => `- \`${scope}\`: ${text}`)
  .join('\n')}`;
const ADMIN_KEY_TEXT = 'A key of the operator, who manages accounts and the installation.';

/** Tags of routes that read rows of ClickHouse. */
const READS_ROWS: readonly string[] = ['reports', 'traces'];
/** What every GET of them takes and may say (shards-away.ts). */
const STRICT = {
  name: 'strict',
  in: 'query',
  required: false,
  schema: { type: 'string', enum: ['true', 'false'] },
  description: 'Whether an answer that lacks the rows of a shard is refused, with 503',
};
const PARTIAL = {
  partial: { type: 'boolean', description: 'There where rows of a shard of ClickHouse are missing' },
  shards_away: { type: 'array', items: { type: 'integer' }, description: 'The shards that are away' },
};
const SHARDS_AWAY_HEADER = {
  'Trackly-Shards-Away': {
    description: 'Numbers of the shards whose rows are missing, with commas between them',
    schema: { type: 'string' },
  },
};

/** The parts of the document that this file changes. */
interface OpenApi {
  paths?: Record<string, { get?: Reading; post?: Posting } | undefined>;
  components?: { schemas?: Record<string, ObjectSchema> };
}
interface Posting {
  requestBody?: { content?: Record<string, object> };
}
interface Reading {
  tags?: readonly string[];
  parameters?: object[];
  responses?: Record<string, { headers?: object; content?: Record<string, { schema?: ObjectSchema }> }>;
}
interface ObjectSchema {
  $ref?: string;
  properties?: Record<string, object>;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** JSON schema of a body that the route itself validates. */
    documented_body?: object;
    /** Responses by status; the server does not validate them. */
    documented_answers?: Record<number, z.ZodType>;
  }
}

/** Call this before registering routes, because it collects them. */
export async function registerDocument(app: Api): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Trackly Links', version: '2', description: DESCRIPTION },
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          key: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: KEY_TEXT },
          admin_key: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: ADMIN_KEY_TEXT },
        },
      },
      security: [{ key: [] }],
    },
    transform(route) {
      const { documented_body, documented_answers } = route.route.config ?? {};
      if (route.schema?.hide) return jsonSchemaTransform(route);
      const { scope, admin, either } = route.route.config ?? {};
      const security = [
        ...(scope === undefined ? [] : [{ key: [scope] }]),
        ...(admin || either ? [{ admin_key: [] }] : []),
      ];
      const answers = {
        ...describedAnswers(documented_answers ?? {}),
        ...(route.schema?.response as object | undefined),
      };
      const response = {
        ...(Object.keys(answers).length === 0 ? describedAnswers({ 200: anything }) : answers),
        default: { description: 'An error', content: { 'application/json': { schema: errorAnswer } } },
      };
      const transformed = jsonSchemaTransform({ ...route, schema: { ...route.schema, security, response } });
      if (documented_body !== undefined) {
        transformed.schema = { ...transformed.schema, body: documented_body };
      }
      const named = { operationId: operationId(String(route.route.method), route.url) };
      return { ...transformed, schema: { ...transformed.schema, ...named, ...auditOf(route.route.config) } };
    },
    transformObject(document) {
      const made = jsonSchemaTransformObject(document);
      tidy(made as OpenApi);
      return made;
    },
  });
  // The hook is of this scope only, and of its files as well.
  await app.register(async (docs) => {
    docs.addHook('onSend', async (_request, reply) => {
      reply.headers(DOCS_HEADERS);
    });
    await docs.register(fastifySwaggerUi, {
      routePrefix: '/docs',
      // Laid out at once, more than some 130 routes never appear: the page opens with its groups.
      uiConfig: { docExpansion: 'none' },
      logo: { type: 'image/svg+xml', content: LOGO },
      theme: { title: 'Trackly Links API', css: [{ filename: 'narrow.css', content: NARROW }] },
    });
  });
}

/** On phones its tables scroll in themselves, not with the page. */
const NARROW =
  '@media (max-width: 50rem) { .swagger-ui .renderedMarkdown table { display: block; overflow-x: auto; } }';

/** A name that stays, for programs made of the document: `GET /v2/offers/:id/caps` is getOffersByIdCaps. */
function operationId(method: string, url: string): string {
  const words = url
    .replace(/^\/v2\//, '')
    .replace(/:/g, 'by_')
    .split(/[^A-Za-z0-9]+/);
  const capitals = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  return method.toLowerCase() + capitals.join('');
}

/** What the audit log calls the change that a route makes, or why it is not in it. */
function auditOf({ audit, unaudited }: FastifyContextConfig = {}): object {
  return {
    ...(audit !== undefined && { 'x-audit': audit }),
    ...(unaudited !== undefined && { 'x-not-audited': unaudited }),
  };
}

function describedAnswers(answers: Record<number, z.ZodType>): object {
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => [
      status,
      status === NO_CONTENT
        ? schema
        : { description: schema.description ?? 'Done', content: { 'application/json': { schema } } },
    ]),
  );
}

function tidy({ paths = {}, components }: OpenApi): void {
  // A client sees a body that is read line by line as text.
  for (const path of Object.values(paths)) {
    const { content } = path?.post?.requestBody ?? {};
    for (const [type, description] of Object.entries(LINES)) {
      if (content?.[type] !== undefined && content['application/json'] !== undefined) {
        content[type] = { schema: { type: 'string', description } };
      }
    }
  }
  for (const path of Object.values(paths)) {
    if (path?.get?.tags?.some((tag) => READS_ROWS.includes(tag))) sayPartial(path.get, components?.schemas);
  }
  // Named schemas are used in responses only; their input variants would be unused duplicates.
  const { schemas = {} } = components ?? {};
  for (const name of Object.keys(schemas)) if (name.endsWith('Input')) delete schemas[name];
}

/** That it takes `strict`, and what it says where a shard is away. A stream never lacks what it has not said yet. */
function sayPartial(get: Reading, schemas: Record<string, ObjectSchema> = {}): void {
  const answer = get.responses?.['200'];
  const schema = answer?.content?.['application/json']?.schema;
  if (answer === undefined || schema === undefined) return;
  get.parameters = [...(get.parameters ?? []), STRICT];
  answer.headers = { ...answer.headers, ...SHARDS_AWAY_HEADER };
  const named = schema.$ref === undefined ? schema : schemas[schema.$ref.split('/').at(-1) ?? ''];
  if (named?.properties !== undefined) Object.assign(named.properties, PARTIAL);
}
