/**
 * Scheduled reports of an account: the report of a saved view, sent by mail or into a chat at an hour on the account's
 * clocks. A worker sends them (workers/schedules); here they are made, changed, and asked for at once. With Redis down:
 * 503.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { emailInput } from '../../access/email.ts';
import { activeAddresses } from '../../access/member-store.ts';
import { encrypt } from '../../access/sealed.ts';
import { newEntityId } from '../../catalog/entity-id.ts';
import { refusedAddress } from '../../platform/outside-request.ts';
import { isUrl } from '../../platform/url.ts';
import { MEASURE_NAMES, MEASURES } from '../../reports/measures.ts';
import { LANGUAGES } from '../../sharing/languages.ts';
import {
  CHAT_SEALED_FOR,
  COMPARISONS,
  ENDED_MAX,
  EVERY,
  type LastRun,
  MONTH_DAY_MAX,
  nextDue,
  RECIPIENT_STATES,
  RECIPIENTS_MAX,
  type Recipient,
  RUN_STATES,
  type Schedule,
  stateOf,
} from '../../sharing/schedule.ts';
import {
  addSchedule,
  changeSchedule,
  forgetDue,
  getSchedule,
  listSchedules,
  nextAt,
  readLastRuns,
  removeSchedule,
  setDue,
  shiftDue,
  takeSendNow,
} from '../../sharing/schedule-store.ts';
import { isVisible, type View } from '../../sharing/view.ts';
import { getView, listViews } from '../../sharing/view-store.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError, fieldError } from '../http/errors.ts';
import { columns, findView, memberOf, refuseUnshared } from './views.ts';

const URL_LENGTH_MAX = 1_000;
/** Of a condition: no figure is larger. */
const VALUE_MAX = 1e12;
/** Between two runs that were asked for. */
const SEND_PAUSE_S = 60;

const every = z
  .enum(EVERY)
  .describe('Of which finished period, and how often: each hour (UTC), day, week or month');
const hour = z.int().min(0).max(23).describe('On the account’s clocks; of an hourly one it says nothing');
const weekday = z.int().min(1).max(7).describe('Of a weekly one: 1 Monday to 7 Sunday');
const month_day = z.int().min(1).max(MONTH_DAY_MAX).describe('Of a monthly one');
const recipients = z
  .array(emailInput)
  .max(RECIPIENTS_MAX)
  .refine((given) => new Set(given).size === given.length, 'names an address twice')
  .describe('An address that is no member’s is asked first, and gets nothing before it has confirmed');
const chat_url = z
  .string()
  .max(URL_LENGTH_MAX)
  .refine((text) => isUrl(text) && /^https?:/.test(text), 'is no address: write https://…')
  .nullable()
  .describe(
    'An incoming webhook of Slack, or of a chat that takes the same; it is kept encrypted, and not shown again',
  );
const language = z.enum(LANGUAGES).describe('Of its mails and messages, also of those that ask to confirm');
const only_if = z
  .strictObject({
    measure: z.enum(MEASURE_NAMES).exclude(['currency']).describe('One of `columns`: its total'),
    is: z
      .enum(COMPARISONS)
      .describe('below, above: the figure itself. fallen, risen: its change against the period before'),
    value: z
      .number()
      .min(0)
      .max(VALUE_MAX)
      .describe(
        'Of below and above in the unit of the measure, a rate as a share of 1 (0.05 is 5 %). Of fallen and risen: percent of the figure before, from which on it holds',
      ),
    currency: z
      .string()
      .regex(/^([A-Z]{3})?$/, 'write three capital letters such as USD, or leave it out')
      .default('')
      .describe('Of an amount of money'),
  })
  .nullable()
  .describe(
    'Makes it an alert: it is sent when this comes true, and again only after it was not true in between. null: it is sent in any case',
  );
const attach_csv = z.boolean().describe('Whether mails have the rows as a file');
const status = z.enum(['active', 'paused']);

