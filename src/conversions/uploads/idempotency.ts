/**
 * Idempotency keys (draft-ietf-httpapi-idempotency-key-header-07): a caller that does not know whether its request
 * arrived sends it again with the same key. The key remembers which request it belongs to, and from when it is: the
 * reports of a repeat get the same ids as those of the first try, so that each counts once however far that came. Kept in
 * Redis for KEY_KEEP_S. Rejects when Redis is down.
 */
import { createHash } from 'node:crypto';
import type { RedisClient } from '../../platform/redis.ts';

/** 7 days. */
export const KEY_KEEP_S = 7 * 24 * 3_600;
export const KEY_LENGTH_MAX = 255;

/** What a key stands for. */
export interface KeyedRequest {
  /** SHA-256 of what was asked for. */
  fingerprint: string;
  /** From which the ids of its reports are made; of a file its upload_id. */
  request_id: string;
  received_at_ms: number;
}

/** The key was used for another request. */
export class KeyReusedError extends Error {
  readonly code = 'idempotency_key_reused';
}

/** Printable ASCII, with or without the quotes of a structured field; undefined where it is none. */
export function parseKey(header: string): string | undefined {
  const [, quoted, bare] = /^(?:"([\x20-\x21\x23-\x7e]+)"|([\x21\x23-\x7e]+))$/.exec(header.trim()) ?? [];
  const key = quoted ?? bare;
  return key === undefined || key.length > KEY_LENGTH_MAX ? undefined : key;
}

function storedAt(account_id: string, key: string): string {
  return `idempotency:${account_id}:${createHash('sha256').update(key).digest('base64url')}`;
}

/** The request that the key was used for; undefined: it is new. Throws KeyReusedError where that was another one. */
export async function requestOfKey(
  redis: RedisClient,
  account_id: string,
  key: string,
  fingerprint: string,
): Promise<KeyedRequest | undefined> {
  const text = await redis.get(storedAt(account_id, key));
  if (text === null) return undefined;
  const request = JSON.parse(text) as KeyedRequest;
  if (request.fingerprint === fingerprint) return request;
  throw new KeyReusedError(
    'this Idempotency-Key was used for another body: send the same one, or use a new key',
  );
}

/** Notes what the key stands for, unless somebody did so first; the request that it stands for now. Safe to repeat. */
export async function keepKey(
  redis: RedisClient,
  account_id: string,
  key: string,
  request: KeyedRequest,
): Promise<KeyedRequest> {
  await redis.set(storedAt(account_id, key), JSON.stringify(request), 'EX', KEY_KEEP_S, 'NX');
  return (await requestOfKey(redis, account_id, key, request.fingerprint)) ?? request;
}
