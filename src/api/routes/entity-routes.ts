/**
 * The four routes that offers, creatives, campaigns and audiences have in common: create, list, read, change. They
 * differ in their schemas and in the checks against the rest of the catalog.
 */
import { z } from 'zod';
import type { Scope } from '../../access/scopes.ts';
import { createEntity, getEntities, listEntities, updateEntity } from '../../catalog/catalog-store.ts';
import type { Account, EntityKind, EntityOf } from '../../catalog/definitions.ts';
import { newEntityId } from '../../catalog/entity-id.ts';
import { entities, pageOf } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { pageQuery } from '../http/paging.ts';

export interface EntityRoutes<K extends EntityKind> {
  kind: K;
  prefix: 'off' | 'cre' | 'cam' | 'aud';
  /** Body of POST, with its defaults. */
  input: z.ZodType<Partial<EntityOf[K]>>;
  /** Body of PATCH. */
  change: z.ZodType<Partial<EntityOf[K]>>;
  /** Throws ApiError when the entity is inconsistent or refers to something that does not exist. */
  check(account: Account, entity: EntityOf[K]): Promise<void>;
  /** Runs after the entity is stored. */
  stored?(entity: EntityOf[K]): Promise<void>;
}

export function entityRoutes<K extends EntityKind>(
  app: Api,
  context: ApiContext,
  routes: EntityRoutes<K>,
): void {
  const { kind, prefix } = routes;
  const { redis } = context;
  const id_name = `${kind}_id`;
  const path = `/v2/${kind}s`;
  const tags = [`${kind}s`];
  const params = z.object({ id: z.string() });
  const one = `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
  const answering = (scope: Scope, status: number, answer: z.ZodType) => ({
    scope,
    documented_answers: { [status]: answer },
  });
  const subject: EntityKind = kind;
  const answer = entities[kind];
  const missing = (): ApiError => new ApiError('not_found', `there is no such ${kind} in this account`);

  app.post(
    path,
    {
      config: { ...answering('catalog', 201, answer), audit: `${subject}.created` as const },
      schema: { tags, summary: `Create ${one}`, body: routes.input },
    },
    async (request, reply) => {
      const now = new Date().toISOString();
      const id = newEntityId(prefix);
      const entity = {
        [id_name]: id,
        account_id: request.account.account_id,
        ...(request.body as object),
        created_at: now,
        updated_at: now,
      } as unknown as EntityOf[K];
      await routes.check(request.account, entity);
      await createEntity(redis, kind, id, entity);
      request.audited = { subject_id: id, after: entity };
      await routes.stored?.(entity);
      return reply.code(201).send(entity);
    },
  );

  app.get(
    path,
    {
      config: answering('read', 200, pageOf(`${kind}s`, answer)),
      schema: { tags, summary: `List ${kind}s, newest first`, querystring: pageQuery },
    },
    async (request) => {
      const { page, per_page } = request.query;
      const { items, total } = await listEntities(redis, kind, request.account.account_id, page, per_page);
      return { [`${kind}s`]: items, page, per_page, total };
    },
  );

  const reading = {
    config: answering('read', 200, answer),
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
      config: { ...answering('catalog', 200, answer), audit: `${subject}.changed` as const },
      schema: { tags, summary: `Change or archive ${one}`, params, body: routes.change },
    },
    async (request) => {
      const { account_id } = request.account;
      const change = request.body as object;
      let [before] = await getEntities(redis, kind, account_id, [request.params.id]);
      if (before === undefined) throw missing();
      await routes.check(request.account, { ...before, ...change });
      const after = await updateEntity(redis, kind, account_id, request.params.id, (entity) => {
        before = entity;
        return { ...entity, ...change };
      });
      if (after === undefined) throw missing();
      request.audited = { before, after };
      await routes.stored?.(after);
      return after;
    },
  );
}
