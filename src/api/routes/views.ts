/**
 * Saved views of an account, and the secret addresses under which their reports are shared: made, listed, changed,
 * taken back. What such an address shows is in shared-views.ts. With Redis down: 503.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { newEntityId } from '../../catalog/entity-id.ts';
import { MEASURE_NAMES, type Measure } from '../../reports/measures.ts';
import { listSchedules } from '../../sharing/schedule-store.ts';
import { newAddress, pathOf } from '../../sharing/share-address.ts';
import {
  isPagePath,
  isVisible,
  PATH_LENGTH_MAX,
  parameterOfContact,
  pathNamesContact,
  QUERY_NAME_LENGTH_MAX,
  QUERY_VALUE_LENGTH_MAX,
  QUERY_VALUES_MAX,
  type Share,
  VIEW_DAYS_MAX,
  VIEW_NAME_LENGTH_MAX,
  type View,
} from '../../sharing/view.ts';
import { reportOfView } from '../../sharing/view-report.ts';
import {
  addView,
  changeView,
  getView,
  listViews,
  type Reads,
  readReads,
  removeView,
} from '../../sharing/view-store.ts';
import { originOf } from '../http/asked-from.ts';
import { callerAddress } from '../http/caller-address.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError, fieldError } from '../http/errors.ts';
import { PASSWORD_LENGTH_MAX } from '../http/page-route.ts';

const PASSWORD_LENGTH_MIN = 8;
const NAMES_CONTACT =
  'names a contact, or what was sent to one, and would be kept when that is erased: save the page without it';

export const viewName = z
  .string()
  .min(1)
  .max(VIEW_NAME_LENGTH_MAX)
  .regex(/^\S(?:.*\S)?$/u, 'begins or ends with a space');
const path = z
  .string()
  .max(PATH_LENGTH_MAX)
  .refine(isPagePath, 'is no page of the console: write its path, such as /campaigns')
  .refine((given) => !isPagePath(given) || !pathNamesContact(given), NAMES_CONTACT)
  .describe('A page of the console, such as `/` or `/campaigns`');
const query = z
  .record(z.string().min(1).max(QUERY_NAME_LENGTH_MAX), z.string().max(QUERY_VALUE_LENGTH_MAX))
  .refine(
    (given) => Object.keys(given).length <= QUERY_VALUES_MAX,
    `has more than ${QUERY_VALUES_MAX} values`,
  )
  .describe('The parameters of its address: range, filters, sorting');
const days = z
  .int()
  .min(1)
  .max(VIEW_DAYS_MAX)
  .nullable()
  .describe(
    'Its range is always the last so many days, today included, by the account’s clocks; null: the dates in `query`',
  );
const private_view = z
  .boolean()
  .describe('Seen by the member who makes it only; a key can make none that is private');

const fields = { name: viewName, path, query, days, private: private_view };
const viewInput = z
  .strictObject({
    ...fields,
    query: query.default({}),
    days: days.default(null),
    private: private_view.default(false),
  })
  .meta({
    examples: [{ name: 'Offers of this week', path: '/offers', query: { sort: '-revenue' }, days: 7 }],
  });
const viewChange = z
  .strictObject(fields)
  .partial()
  .meta({ examples: [{ name: 'Offers, 7 days' }] });

export const columns = z
  .array(z.enum(MEASURE_NAMES))
  .min(1)
  .max(MEASURE_NAMES.length)
  .refine((given) => new Set(given).size === given.length, 'names a column twice')
  .describe('Columns of the reports that are shown; all others stay in the account');
const expires_at = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) > Date.now(), 'is in the past')
  .nullable()
  .describe('When the address stops showing anything; null: when it is turned off');
const password = z
  .string()
  .min(PASSWORD_LENGTH_MIN)
  .max(PASSWORD_LENGTH_MAX)
  .nullable()
  .describe('Asked for before anything is shown; null: the address is enough');
const shareInput = z
  .strictObject({ columns, expires_at: expires_at.default(null), password: password.default(null) })
  .meta({ examples: [{ columns: ['sent', 'clicks_unique', 'click_rate'], expires_at: null }] });
const shareChange = z
  .strictObject({
    enabled: z.boolean().optional().describe('false: the address shows nothing until it is true again'),
    columns: columns.optional(),
    expires_at: expires_at.optional(),
    password: password.optional(),
    new_address: z
      .literal(true)
      .optional()
      .describe('Gives it another address; the one before shows nothing any more'),
  })
  .meta({ examples: [{ enabled: false }] });

const shownShare = z
  .object({
    url: z
      .string()
      .nullable()
      .describe('The secret address; null for who may only read, and where its key has ended'),
    enabled: z.boolean(),
    expires_at: z.iso.datetime({ offset: true }).nullable(),
    password: z.boolean().describe('Whether it asks for a password'),
    columns: z.array(z.enum(MEASURE_NAMES)),
    created_at: z.iso.datetime(),
    created_by: z.string(),
    reads: z.int().describe('How often its report was read'),
    last_read_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ViewShare' });
const shownView = z
  .object({
    view_id: z.string(),
    name: z.string(),
    path: z.string(),
    query: z.record(z.string(), z.string()),
    days: z.int().nullable(),
    private: z.boolean(),
    created_by: z.string().describe('The key or member who made it'),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    why_not_shared: z
      .string()
      .nullable()
      .describe('Why its report can not be read outside of the console; null where it can'),
    share: shownShare.nullable(),
  })
  .meta({ id: 'View' });

const params = z.object({ view_id: z.string().max(60) });
export const missingView = (): ApiError =>
  new ApiError('not_found', 'there is no such view in this account, or it is another member’s');

/** The member who asks; '' for a key. */
export const memberOf = ({ caller }: FastifyRequest): string => (caller.kind === 'member' ? caller.id : '');

