/**
 * Makes sure that a name has a certificate: what the queue of domain checks calls for every verified name. One that is
 * there and not due is returned; one that is missing or past two thirds of its life is ordered. Whatever the authority
 * does, the certificate in use stays. Safe to repeat, and for two processes at a time: a lock in Redis ends by itself.
 * With Redis down it rejects.
 */
import { drawsOf } from '../../platform/random.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { loadScript } from '../../platform/script.ts';
import type { CertificateSummary } from '../domain.ts';
import { AuthorityError } from './authority.ts';
import { isServerName, renewalAt, type StoredCertificate, summaryOf } from './certificate.ts';
import { readCertificate, storeCertificate } from './certificate-store.ts';
import { CertificateError, checkCertificate } from './check-certificate.ts';
import { encryptKey } from './key-encryption.ts';
import { ORDER_WITHIN_MS, type OrderContext, orderCertificate } from './order-certificate.ts';
import { forgetFailures, readFailures, rememberFailure, takeOrder } from './order-limits.ts';

/** An order, and what comes before and after it. */
const LOCK_MS = ORDER_WITHIN_MS + 30_000;
/** When whoever finds the lock taken looks again. */
const LOCKED_RETRY_MS = 5_000;
/** How often a name with a certificate of the operator's own is looked at. */
const OWN_AGAIN_MS = 60 * 60 * 1_000;
/** A new certificate that is due at once is not ordered again before: an authority may give short or strange ones. */
const ORDERED_AGAIN_MS_MIN = 60 * 60 * 1_000;

const releaseLock = loadScript(new URL('./lua/release-lock.lua', import.meta.url));
const newHolder = drawsOf(20);

export interface CertificateContext extends OrderContext {
  /** The operator's own certificate that is served for the name, where there is one on this machine. */
  ownCertificate?(name: string): Promise<CertificateSummary | undefined>;
}

export interface EnsuredCertificate {
  /** The one in use: null where there is none. It may have ended. */
  certificate: CertificateSummary | null;
  /** What keeps a new one from being there; '' when nothing does. */
  hint: string;
  /** Unix time in ms at which to call again. */
  next_at_ms: number;
}

/** `name` has been proven to be the account's, and points here. */
export async function ensureCertificate(
  context: CertificateContext,
  name: string,
  now_ms: number,
): Promise<EnsuredCertificate> {
  if (!isServerName(name)) throw new Error(`${name.slice(0, 80)} is not a name that a certificate can have`);
  const own = await context.ownCertificate?.(name);
  if (own !== undefined) return ownIsThere(own, now_ms);
  const waiting = await whatIsThere(context.redis, name, now_ms);
  if (waiting !== undefined) return waiting;

  const lock = `certificate_lock:${name}`;
  const holder = newHolder();
  if ((await context.redis.set(lock, holder, 'PX', LOCK_MS, 'NX')) === null) {
    return {
      certificate: await summaryInUse(context.redis, name),
      hint: 'Its certificate is being ordered.',
      next_at_ms: now_ms + LOCKED_RETRY_MS,
    };
  }
  try {
    // Another process may have ordered it since the look before the lock.
    return (await whatIsThere(context.redis, name, now_ms)) ?? (await order(context, name, now_ms));
  } finally {
    await releaseLock.run(context.redis, [lock], [holder]);
  }
}

function ownIsThere(own: CertificateSummary, now_ms: number): EnsuredCertificate {
  const ended = Date.parse(own.not_after) <= now_ms;
  return {
    certificate: own,
    hint: ended
      ? `The certificate of your own in TLS_CERTIFICATES ended on ${own.not_after}: replace it or take it away.`
      : '',
    next_at_ms: now_ms + OWN_AGAIN_MS,
  };
}

/** The result where nothing is to be ordered now, else undefined. */
async function whatIsThere(
  redis: RedisClient,
  name: string,
  now_ms: number,
): Promise<EnsuredCertificate | undefined> {
  const current = await readCertificate(redis, name);
  const certificate = current === undefined ? null : summaryOf(current);
  if (certificate !== null && now_ms < renewalAt(certificate)) {
    return { certificate, hint: '', next_at_ms: renewalAt(certificate) };
  }
  const failures = await readFailures(redis, name);
  if (failures === undefined || failures.next_at_ms <= now_ms) return undefined;
  return { certificate, hint: hintOf(failures), next_at_ms: failures.next_at_ms };
}

async function summaryInUse(redis: RedisClient, name: string): Promise<CertificateSummary | null> {
  const current = await readCertificate(redis, name);
  return current === undefined ? null : summaryOf(current);
}

async function order(context: CertificateContext, name: string, now_ms: number): Promise<EnsuredCertificate> {
  const { redis, keys } = context;
  const held_until = await takeOrder(redis, now_ms);
  if (held_until > 0) {
    return {
      certificate: await summaryInUse(redis, name),
      hint: 'Its certificate waits for others: the certificate authority limits how many may be ordered.',
      next_at_ms: held_until,
    };
  }
  const ordered = await tryOrder(context, name, now_ms);
  if (ordered instanceof Error) {
    const failures = await rememberFailure(redis, name, ordered, now_ms);
    return {
      certificate: await summaryInUse(redis, name),
      hint: hintOf(failures),
      next_at_ms: failures.next_at_ms,
    };
  }
  const { key, ...certificate } = ordered;
  const stored: StoredCertificate = { name, ...certificate, key: encryptKey(key, keys) };
  await storeCertificate(redis, stored, now_ms);
  await forgetFailures(redis, name);
  const next_at_ms = Math.max(renewalAt(stored), now_ms + ORDERED_AGAIN_MS_MIN);
  return { certificate: summaryOf(stored), hint: '', next_at_ms };
}

/** The checked certificate, or why there is none, as a sentence. */
async function tryOrder(context: CertificateContext, name: string, now_ms: number) {
  try {
    const { chain, key } = await orderCertificate(context, name);
    return { ...checkCertificate({ chain, key, name, now_ms }), key };
  } catch (error) {
    if (error instanceof AuthorityError) return error;
    if (error instanceof CertificateError) {
      return new Error(`The certificate authority gave a certificate that ${error.message}.`);
    }
    // Whatever it answered was not what acme-client expects. With Redis down, remembering this rejects in turn.
    const what = error instanceof Error ? error.message.slice(0, 200) : 'unknown';
    return new Error(`The certificate authority answered in a way that is not ACME: ${what}.`);
  }
}

const hintOf = ({ hint, next_at_ms }: { hint: string; next_at_ms: number }): string =>
  `${hint} It is tried again at ${new Date(next_at_ms).toISOString()}.`;
