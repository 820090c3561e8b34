/**
 * Judgements: ranges of clicks that are judged again under the rules that hold now. They are kept in Redis; with
 * ClickHouse down a judgement waits for it.
 */
import { z } from 'zod';
import {
  type Judgement,
  listJudgements,
  OPEN_MAX,
  readJudgement,
  requestJudgement,
  TooManyJudgementsError,
} from '../../bots/rejudgement.ts';
import { getAccount } from '../../catalog/catalog-store.ts';
import { readRange } from '../../reports/report-range.ts';
import { judgement, pageOf } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { pageQuery } from '../http/paging.ts';
import { explainErrors } from './reports.ts';

/** A judgement as it is answered. */
function shown({ from_ms, to_ms, cursor_ms: _ms, cursor_id: _id, ...judgement }: Judgement): object {
  return { ...judgement, from: new Date(from_ms).toISOString(), to: new Date(to_ms).toISOString() };
}

const judgementBody = z
  .strictObject({
    from: z.string().max(40).describe('Date or ISO 8601 time; whole quarter hours are judged'),
    to: z.string().max(40).optional().describe('The same; a plain date includes that day. Default: now'),
    tz: z.string().max(64).default('UTC'),
  })
  .meta({ examples: [{ from: '2026-11-01', to: '2026-11-20', tz: 'Europe/Berlin' }] });

export function judgementRoutes(app: Api, { redis }: ApiContext): void {
  const tags = ['bots'];

  async function request(account_id: string, body: z.output<typeof judgementBody>): Promise<object> {
    return explainErrors(async () => {
      const now = Date.now();
      const range = readRange(body.from, body.to, body.tz, now);
      try {
        return shown(
          await requestJudgement(redis, account_id, range.from_ms, range.to_ms, new Date(now).toISOString()),
        );
      } catch (error) {
        if (!(error instanceof TooManyJudgementsError)) throw error;
        throw new ApiError(
          'too_many_requests',
          `${OPEN_MAX} judgements are waiting: ask again when some are done.`,
        );
      }
    });
  }

  app.post(
    '/v2/judgements',
    {
      config: { documented_answers: { 202: judgement } },
      schema: {
        tags,
        summary: 'Judge a range of clicks again, under the rules that hold now',
        body: judgementBody,
      },
    },
    async (req, reply) => reply.code(202).send(await request(req.account.account_id, req.body)),
  );

  const params = z.object({ id: z.string() });
  app.post(
    '/v2/accounts/:id/judgements',
    {
      config: { admin: true, documented_answers: { 202: judgement } },
      schema: { tags, summary: 'Judge a range of any account again', params, body: judgementBody },
    },
    async (req, reply) => {
      if ((await getAccount(redis, req.params.id)) === undefined)
        throw new ApiError('not_found', 'there is no such account');
      return reply.code(202).send(await request(req.params.id, req.body));
    },
  );

  app.get(
    '/v2/judgements',
    {
      config: { documented_answers: { 200: pageOf('judgements', judgement) } },
      schema: { tags, summary: 'List judgements, newest first', querystring: pageQuery },
    },
    async (req) => {
      const { page, per_page } = req.query;
      const { items, total } = await listJudgements(redis, req.account.account_id, page, per_page);
      return { judgements: items.map(shown), page, per_page, total };
    },
  );

  const number = z.object({
    id: z.coerce
      .number()
      .int()
      .min(1)
      .max(2 ** 32 - 1),
  });
  const missing = (): ApiError => new ApiError('not_found', 'there is no such judgement in this account');
  app.get(
    '/v2/judgements/:id',
    {
      config: { documented_answers: { 200: judgement } },
      schema: { tags, summary: 'How far a judgement is', params: number },
    },
    async (req) => {
      const found = await readJudgement(redis, req.params.id);
      if (found?.account_id !== req.account.account_id) throw missing();
      return shown(found);
    },
  );
  const ofAccount = z.object({ id: z.string(), judgement: number.shape.id });
  app.get(
    '/v2/accounts/:id/judgements/:judgement',
    {
      config: { admin: true, documented_answers: { 200: judgement } },
      schema: { tags, summary: 'How far a judgement of any account is', params: ofAccount },
    },
    async (req) => {
      const found = await readJudgement(redis, req.params.judgement);
      if (found?.account_id !== req.params.id) throw missing();
      return shown(found);
    },
  );
}
