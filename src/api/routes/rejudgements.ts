/**
 * Rejudgements: ranges of clicks that are rejudged under the current rules. They are kept in Redis; with ClickHouse
 * down a rejudgement waits.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  listRejudgements,
  type Rejudgement,
  readRejudgement,
  requestRejudgement,
  TooManyRejudgementsError,
} from '../../bots/rejudgement.ts';
import { readRange } from '../../reports/report-range.ts';
import { accountToChange } from '../http/account-to-change.ts';
import { pageOf, rejudgement } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { pageQuery } from '../http/paging.ts';

/** A rejudgement as the API returns it. */
function shown({ from_ms, to_ms, cursor_ms: _ms, cursor_id: _id, ...rejudgement }: Rejudgement): object {
  return { ...rejudgement, from: new Date(from_ms).toISOString(), to: new Date(to_ms).toISOString() };
}

const rejudgementBody = z
  .strictObject({
    from: z.string().max(40).describe('Date or ISO 8601 time; whole quarter hours are judged'),
    to: z.string().max(40).optional().describe('The same; a plain date includes that day. Default: now'),
    tz: z.string().max(64).default('UTC'),
  })
  .meta({ examples: [{ from: '2026-11-01', to: '2026-11-20', tz: 'Europe/Berlin' }] });

/** A rejudgement takes seconds to minutes. */
const RETRY_AFTER_S = 30;

export function rejudgementRoutes(app: Api, { redis, limits }: ApiContext): void {
  const tags = ['bots'];

  async function begin(
    request: FastifyRequest,
    account_id: string,
    body: z.output<typeof rejudgementBody>,
  ): Promise<object> {
    return explainErrors(async () => {
      const now = Date.now();
      const range = readRange(body.from, body.to, body.tz, now);
      try {
        const requested = await requestRejudgement(
          redis,
          account_id,
          range.from_ms,
          range.to_ms,
          new Date(now).toISOString(),
        );
        const after = shown(requested);
        request.audited = { subject_id: String(requested.rejudgement), after };
        return after;
      } catch (error) {
        if (!(error instanceof TooManyRejudgementsError)) throw error;
        limits.noteRefused('rejudgement', account_id);
        throw new ApiError('too_many_requests', error.message, { 'retry-after': String(RETRY_AFTER_S) });
      }
    });
  }

  app.post(
    '/v2/rejudgements',
    {
      config: { scope: 'catalog', documented_answers: { 202: rejudgement }, audit: 'rejudgement.requested' },
      schema: {
        tags,
        summary: 'Rejudge a range of clicks under the current rules',
        body: rejudgementBody,
      },
    },
    async (req, reply) => reply.code(202).send(await begin(req, req.account.account_id, req.body)),
  );

  const params = z.object({ id: z.string() });
  app.post(
    '/v2/accounts/:id/rejudgements',
    {
      config: { admin: true, documented_answers: { 202: rejudgement }, audit: 'rejudgement.requested' },
      schema: { tags, summary: 'Rejudge a range of clicks of any account', params, body: rejudgementBody },
    },
    async (req, reply) => {
      await accountToChange(redis, req.params.id);
      return reply.code(202).send(await begin(req, req.params.id, req.body));
    },
  );

  app.get(
    '/v2/rejudgements',
    {
      config: { scope: 'read', documented_answers: { 200: pageOf('rejudgements', rejudgement) } },
      schema: { tags, summary: 'List rejudgements, newest first', querystring: pageQuery },
    },
    async (req) => {
      const { page, per_page } = req.query;
      const { items, total } = await listRejudgements(redis, req.account.account_id, page, per_page);
      return { rejudgements: items.map(shown), page, per_page, total };
    },
  );

  const number = z.object({
    id: z.coerce
      .number()
      .int()
      .min(1)
      .max(2 ** 32 - 1),
  });
  const missing = (): ApiError => new ApiError('not_found', 'there is no such rejudgement in this account');
  app.get(
    '/v2/rejudgements/:id',
    {
      config: { scope: 'read', documented_answers: { 200: rejudgement } },
      schema: { tags, summary: 'Read the progress of a rejudgement', params: number },
    },
    async (req) => {
      const found = await readRejudgement(redis, req.params.id);
      if (found?.account_id !== req.account.account_id) throw missing();
      return shown(found);
    },
  );
  const ofAccount = z.object({ id: z.string(), rejudgement: number.shape.id });
  app.get(
    '/v2/accounts/:id/rejudgements/:rejudgement',
    {
      config: { admin: true, documented_answers: { 200: rejudgement } },
      schema: { tags, summary: 'Read the progress of a rejudgement of any account', params: ofAccount },
    },
    async (req) => {
      const found = await readRejudgement(redis, req.params.rejudgement);
      if (found?.account_id !== req.params.id) throw missing();
      return shown(found);
    },
  );
}
