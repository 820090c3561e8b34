/**
 * `POST /v2/conversions`: up to CONVERSIONS_MAX as JSON, NDJSON of any length, or a CSV file. In JSON and NDJSON an
 * invalid conversion gets its own error and does not affect the others; a file counts whole or not at all
 * (upload-file.ts).
 */
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { Account } from '../../catalog/definitions.ts';
import { zoneWarning } from '../../catalog/warnings.ts';
import { ClickIds } from '../../clicks/click-id.ts';
import { ConversionError } from '../../conversions/receive/conversion-error.ts';
import {
  PARAMETERS,
  type Parameters,
  parametersOfObject,
} from '../../conversions/receive/conversion-input.ts';
import { directSources } from '../../conversions/receive/conversion-sources.ts';
import { type Batching, type Received, receiveMany } from '../../conversions/receive/receive-many.ts';
import { parseJsonDigits } from '../../platform/json-digits.ts';
import { newProducerId } from '../../platform/random.ts';
import { conversions as conversionsAnswer } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { CONVERSIONS_MAX, conversionsBody, conversionsList } from '../http/conversions-body.ts';
import { ApiError } from '../http/errors.ts';
import { fileQuery } from '../http/file-query.ts';
import { batchingOf, beginKeyed, fingerprintOf, holdRequest, idempotencyKey } from '../http/idempotency.ts';
import { answerList, answerStream, isNdjson, type RowWork } from '../http/take-rows.ts';
import { isStrict, strictQuery, WarningBudget } from '../http/warnings.ts';
import { type Uploading, uploadFile } from './upload-file.ts';

/** Conversions per call to Redis. */
const GROUP_MAX = 250;

/** The API key identifies the account, so the secrets are not accepted here. */
const NAMES = PARAMETERS.filter((name) => name !== 'secret' && name !== 'postback_secret');

type Answer = Received | { index: number; error: string; message: string };

declare module 'fastify' {
  interface FastifyRequest {
    /** SHA-256 of a JSON body, where that is needed. */
    body_fingerprint?: string;
  }
}

export function conversionRoutes(app: Api, context: ApiContext): void {
  const { redis } = context;
  const receiving = {
    redis,
    sources: directSources(context.reader),
    keys: context.keys,
    contact_key: context.contact_key,
    click_ids: new ClickIds(context.keys),
    log_bytes_max: context.log_bytes_max,
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
      async (request: FastifyRequest, text: string | Buffer) => {
        if (text === '') throw new ApiError('invalid_json', 'the body is not valid JSON');
        if (request.headers['idempotency-key'] !== undefined) request.body_fingerprint = fingerprintOf(text);
        return parseJsonDigits(String(text));
      },
    );
    addRoute(own as unknown as Api, { redis, receiving, bodies: context.bodies });
  });
}

function addRoute(app: Api, uploading: Uploading): void {
  app.post(
    '/v2/conversions',
    {
      config: {
        scope: 'conversions',
        limit: 'send',
        documented_body: conversionsBody,
        documented_answers: { 200: conversionsAnswer },
        audit: 'conversions.uploaded',
        // Any other report is a line of the money ledger, and nothing else.
        audit_if: isCsv,
      },
      schema: {
        tags: ['conversions'],
        summary: 'Report conversions',
        description:
          'JSON `{"conversions": […]}`; `application/x-ndjson` with one conversion a line, answered line by line in order; or a file as `text/csv` with a header line, of which all lines count or, where one is wrong, none: the answer is the upload, as `GET /v2/conversions/uploads/:upload_id` shows it, or the list of the wrong lines. The query parameters but `strict` are about files, and `strict` is not. A conversion that was already reported is answered as a duplicate. With the header `Idempotency-Key` the same request can be sent again, also after it broke off, and counts once; without it that is safe for conversions with a txn_id.',
        consumes: ['application/json', 'application/x-ndjson', 'text/csv'],
        querystring: fileQuery.extend(strictQuery.shape),
      },
    },
    async (request, reply) => {
      if (isCsv(request)) return uploadFile(uploading, request, request.query, reply);
      if (isNdjson(request))
        return reply.type('application/x-ndjson').send(await receiveStream(uploading, request));
      const { taken, errors } = await receiveList(uploading, request);
      return reply.code(taken.length > 0 ? 200 : 400).send({ conversions: taken, errors });
    },
  );
}

