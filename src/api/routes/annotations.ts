/**
 * Annotations of an account: sentences at a time that the charts of the console show. Listed, made, changed, removed. With
 * Redis down: 503.
 */
import { z } from 'zod';
import { ANNOTATION_LENGTH_MAX, ANNOTATIONS_MAX, type Annotation } from '../../annotations/annotation.ts';
import {
  addAnnotation,
  changeAnnotation,
  listAnnotations,
  removeAnnotation,
} from '../../annotations/annotation-store.ts';
import { getEntities } from '../../catalog/catalog-store.ts';
import { newEntityId } from '../../catalog/entity-id.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { readExactRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError, fieldError } from '../http/errors.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { timeQuery } from './report-schemas.ts';

const text = z
  .string()
  .min(1)
  .max(ANNOTATION_LENGTH_MAX)
  .regex(/^\S(?:.*\S)?$/u, 'is of several lines, or begins or ends with a space')
  .describe('One line; it is kept when a contact is erased, so name none');
const at = z.iso.datetime({ offset: true }).describe('The time that it is about, past or to come');
const campaign_id = z
  .string()
  .max(60)
  .nullable()
  .describe('The campaign whose charts alone show it; null: all charts of the account');

const input = z
  .strictObject({ at, text, campaign_id: campaign_id.default(null) })
  .meta({ examples: [{ at: '2026-11-30T09:00:00Z', text: 'New sender number' }] });
const change = z
  .strictObject({ at, text, campaign_id })
  .partial()
  .meta({ examples: [{ text: 'New sender number in the US' }] });
const shownAnnotation = z
  .object({
    annotation_id: z.string(),
    at: z.iso.datetime(),
    text: z.string(),
    campaign_id: z.string().nullable(),
    created_by: z.string().describe('The key or member who made it'),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Annotation' });

const params = z.object({ annotation_id: z.string().max(60) });
const query = z.strictObject(
  timeQuery('by the time of the annotation; without `from` and `to` it lists all'),
);
const missing = (): ApiError => new ApiError('not_found', 'there is no such annotation in this account');

export function annotationRoutes(app: Api, { redis }: ApiContext): void {
  const tags = ['annotations'];

  app.get(
    '/v2/annotations',
    {
      config: {
        scope: 'read',
        documented_answers: { 200: z.object({ annotations: z.array(shownAnnotation) }) },
      },
      schema: { tags, summary: 'List annotations, by their time', querystring: query },
    },
    (request) =>
      explainErrors(async () => {
        const { from, to, tz } = request.query;
        const all = await listAnnotations(redis, request.account.account_id);
        if (from === undefined && to === undefined) return { annotations: all.map(shown) };
        const { from_ms, to_ms } = readExactRange(from, to, tz, Date.now());
        const is_in = (one: Annotation): boolean =>
          Date.parse(one.at) >= from_ms && Date.parse(one.at) < to_ms;
        return { annotations: all.filter(is_in).map(shown) };
      }),
  );

  app.post(
    '/v2/annotations',
    {
      config: {
        scope: 'catalog',
        documented_answers: { 201: shownAnnotation },
        audit: 'annotation.created',
      },
      schema: {
        tags,
        summary: 'Note what happened at a time',
        description: `Charts over time show it as a mark. An account has at most ${ANNOTATIONS_MAX}.`,
        body: input,
      },
    },
    async (request, reply) => {
      const { account, caller, body } = request;
      await refuseUnknown(redis, account.account_id, body.campaign_id);
      const now = new Date().toISOString();
      const annotation: Annotation = {
        annotation_id: newEntityId('ann'),
        account_id: account.account_id,
        at: utcOf(body.at),
        text: body.text,
        campaign_id: body.campaign_id,
        created_by: caller.name,
        created_at: now,
        updated_at: now,
      };
      await addAnnotation(redis, annotation);
      request.audited = { subject_id: annotation.annotation_id, after: { ...annotation } };
      return reply.code(201).send(shown(annotation));
    },
  );

  app.patch(
    '/v2/annotations/:annotation_id',
    {
      config: { scope: 'catalog', documented_answers: { 200: shownAnnotation }, audit: 'annotation.changed' },
      schema: { tags, summary: 'Change an annotation', params, body: change },
    },
    async (request) => {
      const { account, body } = request;
      await refuseUnknown(redis, account.account_id, body.campaign_id ?? null);
      const changes = {
        ...(body.at !== undefined && { at: utcOf(body.at) }),
        ...(body.text !== undefined && { text: body.text }),
        ...(body.campaign_id !== undefined && { campaign_id: body.campaign_id }),
      };
      const done = await changeAnnotation(redis, account.account_id, request.params.annotation_id, changes);
      if (done === undefined) throw missing();
      request.audited = { before: { ...done.before }, after: { ...done.after } };
      return shown(done.after);
    },
  );

  app.delete(
    '/v2/annotations/:annotation_id',
    {
      config: {
        scope: 'catalog',
        documented_answers: { 200: z.object({ annotation_id: z.string(), removed: z.boolean() }) },
        audit: 'annotation.removed',
      },
      schema: { tags, summary: 'Remove an annotation', params },
    },
    async (request) => {
      const { annotation_id } = request.params;
      const removed = await removeAnnotation(redis, request.account.account_id, annotation_id);
      if (removed === undefined) throw missing();
      request.audited = { before: { ...removed } };
      return { annotation_id, removed: true };
    },
  );
}

const utcOf = (time: string): string => new Date(time).toISOString();

const shown = ({ account_id: _, ...annotation }: Annotation) => annotation;

/** Throws `invalid_request` where the account has no such campaign. */
async function refuseUnknown(redis: RedisClient, account_id: string, id: string | null): Promise<void> {
  if (id === null) return;
  const [campaign] = await getEntities(redis, 'campaign', account_id, [id]);
  if (campaign === undefined)
    throw fieldError(
      'campaign_id',
      'there is no such campaign in this account: leave it out, or give its id',
    );
}
