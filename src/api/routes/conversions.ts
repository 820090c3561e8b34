/**
 * `POST /v2/conversions`: up to CONVERSIONS_MAX as JSON, or NDJSON or CSV of any length. An invalid conversion gets
 * its own error and does not affect the others.
 */
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Account } from '../../catalog/definitions.ts';
import { ClickIds } from '../../clicks/click-id.ts';
import type { ReceiveContext } from '../../conversions/receive/authenticate.ts';
import { ConversionError } from '../../conversions/receive/conversion-error.ts';
import {
  PARAMETERS,
  type Parameters,
  parametersOfObject,
} from '../../conversions/receive/conversion-input.ts';
import { directSources } from '../../conversions/receive/conversion-sources.ts';
import { type Received, receiveMany } from '../../conversions/receive/receive-many.ts';
import { parseJsonDigits } from '../../platform/json-digits.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { conversions as conversionsAnswer } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { readCsv } from '../http/csv.ts';
import { ApiError } from '../http/errors.ts';
import { answerLines, BadLine } from '../http/ndjson.ts';

const CONVERSIONS_MAX = 10_000;
/** Conversions per call to Redis. */
const GROUP_MAX = 250;
/** CSV errors listed in the response; all are counted. */
const CSV_ERRORS_MAX = 1_000;

/** The API key identifies the account, so the secrets are not accepted here. */
const NAMES = PARAMETERS.filter((name) => name !== 'secret' && name !== 'postback_secret');

const list = z.array(z.unknown()).min(1).max(CONVERSIONS_MAX);
/** A bare list is accepted too. */
const body = z.union([
  z.strictObject({ conversions: list }),
  list.transform((conversions) => ({ conversions })),
]);

/** For the OpenAPI document; conversions/conversion-input.ts checks each conversion. */
const documentedBody = z.toJSONSchema(
  z
    .object({
      conversions: z
        .array(
          z.object({
            click_id: z.string().optional(),
            link_id: z.string().optional(),
            offer_id: z.string().optional().describe('With message_id, or for a refund with its txn_id'),
            message_id: z.string().optional(),
            code: z.string().optional().describe('Coupon code'),
            contact_id: z.string().optional().describe('Who used the coupon'),
            event: z
              .enum(['sale', 'rebill', 'lead', 'install', 'signup', 'refund', 'chargeback', 'void'])
              .default('sale'),
            revenue: z
              .string()
              .optional()
              .describe('Decimal string. A refund without it takes back all that is left'),
            currency: z.string().optional().describe("Default: the offer's"),
            txn_id: z.string().optional(),
            refund_id: z
              .string()
              .optional()
              .describe('Id of a refund or chargeback: refunds of one transaction with different ids add up'),
            network: z
              .string()
              .optional()
              .describe('Short name of the advertising network, such as everflow'),
            ts: z.string().optional().describe('Unix seconds or ISO 8601. Default: now'),
          }),
        )
        .max(CONVERSIONS_MAX),
    })
    .meta({
      examples: [
        {
          conversions: [
            {
              click_id: '0VbtKXUu1hdx94eRQF4LZbx67BaQk',
              revenue: '49.90',
              currency: 'USD',
              txn_id: 'order-1',
            },
          ],
        },
      ],
    }),
);

type Answer = Received | { index: number; error: string; message: string };

export function conversionRoutes(app: Api, context: ApiContext): void {
  const receiving = {
    redis: context.redis,
    sources: directSources(context.reader),
    keys: context.keys,
    contact_key: context.contact_key,
    click_ids: new ClickIds(context.keys),
    partition_bytes_max: context.partition_bytes_max,
    inspector: context.inspector,
  };
  // The body is the raw stream: only the lines being processed are in memory.
  app.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));
  app.register(async (own) => {
    // The digits of ids and amounts as they were sent.
    own.removeContentTypeParser('application/json');
    own.addContentTypeParser(
      'application/json',
      { parseAs: 'string' },
      async (_request: unknown, text: string | Buffer) => {
        if (text === '') throw new ApiError('invalid_json', 'the body is not valid JSON');
        return parseJsonDigits(String(text));
      },
    );
    addRoute(own as unknown as Api, receiving);
  });
}

type Receiving = ReceiveContext & { redis: RedisClient };

