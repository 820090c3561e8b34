/**
 * One order at a certificate authority: account, order, proof by http-01, certificate. The redirect processes answer
 * the challenge. Rejects with a sentence where the authority refuses, lies or is too slow; what it answers is checked
 * at every step. Not repeated here: see ensure-certificate.ts.
 */
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Authorization, Client } from 'acme-client';
import type { InstallationKeySource } from '../../access/key-ring.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { sleep } from '../../platform/sleep.ts';
import { AuthorityError, connectAuthority, openAccount, problemOf } from './authority.ts';
import { isChallengeToken, publishChallenge, withdrawChallenge } from './challenges.ts';
import { decryptKey, encryptKey } from './key-encryption.ts';

/** All of an order, where nothing else is said; most take a few seconds. */
export const ORDER_WITHIN_MS = 75_000;
const POLL_EVERY_MS = 250;
const POLL_EVERY_MS_MAX = 4_000;
const CURVE = 'P-256';

export interface OrderContext {
  redis: RedisClient;
  directory_url: string;
  /** Where the authority writes to before a certificate ends. */
  email: string | undefined;
  /** Encrypt private keys: see key-encryption.ts. */
  keys: InstallationKeySource;
  /** Longest time of an order: ORDER_WITHIN_MS, or less. */
  order_within_ms?: number;
}

export interface OrderedCertificate {
  /** PEM, as the authority gave it: not checked yet. */
  chain: string;
  key: KeyObject;
}

export async function orderCertificate(context: OrderContext, name: string): Promise<OrderedCertificate> {
  const { redis, directory_url, email, order_within_ms = ORDER_WITHIN_MS } = context;
  const signal = AbortSignal.timeout(order_within_ms);
  const authority = await connectAuthority(directory_url, await accountKey(context), signal);
  await openAccount(authority, email);
  const order = await authority.createOrder({ identifiers: [{ type: 'dns', value: name }] });
  const [authorization, ...others] = await authority.getAuthorizations(order);
  if (authorization?.identifier?.value !== name || others.length > 0) {
    throw new AuthorityError('The certificate authority wants proof of other names than the one ordered.');
  }
  if (authorization.status !== 'valid') await prove(redis, authority, authorization, signal);

  const key = generateKeyPairSync('ec', { namedCurve: CURVE }).privateKey;
  const { crypto: csr_maker } = await import('acme-client');
  const [, csr] = await csr_maker.createCsr({ altNames: [name] }, pemOf(key));
  const finalized = { ...(await authority.finalizeOrder(order, csr)), url: order.url };
  const ready =
    finalized.status === 'valid'
      ? finalized
      : await untilValid(() => authority.getOrder({ ...order, url: order.url }), signal);
  return { chain: String(await authority.getCertificate(ready)), key };
}

async function prove(
  redis: RedisClient,
  authority: Client,
  authorization: Authorization,
  signal: AbortSignal,
): Promise<void> {
  const challenge = authorization.challenges?.find(({ type }) => type === 'http-01');
  if (challenge === undefined || !isChallengeToken(challenge.token)) {
    throw new AuthorityError('The certificate authority offers no challenge of the kind http-01.');
  }
  const { token } = challenge;
  try {
    await publishChallenge(redis, token, await authority.getChallengeKeyAuthorization(challenge));
    await authority.completeChallenge(challenge);
    await untilValid(async () => {
      const [now] = await authority.getAuthorizations({ authorizations: [authorization.url] } as never);
      const proven = now?.challenges?.find((one) => one.type === 'http-01');
      return { status: now?.status ?? '', error: proven?.error };
    }, signal);
  } finally {
    await withdrawChallenge(redis, token);
  }
}

/** Asks until the status is `valid`. Rejects where it never becomes so. */
async function untilValid<T extends { status: string; error?: unknown }>(
  read: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  let wait_ms = POLL_EVERY_MS;
  while (!signal.aborted) {
    const item = await read();
    if (item.status === 'valid') return item;
    if (item.status !== 'pending' && item.status !== 'processing' && item.status !== 'ready') {
      const problem = problemOf(item.error);
      const why = problem === undefined ? item.status : `${problem.type} (${problem.detail})`;
      throw new AuthorityError(`The certificate authority could not prove the name: ${why}.`, {
        problem: problem?.type ?? 'invalid',
      });
    }
    await sleep(wait_ms);
    wait_ms = Math.min(2 * wait_ms, POLL_EVERY_MS_MAX);
  }
  throw new AuthorityError('The certificate authority did not finish the order in time.');
}

/** The key of the installation's account at this authority, in PEM; made at its first use. */
async function accountKey({ redis, directory_url, keys }: OrderContext): Promise<string> {
  const digest = createHash('sha256').update(directory_url).digest('hex').slice(0, 16);
  const made = generateKeyPairSync('ec', { namedCurve: CURVE }).privateKey;
  const own = encryptKey(made, keys);
  const kept = await redis.set(`acme_account:${digest}`, own, 'NX', 'GET');
  return pemOf(decryptKey(kept ?? own, keys));
}

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }) as string;
