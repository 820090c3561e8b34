/**
 * One run of a scheduled report, or of its questions to new addresses. It reads the report of the finished period, and
 * sends it to each reader once: to whom it was sent is noted at once, so that a run that is tried again goes on with the
 * others. A crash between sending and noting sends one mail twice, under the same Message-ID. Rejects, to be tried again,
 * where something was not sent that may be later; at the last try it notes what was not sent, and why.
 */
import { createHash } from 'node:crypto';
import type { InstallationKeySource } from '../../src/access/key-ring.ts';
import { activeAddresses } from '../../src/access/member-store.ts';
import { decrypt } from '../../src/access/sealed.ts';
import { getAccount } from '../../src/catalog/catalog-store.ts';
import type { Account } from '../../src/catalog/definitions.ts';
import type { Logger } from '../../src/platform/logger.ts';
import { MailError, type Mailer } from '../../src/platform/mail.ts';
import { PrivateAddressError, postJson } from '../../src/platform/outside-request.ts';
import { type RedisClient, runAll } from '../../src/platform/redis.ts';
import type { ReportSources } from '../../src/reports/read-report.ts';
import { chatMessage } from '../../src/sharing/chat-message.ts';
import { conditionText, isMet } from '../../src/sharing/condition.ts';
import { readViewReport } from '../../src/sharing/read-view-report.ts';
import {
  type Content,
  confirmMail,
  datesOfReport,
  type ReportText,
  reportCsv,
  reportMail,
} from '../../src/sharing/report-mail.ts';
import {
  CHAT_SEALED_FOR,
  type Condition,
  type Due,
  type LastRun,
  type Recipient,
  rangesOf,
  runKey,
  type Schedule,
  stateOf,
} from '../../src/sharing/schedule.ts';
import {
  changeSchedule,
  getSchedule,
  noteRun,
  readLastRuns,
  setDue,
} from '../../src/sharing/schedule-store.ts';
import { subscriptionToken } from '../../src/sharing/subscription.ts';
import { reportOfView } from '../../src/sharing/view-report.ts';
import { getView } from '../../src/sharing/view-store.ts';
import type { WorkerMetrics } from '../worker-metrics.ts';
import { countAsked } from './asked-addresses.ts';

const RUN_KEPT_S = 7 * 24 * 3_600;
const DAY_MS = 24 * 3_600_000;
const ASK_AGAIN_MS = 3_600_000;
/** In the note of a run. */
const ERROR_LENGTH_MAX = 500;
/** How a run notes where it has sent to. */
const CHAT = 'chat';
/** Of a failure before anything was sent. */
const ALL = 'all';

export interface RunContext extends ReportSources {
  redis: RedisClient;
  keys: InstallationKeySource;
  /** Undefined: no mail server is set. */
  mail: { mailer: Mailer; console_url: string } | undefined;
  allow_private_endpoints: boolean;
  metrics: Pick<WorkerMetrics, 'reportSent'>;
  logger: Logger;
}

/** What was not sent. */
interface Failure {
  to: string;
  why: string;
  /** The same without an address: for the log. */
  cause: string;
  /** Trying again would not help. */
  for_good: boolean;
}

export async function runSchedule(context: RunContext, due: Due, is_last: boolean): Promise<void> {
  const [schedule, account] = await Promise.all([
    getSchedule(context.redis, due),
    getAccount(context.redis, due.account_id),
  ]);
  if (schedule === undefined || account?.status !== 'active') return;
  if (due.kind === 'ask') return ask(context, schedule, account, is_last);
  if (due.kind === 'run' && schedule.status !== 'active') return;
  const run = { schedule, account, due_ms: due.due_ms, is_asked: due.kind === 'now' };
  try {
    const text = await readText(context, run);
    if (typeof text === 'string') return await conclude(context, run, [unsent(text)]);
    const silent = await whySilent(context, run, text);
    if (silent !== undefined) return await conclude(context, run, [], silent);
    const failures = await sendReport(context, run, text);
    const again = failures.filter(({ for_good }) => !for_good);
    if (again.length > 0 && !is_last) throw new Error(causesOf(again));
    await conclude(context, run, failures);
  } catch (error) {
    context.logger.warn(
      { schedule_id: due.schedule_id, error: (error as Error).message, is_last },
      'a scheduled report was not sent',
    );
    if (!is_last) throw error;
    await conclude(context, run, [unsent('it could not be made: the log of the installation says why')]);
  }
}

interface Run {
  schedule: Schedule;
  account: Account;
  due_ms: number;
  /** Somebody wants it sent now, whatever its condition. */
  is_asked: boolean;
}

/** Of a report with a condition: why it is not sent. */
type Silent = Extract<LastRun['state'], 'unmet' | 'standing'>;

const toldOf = (only_if: Condition | null, is_told: boolean): string =>
  only_if !== null && is_told ? nameOf(only_if) : '';

/** Of a condition: another one is told anew. */
const nameOf = (only_if: Condition): string => conditionText(only_if, 'en');

