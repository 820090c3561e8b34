/** Whether who is signed in now is who was: else what the one was shown and typed is dropped. */
import { expect, it } from 'vitest';
import type { Session } from '../../../src/dashboard/app/api.ts';
import { accountIdOf, identityOf, personOf } from '../../../src/dashboard/app/identity.ts';

const member = (email: string, account_id: string | null, name = 'Shop'): Session =>
  ({ kind: 'member', email, account: account_id === null ? null : { account_id, name } }) as Session;

it('is the same while person and account are, whatever else has changed', () => {
  expect(identityOf(member('a@example.com', 'acc_1', 'Store'))).toBe(
    identityOf(member('a@example.com', 'acc_1')),
  );
});

it('is another in another account, of another person, and with a key', () => {
  const all = [
    member('a@example.com', 'acc_1'),
    member('a@example.com', 'acc_2'),
    member('a@example.com', null),
    member('b@example.com', 'acc_1'),
    { kind: 'key', account: { account_id: 'acc_1' } } as Session,
    { kind: 'operator' } as Session,
    { kind: 'nobody', oidc: false } as Session,
  ];
  expect(new Set(all.map(identityOf)).size).toBe(all.length);
});

it('a person has the same drafts in all accounts, each under the account', () => {
  expect(personOf(member('a@example.com', 'acc_1'))).toBe(personOf(member('a@example.com', 'acc_2')));
  expect(accountIdOf(member('a@example.com', 'acc_1'))).toBe('acc_1');
  expect(accountIdOf(member('a@example.com', null))).toBe('');
});
