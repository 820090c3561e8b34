/**
 * Calls the API of the running system with the admin key, for an operator's commands: at API_URL, else on this machine
 * at API_HOST and API_PORT.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, readConfig } from '../config.ts';

export type ApiCall = (method: string, path: string, body?: object) => Promise<unknown>;
/** Sends a body of another type; resolves with the answer's text. */
export type ApiSend = (path: string, type: string, body: string) => Promise<string>;

/**
 * Throws an error that says what to do if nothing was started or the API does not answer; a call throws the API's own
 * message.
 */
export async function callApi(): Promise<ApiCall> {
  const config = readConfig();
  return apiCall(
    config,
    config.admin_key ??
      (await readFile(adminKeyFile(config), 'utf8').catch(() => {
        throw new Error(`nothing was started on ${config.data_dir} yet: run npm start, or set ADMIN_KEY`);
      })),
  );
}

/** Where an installation keeps its admin key if ADMIN_KEY is unset. */
export const adminKeyFile = ({ data_dir }: Config): string => join(data_dir, 'admin.key');

/** An API that listens on every address is asked on loopback. */
export function apiAddress({
  api_url,
  api_host,
  api_port,
}: Pick<Config, 'api_url' | 'api_host' | 'api_port'>): string {
  if (api_url !== undefined) return api_url.replace(/\/+$/, '');
  if (api_host === '0.0.0.0') return `http://127.0.0.1:${api_port}`;
  const host = api_host === '::' ? '::1' : api_host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${api_port}`;
}

/** Of the API: the message that says what to do, with its stable code. */
export class ApiAnswerError extends Error {
  readonly code: string;
  constructor({ error = '', message }: { error?: string; message?: string }, status: number) {
    super(message ?? `the API answered ${status}`);
    this.code = error;
  }
}

/** Calls with `key`: the admin key, or that of an account. */
export function apiCall(config: Config, key: string): ApiCall {
  return async (method, path, body) => {
    const json = body === undefined ? undefined : { type: 'application/json', text: JSON.stringify(body) };
    return (await ask(config, key, method, path, json)).json();
  };
}

export function apiSend(config: Config, key: string): ApiSend {
  return async (path, type, text) => (await ask(config, key, 'POST', path, { type, text })).text();
}

async function ask(
  config: Config,
  key: string,
  method: string,
  path: string,
  body: { type: string; text: string } | undefined,
): Promise<Response> {
  const api = apiAddress(config);
  const response = await fetch(`${api}${path}`, {
    method,
    headers: { 'x-api-key': key.trim(), ...(body === undefined ? {} : { 'content-type': body.type }) },
    ...(body === undefined ? {} : { body: body.text }),
  }).catch(() => {
    throw new Error(
      `no API answers at ${api}: is the system running? API_URL says where, such as http://api:8081`,
    );
  });
  if (!response.ok) throw new ApiAnswerError((await response.json()) as object, response.status);
  return response;
}
