/**
 * What an API key is: a record under the SHA-256 of the key, which says whose it is and what it may do. The key itself
 * is shown once and stored nowhere. An admin key belongs to no account and has no scopes: the operator's routes ask for
 * it. Pure, apart from the random source.
 */
import { randomHex } from '../platform/random.ts';
import type { Scope } from './scopes.ts';
import { hashToken } from './token-hash.ts';

const API_KEY_BYTES = 16;
/** Characters of a key that its list shows: 32 of its 128 bits, so 96 stay secret. */
const PREFIX_LENGTH = 12;

export interface ApiKey {
  key_id: string;
  /** '' for an admin key. */
  account_id: string;
  name: string;
  scopes: readonly Scope[];
  /** A test key: whatever it makes is a test, and it changes nothing else. */
  test: boolean;
  /** `trk_` and the first digits, to recognise it by. */
  prefix: string;
  created_at: string;
  /** When it stops working; null: when it is revoked. */
  expires_at: string | null;
  updated_at: string;
}

/** `trk_` and 32 hex digits, 128 bits. */
export const newApiKey = (): string => `trk_${randomHex(API_KEY_BYTES)}`;

export const isApiKey = (text: unknown): text is string =>
  typeof text === 'string' && /^trk_[0-9a-f]{32}$/.test(text);

/** SHA-256 in hex; the keys are random, so that no slow hash is needed. */
export const hashKey = (api_key: string): string => hashToken(api_key);

export const prefixOf = (api_key: string): string => api_key.slice(0, PREFIX_LENGTH);

/** ApiKey by hash. Changes are announced on the change log under the same key. */
export const apiKeyKey = (sha256_hex: string): string => `api_key:${sha256_hex}`;
/** ApiKey by hash, of an admin key. */
export const adminKeyKey = (sha256_hex: string): string => `admin_key:${sha256_hex}`;
/** Set of the hashes of an account's keys; '' for admin keys. */
export const keysOfAccount = (account_id: string): string => `api_keys:${account_id}`;
/** Hash: when each key of an account was last used, in ms, by key_id. */
export const keysUsed = (account_id: string): string => `api_keys_used:${account_id}`;

/** Where the record of a key is stored. */
export const recordKeyOf = (account_id: string, hash: string): string =>
  account_id === '' ? adminKeyKey(hash) : apiKeyKey(hash);

/** Whether the key still works at `now_ms`. */
export const isValidAt = ({ expires_at }: ApiKey, now_ms: number): boolean =>
  expires_at === null || Date.parse(expires_at) > now_ms;