async function whySilent(
  { redis }: RunContext,
  { schedule, is_asked }: Run,
  { report, before }: ReportText,
): Promise<Silent | undefined> {
  const { only_if, account_id, schedule_id } = schedule;
  if (only_if === null || is_asked) return undefined;
  if (!isMet(only_if, report, before)) return 'unmet';
  const last = (await readLastRuns(redis, account_id)).get(schedule_id);
  return last?.told === nameOf(only_if) ? 'standing' : undefined;
}

/** Nothing was sent to anybody. */
const unsent = (why: string): Failure => ({ to: ALL, why, cause: why, for_good: true });

/** How many were not sent, and why. The log and the queue name no reader. */
const causesOf = (failures: readonly Failure[]): string =>
  `${failures.length} not sent: ${[...new Set(failures.map(({ cause }) => cause))].join('; ')}`;

const textOf = (failures: readonly Failure[]): string =>
  failures
    .map(({ to, why }) => `${to}: ${why}`)
    .join('; ')
    .slice(0, ERROR_LENGTH_MAX);

async function conclude(
  { redis, metrics }: RunContext,
  { schedule, due_ms, is_asked }: Run,
  failures: readonly Failure[],
  silent?: Silent,
): Promise<void> {
  const sent = await redis.hlen(runKey(schedule, due_ms));
  for (const { to, for_good } of failures.filter((one) => one.to !== ALL))
    metrics.reportSent(to === CHAT ? 'chat' : 'mail', for_good ? 'refused' : 'failed');
  await noteRun(redis, schedule, {
    due_at: new Date(due_ms).toISOString(),
    at: new Date().toISOString(),
    state: silent ?? (failures.length === 0 ? 'sent' : sent > 0 ? 'partly' : 'failed'),
    sent,
    error: textOf(failures),
    ...(is_asked ? {} : { told: toldOf(schedule.only_if, silent === 'standing' || sent > 0) }),
  });
}

async function sendReport(context: RunContext, run: Run, text: ReportText): Promise<Failure[]> {
  const { redis } = context;
  const { schedule, due_ms } = run;
  const members = await activeAddresses(redis, schedule.account_id);
  const readers = schedule.recipients.filter((one) =>
    ['member', 'confirmed'].includes(stateOf(one, members)),
  );
  const key = runKey(schedule, due_ms);
  const done = new Set(await redis.hkeys(key));
  const failures: Failure[] = [];
  const attempt = async (to: string, by: 'mail' | 'chat', send: () => Promise<void>): Promise<void> => {
    if (done.has(to)) return;
    try {
      await send();
      await runAll(redis, [
        ['HSET', key, to, new Date().toISOString()],
        ['EXPIRE', key, RUN_KEPT_S],
      ]);
      context.metrics.reportSent(by, 'sent');
    } catch (error) {
      failures.push({ to, ...whyOf(error as Error) });
    }
  };
  const csv = schedule.attach_csv ? await reportCsv(text.report) : undefined;
  for (const { email } of readers)
    await attempt(email, 'mail', () => mailReport(context, run, { text, email, csv }));
  if (schedule.chat !== null) await attempt(CHAT, 'chat', () => postReport(context, schedule, text));
  return failures;
}

/** What is sent, or why there is nothing to send. */
async function readText(
  context: RunContext,
  { schedule, account, due_ms, is_asked }: Run,
): Promise<ReportText | string> {
  const { account_id, view_id, every, only_if, columns } = schedule;
  const view = await getView(context.redis, account_id, view_id);
  if (view === undefined) return 'its view was removed';
  const shareable = reportOfView(view);
  if ('why_not' in shareable) return shareable.why_not;
  const { range, before } = rangesOf(every, account.time_zone, due_ms);
  const read = (of: typeof range) =>
    readViewReport(context, { account_id, report: shareable.report, range: of, columns }, Date.now());
  const report = await read(range);
  return {
    language: schedule.language,
    title: view.name,
    account_name: account.brand.name || account.name,
    every,
    only_if: is_asked ? null : only_if,
    report,
    before: await read(before),
    url: context.mail && urlOf(context.mail.console_url, view, report),
  };
}

/** The view in the console, with the dates of the report. */
function urlOf(
  console_url: string,
  { path, query }: { path: string; query: Record<string, string> },
  report: ReportText['report'],
): string {
  // The console's ranges are days.
  const [from = '', to = from] = datesOfReport(report, 'en')
    .split(' to ')
    .map((date) => date.slice(0, 10));
  return `${console_url}${path}?${new URLSearchParams({ ...query, from, to })}`;
}

function whyOf(error: Error): Omit<Failure, 'to'> {
  const for_good =
    error instanceof PrivateAddressError ||
    error instanceof NotSetError ||
    (error instanceof MailError && error.refused) ||
    (error instanceof HookError && error.refused);
  const { code = error.name } = error as Error & { code?: string };
  // Of these it is known that they name nobody.
  const is_plain = error instanceof HookError || (error instanceof MailError && !error.refused);
  return {
    why: error.message.slice(0, ERROR_LENGTH_MAX),
    cause: is_plain ? error.message : code,
    for_good,
  };
}

/** The installation lacks a setting. */
class NotSetError extends Error {}