/** Throws `not_found` where the caller does not see it. */
export async function findView(
  { redis }: Pick<ApiContext, 'redis'>,
  request: FastifyRequest,
  view_id: string,
): Promise<View> {
  const view = await getView(redis, request.account.account_id, view_id);
  if (view === undefined || !isVisible(view, memberOf(request))) throw missingView();
  return view;
}

export function viewRoutes(app: Api, context: ApiContext): void {
  const { redis } = context;
  const tags = ['views'];

  app.get(
    '/v2/views',
    {
      config: { scope: 'read', documented_answers: { 200: z.object({ views: z.array(shownView) }) } },
      schema: { tags, summary: 'List the saved views that the caller sees, by name' },
    },
    async (request) => {
      const { account_id } = request.account;
      const [all, reads] = await Promise.all([listViews(redis, account_id), readReads(redis, account_id)]);
      const seen = all.filter((view) => isVisible(view, memberOf(request)));
      const views = seen.toSorted((a, b) => a.name.localeCompare(b.name));
      return { views: views.map((view) => shown(context, request, view, reads)) };
    },
  );

  app.get(
    '/v2/views/:view_id',
    {
      config: { scope: 'read', documented_answers: { 200: shownView } },
      schema: { tags, summary: 'Read a saved view', params },
    },
    async (request) => {
      const view = await findView(context, request, request.params.view_id);
      return shown(context, request, view, await readReads(redis, view.account_id));
    },
  );

  app.post(
    '/v2/views',
    {
      config: { scope: 'catalog', documented_answers: { 201: shownView }, audit: 'view.created' },
      schema: { tags, summary: 'Save a view', body: viewInput },
    },
    async (request, reply) => {
      const { account, caller, body } = request;
      const now = new Date().toISOString();
      const { private: is_private, ...given } = body;
      const view: View = {
        view_id: newEntityId('viw'),
        account_id: account.account_id,
        ...given,
        private_to: is_private ? privateTo(request) : '',
        created_by: caller.name,
        share: null,
        created_at: now,
        updated_at: now,
      };
      refuseContacts(view);
      await addView(redis, view);
      request.audited = { subject_id: view.view_id, after: audited(view) };
      return reply.code(201).send(shown(context, request, view));
    },
  );

  app.patch(
    '/v2/views/:view_id',
    {
      config: { scope: 'catalog', documented_answers: { 200: shownView }, audit: 'view.changed' },
      schema: { tags, summary: 'Rename a view, or change what it shows', params, body: viewChange },
    },
    async (request) => {
      const before = await findView(context, request, request.params.view_id);
      const { private: is_private, ...given } = request.body;
      const is_scheduled = await isScheduled(before);
      const after = await change(context, before, (view) => {
        const changed = { ...view, ...given } as View;
        if (is_private !== undefined) changed.private_to = is_private ? privateTo(request) : '';
        refuseContacts(changed);
        if (changed.share !== null || is_scheduled) refuseChange(changed);
        return changed;
      });
      request.audited = { before: audited(before), after: audited(after) };
      return shown(context, request, after, await readReads(redis, after.account_id));
    },
  );

  app.delete(
    '/v2/views/:view_id',
    {
      config: {
        scope: 'catalog',
        documented_answers: { 200: z.object({ view_id: z.string(), removed: z.boolean() }) },
        audit: 'view.removed',
      },
      schema: {
        tags,
        summary: 'Remove a view that nobody reads by its address or by mail any more',
        params,
      },
    },
    async (request) => {
      const view = await findView(context, request, request.params.view_id);
      const { account_id, view_id } = view;
      if (view.share !== null)
        throw new ApiError('conflict', 'it is shared by an address: end that first, then remove the view');
      if (await isScheduled(view))
        throw new ApiError('conflict', 'reports of it are scheduled: remove those first, then the view');
      await removeView(redis, account_id, view_id);
      request.audited = { before: audited(view) };
      return { view_id, removed: true };
    },
  );

  shareRoutes(app, context);

  async function isScheduled({ account_id, view_id }: View): Promise<boolean> {
    return (await listSchedules(redis, account_id)).some((one) => one.view_id === view_id);
  }
}

