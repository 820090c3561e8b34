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
      config: answering(pageOf('dead_letters', deadLetter)),
      schema: { tags, summary: 'Rows that could not be processed, oldest first', querystring: pageQuery },
    },
    async (request) => {
      const { page, per_page } = request.query;
      const { items, total } = await listDeadLetters(redis, page, per_page);
      return { dead_letters: items, page, per_page, total };
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
