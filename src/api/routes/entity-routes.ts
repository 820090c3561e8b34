/**
 * The routes that offers, creatives, campaigns and audiences have in common: create, list and search, read, change, and
 * put under the account's own id. They differ in their schemas and in the checks against the rest of the catalog.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Scope } from '../../access/scopes.ts';
import { createEntity, getEntities, updateEntity } from '../../catalog/catalog-store.ts';
import type { Account, EntityKind, EntityOf } from '../../catalog/definitions.ts';
import { newEntityId } from '../../catalog/entity-id.ts';
import { PUT_OUTCOMES, putEntity } from '../../catalog/put-entity.ts';
import { externalId } from '../../catalog/schemas.ts';
import { searchEntities } from '../../catalog/search-entities.ts';
import type { Warning } from '../../catalog/warnings.ts';
import { entities, pageOf } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { pageQuery } from '../http/paging.ts';
import { strictQuery, warningsFor } from '../http/warnings.ts';

const QUERY_LENGTH_MAX = 100;

export interface EntityRoutes<K extends EntityKind> {
  kind: K;
  prefix: 'off' | 'cre' | 'cam' | 'aud';
  /** Body of POST, with its defaults. */
  input: z.ZodObject;
  /** Body of PATCH. */
  change: z.ZodType<Partial<EntityOf[K]>>;
  /** Throws ApiError when the entity is inconsistent or refers to something that does not exist. */
  check(account: Account, entity: EntityOf[K]): Promise<void>;
  /** What is probably a mistake in an entity that can be stored. */
  warnings?(entity: EntityOf[K]): Promise<(Warning | undefined)[]>;
  /** Runs after the entity is stored. */
  stored?(entity: EntityOf[K]): Promise<void>;
}

const listQuery = (status: z.ZodType) =>
  pageQuery.extend({
    q: z
      .string()
      .trim()
      .min(1)
      .max(QUERY_LENGTH_MAX)
      .optional()
      .describe('A part of its name, id or external_id, in any case. The newest 10,000 are searched'),
    status: status.optional(),
    external_id: externalId.optional(),
  });

const params = z.object({ id: z.string() });
const byExternalId = z.object({ external_id: externalId });
const answering = (scope: Scope, answers: Record<number, z.ZodType>) => ({
  scope,
  documented_answers: answers,
});
const articleOf = (kind: string): string => (/^[aeiou]/.test(kind) ? 'an' : 'a');

const statusOf = ({ shape }: z.ZodObject): z.ZodType =>
  (shape['status'] as z.ZodDefault).unwrap() as z.ZodType;

/** The body of PUT: all of the entity but its external_id, and a status only where that is to change. */
function putBody(input: z.ZodObject): z.ZodObject {
  const status = statusOf(input);
  return input.omit({ external_id: true }).extend({
    status: status.optional().describe('Left out, it stays as it is; a new one is active'),
  });
}

