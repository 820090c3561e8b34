/**
 * The header Idempotency-Key, as draft-ietf-httpapi-idempotency-key-header-07 has it: a request that is sent again with
 * its key is the same request. 400 for a key that is none, 422 for a key of another body, 409 while the first try is
 * still at work. Rejects when Redis is down.
 */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { repeatableId } from '../../conversions/receive/conversion-id.ts';
import type { Batching } from '../../conversions/receive/receive-many.ts';
import {
  KEY_LENGTH_MAX,
  type KeyedRequest,
  KeyReusedError,
  keepKey,
  parseKey,
  requestOfKey,
} from '../../conversions/uploads/idempotency.ts';
import { holdWriter, releaseWriter } from '../../conversions/uploads/upload.ts';
import { newProducerId } from '../../platform/random.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { ApiError } from './errors.ts';

/** The key of a request; undefined where it has none. Throws ApiError. */
export function idempotencyKey({ headers }: FastifyRequest): string | undefined {
  const header = headers['idempotency-key'];
  if (header === undefined) return undefined;
  const key = parseKey(String(header));
  if (key !== undefined) return key;
  throw new ApiError(
    'invalid_request',
    `Idempotency-Key is 1 to ${KEY_LENGTH_MAX} printable characters, such as a UUID`,
  );
}

/** What a key stands for: the body, and how it is read. */
export const fingerprintOf = (...parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** The request that was sent with this key before; undefined: none. Throws ApiError. */
export async function earlierRequest(
  redis: RedisClient,
  account_id: string,
  key: string,
  fingerprint: string,
): Promise<KeyedRequest | undefined> {
  try {
    return await requestOfKey(redis, account_id, key, fingerprint);
  } catch (error) {
    if (error instanceof KeyReusedError) throw new ApiError('idempotency_key_reused', error.message);
    throw error;
  }
}

/** The request that the key stands for from now on. Throws ApiError. */
export async function beginKeyed(
  redis: RedisClient,
  account_id: string,
  key: string,
  begun: KeyedRequest,
): Promise<KeyedRequest> {
  const earlier = await earlierRequest(redis, account_id, key, begun.fingerprint);
  return earlier ?? (await keepKey(redis, account_id, key, begun));
}

/** What the reports of a keyed request have in common. */
export function batchingOf({ request_id, received_at_ms }: KeyedRequest, first_index: number): Batching {
  return {
    upload_id: '',
    received_at_ms,
    idAt: (i) => repeatableId(request_id, received_at_ms, first_index + i),
  };
}

/** Holds off repeats of a request while it is at work. Throws ApiError. */
export async function holdRequest(
  redis: RedisClient,
  { request_id }: KeyedRequest,
): Promise<() => Promise<void>> {
  const writer = newProducerId();
  if (!(await holdWriter(redis, request_id, writer))) {
    throw new ApiError('conflict', 'the same request is still being recorded: send it again in a moment');
  }
  return () => releaseWriter(redis, request_id, writer);
}
