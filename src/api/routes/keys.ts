/**
 * Routes for an account's API keys, under the scope admin, and for admin keys, under an admin key. A key is shown once,
 * when it is made. Nobody can give a key more than they may do themselves.
 */
import { z } from 'zod';
import { addKey, changeKey, getKey, type KeyRequest, listKeys, revokeKey } from '../../access/key-store.ts';
import { ROLE_SCOPES, SCOPES, type Scope } from '../../access/scopes.ts';
import { accountToChange } from '../http/account-to-change.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError, fieldError } from '../http/errors.ts';

const NAME_LENGTH_MAX = 100;

const name = z
  .string()
  .min(1)
  .max(NAME_LENGTH_MAX)
  .regex(/^\S(?:.*\S)?$/u, 'begins or ends with a space');
const expires_at = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) > Date.now(), 'is in the past')
  .nullable()
  .describe('When the key stops working; null: when it is revoked');
const scopes = z
  .array(z.enum(SCOPES))
  .min(1)
  .max(SCOPES.length)
  .refine((given) => new Set(given).size === given.length, 'names a scope twice');

const example = { name: 'Website', scopes: ['send', 'read'], expires_at: null };
/** What a test key may be allowed: it makes tests, and reads. */
const TEST_SCOPES: readonly Scope[] = ['send', 'read'];
const test = z
  .boolean()
  .describe('A test key: every message and link that it makes is a test, and it changes nothing else');
const keyInput = z
  .strictObject({ name, scopes, test: test.default(false), expires_at: expires_at.default(null) })
  .meta({
    examples: [example, { name: 'Continuous integration', scopes: ['send', 'read'], test: true }],
  });
const keyChange = z
  .strictObject({ name: name.optional(), scopes: scopes.optional(), expires_at: expires_at.optional() })
  .meta({ examples: [{ name: 'Shop' }] });
const adminKeyInput = z
  .strictObject({ name, expires_at: expires_at.default(null) })
  .meta({ examples: [{ name: 'Deploy script' }] });

const shown = {
  key_id: z.string(),
  name: z.string(),
  prefix: z.string().describe('The first characters, to recognise the key by'),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
};
const ofAccount = { account_id: z.string(), scopes: z.array(z.enum(SCOPES)), test };
const last_used_at = z.iso.datetime().nullable().describe('To within a minute; null: never');
const api_key = z.string().describe('Shown this once');
const apiKey = z.object({ ...shown, ...ofAccount, last_used_at }).meta({ id: 'ApiKey' });
const newKey = z.object({ ...shown, ...ofAccount, api_key });
const adminKey = z.object({ ...shown, last_used_at }).meta({ id: 'AdminKey' });
const newAdminKey = z.object({ ...shown, api_key });
const revoked = z.object({ key_id: z.string(), revoked: z.boolean() });

export function keyRoutes(app: Api, { redis }: ApiContext): void {
  const tags = ['keys'];
  const params = z.object({ key_id: z.string() });
  const answering = (status: number, answer: z.ZodType) => ({
    scope: 'admin' as const,
    documented_answers: { [status]: answer },
  });
  const missing = (): ApiError => new ApiError('not_found', 'there is no such key: it may have been revoked');

  app.get(
    '/v2/keys',
    {
      config: answering(200, z.object({ keys: z.array(apiKey) })),
      schema: { tags, summary: 'List the API keys of the account, newest first' },
    },
    async ({ account }) => ({ keys: await listKeys(redis, account.account_id) }),
  );

  app.post(
    '/v2/keys',
    {
      config: { ...answering(201, newKey), audit: 'key.created' },
      schema: { tags, summary: 'Create an API key; it is shown once', body: keyInput },
    },
    async (request, reply) => {
      const { account, caller, body } = request;
      checkScopes(caller.scopes, body.scopes);
      checkTestScopes(body);
      const made = await addKey(redis, account.account_id, body);
      request.audited = { subject_id: made.key_id, after: made };
      return reply.code(201).send(made);
    },
  );

  app.patch(
    '/v2/keys/:key_id',
    {
      config: { ...answering(200, apiKey), audit: 'key.changed' },
      schema: { tags, summary: 'Rename a key, or change its scopes or its end', params, body: keyChange },
    },
    async (request) => {
      const { caller, body } = request;
      const { account_id } = request.account;
      const { key_id } = request.params;
      checkScopes(caller.scopes, body.scopes ?? []);
      const before = (await getKey(redis, account_id, key_id)) ?? raise(missing());
      checkTestScopes({ ...before, ...(body as Partial<KeyRequest>) });
      await changeKey(redis, account_id, key_id, body as Partial<KeyRequest>);
      const after = (await getKey(redis, account_id, key_id)) ?? raise(missing());
      request.audited = { before, after };
      return after;
    },
  );

  app.delete(
    '/v2/keys/:key_id',
    {
      config: { ...answering(200, revoked), audit: 'key.revoked' },
      schema: { tags, summary: 'Revoke a key: within a second everywhere, open streams included', params },
    },
    async (request) => {
      const { account_id } = request.account;
      const { key_id } = request.params;
      const before = (await getKey(redis, account_id, key_id)) ?? raise(missing());
      if (!(await revokeKey(redis, account_id, key_id))) throw missing();
      request.audited = { before };
      return { key_id, revoked: true };
    },
  );

  operatorRoutes(app, redis);
}