const scheduleInput = z
  .strictObject({
    view_id: z.string().max(60),
    every,
    hour: hour.default(0),
    weekday: weekday.default(1),
    month_day: month_day.default(1),
    columns,
    only_if: only_if.default(null),
    recipients: recipients.default([]),
    chat_url: chat_url.default(null),
    attach_csv: attach_csv.default(false),
    language: language.default('en'),
  })
  .meta({
    examples: [
      {
        view_id: 'viw_…',
        every: 'week',
        hour: 8,
        weekday: 1,
        columns: ['sent', 'clicks_unique', 'click_rate', 'revenue'],
        recipients: ['ann@example.com'],
      },
      {
        view_id: 'viw_…',
        every: 'hour',
        columns: ['clicks_unique'],
        only_if: { measure: 'clicks_unique', is: 'fallen', value: 50 },
        chat_url: 'https://hooks.slack.com/services/…',
      },
    ],
  });
/** What moves the time at which it is due. */
const TIMING = ['every', 'hour', 'weekday', 'month_day', 'status'] as const;
const scheduleChange = z
  .strictObject({
    every,
    hour,
    weekday,
    month_day,
    columns,
    only_if,
    recipients,
    chat_url,
    attach_csv,
    language,
    status,
  })
  .partial()
  .meta({ examples: [{ status: 'paused' }] });

const shownCondition = z
  .object({
    measure: z.enum(MEASURE_NAMES),
    is: z.enum(COMPARISONS),
    value: z.number(),
    currency: z.string(),
  })
  .nullable()
  .describe('What has to come true for it to be sent; null: it is sent in any case');

