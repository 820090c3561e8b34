/**
 * A scheduled report: the report of a saved view, of the last finished hour, day, week or month, sent at an hour on the
 * account's clocks to people by mail, or into a chat by a webhook; always, or only under a condition. When it is due, and of which range it is then, follows
 * from the due time alone, so that a run that is tried again sends the same. Pure.
 */
import { wallTime } from '../platform/zone-clock.ts';
import type { Measure } from '../reports/measures.ts';
import { fromLocal, type Range, startOfDate } from '../reports/report-range.ts';
import type { Language } from './languages.ts';

export const SCHEDULES_MAX = 100;
export const RECIPIENTS_MAX = 20;
/** Addresses that have ended a report and were taken off it. */
export const ENDED_MAX = 500;
/** A month has at least so many days. */
export const MONTH_DAY_MAX = 28;

export const EVERY = ['hour', 'day', 'week', 'month'] as const;
export type Every = (typeof EVERY)[number];

/** An address that is no member's gets nothing before it has confirmed, and nothing after it has ended it. */
export interface Recipient {
  email: string;
  /** When it was asked to confirm. */
  asked_at: string | null;
  confirmed_at: string | null;
  ended_at: string | null;
}

export interface Timing {
  every: Every;
  /** 0 to 23, on the account's clocks; of all but an hourly one. */
  hour: number;
  /** 1 Monday to 7 Sunday; of a weekly one. */
  weekday: number;
  /** 1 to 28; of a monthly one. */
  month_day: number;
}

/** An incoming webhook of a chat, whose address is a secret. */
export interface ChatHook {
  /** Sealed under the installation's key. */
  sealed: string;
  /** Of the address, to recognise it by. */
  host: string;
}

/**
 * below, above  the figure itself
 * fallen, risen its change against the period before
 */
export const COMPARISONS = ['below', 'above', 'fallen', 'risen'] as const;

/** What has to come true for a report to be sent; see condition.ts. */
export interface Condition {
  /** One of the columns of the report, not the currency. */
  measure: Measure;
  is: (typeof COMPARISONS)[number];
  /**
   * Of below and above, in the unit of the measure: a rate is a share of 1. Of fallen and risen, percent of the figure
   * before: it holds from this change on.
   */
  value: number;
  /** Of an amount of money; '' of all others. */
  currency: string;
}

export interface Schedule extends Timing {
  schedule_id: string;
  account_id: string;
  view_id: string;
  columns: Measure[];
  /** null: it is sent in any case. */
  only_if: Condition | null;
  recipients: Recipient[];
  /** Who has ended it and was taken off: whoever adds them again does not undo that. Shown nowhere. */
  ended: Recipient[];
  chat: ChatHook | null;
  attach_csv: boolean;
  /** Of its mails and messages. */
  language: Language;
  status: 'active' | 'paused';
  created_by: string;
  created_at: string;
  updated_at: string;
}

/** What the address of a webhook is sealed for. */
export const CHAT_SEALED_FOR = (schedule_id: string) => ({
  purpose: 'report webhook',
  subject: schedule_id,
});

/**
 * sent, partly, failed  what was sent
 * unmet                 nothing was to be sent: its condition was not met
 * standing              nor here: it is met, which was told before
 */
export const RUN_STATES = ['sent', 'partly', 'failed', 'unmet', 'standing'] as const;

/** What became of the last run. */
export interface LastRun {
  due_at: string;
  at: string;
  state: (typeof RUN_STATES)[number];
  /** Mails and chat messages that were taken. */
  sent: number;
  /** What was not sent, and why; '' where all was. */
  error: string;
  /** Runs that failed one after the other, this one included. */
  failures: number;
  /** The condition that is met and was told, in words; '' where none is. */
  told: string;
}

export const scheduleKey = (account_id: string, schedule_id: string): string =>
  `schedule:${account_id}:${schedule_id}`;
export const schedulesList = (account_id: string): string => `schedules:${account_id}`;
/** Sorted set of all accounts' schedules by when something is to be done for them. */
export const SCHEDULES_DUE = 'schedules_due';
/** Hash: the last run of each schedule of an account. */
export const lastRunsKey = (account_id: string): string => `schedule_last:${account_id}`;
/** Hash: to whom a run has been sent. */
export const runKey = ({ account_id, schedule_id }: Place, due_ms: number): string =>
  `schedule_run:${account_id}:${schedule_id}:${due_ms}`;
/** There while a schedule may not be sent on request again. */
export const sentNowKey = ({ account_id, schedule_id }: Place): string =>
  `schedule_sent:${account_id}:${schedule_id}`;
/** Hash: how many times addresses were asked to confirm, on a day. */
export const askedKey = (account_id: string, date: string): string => `mails_asked:${account_id}:${date}`;

