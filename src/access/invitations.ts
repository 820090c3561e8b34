/**
 * Invitations by link: somebody is invited into an account with a role, opens the link once, and is a member. The link
 * has a secret of which only the hash is kept, ends after seven days, and is replaced by inviting again. The same kind
 * of link sets a new password after a reset. With Redis down every call rejects.
 */
import { newEntityId } from '../catalog/entity-id.ts';
import { newToken } from '../platform/random.ts';
import type { RedisClient } from '../platform/redis.ts';
import { AccessError } from './access-error.ts';
import { MEMBERS_MAX, type Member, type Proof } from './member.ts';
import { changeMember, changeMembers, getMembers, type Membership, membershipsOf } from './member-store.ts';
import type { ProvenPerson } from './oidc.ts';
import { changePerson, getPerson, holdToIdentity, type Person } from './person.ts';
import type { Role } from './scopes.ts';
import { endSessions, listSessions } from './session-store.ts';
import type { Credentials, Gate } from './sign-in.ts';
import { prove, setFirstPassword } from './sign-in.ts';
import { hashToken, isTokenOf } from './token-hash.ts';

const INVITATION_DAYS = 7;
const DAY_MS = 24 * 3_600_000;

export interface Invited {
  member: Member;
  /** `<account_id>.<member_id>.<secret>`, shown once. */
  token: string;
  expires_at: string;
}

function newInvitation(): { secret: string; invitation: NonNullable<Member['invitation']> } {
  const secret = newToken();
  const expires_at = new Date(Date.now() + INVITATION_DAYS * DAY_MS).toISOString();
  return { secret, invitation: { secret_sha256: hashToken(secret), expires_at } };
}

const tokenOf = (account_id: string, member_id: string, secret: string): string =>
  `${account_id}.${member_id}.${secret}`;

/** Invites an address, or anew one that has not accepted yet. Throws `conflict` for a member. */
export async function invite(
  redis: RedisClient,
  account_id: string,
  { email, role }: { email: string; role: Role },
): Promise<Invited> {
  const { secret, invitation } = newInvitation();
  const fresh: Member = {
    member_id: newEntityId('mem'),
    email,
    role,
    state: 'invited',
    accepted_with: null,
    invitation,
    created_at: new Date().toISOString(),
  };
  const members = await changeMembers(redis, account_id, (before) => {
    const known = before.find((one) => one.email === email);
    if (known?.state === 'active') throw new AccessError('conflict', `${email} is a member already`);
    if (known !== undefined)
      return before.map((one) => (one === known ? { ...known, role, invitation } : one));
    if (before.length >= MEMBERS_MAX)
      throw new AccessError('conflict', `an account can have ${MEMBERS_MAX} members: remove one first`);
    return [...before, fresh];
  });
  const member = members.find((one) => one.email === email) ?? fresh;
  return { member, token: tokenOf(account_id, member.member_id, secret), expires_at: invitation.expires_at };
}

/** The membership that an invitation opens. Throws `invitation_ended` for a used, replaced, expired or unknown one. */
export async function findInvitation(redis: RedisClient, token: string): Promise<Membership> {
  const [, account_id = '', member_id = ''] = /^(acc_\w{1,40})\.(mem_\w{14})\.[\w-]{43}$/.exec(token) ?? [];
  const members = account_id === '' ? [] : await getMembers(redis, account_id);
  const member = members.find((one) => one.member_id === member_id);
  if (member === undefined || !isOpen(member, token)) throw ended();
  return { account_id, member };
}

function isOpen({ invitation }: Member, token: string): boolean {
  if (invitation === null || Date.parse(invitation.expires_at) <= Date.now()) return false;
  return isTokenOf(token.slice(token.lastIndexOf('.') + 1), invitation.secret_sha256);
}

const ended = (): AccessError =>
  new AccessError('invitation_ended', 'this link was used or replaced, or is too old: ask for a new one');

/**
 * Accepts an invitation with a password: the person's own where there is one, else it becomes that. Uses the link up;
 * of two requests with one link one throws `invitation_ended`.
 */
