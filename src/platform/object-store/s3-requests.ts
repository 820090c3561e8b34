/**
 * Signed requests to S3-compatible storage, each tried again a bounded number of times when the connection fails or the
 * server is busy. What can't pass by itself rejects at once with StoreFault, in the operator's words. The codes are those
 * of https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.
 */
import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { sleep } from '../sleep.ts';
import { StoreFault } from './object-store.ts';

export const TRIES_MAX = 5;
const FIRST_PAUSE_MS = 250;
/** One request moves at most one part of an upload. */
const ANSWER_WITHIN_MS = 120_000;

export interface S3Access {
  /** Of the server; undefined: Amazon's, by the region. */
  endpoint: string | undefined;
  region: string;
  access_key_id: string;
  secret_access_key: string;
  session_token: string | undefined;
  /** How requests are sent; default: fetch. */
  send?: (request: Request) => Promise<Response>;
}

export interface S3Request {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Of the object; '' for the bucket. */
  key: string;
  query?: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

const FAULTS: Record<string, string> = {
  SignatureDoesNotMatch: 'AWS_SECRET_ACCESS_KEY does not fit AWS_ACCESS_KEY_ID: correct it',
  InvalidAccessKeyId: 'it does not know AWS_ACCESS_KEY_ID: correct it',
  AccessDenied: 'this key may not do that: let it list the bucket, and read, write and delete objects there',
  NoSuchBucket: 'there is no such bucket: create it, or correct the name',
  ExpiredToken: 'AWS_SESSION_TOKEN has expired: give a new one',
  InvalidToken: 'AWS_SESSION_TOKEN is not valid: give a new one',
  RequestTimeTooSkewed: 'the clock of this machine is wrong: set it by NTP',
  AuthorizationHeaderMalformed: 'the bucket is in another region: correct AWS_REGION',
  PermanentRedirect: 'the bucket is in another region: correct AWS_REGION',
  QuotaExceeded: 'its quota is used up: make room there',
  EntityTooLarge: 'it does not take objects of this size',
};

export class S3Requests {
  readonly #client: AwsClient;
  readonly #send: (request: Request) => Promise<Response>;
  readonly #base: string;
  readonly #place: string;

  constructor(access: S3Access, bucket: string, place: string) {
    const { region, access_key_id, secret_access_key, session_token, send = fetch } = access;
    this.#send = send;
    this.#client = new AwsClient({
      accessKeyId: access_key_id,
      secretAccessKey: secret_access_key,
      ...(session_token === undefined ? {} : { sessionToken: session_token }),
      service: 's3',
      region,
      retries: 0,
    });
    const endpoint = access.endpoint ?? `https://s3.${region}.amazonaws.com`;
    this.#base = `${endpoint.replace(/\/+$/, '')}/${bucket}`;
    this.#place = place;
  }

  /**
   * Resolves with the answer of a request that succeeded, that found no object (404), or that this server does not know
   * (501). Rejects with StoreFault.
   */
  async send(request: S3Request): Promise<Response> {
    for (let tries = 1; ; tries++) {
      const outcome = await this.#try(request);
      if (outcome instanceof Response) return outcome;
      if (!outcome.passes || tries === TRIES_MAX) {
        const tried = outcome.passes ? ` (tried ${TRIES_MAX} times)` : '';
        throw new StoreFault(`${this.#place}: ${outcome.found}${tried}.`);
      }
      await sleep(FIRST_PAUSE_MS * 2 ** (tries - 1));
    }
  }

  async #try({
    method,
    key,
    query,
    body,
    headers,
  }: S3Request): Promise<Response | { found: string; passes: boolean }> {
    const path = key === '' ? '' : `/${key.split('/').map(encodeURIComponent).join('/')}`;
    const url = `${this.#base}${path}${query === undefined ? '' : `?${new URLSearchParams(query)}`}`;
    const sha256 = createHash('sha256')
      .update(body ?? '')
      .digest('hex');
    let response: Response;
    let text: string;
    try {
      const request = await this.#client.sign(url, {
        method,
        headers: { ...headers, 'x-amz-content-sha256': sha256 },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      response = await this.#send(request);
      if (response.ok) return response;
      text = await response.text();
    } catch (error) {
      return { found: unreachable(error), passes: true };
    }
    const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? '';
    if ((response.status === 404 && code !== 'NoSuchBucket') || response.status === 501) return response;
    const passes =
      response.status >= 500 || [408, 429].includes(response.status) || code === 'RequestTimeout';
    return { found: FAULTS[code] ?? `it answers ${response.status} ${code}`.trim(), passes };
  }
}

function unreachable(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string } };
  if (name === 'TimeoutError') return 'no answer: look at the network, and at AWS_ENDPOINT_URL';
  return `it can't be reached (${cause?.code ?? message}): look at the network, and at AWS_ENDPOINT_URL`;
}
