/**
 * What people do with the links in mails of scheduled reports: confirm that they want them, or end them. The token is in
 * the fragment of the link, so that it reaches no log; the page sends it in a body, so that a program that opens every
 * link of a mail changes nothing. Mail programs end them with one press (RFC 8058), by a token in the path. With Redis
 * down: 503.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Counted } from '../../access/limits/guess-limits.ts';
import { activeAddresses } from '../../access/member-store.ts';
import { getAccount } from '../../catalog/catalog-store.ts';
import { stateOf } from '../../sharing/schedule.ts';
import {
  confirmSubscription,
  endSubscription,
  findSubscription,
  type Subscription,
} from '../../sharing/subscription.ts';
import { getView } from '../../sharing/view-store.ts';
import { callerAddress } from '../http/caller-address.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { audited, PAGE_ROUTE, sameSite, unaudited } from '../http/page-route.ts';

const TOKEN_LENGTH_MAX = 1_000;

export function subscriptionRoutes(app: Api, context: ApiContext): void {
  const { redis, keys, proxies, gate } = context;
  const token = z.string().max(TOKEN_LENGTH_MAX);
  const schema = { hide: true, body: z.strictObject({ token }) } as const;
  const tries = new WeakMap<FastifyRequest, Counted>();
  const fromPage = { schema, onRequest: [sameSite, countTry] };

  app.post('/session/subscription', { ...unaudited('it only reads'), ...fromPage }, async (request) => {
    const found = await limited(request, () => findSubscription(redis, keys, request.body.token));
    const { schedule, recipient } = found;
    const { account_id, view_id, every, only_if } = schedule;
    const [account, view, members] = await Promise.all([
      getAccount(redis, account_id),
      getView(redis, account_id, view_id),
      activeAddresses(redis, account_id),
    ]);
    return {
      email: recipient.email,
      title: view?.name ?? '',
      every,
      only_if,
      account_name: account?.brand.name || account?.name || '',
      state: stateOf(recipient, members),
    };
  });

  app.post(
    '/session/subscription/confirm',
    { ...audited('schedule.confirmed'), ...fromPage },
    async (request, reply) => {
      const after = await limited(request, () => confirmSubscription(redis, keys, request.body.token));
      return done(request, reply, after);
    },
  );

  app.post(
    '/session/subscription/end',
    { ...audited('schedule.unsubscribed'), ...fromPage },
    async (request, reply) => {
      const after = await limited(request, () => endSubscription(redis, keys, request.body.token));
      return done(request, reply, after);
    },
  );

  // A mail program sends a form, from nowhere: what it says does not matter (RFC 8058, section 3.2).
  app.register(async (forms) => {
    forms.addContentTypeParser(
      ['application/x-www-form-urlencoded', 'multipart/form-data'],
      { bodyLimit: TOKEN_LENGTH_MAX },
      (_request, payload, parsed) => {
        payload.resume();
        payload.once('end', () => parsed(null, {}));
      },
    );
    forms.post(
      '/subscription/:token',
      {
        config: { open: true, audit: 'schedule.unsubscribed' },
        onRequest: countTry,
        schema: { ...PAGE_ROUTE.schema, params: z.object({ token }) },
      },
      async (request, reply) => {
        const given = (request.params as { token: string }).token;
        const after = await limited(request, () => endSubscription(redis, keys, given));
        return done(request, reply, after);
      },
    );
  });

  /** Before anything is written: whoever tries too often leaves nothing in the audit log. */
  async function countTry(request: FastifyRequest): Promise<void> {
    tries.set(request, await gate.limits.countAddress(callerAddress(request.raw, proxies)));
  }

  /** A token that is none stays a wrong try. */
  async function limited<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> {
    const result = await work();
    await tries.get(request)?.takeBack();
    return result;
  }

  function done(request: FastifyRequest, reply: FastifyReply, { schedule, recipient }: Subscription) {
    request.audited = {
      account_id: schedule.account_id,
      subject_id: schedule.schedule_id,
      after: { reader: recipient.email },
    };
    return reply.code(204).send();
  }
}
