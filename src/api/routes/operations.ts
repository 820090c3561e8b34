/**
 * Routes for the operator, under the admin key: the click ledger and dead letters. With Redis or ClickHouse down they
 * answer 503.
 */
import { z } from 'zod';
import { MINUTES_MAX, readLedger } from '../../clicks/click-ledger.ts';
import { MINUTE_MS } from '../../log/append.ts';
import {
  DeadLetterError,
  discardDeadLetter,
  getDeadLetter,
  listDeadLetters,
  replayDeadLetter,
  replayDeadLetters,
} from '../../log/dead-letters.ts';
import { parseInstant } from '../../platform/iso-time.ts';
import { clickLedger, deadLetter, pageOf } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { pageQuery } from '../http/paging.ts';
import { keyOfRow } from '../http/row-keys.ts';

const DEFAULT_MINUTES = 60;

const time = z.iso
  .datetime({ offset: true })
  .refine((text) => parseInstant(text) !== undefined, 'is no time');
const ledgerQuery = z.strictObject({
  from: time.optional().describe('ISO 8601; default: an hour before to'),
  to: time.optional().describe('ISO 8601; default: now'),
});
const REPLAYED_MAX = 1_000;
const REASON_LENGTH_MAX = 2_000;
const lettersQuery = pageQuery.extend({
  log: z.string().max(100).optional().describe('Of one log only'),
  reason: z.string().max(REASON_LENGTH_MAX).optional().describe('Of one reason only, word by word'),
});
const lettersOfReason = z.object({ log: z.string(), reason: z.string(), count: z.int() });
const letterList = pageOf('dead_letters', deadLetter).extend({
  reasons: z.array(lettersOfReason).describe('How many there are of each reason, the most first'),
});
const replayBody = z
  .strictObject({
    reason: z.string().min(1).max(REASON_LENGTH_MAX).describe('Word by word, as the list has it'),
    log: z.string().max(100).optional().describe('Of one log only'),
  })
  .meta({ examples: [{ reason: 'the offer is not known', log: 'clicks' }] });
const replayedAll = z.object({
  replayed: z.int(),
  left: z.int().describe('Of this reason, after it'),
  refused: z
    .array(z.object({ dead_letter_id: z.string(), message: z.string() }))
    .describe('What could not be replayed now, and why'),
});
const letterParams = z.object({ id: z.string().max(200).describe('dead_letter_id, percent-encoded') });

export function operationRoutes(app: Api, { clickhouse, redis }: ApiContext): void {
  const answering = (answer: z.ZodType) => ({ admin: true, documented_answers: { 200: answer } });
  const dead_letter_id = z.string();
  const tags = ['operations'];

  app.get(
    '/v2/ledger',
    {
      config: answering(clickLedger),
      schema: {
        tags,
        summary: 'The click ledger: what happened to every answer, by minute and process',
        querystring: ledgerQuery,
      },
    },
    (request) =>
      explainErrors(async () => {
        const now_ms = Date.now();
        const to_ms = request.query.to === undefined ? now_ms + MINUTE_MS : Date.parse(request.query.to);
        const from_ms =
          request.query.from === undefined
            ? to_ms - DEFAULT_MINUTES * MINUTE_MS
            : Date.parse(request.query.from);
        if (from_ms >= to_ms) throw new ApiError('invalid_request', 'from must be before to');
        if (to_ms - from_ms > MINUTES_MAX * MINUTE_MS) {
          throw new ApiError('invalid_request', `at most ${MINUTES_MAX} minutes at once: ask for less`);
        }
        return readLedger(clickhouse, redis, from_ms, to_ms, now_ms);
      }),
  );

  app.get(
    '/v2/dead-letters',
    {
      config: answering(letterList),
      schema: { tags, summary: 'Rows that could not be processed, oldest first', querystring: lettersQuery },
    },
    async (request) => {
      const { page, per_page, ...wanted } = request.query;
      const { items, total, reasons } = await listDeadLetters(redis, page, per_page, wanted);
      return { dead_letters: items, page, per_page, total, reasons };
    },
  );

  app.post(
    '/v2/dead-letters/replay',
    {
      config: { ...answering(replayedAll), audit: 'dead_letter.all_replayed' },
      schema: {
        tags,
        summary: `Replay the dead letters of one reason, the oldest ${REPLAYED_MAX} at once`,
        body: replayBody,
      },
    },
    async (request) => {
      const result = await replayDeadLetters(redis, request.body, REPLAYED_MAX, keyOfRow);
      const { log = '' } = request.body;
      request.audited = { after: { log, replayed: result.replayed } };
      return result;
    },
  );

  app.get(
    '/v2/dead-letters/:id',
    {
      config: answering(deadLetter),
      schema: { tags, summary: 'Read a dead letter, with its row and reason', params: letterParams },
    },
    async (request) => (await getDeadLetter(redis, request.params.id)) ?? unknown(),
  );

  app.post(
    '/v2/dead-letters/:id/replay',
    {
      config: {
        ...answering(z.object({ dead_letter_id, replayed: z.boolean() })),
        audit: 'dead_letter.replayed',
      },
      schema: { tags, summary: 'Replay a dead letter: put its row back on its log', params: letterParams },
    },
    async (request) => {
      const before = (await getDeadLetter(redis, request.params.id)) ?? unknown();
      try {
        if (!(await replayDeadLetter(redis, request.params.id, keyOfRow))) unknown();
      } catch (error) {
        if (error instanceof DeadLetterError) throw new ApiError('conflict', error.message);
        throw error;
      }
      request.audited = { before };
      return { dead_letter_id: request.params.id, replayed: true };
    },
  );

  app.delete(
    '/v2/dead-letters/:id',
    {
      config: {
        ...answering(z.object({ dead_letter_id, discarded: z.boolean() })),
        audit: 'dead_letter.discarded',
      },
      schema: { tags, summary: 'Discard a dead letter permanently', params: letterParams },
    },
    async (request) => {
      const before = (await getDeadLetter(redis, request.params.id)) ?? unknown();
      if (!(await discardDeadLetter(redis, request.params.id))) unknown();
      request.audited = { before };
      return { dead_letter_id: request.params.id, discarded: true };
    },
  );
}

function unknown(): never {
  throw new ApiError('not_found', 'there is no such dead letter: it may have been replayed or discarded');
}
