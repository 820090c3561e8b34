/**
 * Hashes and verifies passwords with argon2id, a bounded number at once: a hash takes 19 MiB and 20 ms of a processor,
 * and whoever asks may be unknown. Addresses take turns; where too many wait it throws `too_many_requests`. It needs no server.
 */
import { hash, verify } from '@node-rs/argon2';
import { Turns } from '../platform/turns.ts';
import { AccessError } from './access-error.ts';
import { normalPassword, PASSWORD_BYTES_MAX } from './password-rules.ts';

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB of memory, two passes and one thread. */
export const ARGON2_OPTIONS = {
  /** Argon2id, in the package's enumeration. */
  algorithm: 2,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
} as const;

/** Of a text that is too short to be a password: verified where there is none, so that the answer takes as long. */
export const NOBODYS_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$25Ul5shdOJsAEuEeUvdrVw$/C1ey0/kiJQNJJrzIiGGk2yXg/JEyQBH0tdnttC81So';

const HASHES_AT_ONCE_MAX = 2;
const HASHES_WAITING_MAX = 64;
/** From one address. */
const HASHES_WAITING_EACH_MAX = 16;
const WAIT_MS_MAX = 5_000;

export class PasswordHasher {
  readonly #turns = new Turns({
    running_max: HASHES_AT_ONCE_MAX,
    running_each_max: HASHES_AT_ONCE_MAX,
    waiting_max: HASHES_WAITING_MAX,
    waiting_each_max: HASHES_WAITING_EACH_MAX,
    wait_ms_max: WAIT_MS_MAX,
  });

  /** A PHC string; the salt is random. */
  hash(password: string, address: string): Promise<string> {
    return this.#inTurn(address, () => hash(normalPassword(password), ARGON2_OPTIONS));
  }

  /** Whether it is the password of `hash`; without a hash false, after the same time. */
  async verify(password_hash: string | null, password: string, address: string): Promise<boolean> {
    const given = normalPassword(password);
    const tested = Buffer.byteLength(given) > PASSWORD_BYTES_MAX ? '' : given;
    const right = await this.#inTurn(address, () => verify(password_hash ?? NOBODYS_HASH, tested));
    return right && password_hash !== null;
  }

  async #inTurn<T>(address: string, work: () => Promise<T>): Promise<T> {
    const end = await this.#turns.begin(address);
    if (end === undefined)
      throw new AccessError('too_many_requests', 'too many people sign in at once: try again', 1);
    try {
      return await work();
    } finally {
      end();
    }
  }
}