/** A webhook did not take a message. */
class HookError extends Error {
  readonly refused: boolean;
  constructor(status: number) {
    super(`the webhook answered ${status}`);
    // Too many requests, and errors of the server, pass.
    this.refused = status >= 300 && status < 500 && status !== 408 && status !== 429;
  }
}

const mailOf = ({ mail }: RunContext): NonNullable<RunContext['mail']> => {
  if (mail === undefined) throw new NotSetError('the installation sends no mails: SMTP_URL is not set');
  return mail;
};

async function mailReport(
  context: RunContext,
  { schedule, due_ms }: Run,
  { text, email, csv }: { text: ReportText; email: string; csv: string | undefined },
): Promise<void> {
  const { mailer, console_url } = mailOf(context);
  const token = subscriptionToken(context.keys, { ...schedule, email });
  const content: Content = reportMail(text, `${console_url}/subscription#${token}`);
  const file = `${datesOfReport(text.report, 'en').replaceAll(' ', '_').replaceAll(':', '')}.csv`;
  await mailer.send({
    to: email,
    ...content,
    message_id: messageId(console_url, [schedule.schedule_id, String(due_ms), email]),
    headers: {
      // RFC 8058: a mail program ends them with one press.
      'List-Unsubscribe': `<${console_url}/subscription/${token}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      // RFC 3834: no programs answer it.
      'Auto-Submitted': 'auto-generated',
    },
    attachments:
      csv === undefined ? [] : [{ filename: file, content: csv, content_type: 'text/csv; charset=utf-8' }],
  });
}

const messageId = (console_url: string, parts: readonly string[]): string =>
  `<${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}@${new URL(console_url).hostname}>`;

async function postReport(context: RunContext, schedule: Schedule, text: ReportText): Promise<void> {
  const url = decrypt(context.keys, CHAT_SEALED_FOR(schedule.schedule_id), schedule.chat?.sealed ?? '');
  const status = await postJson(url, chatMessage(text), context.allow_private_endpoints);
  if (status < 200 || status > 299) throw new HookError(status);
}

/** Where the mail server is away for long, tried again later. */
async function ask(
  context: RunContext,
  schedule: Schedule,
  account: Account,
  is_last: boolean,
): Promise<void> {
  try {
    await askToConfirm(context, schedule, account);
  } catch (error) {
    if (error instanceof NotSetError) return;
    if (!is_last) throw error;
    context.metrics.reportSent('mail', 'failed');
    await setDue(context.redis, schedule, 'ask', Date.now() + ASK_AGAIN_MS);
  }
}

/**
 * Asks each address once whether it wants the report. Where there were too many on this day, the rest is asked tomorrow.
 * An address that can't be asked now does not keep back the others: it rejects when all had their turn.
 */
async function askToConfirm(context: RunContext, schedule: Schedule, account: Account): Promise<void> {
  const { redis, logger } = context;
  const { account_id, view_id, every, only_if } = schedule;
  const [view, members] = await Promise.all([
    getView(redis, account_id, view_id),
    activeAddresses(redis, account_id),
  ]);
  const waiting = schedule.recipients.filter((one) => stateOf(one, members) === 'waiting');
  if (view === undefined || 'why_not' in reportOfView(view) || waiting.length === 0) return;
  const what = {
    language: schedule.language,
    title: view.name,
    account_name: account.brand.name || account.name,
    every,
    only_if,
  };
  let failed: Error | undefined;
  for (const recipient of waiting) {
    const { room, takeBack } = await countAsked(redis, account_id, recipient.email, Date.now());
    if (room !== 'free') await setDue(redis, schedule, 'ask', Date.now() + DAY_MS);
    if (room === 'each') continue;
    if (room === 'all') {
      logger.warn(
        { account_id },
        'too many addresses were asked to confirm on this day: the rest is asked tomorrow',
      );
      break;
    }
    try {
      await askOne(context, schedule, what, recipient);
    } catch (error) {
      await takeBack();
      failed = error as Error;
    }
  }
  if (failed !== undefined) throw failed;
}

async function askOne(
  context: RunContext,
  schedule: Schedule,
  what: Parameters<typeof confirmMail>[0],
  recipient: Recipient,
): Promise<void> {
  const { mailer, console_url } = mailOf(context);
  const token = subscriptionToken(context.keys, { ...schedule, email: recipient.email });
  await mailer
    .send({
      to: recipient.email,
      ...confirmMail(what, `${console_url}/subscription#${token}`),
      message_id: messageId(console_url, [schedule.schedule_id, 'ask', recipient.email, schedule.updated_at]),
      headers: { 'Auto-Submitted': 'auto-generated' },
      attachments: [],
    })
    .catch((error: Error) => {
      // An address that is refused for good is not asked again.
      if (!(error instanceof MailError && error.refused)) throw error;
    });
  await noteAsked(context.redis, schedule, recipient);
}

async function noteAsked(redis: RedisClient, schedule: Schedule, { email }: Recipient): Promise<void> {
  const asked_at = new Date().toISOString();
  await changeSchedule(redis, schedule, (one) => ({
    ...one,
    recipients: one.recipients.map((reader) => (reader.email === email ? { ...reader, asked_at } : reader)),
  }));
}
