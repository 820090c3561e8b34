/** Routes for accounts and their keys, under the admin key, and for the caller's own account. */
import { z } from 'zod';
import type { AuditAction } from '../../access/audit/actions.ts';
import { addKey } from '../../access/key-store.ts';
import { SCOPES } from '../../access/scopes.ts';
import { createAccount, getAccount, listAccounts, updateAccount } from '../../catalog/catalog-store.ts';
import type { Account } from '../../catalog/definitions.ts';
import { newEntityId } from '../../catalog/entity-id.ts';
import { accountChange, accountInput, ownAccountChange } from '../../catalog/schemas.ts';
import { conversionSecret } from '../../conversions/receive/postback-secrets.ts';
import { choosePrimary } from '../../domains/primary-domain.ts';
import { REMOVAL_STEPS, requestRemoval } from '../../privacy/account-removal.ts';
import { checkNotRemoved } from '../http/account-to-change.ts';
import { account, accountRemoval, accountWithKey, ownAccount, pageOf } from '../http/answers.ts';
import { checkNoLoop } from '../http/check-domains.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { pageQuery } from '../http/paging.ts';

/** The key that a new account comes with: it may do everything. */
const FIRST_KEY = { name: 'First key', scopes: SCOPES, expires_at: null };

export function accountRoutes(app: Api, context: ApiContext): void {
  const { redis, keys } = context;
  const answering = (status: number, answer: z.ZodType) => ({
    admin: true,
    documented_answers: { [status]: answer },
  });
  const tags = ['accounts'];
  const params = z.object({ id: z.string() });
  const missing = (): ApiError => new ApiError('not_found', 'there is no such account');

  app.post(
    '/v2/accounts',
    {
      config: { ...answering(201, accountWithKey), audit: 'account.created' },
      schema: { tags, summary: 'Create an account; its key is shown once', body: accountInput },
    },
    async (request, reply) => {
      await checkNoLoop(context, { fallback_url: request.body.fallback_url });
      const now = new Date().toISOString();
      const made: Account = {
        account_id: newEntityId('acc'),
        ...request.body,
        tracking_domain: '',
        link_domain: '',
        status: 'active',
        created_at: now,
        updated_at: now,
      };
      const { account_id } = made;
      await createAccount(redis, made);
      const { api_key } = await addKey(redis, account_id, FIRST_KEY);
      const { tracking_domain } = request.body;
      request.audited = { account_id, subject_id: account_id, after: { ...made, tracking_domain } };
      if (tracking_domain === '') return reply.code(201).send({ ...made, api_key });
      const account = await choosePrimary(redis, account_id, tracking_domain);
      return reply.code(201).send({ ...made, ...account, api_key });
    },
  );

  app.get(
    '/v2/accounts',
    {
      config: answering(200, pageOf('accounts', account)),
      schema: { tags, summary: 'List accounts, newest first', querystring: pageQuery },
    },
    async (request) => {
      const { page, per_page } = request.query;
      const { items, total } = await listAccounts(redis, page, per_page);
      return { accounts: items, page, per_page, total };
    },
  );

  app.get(
    '/v2/accounts/:id',
    { config: answering(200, account), schema: { tags, summary: 'Read an account', params } },
    async (request) => {
      const found = await getAccount(redis, request.params.id);
      if (found === undefined) throw missing();
      return found;
    },
  );

  app.patch(
    '/v2/accounts/:id',
    {
      config: { ...answering(200, account), audit: 'account.changed' },
      schema: { tags, summary: 'Change, archive or suspend an account', params, body: accountChange },
    },
    async (request) => {
      const { tracking_domain, reason, ...others } = request.body;
      await checkNoLoop(context, { fallback_url: others.fallback_url });
      const { id } = request.params;
      const suspension = reason === undefined ? null : { reason, at: new Date().toISOString() };
      let before: Partial<Account> = {};
      const changed = await updateAccount(redis, id, (account) => {
        checkNotRemoved(account);
        before = account;
        return {
          ...(others as Partial<Account>),
          ...(others.status !== undefined && { suspension }),
        };
      });
      if (changed === undefined) throw missing();
      request.audited = {
        action: statusAction(before.status, changed.status),
        before: { ...before, reason: before.suspension?.reason },
        after: { ...changed, ...request.body },
      };
      if (tracking_domain === undefined) return changed;
      return choosePrimary(redis, id, tracking_domain);
    },
  );

  app.delete(
    '/v2/accounts/:id',
    {
      config: { ...answering(202, accountRemoval), audit: 'account.removed' },
      schema: {
        tags,
        summary: 'Remove an account with everything that it has',
        description:
          'The account is suspended at once: its keys are refused and its links do not open. A worker then removes all that is stored of it: messages, links, clicks, conversions, reports, settings, members, domains. That can not be undone. The audit log keeps that it was removed. Safe to repeat: the answer tells how far it is, and is `404` once nothing is left.',
        params,
      },
    },
    async (request, reply) => {
      const asked = await requestRemoval(redis, request.params.id, Date.now());
      if (asked === undefined) throw missing();
      const { removal, before } = asked;
      const { account_id, step, requested_at, waits_for } = removal;
      request.audited =
        before === undefined ? null : { account_id, subject_id: account_id, before: { name: before.name } };
      const steps_done = REMOVAL_STEPS.indexOf(step);
      return reply
        .code(202)
        .send({ account_id, requested_at, step, steps_done, steps: REMOVAL_STEPS.length, waits_for });
    },
  );

  app.get(
    '/v2/account',
    {
      config: { scope: 'read', documented_answers: { 200: ownAccount } },
      schema: {
        tags,
        summary:
          'Read the account of this key, with its conversion secret if the key has the scope conversions',
      },
    },
    async ({ account, caller }) => ({
      ...account,
      // Who may only look can't report sales with it.
      ...(caller.scopes.includes('conversions')
        ? { conversion_secret: conversionSecret(keys, account) }
        : {}),
    }),
  );

  ownRoute(app, context);
}

function ownRoute(app: Api, context: ApiContext): void {
  app.patch(
    '/v2/account',
    {
      config: { scope: 'admin', documented_answers: { 200: account }, audit: 'account.changed' },
      schema: {
        tags: ['accounts'],
        summary: 'Change the settings of the account of this key',
        description: 'How long data is kept, its limits and its state are the operator’s.',
        body: ownAccountChange,
      },
    },
    async (request) => {
      const { account_id } = request.account;
      const change = request.body as Partial<Account>;
      await checkNoLoop(context, { fallback_url: change.fallback_url });
      let before: Partial<Account> = {};
      const after = await updateAccount(context.redis, account_id, (found) => {
        before = found;
        return change;
      });
      if (after === undefined) throw new ApiError('not_found', 'there is no such account');
      request.audited = { subject_id: account_id, before, after };
      return after;
    },
  );
}

function statusAction(before: Account['status'] | undefined, after: Account['status']): AuditAction {
  if (before === after) return 'account.changed';
  if (after === 'suspended') return 'account.suspended';
  return before === 'suspended' ? 'account.resumed' : 'account.changed';
}