export async function acceptWithPassword(
  gate: Gate,
  token: string,
  { password, code }: Omit<Credentials, 'email'>,
  address: string,
): Promise<Membership> {
  const { redis } = gate;
  const counted = await gate.limits.countAddress(address);
  const invited = await findInvitation(redis, token);
  await counted.takeBack();
  const { email } = invited.member;
  const has_password = ((await getPerson(redis, email))?.password_hash ?? null) !== null;
  const person = has_password
    ? await prove(gate, { email, password, code }, address)
    : await setFirstPassword(gate, { email, password }, address);
  const member = await accept(redis, invited, 'password', (one) => isOpen(one, token)).catch(
    async (error) => {
      if (!has_password) await takeBackPassword(redis, person);
      throw error;
    },
  );
  // A reset in another account may have run at the same time: the password is then no longer this person's.
  if ((await getPerson(redis, email))?.password_hash !== person.password_hash) {
    await changeMember(redis, invited.account_id, member.member_id, (one) => ({ ...one, state: 'invited' }));
    throw ended();
  }
  return { account_id: invited.account_id, member };
}

/**
 * Makes every open invitation of a proven address a membership; returns those. Throws `wrong_credentials` where the
 * address belonged to another identity.
 */
export async function acceptWithOidc(
  redis: RedisClient,
  { email, identity }: ProvenPerson,
): Promise<Membership[]> {
  const accepted: Membership[] = [];
  const memberships = await membershipsOf(redis, email);
  // Nothing is kept of strangers.
  if (memberships.length > 0) await holdToIdentity(redis, email, identity);
  for (const invited of memberships) {
    const { state, invitation } = invited.member;
    if (state !== 'invited' || invitation === null) continue;
    if (Date.parse(invitation.expires_at) <= Date.now()) continue;
    const member = await accept(redis, invited, 'oidc', (one) => one.state === 'invited');
    accepted.push({ account_id: invited.account_id, member });
  }
  return accepted;
}

function accept(
  redis: RedisClient,
  { account_id, member }: Membership,
  accepted_with: Proof,
  isStillOpen: (member: Member) => boolean,
): Promise<Member> {
  return changeMember(redis, account_id, member.member_id, (one) => {
    if (!isStillOpen(one)) throw ended();
    return { ...one, state: 'active', accepted_with, invitation: null };
  });
}

async function takeBackPassword(redis: RedisClient, { email, password_hash }: Person): Promise<void> {
  await changePerson(redis, email, (person) =>
    person.password_hash === password_hash ? { ...person, password_hash: null } : person,
  );
}

/**
 * Takes a member's password and second factor away, ends all sessions, and makes a link to set a new password. Whoever
 * has that link is the person, so an account may do it only for a person who belongs to no other; `anywhere` is the
 * operator. Throws `conflict` otherwise.
 */
export async function resetMember(
  redis: RedisClient,
  account_id: string,
  member_id: string,
  anywhere: boolean,
): Promise<Invited> {
  const { email } = await findOne(redis, account_id, member_id);
  if (!anywhere) await refuseOthers(redis, account_id, email);
  await changePerson(redis, email, (person) => ({
    ...person,
    password_hash: null,
    second_factor: null,
    oidc_identity: null,
  }));
  await endSessions(redis, await listSessions(redis, email));
  if (!anywhere) await refuseOthers(redis, account_id, email);
  const { secret, invitation } = newInvitation();
  const member = await changeMember(redis, account_id, member_id, (one) => ({ ...one, invitation }));
  return { member, token: tokenOf(account_id, member_id, secret), expires_at: invitation.expires_at };
}

async function findOne(redis: RedisClient, account_id: string, member_id: string): Promise<Member> {
  const member = (await getMembers(redis, account_id)).find((one) => one.member_id === member_id);
  if (member === undefined) throw new AccessError('not_found', 'there is no such member in this account');
  return member;
}

async function refuseOthers(redis: RedisClient, account_id: string, email: string): Promise<void> {
  const others = (await membershipsOf(redis, email)).filter(
    (one) => one.account_id !== account_id && one.member.state === 'active',
  );
  if (others.length > 0)
    throw new AccessError(
      'conflict',
      'this person is a member of other accounts as well: ask the operator to reset the password',
    );
}
