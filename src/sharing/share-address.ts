/**
 * The token in a shared address: 256 random bits. Redis keeps its hash, by which it is found, and the token sealed under
 * the installation's key, so that the address can be copied again and stays the same when it is turned off and on.
 */
import type { InstallationKeySource } from '../access/key-ring.ts';
import { decrypt, encrypt, SealError } from '../access/sealed.ts';
import { hashToken } from '../access/token-hash.ts';
import { newToken } from '../platform/random.ts';
import type { Share } from './view.ts';

const sealedFor = (view_id: string) => ({ purpose: 'shared address', subject: view_id });

export const SHARED_PATH = '/shared/';
/** The path of a token. */
export const TOKEN_PATTERN = /^[\w-]{43}$/;

export function newAddress(
  keys: InstallationKeySource,
  view_id: string,
): Pick<Share, 'token_sha256' | 'token_sealed'> {
  const token = newToken();
  return { token_sha256: hashToken(token), token_sealed: encrypt(keys, sealedFor(view_id), token) };
}

/** The path of the address; null where the key that it was sealed under has ended: it opens on, and can't be shown. */
export function pathOf(keys: InstallationKeySource, view_id: string, share: Share): string | null {
  try {
    return `${SHARED_PATH}${decrypt(keys, sealedFor(view_id), share.token_sealed)}`;
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}
