/**
 * What a secret address shows: the report of one saved view, with its own range, filters and columns, to whoever has the
 * address, and the password where there is one. It takes no other parameter and reads nothing else. An address that was
 * never given out, is off, has ended, or is of a suspended account gets one and the same answer. Many readers cost one
 * question: an answer is kept for some seconds. With Redis or ClickHouse down: 503.
 */
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { AccessError } from '../../access/access-error.ts';
import { hashToken } from '../../access/token-hash.ts';
import { getAccount } from '../../catalog/catalog-store.ts';
import type { Account } from '../../catalog/definitions.ts';
import { wallTime } from '../../platform/zone-clock.ts';
import { readRange } from '../../reports/report-range.ts';
import { type ReadReport, readViewReport } from '../../sharing/read-view-report.ts';
import { SHARED_PATH, TOKEN_PATTERN } from '../../sharing/share-address.ts';
import { datesOf, isOpen, type Share, type View } from '../../sharing/view.ts';
import { reportOfView } from '../../sharing/view-report.ts';
import { findShared, noteRead } from '../../sharing/view-store.ts';
import { callerAddress } from '../http/caller-address.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { PASSWORD_LENGTH_MAX, sameSite, unaudited } from '../http/page-route.ts';

/** How old the figures may be that a reader gets. */
const KEPT_MS = 20_000;
const KEPT_MAX = 200;

/** In search engines and caches it has no place, and its address goes nowhere with a link. */
export const SHARED_HEADERS = {
  'x-robots-tag': 'noindex, nofollow, noarchive',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
};

export function sharedViewRoutes(app: Api, context: ApiContext): void {
  const { redis, gate, proxies } = context;
  const kept = new LRUCache<string, Promise<ReadReport>>({ max: KEPT_MAX, ttl: KEPT_MS });

  app.post(
    `${SHARED_PATH}:token/report`,
    {
      ...unaudited('it only reads'),
      onRequest: [sameSite, (request) => gate.limits.countReader(callerAddress(request.raw, proxies))],
      schema: {
        hide: true,
        params: z.object({ token: z.string() }),
        body: z.strictObject({ password: z.string().max(PASSWORD_LENGTH_MAX).optional() }),
      },
    },
    async (request, reply) => {
      reply.headers(SHARED_HEADERS);
      const found = await open(request.params.token);
      const { view, account, share } = found;
      const shown = { title: view.name, by: account.brand.name, time_zone: account.time_zone };
      if (share.password_hash !== null) {
        // Not even the title, before the password.
        if (request.body.password === undefined) return { asks_password: true };
        await prove(view, share.password_hash, request.body.password, request);
      }
      const report = await explainErrors(() => read(found));
      await noteRead(redis, view);
      return { ...shown, ...report };
    },
  );

  /** Throws `not_found` where the address shows nothing. */
  async function open(token: string): Promise<Found> {
    const view = TOKEN_PATTERN.test(token) ? await findShared(redis, hashToken(token)) : undefined;
    const account = view && (await getAccount(redis, view.account_id));
    if (!view?.share || !isOpen(view.share, Date.now()) || account?.status !== 'active')
      throw new ApiError('not_found', 'nothing is shared here: it has ended, or the address is not whole');
    return { view, account, share: view.share };
  }

  async function prove(
    { view_id }: View,
    password_hash: string,
    given: string,
    request: FastifyRequest,
  ): Promise<void> {
    const address = callerAddress(request.raw, proxies);
    const counted = await gate.limits.count(view_id, address);
    if (!(await gate.hasher.verify(password_hash, given, address)))
      throw new AccessError('wrong_credentials', 'the password is wrong');
    await counted.takeBack();
  }

  /** What changes the answer is in the key: a change of the view shows at once. */
  function read(found: Found): Promise<ReadReport> {
    const { view, account } = found;
    const key = `${view.view_id} ${view.updated_at} ${account.time_zone}`;
    const before = kept.get(key);
    if (before !== undefined) return before;
    const reading = readNow(found);
    kept.set(key, reading);
    reading.catch(() => kept.delete(key));
    return reading;
  }

  async function readNow({ view, account, share }: Found): Promise<ReadReport> {
    const shareable = reportOfView(view);
    if ('why_not' in shareable) throw new ApiError('not_found', shareable.why_not);
    const { account_id, time_zone } = account;
    const now_ms = Date.now();
    const { from, to } = datesOf(view, wallTime(time_zone, now_ms).date);
    const range = readRange(from, to, time_zone, now_ms);
    const { quota, end } = context.limits.take('report', { account_id, id: 'shared' });
    if (quota.exceeded) {
      context.limits.noteRefused('report');
      throw new ApiError('too_many_requests', 'too many read reports of this account: try again in a moment');
    }
    try {
      const what = { account_id, report: shareable.report, range, columns: share.columns };
      return await readViewReport(context, what, now_ms);
    } finally {
      end();
    }
  }
}

interface Found {
  view: View;
  account: Account;
  share: Share;
}