export interface Place {
  account_id: string;
  schedule_id: string;
}

/**
 * Why a worker looks at a schedule.
 *   run  its time has come
 *   now  somebody asked for it to be sent
 *   ask  there are addresses that have to be asked to confirm
 */
export const DUE_KINDS = ['run', 'now', 'ask'] as const;
export type DueKind = (typeof DUE_KINDS)[number];

export interface Due extends Place {
  kind: DueKind;
  due_ms: number;
}

export const dueMember = ({ account_id, schedule_id }: Place, kind: DueKind): string =>
  `${account_id}:${schedule_id}:${kind}`;
/** Undefined for what is no member of SCHEDULES_DUE. */
export function readMember(member: string): (Place & { kind: DueKind }) | undefined {
  const [account_id = '', schedule_id = '', last = ''] = member.split(':');
  const kind = DUE_KINDS.find((one) => one === last);
  return kind && { account_id, schedule_id, kind };
}
/** For a sorted set of all accounts: the record that a member belongs to. */
export function scheduleOfMember(member: string): string {
  const { account_id = '', schedule_id = '' } = readMember(member) ?? {};
  return scheduleKey(account_id, schedule_id);
}

const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

const midnightOf = (date: string): number => Date.parse(`${date}T00:00:00Z`);
/** 1 Monday to 7 Sunday. */
const weekdayOf = (midnight_ms: number): number => new Date(midnight_ms).getUTCDay() || 7;

/**
 * The first due time after `after_ms`: an hourly one at each full hour UTC, others on the account's clocks. A skipped hour of a clock
 * is due as much later as it skips.
 */
export function nextDue({ every, hour, weekday, month_day }: Timing, tz: string, after_ms: number): number {
  if (every === 'hour') return (Math.floor(after_ms / HOUR_MS) + 1) * HOUR_MS;
  const isDay = (midnight_ms: number): boolean => {
    if (every === 'week') return weekdayOf(midnight_ms) === weekday;
    return every === 'day' || new Date(midnight_ms).getUTCDate() === month_day;
  };
  const today_ms = midnightOf(wallTime(tz, after_ms).date);
  // The same day of the next month is at most 31 days ahead.
  for (let days = 0; days <= 32; days++) {
    const midnight_ms = today_ms + days * DAY_MS;
    if (!isDay(midnight_ms)) continue;
    const due_ms = fromLocal(midnight_ms + hour * HOUR_MS, tz);
    if (due_ms > after_ms) return due_ms;
  }
  throw new Error(`a schedule is never due: ${JSON.stringify({ every, hour, weekday, month_day, tz })}`);
}

export interface Compared {
  range: Range;
  /** The period of equal kind before it. */
  before: Range;
}

/** The last finished period at a due time, and the one before. */
export function rangesOf(every: Every, tz: string, due_ms: number): Compared {
  if (every === 'hour') return hoursBefore(due_ms, tz);
  const today_ms = midnightOf(wallTime(tz, due_ms).date);
  const [first, second, end] = every === 'month' ? monthsBefore(today_ms) : daysBefore(today_ms, every);
  const start = (midnight_ms: number): number => startOfDate(midnight_ms, tz);
  return {
    range: { from_ms: start(second), to_ms: start(end), tz },
    before: { from_ms: start(first), to_ms: start(second), tz },
  };
}

function hoursBefore(due_ms: number, tz: string): Compared {
  const to_ms = Math.floor(due_ms / HOUR_MS) * HOUR_MS;
  const from_ms = to_ms - HOUR_MS;
  return { range: { from_ms, to_ms, tz }, before: { from_ms: from_ms - HOUR_MS, to_ms: from_ms, tz } };
}

type Edges = [first: number, second: number, end: number];

function daysBefore(today_ms: number, every: 'day' | 'week'): Edges {
  const length_ms = every === 'day' ? DAY_MS : 7 * DAY_MS;
  return [today_ms - 2 * length_ms, today_ms - length_ms, today_ms];
}

function monthsBefore(today_ms: number): Edges {
  const date = new Date(today_ms);
  const firstOf = (months_ago: number): number =>
    Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months_ago, 1);
  return [firstOf(2), firstOf(1), firstOf(0)];
}

export const RECIPIENT_STATES = ['member', 'waiting', 'asked', 'confirmed', 'ended'] as const;
export type RecipientState = (typeof RECIPIENT_STATES)[number];

/** Whether an address gets reports, and if not, why. `members` are the addresses of the account's members. */
export function stateOf(recipient: Recipient, members: ReadonlySet<string>): RecipientState {
  if (recipient.ended_at !== null) return 'ended';
  if (members.has(recipient.email)) return 'member';
  if (recipient.confirmed_at !== null) return 'confirmed';
  return recipient.asked_at === null ? 'waiting' : 'asked';
}
