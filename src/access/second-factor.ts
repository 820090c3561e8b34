/**
 * The second factor of a person: offered, confirmed by a first code, used, taken away. A code works once: using it is
 * a compare-and-set of the person's record, so of two requests with one code one is refused. With Redis down every
 * call rejects, and no code is used up.
 */
import type { RedisClient } from '../platform/redis.ts';
import { AccessError, wrongCredentials } from './access-error.ts';
import type { InstallationKeySource } from './key-ring.ts';
import { changePerson, type Person, type SecondFactor } from './person.ts';
import { decrypt, encrypt, type SealedFor } from './sealed.ts';
import {
  hashOfRecoveryCode,
  isTotpCode,
  newRecoveryCodes,
  newTotp,
  normalCode,
  stepOfCode,
  type TotpOffer,
} from './totp.ts';

/** An offer that is not confirmed by then is forgotten. */
const OFFER_KEEP_S = 600;

export interface SecondFactors {
  redis: RedisClient;
  keys: InstallationKeySource;
}

const sealedFor = (email: string): SealedFor => ({ purpose: 'second factor', subject: email });
const offerKey = (email: string): string => `totp_offer:${email}`;

/** A new secret, shown once; nothing changes until a code of it is confirmed. */
export async function offerTotp({ redis, keys }: SecondFactors, email: string): Promise<TotpOffer> {
  const offer = newTotp(email);
  await redis.set(offerKey(email), encrypt(keys, sealedFor(email), offer.secret), 'EX', OFFER_KEEP_S);
  return offer;
}

/** Makes the offered secret the second factor; returns the recovery codes, shown once. Throws for a wrong code. */
export async function confirmTotp(
  { redis, keys }: SecondFactors,
  email: string,
  code: string,
): Promise<string[]> {
  const sealed = await redis.get(offerKey(email));
  if (sealed === null)
    throw new AccessError('conflict', 'begin again: this secret is older than ten minutes');
  const secret = decrypt(keys, sealedFor(email), sealed);
  const step = stepOfCode(secret, normalCode(code), Date.now());
  if (step === undefined)
    throw new AccessError(
      'wrong_credentials',
      'the code is wrong: check the clock of your phone, then try the next one',
    );
  const { codes, hashes } = newRecoveryCodes();
  await changePerson(redis, email, (person) => ({
    ...person,
    second_factor: { sealed_secret: sealed, last_step: step, recovery_hashes: hashes },
  }));
  await redis.del(offerKey(email));
  return codes;
}

/** Uses up a code of the app, or a recovery code. Throws for a wrong or used one. */
export async function useCode({ redis, keys }: SecondFactors, email: string, code: string): Promise<void> {
  await changePerson(redis, email, (person) => ({
    ...person,
    second_factor: afterCode(keys, person, normalCode(code)),
  }));
}

function afterCode(keys: InstallationKeySource, person: Person, code: string): SecondFactor {
  const factor = person.second_factor;
  if (factor === null) throw wrongCredentials();
  if (!isTotpCode(code)) {
    const hash = hashOfRecoveryCode(code);
    if (!factor.recovery_hashes.includes(hash)) throw wrongCredentials();
    return { ...factor, recovery_hashes: factor.recovery_hashes.filter((one) => one !== hash) };
  }
  const secret = decrypt(keys, sealedFor(person.email), factor.sealed_secret);
  const step = stepOfCode(secret, code, Date.now());
  if (step === undefined || step <= factor.last_step) throw wrongCredentials();
  // Sealed again: after a rotation of the installation key it is under the new one.
  return { ...factor, sealed_secret: encrypt(keys, sealedFor(person.email), secret), last_step: step };
}

/** New recovery codes in the place of all others. */
export async function renewRecoveryCodes(redis: RedisClient, email: string): Promise<string[]> {
  const { codes, hashes } = newRecoveryCodes();
  await changePerson(redis, email, (person) => {
    if (person.second_factor === null) throw new AccessError('conflict', 'there is no second factor');
    return { ...person, second_factor: { ...person.second_factor, recovery_hashes: hashes } };
  });
  return codes;
}

export async function removeSecondFactor(redis: RedisClient, email: string): Promise<void> {
  await changePerson(redis, email, (person) => ({ ...person, second_factor: null }));
}
