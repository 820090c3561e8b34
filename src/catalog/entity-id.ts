/** Ids of an account's entities: from a cryptographic random source, so that nobody can guess them. */
import { drawsOf } from '../platform/random.ts';

const newTail = drawsOf(14);

type Prefix =
  | 'acc'
  | 'off'
  | 'cre'
  | 'cam'
  | 'aud'
  | 'ann'
  | 'msg'
  | 'key'
  | 'mem'
  | 'ses'
  | 'adt'
  | 'upl'
  | 'rcn'
  | 'bkg'
  | 'viw'
  | 'sch'
  | 'exp'
  | 'whk'
  | 'rpl'
  | 'imp';

/** The prefix, `_` and 14 characters, 83 bits: `acc_`, `off_` … */
export function newEntityId(prefix: Prefix): string {
  return `${prefix}_${newTail()}`;
}