/** Keys that the operator makes: of an account that has none that works, and admin keys. */
function operatorRoutes(app: Api, redis: ApiContext['redis']): void {
  const tags = ['operations'];
  const answering = (status: number, answer: z.ZodType) => ({
    admin: true,
    documented_answers: { [status]: answer },
  });
  const params = z.object({ key_id: z.string() });

  app.post(
    '/v2/accounts/:id/keys',
    {
      config: { ...answering(201, newKey), audit: 'key.created' },
      schema: {
        tags: ['accounts'],
        summary: 'Create a key for an account, for one that has lost its own; it is shown once',
        params: z.object({ id: z.string() }),
        body: z
          .strictObject({
            name: name.default('Key from the operator'),
            scopes: scopes.default([...ROLE_SCOPES.owner]),
            expires_at: expires_at.default(null),
            revoke_others: z.boolean().default(false),
          })
          .nullish()
          .meta({ examples: [{ revoke_others: true }] }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await accountToChange(redis, id);
      const { revoke_others = false, ...wanted } = request.body ?? DEFAULT_KEY;
      const others = revoke_others ? (await listKeys(redis, id)).map(({ key_id }) => key_id) : [];
      request.audited = { subject_id: '', after: { ...wanted, revoked: others } };
      for (const key_id of others) await revokeKey(redis, id, key_id);
      const made = await addKey(redis, id, wanted);
      request.audited = { subject_id: made.key_id, after: { ...made, revoked: others } };
      return reply.code(201).send(made);
    },
  );

  app.get(
    '/v2/admin-keys',
    {
      config: answering(200, z.object({ keys: z.array(adminKey) })),
      schema: { tags, summary: 'List the admin keys, newest first' },
    },
    async () => ({ keys: (await listKeys(redis, '')).map(withoutAccount) }),
  );

  app.post(
    '/v2/admin-keys',
    {
      config: { ...answering(201, newAdminKey), audit: 'admin_key.created' },
      schema: { tags, summary: 'Create an admin key; it is shown once', body: adminKeyInput },
    },
    async (request, reply) => {
      const made = withoutAccount(await addKey(redis, '', { ...request.body, scopes: [] }));
      request.audited = { subject_id: made.key_id, after: made };
      return reply.code(201).send(made);
    },
  );

  app.delete(
    '/v2/admin-keys/:key_id',
    {
      config: { ...answering(200, revoked), audit: 'admin_key.revoked' },
      schema: {
        tags,
        summary: 'Revoke an admin key, ADMIN_KEY of the environment too; not the one that asks',
        params,
      },
    },
    async (request) => {
      const { key_id } = request.params;
      if (request.caller.id === key_id) {
        throw new ApiError('conflict', 'this is the key that asks: revoke it with another admin key');
      }
      const before = await getKey(redis, '', key_id);
      if (before === undefined || !(await revokeKey(redis, '', key_id))) {
        throw new ApiError('not_found', 'there is no such admin key');
      }
      request.audited = { before };
      return { key_id, revoked: true };
    },
  );
}

const DEFAULT_KEY = {
  name: 'Key from the operator',
  scopes: ROLE_SCOPES.owner,
  expires_at: null,
  revoke_others: false,
};

/** Throws ApiError where a key would be given what its maker may not do. */
function checkScopes(own: readonly Scope[], given: readonly Scope[]): void {
  const more = given.filter((scope) => !own.includes(scope));
  if (more.length > 0) {
    throw fieldError('scopes', `you may not give ${more.join(', ')}, because you have it not`, 'forbidden');
  }
}

/** Throws ApiError where a test key would be given what it can't do. */
function checkTestScopes({ test: is_test, scopes: given }: Pick<KeyRequest, 'test' | 'scopes'>): void {
  if (is_test && given.some((scope) => !TEST_SCOPES.includes(scope))) {
    throw fieldError('scopes', `a test key takes ${TEST_SCOPES.join(' and ')} only`);
  }
}

/** An admin key belongs to no account and has no scopes. */
function withoutAccount<T extends { account_id: string; scopes: unknown; test: boolean }>({
  account_id,
  scopes,
  test: _,
  ...key
}: T) {
  return key;
}

function raise(error: Error): never {
  throw error;
}
