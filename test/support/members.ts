/** Members of an account: invited through the API, and signed in as a browser does it. */
import { TOTP } from 'otpauth';
import type { Role } from '../../src/access/scopes.ts';
import type { Sender } from './sender.ts';
import type { System } from './system.ts';
import { type Visitor, visitorOf } from './visitor.ts';

export const PASSWORD = 'correct horse battery staple';

/** The link of an invitation, as its page reads it. */
export async function inviteMember(
  sender: Sender,
  email: string,
  role: Role,
): Promise<{ member_id: string; token: string; url: string }> {
  const { status, body } = await sender.call('POST', '/v2/members', { email, role });
  if (status !== 201) throw new Error(`${email} was not invited: ${JSON.stringify(body)}`);
  const { member_id, invitation_url } = body as { member_id: string; invitation_url: string };
  return { member_id, token: new URL(invitation_url).hash.slice(1), url: invitation_url };
}

export interface SignedInMember extends Visitor {
  member_id: string;
  email: string;
}

/** Invited and signed in. */
export async function joinAs(
  system: System,
  sender: Sender,
  role: Role,
  email: string,
): Promise<SignedInMember> {
  const { token, member_id } = await inviteMember(sender, email, role);
  const visitor = visitorOf(system);
  const { status, body } = await visitor.send('POST', '/session/invitation/accept', {
    token,
    password: PASSWORD,
  });
  if (status !== 204) throw new Error(`${email} could not accept: ${JSON.stringify(body)}`);
  return { ...visitor, member_id, email };
}

/** The code of an authenticator app; `steps` of 30 s later. */
export function codeOf(secret: string, steps = 0): string {
  return new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 });
}
