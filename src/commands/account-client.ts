/**
 * The API as an account's own user asks it, for `trackly send`, `report`, `trace`, `tail` and `mcp`: at TRACKLY_URL with
 * TRACKLY_API_KEY, of the environment or of a file that nobody else may read. A key is never an argument, which every
 * user of the machine could see.
 */
import { readFileSync, statSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { createTrackly, type Trackly, TracklyError } from '../client/client.ts';
import { type ClientSettings, type Env, readClientSettings } from '../config.ts';
import { OperatorError } from '../platform/operator-error.ts';

const URL_DEFAULT = 'http://localhost:8081';
/** Permissions of whoever is not the owner. */
const OF_OTHERS = 0o077;

/** Something is missing, or the API refuses: exit status 1, without a stack. */
export class AccountClientError extends OperatorError {
  readonly code = 'account_client';
}

/** Throws AccountClientError with what to set. */
export function openAccountClient(): Trackly {
  const settings = readClientSettings();
  const { url, api_key } = withFile(settings, readCredentials(settings.credentials_file));
  return createTrackly({
    url,
    api_key,
    on_retry: ({ error, wait_ms }) => {
      process.stderr.write(`trackly: ${error.message}; again in ${(wait_ms / 1_000).toFixed(1)} s\n`);
    },
  });
}

/** The environment comes first; a key of the file goes to the address of the file, and to no other. */
export function withFile(
  { url, api_key, credentials_file }: ClientSettings,
  file: Env,
): { url: string; api_key: string } {
  if (api_key !== undefined) return { url: url ?? (file['TRACKLY_URL'] || URL_DEFAULT), api_key };
  const [file_url, file_key] = [file['TRACKLY_URL'] || URL_DEFAULT, file['TRACKLY_API_KEY']];
  if (!file_key) {
    throw new AccountClientError(
      `there is no API key: set TRACKLY_API_KEY, or write TRACKLY_URL=… and TRACKLY_API_KEY=… into ${credentials_file}, readable by you alone (chmod 600)`,
    );
  }
  if (url !== undefined && url.replace(/\/+$/, '') !== file_url.replace(/\/+$/, '')) {
    throw new AccountClientError(
      `TRACKLY_URL is ${url}, and the key in ${credentials_file} is for ${file_url}: set TRACKLY_API_KEY too`,
    );
  }
  return { url: file_url, api_key: file_key };
}

/** Names and values of the file; none where there is no file. Throws where others may read it. */
export function readCredentials(file: string): Env {
  let mode: number;
  try {
    mode = statSync(file).mode;
  } catch {
    return {};
  }
  if ((mode & OF_OTHERS) !== 0) {
    throw new AccountClientError(
      `others than you may read ${file}, which holds a key: run chmod 600 ${file}`,
    );
  }
  return parseEnv(readFileSync(file, 'utf8')) as Env;
}

/** What `work` resolves with; a refusal of the API is an error without a stack. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TracklyError)) throw error;
    const hint =
      error.status === 0 ? ': is it running? TRACKLY_URL says where, such as https://links.example' : '';
    throw new AccountClientError(`${error.message}${hint}`);
  }
}
