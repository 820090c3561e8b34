/**
 * A certificate authority as acme-client talks to it, with bounds on everything that it may answer: time, bytes, no
 * redirects, no retries behind our back. Whatever it refuses is an AuthorityError; with the authority away or silent
 * every call rejects within REQUEST_WITHIN_MS.
 */
import type { Client } from 'acme-client';
import { cleanText } from '../../platform/text.ts';
import { isUrl } from '../../platform/url.ts';

const REQUEST_WITHIN_MS = 10_000;
/** A chain of certificates, several times over. */
const ANSWER_BYTES_MAX = 256 * 1_024;
const DETAIL_LENGTH_MAX = 300;
const PROBLEM = 'urn:ietf:params:acme:error:';

/** What kept an authority from giving a certificate; `message` is a sentence. */
export class AuthorityError extends Error {
  readonly code = 'authority_refused';
  /** The last part of its problem type (RFC 8555, 6.7), such as `rateLimited`; '' where it gave none. */
  readonly problem: string;
  /** How long it asked to be left alone. */
  readonly retry_after_ms: number;

  constructor(message: string, { problem = '', retry_after_ms = 0 } = {}) {
    super(message);
    this.problem = problem;
    this.retry_after_ms = retry_after_ms;
  }
}

interface AcmeAnswer {
  status: number;
  headers: Record<string, string>;
  data: unknown;
}

type SendRequest = (url: string, method: string, options?: { data?: unknown }) => Promise<AcmeAnswer>;

/**
 * `account_key` in PEM. Calls reject once `signal` is aborted. acme-client builds and signs the requests; they are sent
 * by this file, because acme-client's own sender waits and repeats for as long as the authority says. The package is
 * loaded with the first order: it costs a worker a twentieth of its start.
 */
export async function connectAuthority(
  directory_url: string,
  account_key: string,
  signal: AbortSignal,
): Promise<Client> {
  const { Client } = await import('acme-client');
  const client = new Client({ directoryUrl: directory_url, accountKey: account_key });
  const { protocol } = new URL(directory_url);
  const sender = (client as unknown as { http: { request: SendRequest } }).http;
  sender.request = (url, method, { data } = {}) => {
    if (!isUrl(url) || new URL(url).protocol !== protocol) {
      throw new AuthorityError(`The certificate authority names an address that is not ${protocol}//.`);
    }
    return send(url, method, data, signal);
  };
  return client;
}

interface AccountData {
  termsOfServiceAgreed?: true;
  contact?: string[];
}

/**
 * Opens the account of the client's key. For a key that it knows, an authority answers with the account that it has (RFC
 * 8555, 7.3.1); acme-client's own createAccount would then send an empty update, which is refused.
 */
export async function openAccount(client: Client, email: string | undefined): Promise<void> {
  const contact = email === undefined ? {} : { contact: [`mailto:${email}`] };
  const { api } = client as unknown as { api: { createAccount(data: AccountData): Promise<AcmeAnswer> } };
  const { status } = await api.createAccount({ termsOfServiceAgreed: true, ...contact });
  if (status === 200 && email !== undefined) await client.updateAccount(contact);
}

async function send(url: string, method: string, data: unknown, signal: AbortSignal): Promise<AcmeAnswer> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: method.toUpperCase(),
      headers: { 'Content-Type': 'application/jose+json', 'User-Agent': 'trackly-links' },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_WITHIN_MS)]),
      ...(data === undefined ? {} : { body: JSON.stringify(data) }),
    });
    text = await readBody(response);
  } catch (error) {
    if (error instanceof AuthorityError) throw error;
    throw new AuthorityError(
      `The certificate authority at ${new URL(url).host} can't be reached: ${causeOf(error)}.`,
    );
  }
  const body = readJson(response, text);
  const problem = problemOf(body);
  // A nonce that is too old: acme-client takes the next one and repeats the request.
  if (response.status >= 400 && problem?.type !== 'badNonce') throw refused(response, problem);
  return { status: response.status, headers: Object.fromEntries(response.headers), data: body };
}

async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES_MAX) {
      throw new AuthorityError('The certificate authority gave an answer of more than 256 KiB.');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readJson(response: Response, text: string): unknown {
  if (!/json/.test(response.headers.get('content-type') ?? '')) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new AuthorityError('The certificate authority gave an answer that is not the JSON that it says.');
  }
}

interface Problem {
  type: string;
  detail: string;
}

/** The problem document (RFC 7807) that an answer or a challenge carries. */
export function problemOf(body: unknown): Problem | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { type, detail } = body as { type?: unknown; detail?: unknown };
  if (typeof type !== 'string') return undefined;
  return {
    type: type.replace(PROBLEM, '').slice(0, DETAIL_LENGTH_MAX),
    detail: cleanText(String(detail ?? '').slice(0, DETAIL_LENGTH_MAX)),
  };
}

function refused(response: Response, problem: Problem | undefined): AuthorityError {
  const what = problem === undefined ? `status ${response.status}` : `${problem.type} (${problem.detail})`;
  return new AuthorityError(`The certificate authority refused: ${what}.`, {
    problem: problem?.type ?? (response.status === 429 ? 'rateLimited' : ''),
    retry_after_ms: retryAfter(response.headers.get('retry-after')),
  });
}

/** An authority that asks for more is asked again all the same: a certificate would end meanwhile. */
const RETRY_AFTER_MS_MAX = 24 * 3_600_000;

/** Seconds or a date (RFC 9110, 10.2.3), as ms from now, a day at most; 0 where it says neither. */
function retryAfter(text: string | null): number {
  if (text === null) return 0;
  const wait_ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Math.min(Math.max(wait_ms || 0, 0), RETRY_AFTER_MS_MAX);
}

/** The part of a failed request that says why; fetch itself says "fetch failed". */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'it did not answer in time';
  const cause = error.cause instanceof Error ? error.cause : error;
  return cleanText(cause.message.slice(0, DETAIL_LENGTH_MAX));
}
