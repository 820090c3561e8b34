/**
 * The lists of reports in Redis: for each offer the newest REPORTS_MAX that were accepted or proved who sent them, and a
 * shorter list of its own for what anybody could have sent, so that a stranger can't push the others out. An account has
 * the same two for reports whose offer is not known. Lists, not streams: what is erased leaves them at once. Each command
 * has one key, so a cluster may keep them anywhere. Reads reject when Redis is down.
 */
import type { RedisClient } from '../../platform/redis.ts';
import { loadScript } from '../../platform/script.ts';
import { decodeReport, encodeReport, type StoredReport } from './stored-report.ts';

/** Reports of an offer, or of an account's unknown offers. */
export const REPORTS_MAX = 1_000;
/** Of them those that were refused or repeated, and proved nothing. */
export const UNPROVEN_MAX = 200;
export const REPORTS_KEPT_DAYS = 30;
const DAY_MS = 24 * 3_600_000;

/** In place of an offer's id: reports of an account that name no offer that is known. */
export const UNKNOWN_OFFER = 'unknown';

const KEEP = loadScript(new URL('./lua/keep-reports.lua', import.meta.url));
/** Of its keys, the account is what stands between the first and the second colon. */
const LIST = /^reports(?:_unproven)?:([^:]+):/;

export const reportsKey = (account_id: string, offer_id: string): string =>
  `reports:${account_id}:${offer_id || UNKNOWN_OFFER}`;
export const unprovenKey = (account_id: string, offer_id: string): string =>
  `reports_unproven:${account_id}:${offer_id || UNKNOWN_OFFER}`;

/** The account of a list of reports; undefined for other keys. */
export const accountOfList = (key: string): string | undefined => LIST.exec(key)?.[1];

/** `reports` in order of time, all of one list. */
export async function keepReports(
  redis: RedisClient,
  key: string,
  reports: readonly StoredReport[],
  now_ms: number,
): Promise<void> {
  const entries_max = key.startsWith('reports_unproven:') ? UNPROVEN_MAX : REPORTS_MAX;
  await KEEP.run(
    redis,
    [key],
    [
      entries_max,
      (REPORTS_KEPT_DAYS * DAY_MS) / 1_000,
      now_ms - REPORTS_KEPT_DAYS * DAY_MS,
      ...reports.map(encodeReport),
    ],
  );
}

/** Newest first; those that are older than REPORTS_KEPT_DAYS are not shown. */
export async function readReports(
  redis: RedisClient,
  account_id: string,
  offer_id: string,
  now_ms: number,
): Promise<StoredReport[]> {
  const keys = [reportsKey(account_id, offer_id), unprovenKey(account_id, offer_id)];
  const lists = await Promise.all(keys.map((key) => redis.lrange(key, 0, -1)));
  return lists
    .flat()
    .flatMap((text) => decodeReport(text) ?? [])
    .filter(({ received_at_ms }) => received_at_ms >= now_ms - REPORTS_KEPT_DAYS * DAY_MS)
    .sort((a, b) => b.received_at_ms - a.received_at_ms || (a.report_id < b.report_id ? 1 : -1));
}

/** Contacts of one account, by whom reports are found. */
export interface ReportedContacts {
  fingerprints: ReadonlySet<string>;
  ids: readonly string[];
}

/**
 * Removes the reports that name one of the contacts: by their fingerprints, and where nothing was read, by their ids in
 * what came. Safe to repeat.
 */
export async function removeReportsOf(
  redis: RedisClient,
  key: string,
  { fingerprints, ids }: ReportedContacts,
): Promise<number> {
  const named = (await redis.lrange(key, 0, -1)).filter((text) => {
    const report = decodeReport(text);
    if (report === undefined) return false;
    if (report.contacts.some((contact) => fingerprints.has(contact))) return true;
    return Object.keys(report.read).length === 0 && ids.some((id) => names(report.body, id));
  });
  for (const text of named) await redis.lrem(key, 0, text);
  return named.length;
}

/** Whether a text has the id, as a word of its own, also percent-encoded. */
function names(text: string, id: string): boolean {
  for (const word of new Set([id, encodeURIComponent(id)])) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      if (!/[\w-]/.test(text.charAt(at - 1)) && !/[\w-]/.test(text.charAt(at + word.length))) return true;
    }
  }
  return false;
}
