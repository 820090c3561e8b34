/**
 * Certificates in Redis: read, store, remove. Every redirect process hears of a change through the change log and
 * keeps a copy on disk (follow-certificates.ts), so TLS does not need Redis. With Redis down every call rejects; each
 * may be repeated.
 */
import { announce } from '../../platform/change-log.ts';
import { type RedisClient, runAll } from '../../platform/redis.ts';
import { CERTIFICATES, certificateKey, type StoredCertificate } from './certificate.ts';

export async function readCertificate(
  redis: RedisClient,
  name: string,
): Promise<StoredCertificate | undefined> {
  const text = await redis.get(certificateKey(name));
  return text === null ? undefined : (JSON.parse(text) as StoredCertificate);
}

/** Replaces the certificate of its name. */
export async function storeCertificate(
  redis: RedisClient,
  certificate: StoredCertificate,
  now_ms: number,
): Promise<void> {
  const key = certificateKey(certificate.name);
  // The certificate before its place in the list, and both before anybody is told.
  await redis.set(key, JSON.stringify(certificate));
  await redis.zadd(CERTIFICATES, now_ms, certificate.name);
  await runAll(redis, [announce(key)]);
}

/** For a name that nobody uses any more. */
export async function removeCertificate(redis: RedisClient, name: string): Promise<void> {
  const key = certificateKey(name);
  await runAll(redis, [['ZREM', CERTIFICATES, name], ['DEL', key], announce(key)]);
}

/** When each certificate was stored (Unix time in ms), by name. */
export async function storedCertificates(redis: RedisClient): Promise<Map<string, number>> {
  const list = await redis.zrange(CERTIFICATES, '0', '-1', 'WITHSCORES');
  const times = new Map<string, number>();
  for (let i = 0; i < list.length; i += 2) times.set(list[i] ?? '', Number(list[i + 1]));
  return times;
}
