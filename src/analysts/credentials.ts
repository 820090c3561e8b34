/**
 * Who asks, as ClickHouse's HTTP interface is told: by headers of its own, by HTTP basic authentication, or in the
 * address. The user is an account's id, the password one of that account's API keys.
 */
import type { IncomingMessage } from 'node:http';

export interface Credentials {
  user: string;
  password: string;
}

/** Undefined where none are given. */
export function readCredentials(request: IncomingMessage, url: URL): Credentials | undefined {
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
  const [user, password] = ['user', 'password'].map((name) => url.searchParams.get(name));
  if (user == null && password == null) return undefined;
  return { user: user ?? '', password: password ?? '' };
}

const one = (header: string | string[] | undefined): string =>
  typeof header === 'string' ? header : (header?.[0] ?? '');