/** The secret address of a view. */
function shareRoutes(app: Api, context: ApiContext): void {
  const tags = ['views'];
  const answering = (status: number) => ({
    scope: 'catalog' as const,
    documented_answers: { [status]: shownView },
  });

  app.post(
    '/v2/views/:view_id/share',
    {
      config: { ...answering(201), audit: 'view.shared' },
      schema: {
        tags,
        summary: 'Share the report of a view by a secret address',
        description:
          'Whoever has the address reads this report with these columns, in this range and with these filters, and nothing else.',
        params,
        body: shareInput,
      },
    },
    async (request, reply) => {
      const { caller, body } = request;
      const before = await findView(context, request, request.params.view_id);
      refuseUnshared(before);
      const share: Share = {
        ...newAddress(context.keys, before.view_id),
        enabled: true,
        expires_at: body.expires_at,
        password_hash: await hashOf(context, request, body.password),
        columns: body.columns,
        created_at: new Date().toISOString(),
        created_by: caller.name,
      };
      const after = await change(context, before, (view) => {
        if (view.share !== null)
          throw new ApiError('conflict', 'the view is shared already: change that with PATCH');
        return { ...view, share };
      });
      request.audited = { before: audited(before), after: audited(after) };
      return reply.code(201).send(shown(context, request, after));
    },
  );

  app.patch(
    '/v2/views/:view_id/share',
    {
      config: { ...answering(200), audit: 'view.share_changed' },
      schema: {
        tags,
        summary: 'Turn a shared address off or on, or change its columns, its end or its password',
        params,
        body: shareChange,
      },
    },
    async (request) => {
      const { new_address, password: given, ...others } = request.body;
      const before = await findView(context, request, request.params.view_id);
      const hashed = given === undefined ? {} : { password_hash: await hashOf(context, request, given) };
      const address = new_address === true ? newAddress(context.keys, before.view_id) : {};
      const after = await change(context, before, (view) => {
        if (view.share === null) throw new ApiError('not_found', 'the view is not shared');
        return { ...view, share: { ...view.share, ...(others as Partial<Share>), ...hashed, ...address } };
      });
      request.audited = {
        before: audited(before),
        after: {
          ...audited(after),
          password_changed: given !== undefined,
          address_changed: new_address === true,
        },
      };
      return shown(context, request, after, await readReads(context.redis, after.account_id));
    },
  );

  app.delete(
    '/v2/views/:view_id/share',
    {
      config: { ...answering(200), audit: 'view.share_ended' },
      schema: { tags, summary: 'End a shared address for good: it never shows anything again', params },
    },
    async (request) => {
      const before = await findView(context, request, request.params.view_id);
      if (before.share === null) throw new ApiError('not_found', 'the view is not shared');
      const after = await change(context, before, (view) => ({ ...view, share: null }));
      request.audited = { before: audited(before), after: audited(after) };
      return shown(context, request, after);
    },
  );
}

