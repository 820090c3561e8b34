/**
 * A report as the postback inspector keeps it: what came, what was read, what was answered. Entries are texts that begin
 * with their time in ms, so that the oldest can be told without parsing. Bounded in bytes; what was cut says so. Pure.
 */
import type { Channel } from '../conversion.ts';
import type { Parameters } from '../receive/conversion-input.ts';

/** Characters of the query and of the body that are kept. */
export const RAW_LENGTH_MAX = 2_000;
/** Characters of a value that was read; a right one has at most 200. */
export const VALUE_LENGTH_MAX = 256;
/** Stands at the end of what was cut. */
export const CUT = '… (cut)';

/** What reception answered. `test`: it was marked as a test, and nothing was booked. */
export type ReportOutcome = 'accepted' | 'duplicate' | 'refused' | 'test';

export interface StoredReport {
  report_id: string;
  received_at_ms: number;
  channel: Channel;
  method: string;
  /** As the account's ip_storage says; '' where none is known. */
  address: string;
  /** As they came, with secrets masked. */
  query: string;
  body: string;
  content_type: string;
  /** What was read, without secrets. */
  read: Parameters;
  /** Whether a value in `read` is not as it came: it can't be replayed. */
  read_cut: boolean;
  outcome: ReportOutcome;
  status: number;
  /** The answer: a conversion, or an error and its message. */
  answer: Answer;
  /** The report that was replayed. */
  replay_of: string;
  /** Fingerprints of the contacts that it names, by whom an erasure finds it. */
  contacts: readonly string[];
}

export interface Answer {
  error?: string;
  message?: string;
  conversion_id?: string;
  repeats?: string;
  unattributed?: string;
  problem?: string;
  ignored?: readonly string[];
}

const TIME_DIGITS = 13;

export const encodeReport = (report: StoredReport): string =>
  String(report.received_at_ms).padStart(TIME_DIGITS, '0') + JSON.stringify(report);

/** Undefined for what is no report. */
export function decodeReport(text: string): StoredReport | undefined {
  try {
    return JSON.parse(text.slice(TIME_DIGITS)) as StoredReport;
  } catch {
    return undefined;
  }
}

export const cut = (text: string, length_max: number): string =>
  text.length > length_max ? text.slice(0, length_max) + CUT : text;

/** Longer than any secret: what is masked within it can't be seen in part behind `cut`. */
const SECRET_LENGTH_MAX = 100;
const ENDS_TOKEN = /[^\w.%-]/;

/**
 * `mask` applied to so much of a text as is kept: masking takes long on long texts. Of what was cut off, no secret is left
 * in part.
 */
export function cutMasked(text: string, length_max: number, mask: (text: string) => string): string {
  if (text.length <= length_max) return mask(text);
  let end = length_max + SECRET_LENGTH_MAX;
  const masked = mask(text.slice(0, end));
  end = Math.min(length_max, masked.length);
  // Where masking has made it shorter, its end may be half a secret.
  if (masked.length < length_max + SECRET_LENGTH_MAX) {
    const least = Math.max(0, end - SECRET_LENGTH_MAX);
    while (end > least && !ENDS_TOKEN.test(masked.charAt(end - 1))) end--;
  }
  return masked.slice(0, end) + CUT;
}
