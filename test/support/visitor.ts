/** A browser without a page: keeps cookies, and sends what the dashboard's script sends. */
import type { System } from './system.ts';

export interface Visited {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: routes of the page have no types
  body: any;
  headers: Headers;
}

export interface Visitor {
  get(path: string): Promise<Visited>;
  /** A change, with what the dashboard sends; `headers` in its place. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Visited>;
  /** Name and value of the cookie of the session. */
  cookie(): [name: string, value: string] | undefined;
  /** Attributes of the cookie, as they were set last. */
  attributes(): string;
}

/** `address`: where it comes from, as a proxy says. */
export function visitorOf(system: System, address = '203.0.113.9', headers = {}): Visitor {
  const cookies = new Map<string, string>();
  let attributes = '';

  async function ask(method: string, path: string, init: RequestInit): Promise<Visited> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, system.api_url), {
      ...init,
      method,
      redirect: 'manual',
      headers: { 'x-forwarded-for': address, ...headers, cookie, ...(init.headers as object) },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
      if (name.endsWith('trackly_session')) attributes = line;
    }
    const text = await response.text();
    return {
      status: response.status,
      body: text.startsWith('{') ? JSON.parse(text) : text,
      headers: response.headers,
    };
  }

  return {
    get: (path) => ask('GET', path, {}),
    send: (method, path, body, own = { 'sec-fetch-site': 'same-origin', 'x-trackly-session': '1' }) =>
      ask(method, path, {
        headers: { ...own, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    cookie: () => [...cookies].find(([name]) => name.endsWith('trackly_session')),
    attributes: () => attributes,
  };
}
