/**
 * How the page asks the API: in its session, with the API's own sentence where something is wrong. Where the session
 * has ended, whoever listens is told.
 */

export class ApiFailure extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const session = { ended: (): void => {} };

/** Called whenever an answer says that nobody is signed in. */
export function onSignedOut(listener: () => void): void {
  session.ended = listener;
}

export type Query = Record<string, string | number | undefined>;

/** `path?query`, without what is empty. */
export function addressOf(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The parsed answer. Throws ApiFailure with what to do; `signal` gives up. */
export async function ask<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const response = await fetch(addressOf(path, query), signal ? { signal } : {}).catch((error: Error) => {
    if (error.name === 'AbortError') throw error;
    throw new ApiFailure(0, 'The API can not be reached: check the connection, then try again.');
  });
  return read<T>(response);
}

export async function signIn(api_key: string): Promise<{ admin: boolean }> {
  const response = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ api_key }),
  });
  return read(response);
}

export async function signOut(): Promise<void> {
  await fetch('/session', { method: 'DELETE' });
  session.ended();
}

async function read<T>(response: Response): Promise<T> {
  const answer = (await response.json().catch(() => ({}))) as T & { message?: string };
  if (response.ok) return answer;
  if (response.status === 401) session.ended();
  throw new ApiFailure(response.status, answer.message ?? `The API answered ${response.status}.`);
}
