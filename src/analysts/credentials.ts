/**
 * Reads the caller's credentials as ClickHouse's HTTP interface does: from its own headers, HTTP basic
 * authentication, or the URL. The password is an API key; it alone determines the account. The user must be that
 * account's id, or a name that tools use by default; some drivers also use the name that `currentUser()` returns.
 */
import type { IncomingMessage } from 'node:http';
import { ANALYST_USER } from './access.ts';

/** The default user of tools, the name that `currentUser()` returns, and no name at all. */
const ANYBODY: readonly string[] = ['default', ANALYST_USER, ''];

export interface Credentials {
  user: string;
  password: string;
}

/** Undefined if the request has none. */
export function readCredentials(request: IncomingMessage, search: URLSearchParams): Credentials | undefined {
  const { headers } = request;
  if (headers['x-clickhouse-user'] !== undefined || headers['x-clickhouse-key'] !== undefined) {
    return { user: one(headers['x-clickhouse-user']), password: one(headers['x-clickhouse-key']) };
  }
  const basic = /^Basic\s+([A-Za-z0-9+/=]+)\s*$/i.exec(headers.authorization ?? '')?.[1];
  if (basic !== undefined) {
    const text = Buffer.from(basic, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    return colon < 0
      ? { user: text, password: '' }
      : { user: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  const [user, password] = ['user', 'password'].map((name) => search.get(name));
  if (user == null && password == null) return undefined;
  return { user: user ?? '', password: password ?? '' };
}

const one = (header: string | string[] | undefined): string =>
  typeof header === 'string' ? header : (header?.[0] ?? '');

/** Whether this user name is valid for that account. */
export const isNameOf = (user: string, account_id: string): boolean =>
  user === account_id || ANYBODY.includes(user);
