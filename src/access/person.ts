/**
 * What a person signs in with: password, second factor, recovery codes; one record per email address, whatever
 * accounts the person belongs to. Secrets are stored as hashes, or sealed. With Redis down every call rejects.
 */
import { updateRecord } from '../catalog/update-record.ts';
import type { RedisClient } from '../platform/redis.ts';
import { recordChanges } from '../records/record-changes.ts';
import { AccessError } from './access-error.ts';

export interface SecondFactor {
  /** Sealed under the installation key, in the context of the email address. */
  sealed_secret: string;
  /** The step of the last code that was used: it and all before are refused. */
  last_step: number;
  /** SHA-256 (hex) of the recovery codes that are left. */
  recovery_hashes: string[];
}

/** What a provider calls a person: an address may pass to somebody else, a subject never does. */
export interface OidcIdentity {
  issuer: string;
  subject: string;
}

export interface Person {
  email: string;
  /** A PHC string; null for somebody who signs in with OpenID Connect, or whose password was reset. */
  password_hash: string | null;
  second_factor: SecondFactor | null;
  /** Who the person is at the provider of OpenID Connect; null before the first sign-in with it. */
  oidc_identity: OidcIdentity | null;
  created_at: string;
  updated_at: string;
}

export const personKey = (email: string): string => `person:${email}`;

export async function getPerson(redis: RedisClient, email: string): Promise<Person | undefined> {
  const text = await redis.get(personKey(email));
  return text === null ? undefined : (JSON.parse(text) as Person);
}

/** Applies `change`, which may throw to refuse, to the newest state; makes the record where there is none. */
export async function changePerson(
  redis: RedisClient,
  email: string,
  change: (person: Person) => Person,
): Promise<Person> {
  const now = new Date().toISOString();
  const none: Person = {
    email,
    password_hash: null,
    second_factor: null,
    oidc_identity: null,
    created_at: now,
    updated_at: now,
  };
  await redis.set(personKey(email), JSON.stringify(none), 'NX');
  return (await updateRecord<Person>(redis, personKey(email), change)) ?? none;
}

/**
 * Holds a person to the first identity of the provider: whoever gets the address there later is somebody else, until an
 * owner resets the member. With another provider it begins anew. Throws `wrong_credentials`.
 */
export async function holdToIdentity(
  redis: RedisClient,
  email: string,
  identity: OidcIdentity,
): Promise<void> {
  await changePerson(redis, email, (person) => {
    const { oidc_identity: before } = person;
    if (before?.issuer === identity.issuer && before.subject !== identity.subject)
      throw new AccessError('wrong_credentials', 'this address belonged to somebody else at the provider');
    return { ...person, oidc_identity: identity };
  });
}

/** Forgets a person who is a member nowhere any more. */
export async function removePerson(redis: RedisClient, email: string): Promise<void> {
  await redis.del(personKey(email));
  await recordChanges(redis, [personKey(email)]);
}