function addRoute(app: Api, receiving: Receiving): void {
  async function receiveGroup(
    account: Account,
    group: readonly (Parameters | ConversionError)[],
    first_index: number,
  ): Promise<Answer[]> {
    const answers = await receiveMany(receiving, account, group);
    return answers.map((answer, i) =>
      answer instanceof ConversionError
        ? { index: first_index + i, error: answer.code, message: answer.message }
        : answer,
    );
  }

  app.post(
    '/v2/conversions',
    {
      config: {
        scope: 'conversions',
        limit: 'send',
        documented_body: documentedBody,
        documented_answers: { 200: conversionsAnswer },
        audit: 'conversions.uploaded',
        // Any other report is a line of the money ledger, and nothing else.
        audit_if: isCsv,
      },
      schema: {
        tags: ['conversions'],
        summary: 'Report conversions',
        description:
          'JSON `{"conversions": […]}`; `application/x-ndjson` with one conversion a line, answered line by line in order; or `text/csv` with a header line, answered with counts and the errors of single lines. A conversion that was already reported is answered as a duplicate.',
        consumes: ['application/json', 'application/x-ndjson', 'text/csv'],
      },
    },
    async (request, reply) => {
      const { account } = request;
      const type = request.headers['content-type'] ?? '';
      if (/^application\/x-ndjson\b/i.test(type)) {
        const lines = answerLines(request.body as Readable, GROUP_MAX, (group, first_index) =>
          receiveGroup(account, group.map(parseLine), first_index),
        );
        return reply.type('application/x-ndjson').send(lines);
      }
      if (isCsv(request)) {
        const counts: CsvCounts = { accepted: 0, duplicates: 0, unattributed: 0, failed: 0 };
        const receive: Receive = (group, first) => {
          // What breaks off is audited with what was counted until then.
          request.audited = { after: counts };
          return receiveGroup(account, group, first);
        };
        const answer = await receiveCsv(request.body as Readable, receive, counts);
        request.audited = { after: counts };
        return answer;
      }
      const parsed = body.safeParse(request.body);
      if (!parsed.success) {
        throw new ApiError(
          'invalid_request',
          `send {"conversions": [1 to ${CONVERSIONS_MAX} conversions]}, or NDJSON or CSV for more`,
        );
      }
      const answers: Answer[] = [];
      for (let from = 0; from < parsed.data.conversions.length; from += GROUP_MAX) {
        const group = parsed.data.conversions.slice(from, from + GROUP_MAX);
        answers.push(...(await receiveGroup(account, group.map(tryParse), from)));
      }
      const errors = answers.filter((answer) => 'error' in answer);
      const received = answers.filter((answer) => !('error' in answer));
      return reply.code(received.length > 0 ? 200 : 400).send({ conversions: received, errors });
    },
  );
}

const isCsv = ({ headers }: FastifyRequest): boolean => /^text\/csv\b/i.test(headers['content-type'] ?? '');

type Receive = (group: (Parameters | ConversionError)[], first_index: number) => Promise<Answer[]>;

/** Counts in `counts` as it goes. */
async function receiveCsv(input: Readable, receive: Receive, counts: CsvCounts): Promise<object> {
  const errors: object[] = [];
  let first_index = 0;
  const { columns, groups } = await readCsv(input, GROUP_MAX);
  if (!columns.some((name) => ['click_id', 'link_id', 'offer_id', 'code'].includes(name))) {
    throw new ApiError(
      'invalid_request',
      `the first line of the CSV names its columns, one of them click_id, link_id, offer_id or code; the others are ${NAMES.join(', ')}`,
    );
  }
  for await (const group of groups) {
    const answers = await receive(
      group.map(({ values, problem }) =>
        problem === undefined
          ? parametersOfObject(values)
          : new ConversionError('invalid_conversion', problem),
      ),
      first_index,
    );
    for (const [i, answer] of answers.entries()) {
      countAnswer(counts, answer);
      if ('error' in answer && errors.length < CSV_ERRORS_MAX) {
        errors.push({ line: group[i]?.line, ...answer });
      }
    }
    first_index += group.length;
  }
  return {
    ...counts,
    errors,
    ignored_columns: columns.filter((name) => !(NAMES as readonly string[]).includes(name)),
  };
}

type CsvCounts = Record<'accepted' | 'duplicates' | 'unattributed' | 'failed', number>;

function countAnswer(counts: CsvCounts, answer: Answer): void {
  if ('error' in answer) {
    counts.failed++;
    return;
  }
  if (answer.status === 'duplicate') counts.duplicates++;
  else counts.accepted++;
  if (answer.unattributed !== undefined) counts.unattributed++;
}

function parseLine(line: string | BadLine): Parameters | ConversionError {
  if (line instanceof BadLine) return new ConversionError(line.code, line.message);
  let json: unknown;
  try {
    json = parseJsonDigits(line);
  } catch {
    return new ConversionError('invalid_json', 'this line is not valid JSON: write one conversion a line');
  }
  return tryParse(json);
}

function tryParse(json: unknown): Parameters | ConversionError {
  try {
    const given = parametersOfObject(json);
    const odd = Object.keys(json as object).find((name) => !(NAMES as readonly string[]).includes(name));
    if (odd === undefined) return given;
    return new ConversionError(
      'invalid_conversion',
      `"${odd.slice(0, 40)}" is not a property of a conversion: use ${NAMES.join(', ')}`,
    );
  } catch (error) {
    if (error instanceof ConversionError) return error;
    throw error;
  }
}
