/**
 * A member: a person, named by an email address, in one account, with a role. All members of an account are one record
 * in Redis, so that a change of one sees all others: the last owner stays. A person may be a member of several
 * accounts; what they sign in with is in src/access/person.ts. Pure.
 */
import type { Command } from '../platform/redis.ts';
import type { Role } from './scopes.ts';

/** Members of one account; their record is read with every request of a session. */
export const MEMBERS_MAX = 200;

/** How somebody proved who they are. */
export type Proof = 'password' | 'oidc';

export interface Invitation {
  /** SHA-256 (hex) of the secret in its link. */
  secret_sha256: string;
  expires_at: string;
}

export interface Member {
  member_id: string;
  /** In normal form. */
  email: string;
  role: Role;
  /** Invited until the first invitation is accepted. */
  state: 'invited' | 'active';
  /**
   * How the invitation was accepted. An address is proven by OpenID Connect only: a membership that was accepted with
   * it does not open with a password, which another account's owner may have set.
   */
  accepted_with: Proof | null;
  /** An open invitation, or the link to set a new password. */
  invitation: Invitation | null;
  created_at: string;
}

export interface AccountMembers {
  account_id: string;
  members: Member[];
  updated_at: string;
}

export const membersKey = (account_id: string): string => `members:${account_id}`;
/** Set of the accounts that may have a member with this address: derived from the records. */
export const membershipsKey = (email: string): string => `memberships:${email}`;
/** Hash: when each member of an account signed in last. */
export const signInsKey = (account_id: string): string => `sign_ins:${account_id}`;

/** The commands that list the members of a record under their addresses; for a restore as well. */
export const membershipCommands = ({ account_id, members }: AccountMembers): Command[] =>
  members.map(({ email }): Command => ['SADD', membershipsKey(email), account_id]);

/** Whether the account would have no owner left without this member. */
export function isLastOwner(members: readonly Member[], member_id: string): boolean {
  const owners = members.filter(({ role, state }) => role === 'owner' && state === 'active');
  return owners.length === 1 && owners[0]?.member_id === member_id;
}

/** Whether a membership opens for somebody who signed in this way. */
export const opensWith = ({ state, accepted_with }: Member, proof: Proof): boolean =>
  state === 'active' && (proof === 'oidc' || accepted_with === 'password');
