/**
 * A saved view: a page of the console with its range and filters, under a name, for the whole account or for one member.
 * A view may have a share: a secret address under which anybody who has it reads the view's report, and nothing else.
 * Pure.
 */
import type { Measure } from '../reports/measures.ts';

export const VIEWS_MAX = 500;
export const VIEW_NAME_LENGTH_MAX = 100;
export const PATH_LENGTH_MAX = 200;
export const QUERY_VALUES_MAX = 40;
export const QUERY_NAME_LENGTH_MAX = 60;
export const QUERY_VALUE_LENGTH_MAX = 200;
/** As long as anything is kept. */
export const VIEW_DAYS_MAX = 400;

/** What is read under the secret address. */
export interface Share {
  /** SHA-256 (hex) of the token in the address, by which it is found. */
  token_sha256: string;
  /** The token, sealed under the installation's key: members copy the address again. */
  token_sealed: string;
  /** Off: the address shows nothing until it is on again. */
  enabled: boolean;
  expires_at: string | null;
  /** argon2id, or null: the address is enough. */
  password_hash: string | null;
  /** What is shown; nothing else leaves the API. */
  columns: Measure[];
  created_at: string;
  created_by: string;
}

export interface View {
  view_id: string;
  account_id: string;
  name: string;
  /** Of the console, such as `/campaigns`. */
  path: string;
  /** The parameters of the address. */
  query: Record<string, string>;
  /** The last so many days, today included; null: the dates of the query. */
  days: number | null;
  /** The member who alone sees it; '' for the whole account. */
  private_to: string;
  /** Name of the key or member. */
  created_by: string;
  share: Share | null;
  created_at: string;
  updated_at: string;
}

export const viewKey = (account_id: string, view_id: string): string => `view:${account_id}:${view_id}`;
export const viewsList = (account_id: string): string => `views:${account_id}`;
/** Which view an address shows. */
export const sharedViewKey = (token_sha256: string): string => `shared_view:${token_sha256}`;
/** Hash: how often the share of each view was read, and when last. */
export const shareReadsKey = (account_id: string): string => `share_reads:${account_id}`;

export interface SharedView {
  account_id: string;
  view_id: string;
}

/** What is in the address of no page: it is not the console's own. */
const NO_PAGE = new Set([
  ...['v2', 'session', 'docs', 'guides', 'schema', 'openapi.json', 'assets', 'metrics', 'healthz', 'readyz'],
  ...['shared', 'subscription', 'invitation'],
]);

/** Whether it may be the path of a page: never another site, and no route of the API. */
export function isPagePath(path: string): boolean {
  if (!/^\/(?:[\w.~%:@-]+(?:\/[\w.~%:@-]+)*)?$/.test(path)) return false;
  try {
    return !NO_PAGE.has(decodeURIComponent(path).split('/')[1] ?? '');
  } catch {
    // A percent sign that encodes nothing.
    return false;
  }
}

/** Pages of single contacts, or of what was sent to one. */
const OF_CONTACTS = new Set(['contacts', 'messages', 'links', 'trace']);
/** Parameters that hold the id of a contact, or of what is of one. */
const OF_A_CONTACT = new Set(['contact_id', 'message_id', 'link_id', 'click_id', 'conversion_id', 'id']);

const firstOf = (path: string): string => decodeURIComponent(path.split('/')[1] ?? '');

/** Whether a path of a page has such an id in it: a view is kept when the contact is erased. */
export const pathNamesContact = (path: string): boolean =>
  OF_CONTACTS.has(firstOf(path)) && path.split('/').length > 2;

/** The parameter of a page that names a contact, or what is of one; undefined: none does. */
export const parameterOfContact = ({ path, query }: Pick<View, 'path' | 'query'>): string | undefined =>
  Object.keys(query).find(
    (name) => OF_A_CONTACT.has(name) || (name === 'search' && OF_CONTACTS.has(firstOf(path))),
  );

/** Whether somebody sees it. `member_id` is '' for a key. */
export const isVisible = ({ private_to }: View, member_id: string): boolean =>
  private_to === '' || private_to === member_id;

/** Whether the address shows something now. */
export const isOpen = ({ enabled, expires_at }: Share, now_ms: number): boolean =>
  enabled && (expires_at === null || Date.parse(expires_at) > now_ms);

const DAY_MS = 24 * 3_600_000;
/** What the console shows of an address without dates. */
const DAYS_DEFAULT = 30;

/** The dates of a view, as the reports take them; `today` is a date in the account's time zone. */
export function datesOf(
  { days, query }: Pick<View, 'days' | 'query'>,
  today: string,
): { from: string | undefined; to: string | undefined } {
  const { from, to } = query;
  if (days === null && (from || to)) return { from: from || undefined, to: to || undefined };
  const first_ms = Date.parse(`${today}T00:00:00Z`) - ((days ?? DAYS_DEFAULT) - 1) * DAY_MS;
  return { from: new Date(first_ms).toISOString().slice(0, 10), to: today };
}
