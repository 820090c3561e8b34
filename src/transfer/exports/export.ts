/**
 * An export: rows of an account, written as files to a folder of the installation or to a bucket of the account's, once
 * or every hour. Its record says what is asked for, and how far it is: everything that a worker has to know in order to
 * go on where another one was killed. Pure.
 */
import type { Position } from '../../log/backlog.ts';

/** Of an account: whoever wants more removes old ones. */
export const EXPORTS_MAX = 50;
/** A range of one export. */
export const RANGE_DAYS_MAX = 800;
/** Failures in a row, with pauses that grow to an hour: after a day and a half it is given up, and can be resumed. */
export const FAILURES_MAX = 48;

export const DATASETS = ['clicks', 'sends', 'deliveries', 'conversions', 'verdicts', 'contacts'] as const;
export type DatasetName = (typeof DATASETS)[number];
export const FORMATS = ['parquet', 'csv', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];
export const EVERY = ['once', 'hour'] as const;
export const COMPRESSIONS = ['none', 'gzip'] as const;
/**
 * By which time a row is in a window: of what happened, of the message that it belongs to, or when ClickHouse stored it.
 * Hours are always of the last.
 */
export const WINDOWS_BY = ['event', 'sent', 'stored'] as const;
export type WindowBy = (typeof WINDOWS_BY)[number];
export const STATES = ['waiting', 'running', 'done', 'failed', 'paused', 'removing'] as const;
export type State = (typeof STATES)[number];

export const FILTERS = [
  'campaign_id',
  'variant_id',
  'creative_id',
  'offer_id',
  'domain',
  'country',
  'verdict',
  'event',
] as const;
export type ExportFilter = (typeof FILTERS)[number];
export type ExportFilters = Partial<Record<ExportFilter, string[]>>;

/** The keys of a bucket, sealed as JSON. */
export interface BucketKeys {
  access_key_id: string;
  secret_access_key: string;
}

export interface Bucket {
  kind: 's3';
  /** Of the server; null: Amazon's, by the region. */
  endpoint: string | null;
  region: string;
  bucket: string;
  /** Without a slash at its ends; '': none. */
  prefix: string;
  /** BucketKeys. */
  sealed: string;
}
export type Destination = { kind: 'folder' } | Bucket;

export const KEYS_SEALED_FOR = (export_id: string) => ({ purpose: 'export bucket', subject: export_id });

/** What is being written: one window of all datasets, dataset by dataset, each in `parts` files. */
export interface Cursor {
  from_ms: number;
  to_ms: number;
  /** Place in `datasets`; behind the last one comes the manifest. */
  dataset: number;
  /** Undefined until the rows were counted. */
  parts?: number;
  part: number;
  /** A file was begun: what a killed worker left of it is removed first. */
  begun?: boolean;
}

export interface Export {
  export_id: string;
  account_id: string;
  name: string;
  every: (typeof EVERY)[number];
  datasets: DatasetName[];
  format: Format;
  compression: (typeof COMPRESSIONS)[number];
  window_by: WindowBy;
  filters: ExportFilters;
  destination: Destination;
  from_ms: number;
  /** Null: it goes on. */
  to_ms: number | null;
  state: State;
  /** Up to here everything is written. */
  written_to_ms: number;
  cursor: Cursor | null;
  /** Everything that was logged up to here is in ClickHouse; the ends of the logs that are waited for meanwhile. */
  settled_ms: number;
  settling: { at_ms: number; positions: Position[] } | null;
  /** For what it waits; '' while it works, or is done. */
  waits_for: string;
  files: number;
  rows: number;
  bytes: number;
  /** Why the last try failed, and how many did in a row; '' and 0 where it did not. */
  error: string;
  failures: number;
  created_by: string;
  created_at: string;
  updated_at: string;
  finished_at: string | null;
}

export interface Place {
  account_id: string;
  export_id: string;
}