export function entityRoutes<K extends EntityKind>(
  app: Api,
  context: ApiContext,
  routes: EntityRoutes<K>,
): void {
  const { kind } = routes;
  const { redis } = context;
  const path = `/v2/${kind}s`;
  const tags = [`${kind}s`];
  const one = `${articleOf(kind)} ${kind}`;
  const answer: z.ZodType = entities[kind];
  const missing = (): ApiError => new ApiError('not_found', `there is no such ${kind} in this account`);

  app.post(
    path,
    {
      config: { ...answering('catalog', { 201: answer }), audit: `${kind as EntityKind}.created` as const },
      schema: { tags, summary: `Create ${one}`, body: routes.input, querystring: strictQuery },
    },
    async (request, reply) => {
      const { id, entity } = newEntity(routes, request.account, request.body);
      await routes.check(request.account, entity);
      const warnings = await warningsOf(routes, request, entity);
      const made = await createEntity(redis, kind, id, entity);
      request.audited = { subject_id: idOf(kind, made), after: made };
      await routes.stored?.(made);
      return reply.code(201).send({ ...made, ...warnings });
    },
  );

  app.get(
    path,
    {
      config: answering('read', { 200: pageOf(`${kind}s`, answer) }),
      schema: {
        tags,
        summary: `List ${kind}s, newest first, or search them`,
        querystring: listQuery(statusOf(routes.input)),
      },
    },
    async (request) => {
      const { page, per_page, ...filter } = request.query as z.output<typeof pageQuery> &
        Record<string, string>;
      const { account_id } = request.account;
      const { items, total } = await searchEntities(redis, kind, account_id, filter, { page, per_page });
      return { [`${kind}s`]: items, page, per_page, total };
    },
  );

  const reading = {
    config: answering('read', { 200: answer }),
    schema: { tags, summary: `Read ${one}`, params },
  };
  app.get(`${path}/:id`, reading, async (request) => {
    const [entity] = await getEntities(redis, kind, request.account.account_id, [request.params.id]);
    if (entity === undefined) throw missing();
    return entity;
  });

  app.patch(
    `${path}/:id`,
    {
      config: { ...answering('catalog', { 200: answer }), audit: `${kind as EntityKind}.changed` as const },
      schema: {
        tags,
        summary: `Change or archive ${one}`,
        params,
        body: routes.change,
        querystring: strictQuery,
      },
    },
    async (request) => {
      const { account_id } = request.account;
      const change = request.body as object;
      let [before] = await getEntities(redis, kind, account_id, [request.params.id]);
      if (before === undefined) throw missing();
      await routes.check(request.account, { ...before, ...change });
      const warnings = await warningsOf(routes, request, { ...before, ...change });
      const after = await updateEntity(redis, kind, account_id, request.params.id, (entity) => {
        before = entity;
        return { ...entity, ...change };
      });
      if (after === undefined) throw missing();
      request.audited = { before, after };
      await routes.stored?.(after);
      return { ...after, ...warnings };
    },
  );

  putRoute(app, context, routes);
}

const warningsOf = async <K extends EntityKind>(
  { warnings }: EntityRoutes<K>,
  request: FastifyRequest,
  entity: EntityOf[K],
) => warningsFor(request, (await warnings?.(entity)) ?? []);

const idOf = (kind: EntityKind, entity: object): string =>
  (entity as Record<string, string>)[`${kind}_id`] ?? '';

function newEntity<K extends EntityKind>(
  { kind, prefix }: EntityRoutes<K>,
  { account_id }: Account,
  body: unknown,
): { id: string; entity: EntityOf[K] } {
  const now = new Date().toISOString();
  const id = newEntityId(prefix);
  const entity = { [`${kind}_id`]: id, account_id, ...(body as object), created_at: now, updated_at: now };
  return { id, entity: entity as unknown as EntityOf[K] };
}

/** `PUT …/by-external-id/:external_id`: what a set-up script sends, however often it runs. */
function putRoute<K extends EntityKind>(app: Api, { redis }: ApiContext, routes: EntityRoutes<K>): void {
  const { kind } = routes;
  const answer = z.object({
    ...entities[kind as EntityKind].shape,
    outcome: z.enum(PUT_OUTCOMES).describe('What this request did'),
  });
  app.put(
    `/v2/${kind}s/by-external-id/:external_id`,
    {
      config: {
        ...answering('catalog', { 200: answer, 201: answer }),
        audit: `${kind as EntityKind}.changed` as const,
      },
      schema: {
        tags: [`${kind}s`],
        summary: `Create ${articleOf(kind)} ${kind} under your own id, or replace it`,
        description:
          'Safe to repeat, also by two scripts at once: `outcome` is `created`, `changed` or `unchanged`. What the body leaves out has its default, but the status, which stays.',
        params: byExternalId,
        querystring: strictQuery,
        body: putBody(routes.input).meta(routes.input.meta() ?? {}),
      },
    },
    async (request, reply) => {
      const { account } = request;
      const change = { ...request.body, external_id: request.params.external_id };
      let warnings = {};
      const made = newEntity(routes, account, { status: 'active', ...change });
      const { outcome, entity, before } = await putEntity(
        redis,
        kind,
        { fresh: made.entity, id: made.id, change: change as unknown as Partial<EntityOf[K]> },
        async (wanted) => {
          await routes.check(account, wanted);
          warnings = await warningsOf(routes, request, wanted);
        },
      );
      const subject_id = idOf(kind, entity);
      if (outcome === 'unchanged') request.audited = null;
      else if (before !== undefined) request.audited = { subject_id, before, after: entity };
      else request.audited = { action: `${kind as EntityKind}.created`, subject_id, after: entity };
      if (outcome !== 'unchanged') await routes.stored?.(entity);
      return reply.code(outcome === 'created' ? 201 : 200).send({ ...entity, outcome, ...warnings });
    },
  );
}
