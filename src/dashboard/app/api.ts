/**
 * Calls the API in the page's session, with the parameter and response types of the OpenAPI document
 * (src/client/openapi.ts; types only, so none of it is served), and of the client no more than how addresses are made: to
 * try again, and to stream, is for programs. Errors carry the API's own message. When the session
 * has ended, listeners are notified.
 */
import { addressOf } from '../../client/address.ts';
import type { Account, paths } from '../../client/openapi.ts';
import { dropDrafts } from './drafts.ts';
import { t } from './strings/strings.ts';

interface JsonAnswer<T> {
  responses: { 200: { content: { 'application/json': T } } };
}

/** Paths that answer JSON to a GET. */
export type Path = {
  [P in keyof paths]: paths[P]['get'] extends JsonAnswer<unknown> ? P : never;
}[keyof paths];

/** The type of the API's answer to GET `P`. */
export type AnswerOf<P extends Path> = P extends Path
  ? paths[P]['get'] extends JsonAnswer<infer T>
    ? T
    : never
  : never;

/** A query is text: values from the URL are sent to the API unchecked, and the API reports errors. */
type AsText<T> = { [Name in keyof T]: T[Name] | string | undefined };
type Place<P extends Path, Name extends 'query' | 'path'> = paths[P]['get'] extends {
  parameters: { [N in Name]?: infer T };
}
  ? [T] extends [undefined]
    ? unknown
    : AsText<T>
  : unknown;

/** The parameters of GET `P`, those in its path and those of its query. */
export type ParametersOf<P extends Path> = P extends Path ? Place<P, 'path'> & Place<P, 'query'> : never;

export type Role = 'owner' | 'member' | 'viewer';

/** A person who is signed in. */
export interface MemberSession {
  kind: 'member';
  email: string;
  session_id: string;
  /** null until one of several is chosen. */
  account: Account | null;
  role: Role | null;
  accounts: { account_id: string; name: string; role: Role }[];
  /** Whether the person has a password, and how many recovery codes of a second factor are left. */
  password: boolean;
  recovery_codes: number | null;
}

/** The session, as /session returns it; this route belongs to the page and is not in the OpenAPI document. */
export type Session =
  | { kind: 'nobody'; oidc: boolean }
  | { kind: 'operator' }
  | { kind: 'key'; account: Account }
  | MemberSession;

/** Who has signed in. */
export type Known = Exclude<Session, { kind: 'nobody' }>;

export class ApiFailure extends Error {
  readonly status: number;
  /** The API's code; '' where it did not answer. */
  readonly code: string;
  /** What in the request it is about. */
  readonly field: string | undefined;
  constructor(status: number, message: string, { error = '', field }: Refusal = {}) {
    super(message);
    this.status = status;
    this.code = error;
    this.field = field;
  }
}

const session = { ended: (): void => {} };

/** Called whenever an answer says that the session has ended. */
export function onSignedOut(listener: () => void): void {
  session.ended = listener;
}

export { addressOf };

/** The parsed answer. Throws ApiFailure with what to do. */
export function ask<P extends Path>(path: P, parameters: ParametersOf<P>): Promise<AnswerOf<P>> {
  return get(addressOf(path, parameters as object));
}

export function askSession(): Promise<Session> {
  return get('/session');
}

/** The parsed answer of a URL. Throws ApiFailure with what to do; `signal` aborts. */
export function get<T>(address: string, signal?: AbortSignal): Promise<T> {
  return call<T>(address, signal ? { signal } : {});
}

const shown = { account_id: '' };

/**
 * The account that the pages show from now on; '' for none. Every request names it: another tab may have chosen another
 * account, and the API refuses then.
 */
export function showAccount(account_id: string): void {
  shown.account_id = account_id;
}

export const shownAccount = (): string => shown.account_id;

/** Changes something; the header tells the API that no other site asks for it. */
export function send<T>(
  method: 'POST' | 'PATCH' | 'DELETE',
  address: string,
  body?: object,
  signal?: AbortSignal,
): Promise<T> {
  return call<T>(address, {
    method,
    headers: { 'x-trackly-session': '1', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
}

/** A file as it is; with a `key` it may be sent again. Throws ApiFailure. */
export function sendFile<T>(address: string, file: Blob, type: string, key?: string): Promise<T> {
  return call<T>(address, {
    method: 'POST',
    headers: {
      'x-trackly-session': '1',
      'content-type': type,
      ...(key && { 'idempotency-key': key }),
    },
    body: file,
  });
}

/** The same with a key instead of the session: a wrong key does not end that. */
export function sendWithKey<T>(
  key: string,
  method: 'POST' | 'PATCH' | 'DELETE',
  address: string,
  body?: object,
): Promise<T> {
  return call<T>(
    address,
    {
      method,
      headers: { 'x-api-key': key, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    },
    false,
  );
}

/** Throws ApiFailure: the reader is still signed in then, and the drafts are kept. */
export async function signOut(): Promise<void> {
  await send('DELETE', '/session');
  dropDrafts(sessionStorage);
  session.ended();
}

/** What the API answers in place of what was asked for; a list of things to make is refused one by one. */
interface Refusal {
  error?: string;
  message?: string;
  field?: string;
  errors?: { message?: string }[];
}

async function call<T>(address: string, init: RequestInit, of_session = true): Promise<T> {
  const of = shown.account_id !== '' && { 'x-trackly-account': shown.account_id };
  const response = await fetch(address, { ...init, headers: { ...init.headers, ...of } }).catch(
    (error: Error) => {
      if (error.name === 'AbortError') throw error;
      throw new ApiFailure(0, t.shared.unreachable);
    },
  );
  const answer = (await response.json().catch(() => ({}))) as T & Refusal;
  if (response.ok) return answer;
  if (response.status === 401 && of_session) session.ended();
  throw new ApiFailure(
    response.status,
    t.shared.refusals[answer.error ?? ''] ??
      answer.message ??
      answer.errors?.[0]?.message ??
      t.shared.answered(response.status),
    answer,
  );
}