export const exportKey = ({ account_id, export_id }: Place): string => `export:${account_id}:${export_id}`;
export const exportsList = (account_id: string): string => `exports:${account_id}`;
/** Sorted set of all accounts' exports by when a worker is to look at them. */
export const EXPORTS_DUE = 'exports_due';
/**
 * Sorted set of the hourly exports that are being written, by when each is late unless it has written its next window:
 * what is below now has failed again and again, or waits. TracklyExportsLate counts them.
 */
export const EXPORTS_LATE_AT = 'exports_late_at';
/** Held by the worker that writes it. */
export const exportLock = ({ account_id, export_id }: Place): string =>
  `export_lock:${account_id}:${export_id}`;

export const dueMember = ({ account_id, export_id }: Place): string => `${account_id}:${export_id}`;
export function readDueMember(member: string): Place {
  const [account_id = '', export_id = ''] = member.split(':');
  return { account_id, export_id };
}

/** Whether a worker has anything to do for it, now or later. */
export const isOpen = ({ state }: Pick<Export, 'state'>): boolean =>
  state === 'waiting' || state === 'running' || state === 'removing';

export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * An hour is closed so long after its end: what a statement that began within it stores without the logs, such as the
 * verdicts of a rejudgement, is visible by then. Above a client's patience of 60 s.
 */
export const CLOSED_AFTER_MS = 300_000;

/** The end of what can be written at `now_ms`. */
export function endOf({ every, to_ms }: Pick<Export, 'every' | 'to_ms'>, now_ms: number): number {
  if (every === 'once') return to_ms ?? now_ms;
  const closed_ms = Math.floor((now_ms - CLOSED_AFTER_MS) / HOUR_MS) * HOUR_MS;
  return to_ms === null ? closed_ms : Math.min(closed_ms, to_ms);
}

/**
 * The window that begins at `from_ms`: months (UTC) of a range, and hours. Hours that were missed for more than a day are
 * written as days.
 */
export function nextWindow(
  { every }: Pick<Export, 'every'>,
  from_ms: number,
  end_ms: number,
): { from_ms: number; to_ms: number } {
  const length_ms = end_ms - from_ms > DAY_MS ? DAY_MS : HOUR_MS;
  const to_ms = every === 'once' ? monthAfter(from_ms) : (Math.floor(from_ms / length_ms) + 1) * length_ms;
  return { from_ms, to_ms: Math.min(to_ms, end_ms) };
}

function monthAfter(time_ms: number): number {
  const date = new Date(time_ms);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

/** When an hourly one is to be looked at next; undefined: never. */
export function nextHourAt(one: Pick<Export, 'to_ms' | 'written_to_ms'>): number | undefined {
  if (one.to_ms !== null && one.written_to_ms >= one.to_ms) return undefined;
  return Math.min(one.to_ms ?? Number.POSITIVE_INFINITY, one.written_to_ms + HOUR_MS) + CLOSED_AFTER_MS;
}

/** An hour that can be written is written within minutes. */
const LATE_AFTER_MS = 2 * HOUR_MS;

const LATE_IN: ReadonlySet<State> = new Set(['waiting', 'running', 'failed']);

/** When an hourly export is late; undefined where none is waited for. One that failed stays as late as it is. */
export function lateAt(
  one: Pick<Export, 'every' | 'state' | 'to_ms' | 'written_to_ms'>,
  now_ms: number,
): number | undefined {
  if (one.every !== 'hour' || !LATE_IN.has(one.state)) return undefined;
  const next_ms = nextHourAt(one);
  return next_ms === undefined ? undefined : Math.max(next_ms, now_ms) + LATE_AFTER_MS;
}

const PAUSE_MS = 10_000;
const PAUSE_MS_MAX = HOUR_MS;

/** The rest after so many failures in a row. */
export const restAfter = (failures: number): number =>
  Math.min(PAUSE_MS_MAX, PAUSE_MS * 2 ** Math.min(failures - 1, 20));