async function change(
  { redis }: ApiContext,
  { account_id, view_id }: View,
  apply: (view: View) => View,
): Promise<View> {
  const after = await changeView(redis, account_id, view_id, apply);
  if (after === undefined) throw missingView();
  return after;
}

function privateTo(request: FastifyRequest): string {
  const member_id = memberOf(request);
  if (member_id === '')
    throw fieldError('private', 'a key sees what the whole account sees: only members have private views');
  return member_id;
}

/** Of a view that others read. */
function refuseChange(view: View): void {
  if (view.private_to !== '')
    throw fieldError(
      'private',
      'others read it: end its address and its schedules first, then make it private',
    );
  refuseUnshared(view);
}

/** Throws `invalid_request` where a parameter names a contact; of the path, its schema says so. */
function refuseContacts(view: View): void {
  const name = parameterOfContact(view);
  if (name !== undefined) throw fieldError(`query.${name}`, NAMES_CONTACT);
}

/** Throws `invalid_request` where the view has no report that can be read outside of the console. */
export function refuseUnshared(view: View): void {
  const shareable = reportOfView(view);
  if ('why_not' in shareable) throw new ApiError('invalid_request', shareable.why_not);
}

const hashOf = (
  { gate, proxies }: ApiContext,
  request: FastifyRequest,
  given: string | null,
): Promise<string> | null =>
  given === null ? null : gate.hasher.hash(given, callerAddress(request.raw, proxies));

/** What the audit log keeps: no token, no hash, and of the parameters only which there are. */
function audited({ share, private_to, query: given, ...view }: View): Record<string, unknown> {
  return {
    ...view,
    parameters: Object.keys(given),
    private: private_to !== '',
    shared: share?.enabled ?? false,
    ...(share !== null && {
      columns: share.columns,
      expires_at: share.expires_at,
      asks_password: share.password_hash !== null,
    }),
  };
}

const NOT_READ = (): Reads => ({ reads: 0, last_read_at: null });

function shown(
  { keys, proxies }: ApiContext,
  request: FastifyRequest,
  view: View,
  readsOf: (view_id: string) => Reads = NOT_READ,
) {
  const { account_id: _, private_to, share, ...rest } = view;
  const shareable = reportOfView(view);
  return {
    ...rest,
    private: private_to !== '',
    why_not_shared: 'why_not' in shareable ? shareable.why_not : null,
    share: share && {
      url: request.caller.scopes.includes('catalog') ? addressOf(share) : null,
      enabled: share.enabled,
      expires_at: share.expires_at,
      password: share.password_hash !== null,
      columns: share.columns as Measure[],
      created_at: share.created_at,
      created_by: share.created_by,
      ...readsOf(view.view_id),
    },
  };

  function addressOf(one: Share): string | null {
    const path_of = pathOf(keys, view.view_id, one);
    return path_of === null ? null : `${originOf(request, proxies)}${path_of}`;
  }
}
