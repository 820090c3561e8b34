/**
 * What accounts use of the installation, for the operator: what was refused to them lately and how much they ask for now, and
 * how much each has. With Redis or ClickHouse down: 503.
 */
import { z } from 'zod';
import { REQUESTS } from '../../access/limits/bounds.ts';
import { REFUSALS_SHOWN_HOURS } from '../../access/limits/refusals.ts';
import { getAccount, listAccounts } from '../../catalog/catalog-store.ts';
import { RECENT_DAYS, readSizes } from '../../health/account-sizes.ts';
import { account, pageOf } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { pageQuery } from '../http/paging.ts';

/** Accounts whose requests are looked at, the newest; see GET /v2/operations/limits. */
const ACCOUNTS_LOOKED_AT_MAX = 500;

const count = z.number();

const limits = z.object({
  hours: z.int().describe('How far back refusals are counted'),
  window_s: z.int(),
  limits: z.array(z.object({ limit: z.string(), refused: count })),
  accounts: z
    .array(
      z.object({
        account_id: z.string(),
        name: z.string(),
        requests: count.describe('In its window'),
        requests_max: count,
        refused: count,
        refused_by: z.array(z.object({ limit: z.string(), count })),
      }),
    )
    .describe('Those that were refused something, or ask for something now'),
});

const sizes = pageOf(
  'accounts',
  account.pick({ account_id: true, name: true, status: true, created_at: true }).extend({
    ...{ messages: count, clicks: count, conversions: count },
    ...{ messages_recent: count, clicks_recent: count },
  }),
).extend({ recent_days: z.int() });

const sizesQuery = pageQuery.extend({ account_id: z.string().optional().describe('Only this account') });

export function usageRoutes(app: Api, { redis, clickhouse, limits: held }: ApiContext): void {
  const tags = ['operations'];

  app.get(
    '/v2/operations/limits',
    {
      config: { admin: true, documented_answers: { 200: limits } },
      schema: { tags, summary: 'What accounts were refused lately, and how much they ask for now' },
    },
    async () => {
      const refusals = await held.refusals.read(Date.now());
      const { items: accounts } = await listAccounts(redis, 1, ACCOUNTS_LOOKED_AT_MAX);
      const made = await held.rates.madeBy(accounts.map(({ account_id }) => account_id));
      const by_limit = new Map<string, number>();
      for (const { limit, count } of refusals) by_limit.set(limit, (by_limit.get(limit) ?? 0) + count);
      const shown = accounts.map(({ account_id, name, requests_per_minute }, i) => {
        const own = refusals.filter((one) => one.account_id === account_id);
        return {
          ...{ account_id, name, requests: made[i] ?? 0 },
          requests_max: requests_per_minute ?? REQUESTS.account_max,
          refused: own.reduce((sum, one) => sum + one.count, 0),
          refused_by: own.map(({ limit, count }) => ({ limit, count })),
        };
      });
      return {
        hours: REFUSALS_SHOWN_HOURS,
        window_s: REQUESTS.window_s,
        limits: [...by_limit].map(([limit, refused]) => ({ limit, refused })),
        accounts: shown
          .filter(({ requests, refused }) => requests > 0 || refused > 0)
          .toSorted((a, b) => b.refused - a.refused || b.requests - a.requests),
      };
    },
  );

  app.get(
    '/v2/operations/accounts',
    {
      config: { admin: true, documented_answers: { 200: sizes } },
      schema: { tags, summary: 'How much each account has, newest first', querystring: sizesQuery },
    },
    (request) =>
      explainErrors(async () => {
        const { account_id: wanted, page, per_page } = request.query;
        const one = wanted === undefined ? undefined : await getAccount(redis, wanted);
        const { items, total } =
          wanted === undefined
            ? await listAccounts(redis, page, per_page)
            : { items: one === undefined ? [] : [one], total: one === undefined ? 0 : 1 };
        const found = await readSizes(
          clickhouse,
          items.map(({ account_id }) => account_id),
        );
        const size_of = new Map(found.map((one) => [one.account_id, one]));
        const accounts = items.map(({ account_id, name, status, created_at }) => ({
          ...{ messages: 0, clicks: 0, conversions: 0, messages_recent: 0, clicks_recent: 0 },
          ...size_of.get(account_id),
          ...{ account_id, name, status, created_at },
        }));
        return { accounts, recent_days: RECENT_DAYS, page, per_page, total };
      }),
  );
}
