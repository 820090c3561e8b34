import { parseOptions } from '@node-rs/argon2';
import { expect, it } from 'vitest';
import { ARGON2_OPTIONS, NOBODYS_HASH, PasswordHasher } from '../../../src/access/password-hasher.ts';
import { passwordRules } from '../../../src/access/password-rules.ts';

const rules = passwordRules();

it.each([
  ['eleven char', 'at least 12'],
  ['😀😀😀😀😀😀😀😀😀😀😀', 'at least 12'],
  ['x'.repeat(257), 'at most 256'],
  ['é'.repeat(129), 'at most 256'],
  ['PasswordPassword', 'most common'],
  ['Ann@Example.com', 'email address'],
])('refuses %s', (password, why) => {
  expect(rules(password, 'ann@example.com')).toContain(why);
});

it('takes what is long and uncommon, of whatever characters', () => {
  expect(rules('correct horse battery', 'ann@example.com')).toBeUndefined();
  expect(rules('пароль из слов', 'ann@example.com')).toBeUndefined();
});

it('hashes with the parameters that it names, also where nobody has a password', async () => {
  const hasher = new PasswordHasher();
  const hash = await hasher.hash('correct horse battery', '');
  for (const one of [hash, NOBODYS_HASH]) expect(parseOptions(one)).toMatchObject(ARGON2_OPTIONS);
  expect(await hasher.verify(hash, 'correct horse battery', '')).toBe(true);
  expect(await hasher.verify(hash, 'correct horse batterz', '')).toBe(false);
  expect(await hasher.verify(null, 'x', '')).toBe(false);
});

it('takes one password for another spelling of the same characters', async () => {
  const hasher = new PasswordHasher();
  const hash = await hasher.hash('Ångström units', '');
  expect(await hasher.verify(hash, 'A\u030Angstro\u0308m units', '')).toBe(true);
});

it('hashes a bounded number at once, and refuses an address of which too many wait', async () => {
  const hasher = new PasswordHasher();
  const all = await Promise.allSettled(Array.from({ length: 40 }, () => hasher.verify(null, 'x', '')));
  const refused = all.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(22);
  expect(refused[0]).toMatchObject({ reason: { code: 'too_many_requests', retry_after_s: 1 } });
});
