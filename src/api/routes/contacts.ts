/**
 * What is known of a contact, and its erasure. An erasure is accepted here and carried out by a worker. With Redis down
 * nothing is accepted; with ClickHouse down an erasure waits.
 */
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { checkId } from '../../messages/message.ts';
import {
  CONTACTS_MAX,
  type Erasure,
  EXPORTED_MAX,
  OPEN_ERASURES_MAX,
  readErasure,
  requestErasure,
  STEPS,
  TooManyErasuresError,
} from '../../privacy/erasure.ts';
import { exportContact } from '../../privacy/export-contact.ts';
import { checked } from '../http/check-input.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { BadLine, LINE_BYTES_MAX, linesOf, ndjsonOf } from '../http/ndjson.ts';

const accepted = z
  .object({ erasure_id: z.string(), contacts: z.int().describe('Number of contacts') })
  .meta({ id: 'ErasureAccepted' });

const erasureAnswer = z
  .object({
    erasure_id: z.string(),
    state: z.enum(['waiting', 'running', 'done']),
    contacts: z.int().describe('Number of contacts'),
    requested_at: z.string(),
    finished_at: z.string().describe('Empty until it is done'),
    step: z.enum(['', ...STEPS]).describe('What is being done; empty unless it runs'),
    steps_done: z.int().describe(`Of ${STEPS.length}`),
    waits_for: z.string().describe('What the step waits for; empty while it works'),
    changed: z
      .object({ clicks: z.int(), messages: z.int(), conversions: z.int(), links: z.int() })
      .describe("Rows that were changed for the account's erasures that run together with this one"),
    exported_files: z
      .array(z.object({ export_id: z.string(), place: z.string(), name: z.string() }))
      .max(EXPORTED_MAX)
      .describe(
        `Files of exports that have rows of the contacts, up to ${EXPORTED_MAX}: they are not changed, so remove them, or export their range again`,
      ),
  })
  .meta({ id: 'Erasure' });

const contactId = z.string().min(1).max(128);
const body = z
  .strictObject({ contact_ids: z.array(contactId).min(1).max(CONTACTS_MAX) })
  .meta({ examples: [{ contact_ids: ['c-1', 'c-2'] }] });

const params = z.object({ contact_id: z.string() });

/** Without the contacts' ids, which it has while it is open. */
function shown({
  contact_ids: _,
  account_id: __,
  exported = [],
  ...erasure
}: Erasure): z.output<typeof erasureAnswer> {
  const { state, step } = erasure;
  const steps_done = step === '' ? 0 : STEPS.indexOf(step);
  return { ...erasure, exported_files: exported, steps_done: state === 'done' ? STEPS.length : steps_done };
}

