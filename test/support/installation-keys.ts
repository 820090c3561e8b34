/** Key rings for tests that need no installation. */
import { type InstallationKeySource, newKeyRing } from '../../src/access/key-ring.ts';

/** A ring of one key, made of one hex digit; the same digit gives the same key. */
export const keysOf = (digit = 'a'): InstallationKeySource => ({ ring: newKeyRing(digit.repeat(64), 0) });
