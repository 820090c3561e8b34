/**
 * Calls the API of the running system with the admin key, for an operator's commands: at API_URL, else on this machine
 * at API_HOST and API_PORT.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, readConfig } from '../config.ts';

export type ApiCall = (method: string, path: string, body?: object) => Promise<unknown>;

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

/** Calls with `key` as the admin key. */
export function apiCall(config: Config, key: string): ApiCall {
  const api = apiAddress(config);
  return async (method, path, body) => {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: {
        'x-api-key': key.trim(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new Error(
        `no API answers at ${api}: is the system running? API_URL says where, such as http://api:8081`,
      );
    });
    const answer = (await response.json()) as { message?: string };
    if (!response.ok) throw new Error(answer.message ?? `the API answered ${response.status}`);
    return answer;
  };
}
