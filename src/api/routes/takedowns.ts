/**
 * The operator's take-downs, under the admin key: one link, offer or domain of any account is closed, listed, and
 * opened again. A change reaches every redirect process within a second. With Redis down: 503.
 */
import { z } from 'zod';
import { operatorReason } from '../../catalog/schemas.ts';
import { DomainNameError, normalDomain } from '../../domains/domain-name.ts';
import { TAKEDOWN_KINDS, type TakedownKind } from '../../takedowns/takedown.ts';
import { getTakedown, liftTakedown, listTakedowns, takeDown } from '../../takedowns/takedown-store.ts';
import { pageOf, takedown } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError, fieldError } from '../http/errors.ts';
import { pageQuery } from '../http/paging.ts';

const ID_LENGTH_MAX = 300;

const takedownInput = z
  .strictObject({
    kind: z.enum(TAKEDOWN_KINDS),
    id: z.string().min(1).max(ID_LENGTH_MAX).describe('link_id, offer_id, or the name of the domain'),
    account_id: z.string().optional().describe('Refuses a thing of another account; may be left out'),
    reason: operatorReason.describe('Why; the account reads it too'),
  })
  .meta({ examples: [{ kind: 'link', id: 'aB3dE5g', reason: 'phishing, reported on 28 November' }] });

export function takedownRoutes(app: Api, { redis, reader }: ApiContext): void {
  const answering = (status: number, answer: z.ZodType) => ({
    admin: true,
    documented_answers: { [status]: answer },
  });
  const tags = ['operations'];
  const params = z.object({ id: z.string().max(ID_LENGTH_MAX).describe('takedown_id') });
  const missing = (): ApiError => new ApiError('not_found', 'there is no such take-down');

  app.post(
    '/v2/takedowns',
    {
      config: { ...answering(201, takedown), audit: 'takedown.created' },
      schema: {
        tags,
        summary: 'Take a link, an offer or a domain down',
        description:
          'Its links answer the page of a link that has ended, those of a domain the page of an unknown link, and no fallback. Its account can not undo it. Safe to repeat: a second call changes the reason.',
        body: takedownInput,
      },
    },
    async (request, reply) => {
      const { kind, id, account_id = '', reason } = request.body;
      const taken = await takeDown({ redis, reader }, kind, idOf(kind, id), { account_id, reason });
      if (taken === undefined)
        throw new ApiError('not_found', `there is no such ${kind}: nothing was changed`);
      request.audited = { account_id: taken.account_id, subject_id: taken.takedown_id, after: taken };
      return reply.code(201).send(taken);
    },
  );

  app.get(
    '/v2/takedowns',
    {
      config: answering(200, pageOf('takedowns', takedown)),
      schema: { tags, summary: 'List take-downs, newest first', querystring: pageQuery },
    },
    async (request) => {
      const { page, per_page } = request.query;
      const { items, total } = await listTakedowns(redis, page, per_page);
      return { takedowns: items, page, per_page, total };
    },
  );

  app.get(
    '/v2/takedowns/:id',
    { config: answering(200, takedown), schema: { tags, summary: 'Read a take-down', params } },
    async (request) => {
      const found = await getTakedown(redis, request.params.id);
      if (found === undefined) throw missing();
      return found;
    },
  );

  app.delete(
    '/v2/takedowns/:id',
    {
      config: {
        ...answering(200, z.object({ takedown_id: z.string(), lifted: z.boolean() })),
        audit: 'takedown.lifted',
      },
      schema: { tags, summary: 'Lift a take-down: what was closed opens again', params },
    },
    async (request) => {
      const takedown_id = request.params.id;
      const before = await getTakedown(redis, takedown_id);
      if (before === undefined || !(await liftTakedown({ redis, reader }, takedown_id))) throw missing();
      request.audited = { account_id: before.account_id, before };
      return { takedown_id, lifted: true };
    },
  );
}

/** A domain's name as it is kept; what can't be a name is no domain's. */
function idOf(kind: TakedownKind, id: string): string {
  if (kind !== 'domain') return id;
  try {
    return normalDomain(id);
  } catch (error) {
    throw error instanceof DomainNameError ? fieldError('id', `${error.message}`) : error;
  }
}