const shownSchedule = z
  .object({
    schedule_id: z.string(),
    view_id: z.string(),
    view_name: z.string(),
    every: z.enum(EVERY),
    hour: z.int(),
    weekday: z.int(),
    month_day: z.int(),
    columns: z.array(z.enum(MEASURE_NAMES)),
    only_if: shownCondition,
    recipients: z.array(
      z.object({
        email: z.string(),
        state: z
          .enum(RECIPIENT_STATES)
          .describe(
            'member and confirmed get the report. waiting: it is asked within a minute; asked: it has not answered; ended: it has unsubscribed',
          ),
      }),
    ),
    chat: z.string().nullable().describe('Host of the webhook; null: none'),
    attach_csv: z.boolean(),
    language: z.enum(LANGUAGES),
    status: z.enum(['active', 'paused']),
    next_at: z.iso.datetime().nullable().describe('null while it is paused'),
    last_run: z
      .object({
        due_at: z.string(),
        at: z.string(),
        state: z
          .enum(RUN_STATES)
          .describe('unmet: its condition was not met, so nothing was sent. standing: it was told before'),
        sent: z.int().describe('Mails and chat messages that were taken'),
        error: z.string().describe('What was not sent, and why; empty where all was'),
        failures: z.int().describe('Runs that failed one after the other'),
        told: z.string().describe('The condition that is met and was told; empty where none is'),
      })
      .nullable(),
    created_by: z.string(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Schedule' });

const params = z.object({ schedule_id: z.string().max(60) });
const missing = (): ApiError =>
  new ApiError('not_found', 'there is no such scheduled report in this account');

export function scheduleRoutes(app: Api, context: ApiContext): void {
  const { redis } = context;
  const tags = ['views'];
  const answering = (scope: 'read' | 'catalog', code: number, answer: z.ZodType = shownSchedule) => ({
    scope,
    documented_answers: { [code]: answer },
  });

  app.get(
    '/v2/schedules',
    {
      config: answering('read', 200, z.object({ schedules: z.array(shownSchedule) })),
      schema: { tags, summary: 'List the scheduled reports, oldest first' },
    },
    async (request) => {
      const { account_id } = request.account;
      const [all, views, runs, members] = await Promise.all([
        listSchedules(redis, account_id),
        listViews(redis, account_id),
        readLastRuns(redis, account_id),
        activeAddresses(redis, account_id),
      ]);
      const of = new Map(views.map((view) => [view.view_id, view]));
      const seen = all.flatMap((schedule) => {
        const view = of.get(schedule.view_id);
        return view !== undefined && isVisible(view, memberOf(request)) ? [{ schedule, view }] : [];
      });
      const schedules = await Promise.all(
        seen.map(({ schedule, view }) => shown(schedule, view, members, runs.get(schedule.schedule_id))),
      );
      return { schedules };
    },
  );

  app.get(
    '/v2/schedules/:schedule_id',
    { config: answering('read', 200), schema: { tags, summary: 'Read a scheduled report', params } },
    async (request) => {
      const { schedule, view } = await find(request, request.params.schedule_id);
      return showOne(schedule, view);
    },
  );

  app.post(
    '/v2/schedules',
    {
      config: { ...answering('catalog', 201), audit: 'schedule.created' },
      schema: { tags, summary: 'Schedule the report of a saved view', body: scheduleInput },
    },
    async (request, reply) => {
      const { account, caller } = request;
      const { recipients: emails, chat_url: url, view_id, ...given } = request.body;
      const view = await findView(context, request, view_id);
      refuseUnshared(view);
      refuseWithoutMail(emails);
      refuseNobody(emails, url !== null);
      refuseUnread(given);
      const now = new Date().toISOString();
      const schedule_id = newEntityId('sch');
      const schedule: Schedule = {
        schedule_id,
        account_id: account.account_id,
        view_id,
        ...given,
        recipients: emails.map(newRecipient),
        ended: [],
        chat: chatOf(schedule_id, url),
        status: 'active',
        created_by: caller.name,
        created_at: now,
        updated_at: now,
      };
      await addSchedule(redis, schedule, nextDue(schedule, account.time_zone, Date.now()));
      await askNew(schedule);
      request.audited = { subject_id: schedule_id, after: audited(schedule) };
      return reply.code(201).send(await showOne(schedule, view));
    },
  );

  app.patch(
    '/v2/schedules/:schedule_id',
    {
      config: { ...answering('catalog', 200), audit: 'schedule.changed' },
      schema: { tags, summary: 'Change a scheduled report, or pause it', params, body: scheduleChange },
    },
    async (request) => {
      const { schedule: before, view } = await find(request, request.params.schedule_id);
      const { recipients: emails, chat_url: url, ...given } = request.body;
      if (emails !== undefined) refuseWithoutMail(emails.filter((one) => !has(before, one)));
      const chat = url === undefined ? {} : { chat: chatOf(before.schedule_id, url) };
      const after = await changeSchedule(redis, before, (schedule) => {
        const changed = {
          ...schedule,
          ...(given as Partial<Schedule>),
          ...chat,
          ...(emails !== undefined && recipientsOf(emails, schedule)),
        };
        refuseNobody(
          changed.recipients.map(({ email }) => email),
          changed.chat !== null,
        );
        refuseUnread(changed);
        return changed;
      });
      if (after === undefined) throw missing();
      if (after.status === 'paused') await forgetDue(redis, after, 'run');
      else if (TIMING.some((field) => after[field] !== before[field])) {
        const now_ms = Date.now();
        const next_ms = nextDue(after, request.account.time_zone, now_ms);
        await shiftDue(redis, after, { next_ms, now_ms });
      }
      await askNew(after);
      request.audited = { before: audited(before), after: audited(after) };
      return showOne(after, view);
    },
  );

  app.delete(
    '/v2/schedules/:schedule_id',
    {
      config: {
        ...answering('catalog', 200, z.object({ schedule_id: z.string(), removed: z.boolean() })),
        audit: 'schedule.removed',
      },
      schema: { tags, summary: 'Remove a scheduled report', params },
    },
    async (request) => {
      const { schedule } = await find(request, request.params.schedule_id);
      await removeSchedule(redis, schedule);
      request.audited = { before: audited(schedule) };
      return { schedule_id: schedule.schedule_id, removed: true };
    },
  );

  app.post(
    '/v2/schedules/:schedule_id/send',
    {
      config: {
        ...answering('catalog', 202, z.object({ schedule_id: z.string(), queued: z.boolean() })),
        audit: 'schedule.sent',
      },
      schema: {
        tags,
        summary: 'Send a scheduled report now, of the last finished period',
        description: 'It goes to all who get it. `last_run` of the schedule says shortly what became of it.',
        params,
      },
    },
    async (request, reply) => {
      const { schedule } = await find(request, request.params.schedule_id);
      const { schedule_id } = schedule;
      if (!(await takeSendNow(redis, schedule, SEND_PAUSE_S)))
        throw new ApiError(
          'too_many_requests',
          'it was asked for within the last minute: wait until that is over',
          { 'retry-after': String(SEND_PAUSE_S) },
        );
      await setDue(redis, schedule, 'now', Date.now());
      request.audited = { after: {} };
      return reply.code(202).send({ schedule_id, queued: true });
    },
  );

  /** Throws `not_found` where the caller does not see it. */
  async function find(
    request: FastifyRequest,
    schedule_id: string,
  ): Promise<{ schedule: Schedule; view: View }> {
    const { account_id } = request.account;
    const schedule = await getSchedule(redis, { account_id, schedule_id });
    const view = schedule && (await getView(redis, account_id, schedule.view_id));
    if (schedule === undefined || view === undefined || !isVisible(view, memberOf(request))) throw missing();
    return { schedule, view };
  }

  function refuseWithoutMail(emails: readonly string[]): void {
    if (emails.length > 0 && !context.sends_mail)
      throw fieldError(
        'recipients',
        'this installation sends no mails: the operator has to set SMTP_URL, or use chat_url',
      );
  }

  function chatOf(schedule_id: string, url: string | null): Schedule['chat'] {
    if (url === null) return null;
    const refused = refusedAddress(url, context.allow_private_endpoints);
    if (refused !== undefined) throw fieldError('chat_url', `it ${refused}`);
    return { sealed: encrypt(context.keys, CHAT_SEALED_FOR(schedule_id), url), host: new URL(url).host };
  }

  /** Has a worker ask those who were not asked yet. */
  async function askNew(schedule: Schedule): Promise<void> {
    const members = await activeAddresses(redis, schedule.account_id);
    if (schedule.recipients.some((one) => stateOf(one, members) === 'waiting'))
      await setDue(redis, schedule, 'ask', Date.now());
  }

  async function showOne(schedule: Schedule, view: View) {
    const { account_id, schedule_id } = schedule;
    const [members, runs] = await Promise.all([
      activeAddresses(redis, account_id),
      readLastRuns(redis, account_id),
    ]);
    return shown(schedule, view, members, runs.get(schedule_id));
  }

  async function shown(
    schedule: Schedule,
    view: View,
    members: ReadonlySet<string>,
    last_run: LastRun | undefined,
  ) {
    const { account_id: _, recipients: all, ended: __, chat, ...rest } = schedule;
    return {
      ...rest,
      view_name: view.name,
      recipients: all.map((one) => ({ email: one.email, state: stateOf(one, members) })),
      chat: chat?.host ?? null,
      next_at: await nextAt(redis, schedule),
      last_run: last_run ?? null,
    };
  }
}

const has = ({ recipients: all }: Schedule, email: string): boolean => all.some((one) => one.email === email);

const newRecipient = (email: string): Recipient => ({
  email,
  asked_at: null,
  confirmed_at: null,
  ended_at: null,
});

/** What is known of an address stays with it; that it has ended the report, also while it is taken off. */
function recipientsOf(
  emails: readonly string[],
  before: Pick<Schedule, 'recipients' | 'ended'>,
): Pick<Schedule, 'recipients' | 'ended'> {
  const known = [...before.recipients, ...before.ended];
  const ended = known.filter((one) => one.ended_at !== null && !emails.includes(one.email));
  if (ended.length > ENDED_MAX)
    throw fieldError(
      'recipients',
      `more than ${ENDED_MAX} addresses have ended this report: keep them, or remove it`,
    );
  return {
    recipients: emails.map((email) => known.find((one) => one.email === email) ?? newRecipient(email)),
    ended,
  };
}

function refuseNobody(emails: readonly string[], chat: boolean): void {
  if (emails.length === 0 && !chat)
    throw fieldError('recipients', 'nobody would get it: name an address, or give chat_url');
}

/** A condition on what the report does not read. */
function refuseUnread({ only_if: condition, columns: chosen }: Pick<Schedule, 'only_if' | 'columns'>): void {
  if (condition === null) return;
  const { measure, currency } = condition;
  if (!chosen.includes(measure))
    throw fieldError('only_if', `${measure} is not one of columns: add it there`);
  if ((MEASURES[measure] === 'money') !== (currency !== ''))
    throw fieldError(
      'only_if',
      currency === ''
        ? `${measure} is an amount: say in which currency`
        : `${measure} is no amount: leave currency out`,
    );
}

/** What the audit log keeps: not the address of the webhook. */
function audited({ recipients: all, chat, ...schedule }: Schedule): Record<string, unknown> {
  return { ...schedule, readers: all.map(({ email }) => email), chat: chat?.host ?? null };
}
