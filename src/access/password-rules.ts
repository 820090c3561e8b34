/**
 * Which passwords are taken: by length, not by kinds of characters, and none that many people have (NIST SP 800-63B,
 * section 5.1.1.2). The list of common passwords is read once, when the first rules are made. Pure.
 */
import passwords from '@zxcvbn-ts/language-common/src/passwords.json' with { type: 'json' };

/** In characters as people count them. */
export const PASSWORD_LENGTH_MIN = 12;
/** In bytes of UTF-8; it bounds what is hashed. */
export const PASSWORD_BYTES_MAX = 256;

/** What is wrong with a password, as a sentence; undefined where it is taken. */
export type PasswordRules = (password: string, email: string) => string | undefined;

/** Unicode has several spellings of one character: keyboards differ, the password does not. */
export const normalPassword = (password: string): string => password.normalize('NFKC');

export function passwordRules(): PasswordRules {
  // Shorter ones are refused for their length.
  const common = new Set(passwords.filter((one) => one.length >= PASSWORD_LENGTH_MIN).map(lower));
  return (password, email) => {
    if ([...normalPassword(password)].length < PASSWORD_LENGTH_MIN)
      return `a password needs at least ${PASSWORD_LENGTH_MIN} characters: a few words that only you put together are good`;
    if (Buffer.byteLength(normalPassword(password)) > PASSWORD_BYTES_MAX)
      return `a password may have at most ${PASSWORD_BYTES_MAX} bytes`;
    if (common.has(lower(normalPassword(password))))
      return 'this password is one of the most common ones: choose another';
    if (lower(password) === lower(email)) return 'the password is the email address: choose another';
    return undefined;
  };
}

const lower = (text: string): string => text.toLowerCase();
