import { expect, it } from 'vitest';
import { isLastOwner, type Member, opensWith } from '../../../src/access/member.ts';
import { leftOf, SESSION_IDLE_MS, SESSION_MS_MAX, type Session } from '../../../src/access/session.ts';

const member = (member_id: string, change: Partial<Member> = {}): Member => ({
  member_id,
  email: `${member_id}@example.com`,
  role: 'owner',
  state: 'active',
  accepted_with: 'password',
  invitation: null,
  created_at: '2026-11-01T00:00:00.000Z',
  ...change,
});

it('an invited owner is none yet, so the active one is the last', () => {
  const invited = member('b', { state: 'invited', accepted_with: null });
  expect(isLastOwner([member('a'), invited], 'a')).toBe(true);
  expect(isLastOwner([member('a'), member('b')], 'a')).toBe(false);
  expect(isLastOwner([member('a'), invited], 'b')).toBe(false);
});

it('a membership that was proven by OpenID Connect does not open with a password', () => {
  expect(opensWith(member('a'), 'password')).toBe(true);
  expect(opensWith(member('a', { accepted_with: 'oidc' }), 'password')).toBe(false);
  expect(opensWith(member('a', { accepted_with: 'oidc' }), 'oidc')).toBe(true);
  expect(opensWith(member('a', { state: 'invited' }), 'oidc')).toBe(false);
});

it('a session ends when it was not used, and however much it was used', () => {
  const session = { created_at_ms: 0, seen_at_ms: 0 } as Session;
  expect(leftOf(session, SESSION_IDLE_MS - 1)).toBe(SESSION_IDLE_MS);
  expect(leftOf(session, SESSION_IDLE_MS)).toBe(0);
  const used = { ...session, seen_at_ms: SESSION_MS_MAX - 1 };
  expect(leftOf(used, SESSION_MS_MAX - 1)).toBe(1);
  expect(leftOf(used, SESSION_MS_MAX)).toBeLessThanOrEqual(0);
});
