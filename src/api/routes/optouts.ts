/**
 * The account's opt-out list: contacts who want no more messages. A contact is put on it here, by the link in a message,
 * or by an event of a message; with `refuse_opted_out` of the account no message is made for those on it. With Redis
 * down every call is answered 503.
 */
import { z } from 'zod';
import { checkContactId, checkId, checkTime } from '../../messages/message.ts';
import { OPT_OUT_SOURCES, type OptOut } from '../../optouts/opt-out.ts';
import { getOptOut, listOptOuts, setOptOut } from '../../optouts/opt-out-store.ts';
import { timeOf } from '../../platform/redis.ts';
import { checked } from '../http/check-input.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { pageQuery } from '../http/paging.ts';

/** How far back an opt-out of another system may lie. */
const PAST_DAYS_MAX = 3_650;

export const optOutAnswer = z
  .object({
    contact_id: z.string().describe('A pseudonym where the contact was erased since'),
    opted_out_at: z.iso.datetime(),
    source: z
      .string()
      .describe(
        'api, optout_link (the link in a message), event (that you reported), or the provider that reported it',
      ),
    message_id: z.string().nullable().describe('The message that the contact answered so; null for none'),
  })
  .meta({ id: 'OptOut' });
const listed = z.object({ optouts: z.array(optOutAnswer), total: z.int() });
const removed = z.object({ contact_id: z.string(), opted_out: z.literal(false) });

const body = z
  .strictObject({
    at: z.string().optional().describe('ISO 8601, when the contact opted out; default: now'),
  })
  .nullish()
  .meta({ examples: [{}] });
const params = z.object({ contact_id: z.string() });

export function shownOptOut({
  contact_id,
  at_ms,
  source,
  message_id,
}: OptOut): z.output<typeof optOutAnswer> {
  return {
    contact_id,
    opted_out_at: new Date(at_ms).toISOString(),
    source,
    message_id: message_id || null,
  };
}

export function optOutRoutes(app: Api, context: ApiContext): void {
  const tags = ['contacts'];
  const missing = (): ApiError => new ApiError('not_found', 'this contact is not on the opt-out list');

  async function read(account_id: string, contact_id: string): Promise<OptOut> {
    const one = await getOptOut(context, account_id, contact_id);
    if (one?.opted_out !== true) throw missing();
    return one;
  }

  app.get(
    '/v2/optouts',
    {
      config: { scope: 'read', documented_answers: { 200: listed } },
      schema: { tags, summary: 'List the contacts who opted out, newest first', querystring: pageQuery },
    },
    async ({ account, query }) => {
      const { items, total } = await listOptOuts(context, account.account_id, query);
      return { optouts: items.map(shownOptOut), total };
    },
  );

  app.get(
    '/v2/optouts/:contact_id',
    {
      config: { scope: 'read', documented_answers: { 200: optOutAnswer } },
      schema: { tags, summary: 'Whether a contact opted out', params },
    },
    async ({ account, params: { contact_id } }) => {
      const id = checked(() => checkId(contact_id, 'contact_id'));
      return { ...shownOptOut(await read(account.account_id, id)), contact_id: id };
    },
  );

  app.put(
    '/v2/optouts/:contact_id',
    {
      config: {
        scope: 'send',
        stores: true,
        documented_answers: { 200: optOutAnswer },
        unaudited: 'each opt-out is a record of its own',
      },
      schema: {
        tags,
        summary: 'Put a contact on the opt-out list',
        description: 'Safe to repeat: the first opt-out holds until the contact is taken off the list.',
        params,
        body,
      },
    },
    async (request) => {
      const { account_id } = request.account;
      const id = checked(() => checkContactId(request.params.contact_id));
      const now_ms = Date.now();
      const at = request.body?.at;
      const at_ms = at === undefined ? now_ms : checked(() => checkTime(at, 'at', now_ms, -PAST_DAYS_MAX, 0));
      await setOptOut(context, {
        ...{ account_id, message_id: '', contact_id: id, opted_out: true, source: OPT_OUT_SOURCES.api },
        // What the contact said last was that it wants messages: this is later.
        at_ms: await laterThanOptIn(context, account_id, id, at_ms),
      });
      return { ...shownOptOut(await read(account_id, id)), contact_id: id };
    },
  );

  app.delete(
    '/v2/optouts/:contact_id',
    {
      config: {
        scope: 'send',
        documented_answers: { 200: removed },
        audit: 'optout.removed',
      },
      schema: {
        tags,
        summary: 'Take a contact off the opt-out list: it has opted in again',
        description:
          'What was reported before stays in the stories of the messages, and puts nobody on the list again.',
        params,
      },
    },
    async (request) => {
      const { account_id } = request.account;
      const contact_id = checked(() => checkId(request.params.contact_id, 'contact_id'));
      const one = await read(account_id, contact_id);
      await setOptOut(context, {
        ...{ account_id, message_id: '', contact_id, opted_out: false, source: OPT_OUT_SOURCES.api },
        // By the clock of all: one that is ahead here would shut out what the contact says next.
        at_ms: Math.max(await timeOf(context.redis), one.at_ms),
      });
      request.audited = {};
      return { contact_id, opted_out: false };
    },
  );
}

/** Whoever puts a contact on the list by hand means it, whatever time they give. */
async function laterThanOptIn(
  context: ApiContext,
  account_id: string,
  contact_id: string,
  at_ms: number,
): Promise<number> {
  const before = await getOptOut(context, account_id, contact_id);
  return before !== undefined && !before.opted_out ? Math.max(at_ms, before.at_ms + 1) : at_ms;
}
