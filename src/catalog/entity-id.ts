/**
 * Ids of an account's entities, and its API keys: from a cryptographic random source, so that nobody can guess them.
 */
import { drawsOf, randomHex } from '../platform/random.ts';

const newTail = drawsOf(14);
const API_KEY_BYTES = 16;

/** `acc_`, `off_`, `cre_`, `cam_`, `aud_`, `msg_` and 14 characters, 83 bits. */
export function newEntityId(prefix: 'acc' | 'off' | 'cre' | 'cam' | 'aud' | 'msg'): string {
  return `${prefix}_${newTail()}`;
}

/** `trk_` and 32 hex digits, 128 bits. Shown once, stored only as a hash. */
export const newApiKey = (): string => `trk_${randomHex(API_KEY_BYTES)}`;
