/**
 * The secrets by which providers sign their receipts, one for each provider of an account: sealed in Redis, and logged for
 * ClickHouse as the catalog is. Where an account has one, a receipt without a valid signature is refused. With Redis
 * down every call rejects, and no receipt is taken.
 */
import type { InstallationKeySource } from '../../access/key-ring.ts';
import { decrypt, encrypt, isStale, type SealedFor } from '../../access/sealed.ts';
import { compareAndSet } from '../../catalog/update-record.ts';
import { type Command, type RedisClient, runAll } from '../../platform/redis.ts';
import { recordChanges } from '../../records/record-changes.ts';
import { PROVIDERS, type Provider } from './providers.ts';

export interface SecretGround {
  redis: RedisClient;
  keys: InstallationKeySource;
}

const secretKey = (account_id: string, provider: Provider): string =>
  `receipt_secret:${account_id}:${provider}`;

const sealedFor = (account_id: string, provider: Provider): SealedFor => ({
  purpose: 'receipt secret',
  subject: `${account_id}:${provider}`,
});

/** Safe to repeat; an earlier secret ends at once. */
export async function setSigningSecret(
  { redis, keys }: SecretGround,
  account_id: string,
  provider: Provider,
  secret: string,
): Promise<void> {
  const key = secretKey(account_id, provider);
  await redis.set(key, encrypt(keys, sealedFor(account_id, provider), secret));
  await recordChanges(redis, [key]);
}

/** Whether there was one. From then on signatures are not checked. Safe to repeat. */
export async function removeSigningSecret(
  { redis }: Pick<SecretGround, 'redis'>,
  account_id: string,
  provider: Provider,
): Promise<boolean> {
  const key = secretKey(account_id, provider);
  const removed = (await redis.del(key)) === 1;
  await recordChanges(redis, [key]);
  return removed;
}

/** Undefined where the account has none. Seals it again after a rotation of the installation key. */
export async function signingSecret(
  { redis, keys }: SecretGround,
  account_id: string,
  provider: Provider,
): Promise<string | undefined> {
  const key = secretKey(account_id, provider);
  const sealed = await redis.get(key);
  if (sealed === null) return undefined;
  const secret = decrypt(keys, sealedFor(account_id, provider), sealed);
  if (isStale(keys, sealed)) {
    const fresh = encrypt(keys, sealedFor(account_id, provider), secret);
    if (await compareAndSet(redis, key, sealed, fresh)) await recordChanges(redis, [key]);
  }
  return secret;
}

/** The providers whose receipts the account has signed. */
export async function providersWithSecret(redis: RedisClient, account_id: string): Promise<Set<Provider>> {
  const replies = await runAll(
    redis,
    PROVIDERS.map((provider): Command => ['EXISTS', secretKey(account_id, provider)]),
  );
  return new Set(PROVIDERS.filter((_, i) => replies[i] === 1));
}