export function contactRoutes(app: Api, context: ApiContext): void {
  const { redis, clickhouse } = context;
  const tags = ['contacts'];

  async function erase(
    request: Pick<FastifyRequest, 'account' | 'audited'>,
    contact_ids: readonly string[],
  ): Promise<z.output<typeof accepted>> {
    try {
      const { erasure_id, contacts } = await requestErasure(
        redis,
        request.account.account_id,
        contact_ids,
        Date.now(),
      );
      request.audited = { subject_id: erasure_id, after: { contacts } };
      return { erasure_id, contacts };
    } catch (error) {
      if (!(error instanceof TooManyErasuresError)) throw error;
      throw new ApiError(
        'too_many_requests',
        `${OPEN_ERASURES_MAX} erasures wait: name more contacts in one`,
      );
    }
  }

  app.delete(
    '/v2/contacts/:contact_id',
    {
      config: { scope: 'erase', documented_answers: { 202: accepted }, audit: 'erasure.requested' },
      schema: {
        tags,
        summary: 'Erase a contact everywhere',
        description:
          'A contact that is not known is accepted as well. Reports stay as they are; a pseudonym stands in the place of the contact.',
        params,
      },
    },
    async (request, reply) => {
      const contact_id = checked(() => checkId(request.params.contact_id, 'contact_id'));
      return reply.code(202).send(await erase(request, [contact_id]));
    },
  );

  app.post(
    '/v2/erasures',
    {
      config: {
        scope: 'erase',
        documented_answers: { 202: accepted },
        documented_body: z.toJSONSchema(body),
        audit: 'erasure.requested',
      },
      schema: {
        tags,
        summary: 'Erase many contacts',
        description: `JSON \`{"contact_ids": […]}\`, or \`application/x-ndjson\` with one \`{"contact_id": "…"}\` a line; up to ${CONTACTS_MAX} contacts. A wrong line refuses all of them.`,
        consumes: ['application/json', 'application/x-ndjson'],
      },
    },
    async (request, reply) => {
      const type = request.headers['content-type'] ?? '';
      const named = /^application\/x-ndjson\b/i.test(type)
        ? await readLines(request.body as Readable)
        : request.body;
      const parsed = body.safeParse(named);
      if (!parsed.success) {
        throw new ApiError(
          'invalid_request',
          `send {"contact_ids": [1 to ${CONTACTS_MAX} ids]}, or NDJSON with one {"contact_id": "…"} a line`,
        );
      }
      const contact_ids = parsed.data.contact_ids.map((id) => checked(() => checkId(id, 'contact_id')));
      return reply.code(202).send(await erase(request, contact_ids));
    },
  );

  app.get(
    '/v2/erasures/:id',
    {
      config: { scope: 'erase', documented_answers: { 200: erasureAnswer } },
      schema: {
        tags,
        summary: 'Read the progress of an erasure',
        description:
          'When it is done, neither Redis nor ClickHouse nor their files hold the ids, addresses, user agents and fields of its contacts.',
        params: z.object({ id: z.string() }),
      },
    },
    async (request) => {
      const erasure = await readErasure(redis, request.params.id);
      if (erasure?.account_id !== request.account.account_id) {
        throw new ApiError('not_found', 'there is no such erasure in this account');
      }
      return shown(erasure);
    },
  );

  app.get(
    '/v2/contacts/:contact_id/export',
    {
      config: { scope: 'erase', limit: 'download' },
      schema: {
        tags,
        summary: 'Stream all that is known of a contact',
        description:
          'One JSON object a line. `kind` says what it is: message, link, opt_out, click, refused_tap, verdict (a verdict that changed later), conversion or webhook_event (what a webhook is told of it).',
        params,
        response: {
          200: {
            description: 'Empty if nothing is known. If the response breaks off, it is incomplete',
            content: { 'application/x-ndjson': { schema: z.string() } },
          },
        },
      },
    },
    async (request, reply) => {
      const contact_id = checked(() => checkId(request.params.contact_id, 'contact_id'));
      const groups = exportContact(clickhouse, request.account.account_id, contact_id);
      // The first rows are read before the answer begins, so that a failure still has a status.
      const first = await explainErrors(() => groups.next());
      reply.type('application/x-ndjson');
      reply.header('content-disposition', 'attachment; filename="contact.ndjson"');
      // Fastify streams it; the return type comes from the schema.
      return Readable.from(ndjsonOf(withFirst(first, groups))) as unknown as string;
    },
  );
}

async function* withFirst(
  first: IteratorResult<object[]>,
  rest: AsyncGenerator<object[]>,
): AsyncGenerator<object[]> {
  if (first.done !== true) yield first.value;
  yield* rest;
}

/** As the JSON body would be. */
async function readLines(input: Readable): Promise<{ contact_ids: unknown[] }> {
  const contact_ids: unknown[] = [];
  for await (const lines of linesOf(input)) {
    for (const line of lines) contact_ids.push(contactOf(line));
    if (contact_ids.length > CONTACTS_MAX) break;
  }
  return { contact_ids };
}

/** Undefined for a line that is not understood. */
function contactOf(line: string | BadLine): unknown {
  if (line instanceof BadLine) {
    throw new ApiError('invalid_request', `a line may have ${LINE_BYTES_MAX} bytes of UTF-8`);
  }
  try {
    return (JSON.parse(line) as { contact_id?: unknown } | null)?.contact_id;
  } catch {
    throw new ApiError('invalid_json', 'a line is not valid JSON: write one {"contact_id": "…"} a line');
  }
}
