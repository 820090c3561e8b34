/**
 * Who makes a request of the API, once it is known: an API key, a member's session, or the operator. Set on the
 * request by src/api/http/authenticate.ts; the audit log and the limits name the caller by it.
 */
import type { Scope } from './scopes.ts';

export interface Caller {
  /** `operator` holds an admin key and belongs to no account. */
  kind: 'key' | 'member' | 'operator';
  /** key_id, member_id or the id of the admin key. */
  id: string;
  /** The name that the account gave to the key, or the member's email address. */
  name: string;
  /** The account in whose name the caller acts; '' for the operator. */
  account_id: string;
  /** What the caller may do; empty for the operator, whose routes say `admin: true`. */
  scopes: readonly Scope[];
  /** Set for a test key: it reads, and what it makes is a test. */
  tests_only?: boolean;
  /** Address that the request came from. */
  address: string;
  /** The session, when the request has no key of its own; '' otherwise. */
  session_id: string;
}
