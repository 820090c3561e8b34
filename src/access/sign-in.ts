/**
 * Proves who somebody is: email address and password, and a code where the person has a second factor. What is wrong
 * is not said, and a wrong address takes as long as a wrong password. With Redis down it rejects.
 */
import type { RedisClient } from '../platform/redis.ts';
import { AccessError, wrongCredentials } from './access-error.ts';
import type { InstallationKeySource } from './key-ring.ts';
import { GuessLimits } from './limits/guess-limits.ts';
import { PasswordHasher } from './password-hasher.ts';
import { type PasswordRules, passwordRules } from './password-rules.ts';
import { changePerson, getPerson, type Person } from './person.ts';
import { useCode } from './second-factor.ts';

/** What signing in works with; made once for a process. */
export interface Gate {
  redis: RedisClient;
  /** Of the installation: second factors are sealed under them. */
  keys: InstallationKeySource;
  hasher: PasswordHasher;
  rules: PasswordRules;
  limits: GuessLimits;
}

export const openGate = (redis: RedisClient, keys: InstallationKeySource): Gate => ({
  redis,
  keys,
  hasher: new PasswordHasher(),
  rules: passwordRules(),
  limits: new GuessLimits(redis),
});

export interface Credentials {
  email: string;
  password: string;
  /** Of the authenticator app, or a recovery code. */
  code?: string | undefined;
}

/** The person whose password this is. Throws `wrong_credentials`, `second_factor_required`, `too_many_requests`. */
export async function prove(gate: Gate, given: Credentials, address: string): Promise<Person> {
  const { email, password, code } = given;
  const counted = await gate.limits.count(email, address);
  const person = await getPerson(gate.redis, email);
  const right = await gate.hasher.verify(person?.password_hash ?? null, password, address);
  if (!right || person === undefined) throw wrongCredentials();
  if (person.second_factor !== null) {
    if (code === undefined || code === '') {
      await counted.takeBack();
      throw new AccessError('second_factor_required', 'enter the code of your authenticator app');
    }
    await proveCode(gate, email, code);
  }
  await counted.takeBack();
  return person;
}

async function proveCode(gate: Gate, email: string, code: string): Promise<void> {
  const counted = await gate.limits.countCode(email);
  await useCode(gate, email, code);
  await counted.takeBack();
}

/** Throws `invalid_request` with what is wrong with a new password. */
export function checkPassword({ rules }: Gate, password: string, email: string): void {
  const wrong = rules(password, email);
  if (wrong !== undefined) throw new AccessError('invalid_request', `password: ${wrong}`);
}

/** Gives a password to a person who has none. Throws `conflict` where there is one. */
export async function setFirstPassword(
  gate: Gate,
  { email, password }: Credentials,
  address: string,
): Promise<Person> {
  checkPassword(gate, password, email);
  const password_hash = await gate.hasher.hash(password, address);
  return changePerson(gate.redis, email, (person) => {
    if (person.password_hash !== null)
      throw new AccessError('conflict', 'this address has a password already: sign in with it');
    return { ...person, password_hash };
  });
}

/** Replaces a password that `prove` has seen. Throws `conflict` where it was changed meanwhile. */
export async function replacePassword(
  gate: Gate,
  before: Person,
  password: string,
  address: string,
): Promise<void> {
  checkPassword(gate, password, before.email);
  const password_hash = await gate.hasher.hash(password, address);
  await changePerson(gate.redis, before.email, (person) => {
    if (person.password_hash !== before.password_hash)
      throw new AccessError('conflict', 'the password was changed at the same time: sign in again');
    return { ...person, password_hash };
  });
}
