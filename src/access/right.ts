/** Who asks, and what that rests on: found anew for every request. */
import type { Account } from '../catalog/definitions.ts';
import type { Caller } from './caller.ts';
import type { KeyHolder } from './key-holder.ts';

export interface Right {
  caller: Omit<Caller, 'address'>;
  /** Undefined: the operator, or a member who has not chosen an account. */
  account: Account | undefined;
  /** The key that was used; undefined for a member. */
  key: KeyHolder['key'] | undefined;
  /** What is announced when the right changes (open-requests.ts). */
  records: readonly string[];
  /** When it ends by itself; undefined: never. */
  ends_at_ms: number | undefined;
}
