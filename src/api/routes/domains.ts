/**
 * Tracking domains of an account: claim, read, change, check now, give up. A check asks DNS while the caller waits, for
 * a few seconds at most; certificates are seen to by the workers. With Redis down: 503.
 */
import { z } from 'zod';
import { getAccount } from '../../catalog/catalog-store.ts';
import { checkDomain, leaveCertificate } from '../../domains/check-domain.ts';
import type { Domain } from '../../domains/domain.ts';
import { DomainNameError, normalDomain, readableDomain } from '../../domains/domain-name.ts';
import {
  claimDomain,
  getDomain,
  giveUpDomain,
  listDomains,
  updateDomain,
} from '../../domains/domain-store.ts';
import { choosePrimary, refreshLinkDomain } from '../../domains/primary-domain.ts';
import { domainAnswer, domainChange, domainInput, healthAnswer } from '../../domains/schemas.ts';
import { ClickHouseUnavailableError } from '../../reports/ask-clickhouse.ts';
import { readDomainHealth } from '../../reports/domain-health.ts';
import { checkNoLoop } from '../http/check-domains.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError, fieldError } from '../http/errors.ts';

const tags = ['domains'];
const params = z.object({ domain: z.string() });

/** A domain as answers show it; `primary`: the account's primary domain. */
function shown(domain: Domain, primary: string): z.infer<typeof domainAnswer> {
  const { account_id: _account, token: _token, checks_wrong: _wrong, last_link_on: _last, ...rest } = domain;
  const { app_files } = rest;
  return {
    ...rest,
    name: readableDomain(domain.domain),
    primary: domain.domain === primary,
    app_files: { ...app_files },
  };
}

const urlsOf = ({ root_url, not_found_url, expired_url }: z.infer<typeof domainChange>) => ({
  root_url,
  not_found_url,
  expired_url,
});

export function domainRoutes(app: Api, context: ApiContext): void {
  const { redis, domains } = context;
  const missing = (): ApiError =>
    new ApiError('not_found', 'the account has no such domain: see GET /v2/domains');

  /** The name of a path; unknown where it can't be one. */
  const named = (text: string): string => {
    try {
      return normalDomain(text);
    } catch (error) {
      throw error instanceof DomainNameError ? missing() : error;
    }
  };

  const check = (account_id: string, domain: string): Promise<Domain | undefined> =>
    checkDomain(
      { redis, ...domains, certify: domains.serves_tls ? leaveCertificate : undefined },
      account_id,
      domain,
    );

  const primaryOf = async (account_id: string): Promise<string> =>
    (await getAccount(redis, account_id))?.tracking_domain ?? '';

  app.post(
    '/v2/domains',
    {
      config: { scope: 'catalog', documented_answers: { 201: domainAnswer }, audit: 'domain.created' },
      schema: {
        tags,
        summary: 'Add a tracking domain',
        description:
          'It is checked at once and again by itself. `records` says what DNS needs; `hint` says what to do next.',
        body: domainInput,
      },
    },
    async (request, reply) => {
      const { account_id } = request.account;
      const { domain, primary, ...settings } = request.body;
      if (domain === domains.public_domain) {
        throw fieldError(
          'domain',
          `${domain} is the installation's own domain: choose another one`,
          'conflict',
        );
      }
      await checkNoLoop(context, urlsOf(settings));
      const claimed = await claimDomain(redis, account_id, domain, settings);
      const chosen = primary ?? (await primaryOf(account_id)) === '';
      request.audited = { subject_id: domain, after: { ...claimed, primary: chosen } };
      if (chosen) {
        await choosePrimary(redis, account_id, domain);
      }
      const checked = (await check(account_id, domain)) ?? claimed;
      return reply.code(201).send(shown(checked, await primaryOf(account_id)));
    },
  );

  app.get(
    '/v2/domains',
    {
      config: { scope: 'read', documented_answers: { 200: z.object({ domains: z.array(domainAnswer) }) } },
      schema: { tags, summary: 'List tracking domains, oldest first' },
    },
    async (request) => {
      const { account_id, tracking_domain } = request.account;
      const all = await listDomains(redis, account_id);
      return { domains: all.map((domain) => shown(domain, tracking_domain)) };
    },
  );

  app.get(
    '/v2/domains/:domain',
    {
      config: { scope: 'read', documented_answers: { 200: domainAnswer.extend({ health: healthAnswer }) } },
      schema: { tags, summary: 'Read a tracking domain, with its health', params },
    },
    async (request) => {
      const { account_id, tracking_domain } = request.account;
      const domain = await getDomain(redis, account_id, named(request.params.domain));
      if (domain === undefined) throw missing();
      const health = await readDomainHealth(context.clickhouse, account_id, domain.domain, Date.now()).catch(
        (error: unknown) => {
          if (error instanceof ClickHouseUnavailableError) return null;
          throw error;
        },
      );
      return { ...shown(domain, tracking_domain), health };
    },
  );

  app.patch(
    '/v2/domains/:domain',
    {
      config: { scope: 'catalog', documented_answers: { 200: domainAnswer }, audit: 'domain.changed' },
      schema: { tags, summary: 'Change a tracking domain, or make it primary', params, body: domainChange },
    },
    async (request) => {
      const { account_id } = request.account;
      const { primary, ...settings } = request.body;
      const name = named(request.params.domain);
      await checkNoLoop(context, urlsOf(settings));
      let before: Partial<Domain> = {};
      const changed = await updateDomain(redis, account_id, name, (domain) => {
        before = domain;
        return { ...domain, ...settings } as Domain;
      });
      if (changed === undefined) throw missing();
      const was = request.account.tracking_domain === name;
      request.audited = {
        before: { ...before, primary: was },
        after: { ...changed, primary: primary ?? was },
      };
      if (primary === true) await choosePrimary(redis, account_id, name);
      return shown(changed, await primaryOf(account_id));
    },
  );

  app.delete(
    '/v2/domains/:domain',
    {
      config: { scope: 'catalog', audit: 'domain.removed' },
      schema: {
        tags,
        summary: 'Give a tracking domain up',
        description:
          'A name that links were made on stays the account’s, as `retired`, while those links can be tapped; no new links are made on it.',
        params,
      },
    },
    async (request, reply) => {
      const { account_id, tracking_domain } = request.account;
      const name = named(request.params.domain);
      const before = await getDomain(redis, account_id, name);
      if (before === undefined) throw missing();
      await giveUpDomain(redis, account_id, name);
      request.audited = { before: { ...before, primary: tracking_domain === name } };
      if (tracking_domain === name) await choosePrimary(redis, account_id, '');
      else await refreshLinkDomain(redis, account_id);
      return reply.code(204).send();
    },
  );

  app.post(
    '/v2/domains/:domain/verify',
    {
      config: {
        scope: 'catalog',
        documented_answers: { 200: domainAnswer },
        unaudited: 'the same check runs by itself',
      },
      schema: { tags, summary: 'Check a tracking domain now', params },
    },
    async (request) => {
      const { account_id } = request.account;
      const name = named(request.params.domain);
      if ((await getDomain(redis, account_id, name)) === undefined) throw missing();
      const checked = await check(account_id, name);
      if (checked === undefined) throw missing();
      return shown(checked, await primaryOf(account_id));
    },
  );
}