const isCsv = ({ headers }: FastifyRequest): boolean => /^text\/csv\b/i.test(headers['content-type'] ?? '');

/** Gives the reports of a repeat the ids of the first try; undefined: each report is a new one. */
type BatchingAt = ((first_index: number) => Batching) | undefined;

/** What the groups of one request have in common. */
interface Call {
  account: Account;
  strict: boolean;
  warnings: WarningBudget;
}

const callOf = (request: FastifyRequest): Call => ({
  account: request.account,
  strict: isStrict(request),
  warnings: new WarningBudget(),
});

async function receiveGroup(
  { receiving }: Uploading,
  { account, strict, warnings }: Call,
  group: readonly (Parameters | ConversionError)[],
  first_index: number,
  batching: BatchingAt,
): Promise<Answer[]> {
  const given = group.map((one) => (strict ? refuseWarned(one) : one));
  const answers = await receiveMany(receiving, account, given, batching?.(first_index));
  return answers.map((answer, i) => {
    const index = first_index + i;
    const warning = warningOf(group[i]);
    const warned = warnings.take(warning && [warning]);
    return answer instanceof ConversionError
      ? { index, error: answer.code, message: answer.message, ...warned }
      : { index, ...answer, ...warned };
  });
}

const warningOf = (given: Parameters | ConversionError | undefined) =>
  given === undefined || given instanceof ConversionError ? undefined : zoneWarning(given.ts, 'ts');

function refuseWarned(given: Parameters | ConversionError): Parameters | ConversionError {
  const warning = warningOf(given);
  return warning === undefined ? given : new ConversionError('warned', warning.message);
}

interface Keyed {
  batching: BatchingAt;
  end(): Promise<void>;
}

/** What a request with an Idempotency-Key and this fingerprint is; without a key every request is a new one. */
async function beginRequest(
  { redis }: Uploading,
  request: FastifyRequest,
  fingerprint: string,
): Promise<Keyed> {
  const key = idempotencyKey(request);
  if (key === undefined) return { batching: undefined, end: async () => {} };
  const begun = { fingerprint, request_id: newProducerId(), received_at_ms: Date.now() };
  const keyed = await beginKeyed(redis, request.account.account_id, key, begun);
  const end = await holdRequest(redis, keyed);
  return { batching: (first_index) => batchingOf(keyed, first_index), end };
}

/** The answers to NDJSON. With an Idempotency-Key the body is held until its end, because the key is of all of it. */
async function receiveStream(uploading: Uploading, request: FastifyRequest): Promise<Readable> {
  const call = callOf(request);
  const { account } = call;
  const answer = (input: Readable, batching: BatchingAt): Readable =>
    answerStream(workOf(uploading, call, batching), input);
  if (idempotencyKey(request) === undefined) return answer(request.body as Readable, undefined);
  const body = await uploading.bodies.take(request.body as Readable, account.account_id);
  try {
    const { batching, end } = await beginRequest(uploading, request, fingerprintOf('ndjson', body.sha256));
    const answers = answer(body.read(), batching);
    answers.once('close', () => {
      void body.release();
      void end().catch(() => {});
    });
    return answers;
  } catch (error) {
    await body.release();
    throw error;
  }
}

async function receiveList(
  uploading: Uploading,
  request: FastifyRequest,
): Promise<{ taken: object[]; errors: object[] }> {
  const parsed = conversionsList.safeParse(request.body);
  if (!parsed.success) {
    throw new ApiError(
      'invalid_request',
      `send {"conversions": [1 to ${CONVERSIONS_MAX} conversions]}, or NDJSON or CSV for more`,
    );
  }
  const { conversions } = parsed.data;
  const call = callOf(request);
  const { batching, end } = await beginRequest(uploading, request, request.body_fingerprint ?? '');
  try {
    return await answerList(workOf(uploading, call, batching), conversions);
  } finally {
    await end().catch(() => {});
  }
}

const workOf = (
  uploading: Uploading,
  call: Call,
  batching: BatchingAt,
): RowWork<Parameters | ConversionError> => ({
  ...{ row: 'conversion', group_rows_max: GROUP_MAX, read: tryParse, parse: parseJsonDigits },
  unreadable: ({ code, message }) => new ConversionError(code, message),
  work: (group, first_index) => receiveGroup(uploading, call, group, first_index, batching),
});

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
