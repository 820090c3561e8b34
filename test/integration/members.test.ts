/**
 * People who sign in: what their sessions may do and when they end, what guessers, other sites and used links get, and
 * that an account keeps an owner.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { GUESS_RULES } from '../../src/access/limits/guess-limits.ts';
import { codeOf, inviteMember, joinAs, PASSWORD } from '../support/members.ts';
import { type RunningProvider, signInAtProvider, startOidcProvider } from '../support/oidc.ts';
import { callApi, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { type Visitor, visitorOf } from '../support/visitor.ts';

let system: System;
let sender: Sender;
let addresses = 0;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
});

afterAll(() => system?.destroy());

/** An address of its own for a test that guesses. */
const newAddress = (): string => `198.51.100.${++addresses}`;
const signIn = (visitor: Visitor, email: string, password = PASSWORD, code?: string) =>
  visitor.send('POST', '/session', { email, password, code });
const OFFER = {
  name: 'Of a session',
  destination_url: 'https://shop.example/?c={{click_id}}',
  payout_type: 'cpa',
  payout: '1',
  currency: 'USD',
};

describe('the cookie', () => {
  it('is never the key: it opens nothing where a key is asked for, and looks only', async () => {
    const visitor = visitorOf(system);
    expect((await visitor.send('POST', '/session', { api_key: sender.api_key })).status).toBe(204);
    const [, token = ''] = visitor.cookie() ?? [];
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(token).not.toContain(sender.api_key.slice(4));
    expect(visitor.attributes()).toMatch(/HttpOnly.*SameSite=Strict/);
    expect((await visitor.get('/session')).body).toMatchObject({
      kind: 'key',
      account: { account_id: sender.account_id },
    });
    expect((await visitor.get('/v2/account')).status).toBe(200);
    expect((await visitor.send('POST', '/v2/offers', OFFER)).status).toBe(403);
    expect((await callApi(system, token, 'GET', '/v2/account')).status).toBe(401);
    const old = { cookie: `trackly_session=${sender.api_key}` };
    expect((await fetch(`${system.api_url}/v2/account`, { headers: old })).status).toBe(401);
  });

  it('is Secure and bound to the host under TLS', async () => {
    const visitor = visitorOf(system, undefined, { 'x-forwarded-proto': 'https' });
    await visitor.send('POST', '/session', { api_key: sender.api_key });
    expect(visitor.attributes()).toMatch(/^__Host-trackly_session=.*Path=\/;.*Secure/);
    expect((await visitor.get('/v2/account')).status).toBe(200);
  });

  it('is another one after every sign-in, and the one before ends', async () => {
    const visitor = await joinAs(system, sender, 'member', 'rotates@example.com');
    const [name, before] = visitor.cookie() ?? [];
    expect((await signIn(visitor, visitor.email)).status).toBe(204);
    expect(visitor.cookie()?.[1]).not.toBe(before);
    const old = await fetch(`${system.api_url}/v2/account`, { headers: { cookie: `${name}=${before}` } });
    expect(old.status).toBe(401);
  });

  it('ends with the key that it stands for', async () => {
    const other = await createSender(system);
    const visitor = visitorOf(system);
    await visitor.send('POST', '/session', { api_key: other.api_key });
    expect((await visitor.get('/v2/account')).status).toBe(200);
    await callApi(system, system.admin_key, 'POST', `/v2/accounts/${other.account_id}/keys`, {
      revoke_others: true,
    });
    expect((await visitor.get('/v2/account')).status).toBe(401);
    expect((await visitor.get('/session')).body.kind).toBe('nobody');
  });

  it("of the operator looks at the operator's routes, and changes nothing", async () => {
    const visitor = visitorOf(system);
    await visitor.send('POST', '/session', { api_key: system.admin_key });
    expect((await visitor.get('/session')).body).toEqual({ kind: 'operator' });
    expect((await visitor.get('/v2/accounts')).status).toBe(200);
    expect((await visitor.send('POST', '/v2/accounts', { name: 'No' })).status).toBe(403);
  });
});

describe('roles', () => {
  it('a viewer looks, a member changes the catalog, an owner manages members', async () => {
    const viewer = await joinAs(system, sender, 'viewer', 'viewer@example.com');
    const member = await joinAs(system, sender, 'member', 'member@example.com');
    const owner = await joinAs(system, sender, 'owner', 'owner@example.com');
    expect((await viewer.get('/v2/offers')).status).toBe(200);
    expect((await viewer.send('POST', '/v2/offers', OFFER)).status).toBe(403);
    expect((await viewer.get('/v2/members')).status).toBe(403);
    expect((await member.send('POST', '/v2/offers', OFFER)).status).toBe(201);
    expect((await member.get('/v2/members')).status).toBe(403);
    const { body } = await owner.get('/v2/members');
    const found = body.members.find(({ email }: { email: string }) => email === 'viewer@example.com');
    expect(found).toMatchObject({ role: 'viewer', state: 'active', totp: false });
    expect(found.last_signed_in_at).toMatch(/^20/);
    const patched = await owner.send('PATCH', `/v2/members/${viewer.member_id}`, { role: 'member' });
    expect(patched.body).toMatchObject({ role: 'member' });
    expect((await viewer.send('POST', '/v2/offers', OFFER)).status).toBe(201);
    expect((await owner.send('DELETE', `/v2/members/${viewer.member_id}`)).status).toBe(204);
    expect((await viewer.get('/v2/offers')).status).toBe(401);
  });

  it('keep an owner: of two who remove each other at once one is refused', async () => {
    const alone = await createSender(system);
    const path = `/v2/accounts/${alone.account_id}/members`;
    const invited = await callApi(system, system.admin_key, 'POST', path, {
      email: 'first@example.com',
      role: 'owner',
    });
    const first = visitorOf(system);
    const token = new URL((invited.body as { invitation_url: string }).invitation_url).hash.slice(1);
    await first.send('POST', '/session/invitation/accept', { token, password: PASSWORD });
    const { member_id } = invited.body as { member_id: string };
    expect((await first.send('DELETE', `/v2/members/${member_id}`)).body.error).toBe('conflict');
    expect((await first.send('PATCH', `/v2/members/${member_id}`, { role: 'viewer' })).status).toBe(409);
    const second = await joinAs(system, alone, 'owner', 'second@example.com');
    const both = await Promise.all([
      first.send('DELETE', `/v2/members/${second.member_id}`),
      second.send('DELETE', `/v2/members/${member_id}`),
    ]);
    const statuses = both.map(({ status }) => status).toSorted();
    expect(statuses[0]).toBe(204);
    // Who is removed before the own request is looked at has no session any more.
    expect([401, 403, 409]).toContain(statuses[1]);
    const left = await callApi(system, system.admin_key, 'GET', path);
    expect((left.body as { total: number }).total).toBe(1);
  });
});

describe('other sites', () => {
  it('cause no change with the cookie, and sign nobody in', async () => {
    const member = await joinAs(system, sender, 'member', 'browses@example.com');
    const custom = { 'x-trackly-session': '1' };
    const from = (headers: Record<string, string>) => member.send('POST', '/v2/offers', OFFER, headers);
    expect((await from({ 'sec-fetch-site': 'cross-site', ...custom })).status).toBe(403);
    expect((await from({ 'sec-fetch-site': 'same-site', ...custom })).status).toBe(403);
    expect((await from({ origin: 'https://evil.example', ...custom })).status).toBe(403);
    expect((await from({ origin: 'null', ...custom })).status).toBe(403);
    expect((await from({ 'sec-fetch-site': 'same-origin' })).status).toBe(403);
    expect((await from({ origin: system.api_url, ...custom })).status).toBe(201);
    const credentials = { email: member.email, password: PASSWORD };
    const signed_in = await visitorOf(system).send('POST', '/session', credentials, {
      origin: 'https://evil.example',
    });
    expect(signed_in.status).toBe(403);
    expect(
      (await member.send('DELETE', '/session', undefined, { 'sec-fetch-site': 'cross-site' })).status,
    ).toBe(403);
    const asked = await fetch(`${system.api_url}/v2/offers`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(asked.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('sessions', () => {
  it('change nothing for a page that shows another account', async () => {
    const member = await joinAs(system, sender, 'member', 'two-tabs@example.com');
    const from = (account_id: string) =>
      member.send('POST', '/v2/offers', OFFER, {
        'sec-fetch-site': 'same-origin',
        'x-trackly-session': '1',
        'x-trackly-account': account_id,
      });
    const refused = await from('acc_of_another_tab');
    expect(refused).toMatchObject({ status: 409, body: { error: 'conflict' } });
    expect((await from(sender.account_id)).status).toBe(201);
  });

  it('are listed, and ended one by one or all others', async () => {
    const here = await joinAs(system, sender, 'member', 'sessions@example.com');
    const there = visitorOf(system, '192.0.2.77', { 'user-agent': 'Another browser' });
    const third = visitorOf(system);
    await signIn(there, here.email);
    await signIn(third, here.email);
    const { sessions } = (await here.get('/sessions')).body;
    expect(sessions).toHaveLength(3);
    const other = sessions.find(({ agent }: { agent: string }) => agent === 'Another browser');
    expect(other).toMatchObject({ current: false, address: '192.0.2.77', proof: 'password' });
    expect((await here.send('DELETE', `/sessions/${other.session_id}`)).status).toBe(204);
    expect((await there.get('/v2/account')).status).toBe(401);
    expect((await third.get('/v2/account')).status).toBe(200);
    expect((await here.send('DELETE', '/sessions')).status).toBe(204);
    expect((await third.get('/v2/account')).status).toBe(401);
    expect((await here.get('/v2/account')).status).toBe(200);
    const [name, value] = here.cookie() ?? [];
    expect((await here.send('DELETE', '/session')).status).toBe(204);
    const after = await fetch(`${system.api_url}/v2/account`, { headers: { cookie: `${name}=${value}` } });
    expect(after.status).toBe(401);
  });

  it('end elsewhere with a new password, which asks for the old one', async () => {
    const here = await joinAs(system, sender, 'member', 'changes@example.com');
    const there = visitorOf(system);
    await signIn(there, here.email);
    const change = (old_password: string, new_password: string) =>
      here.send('POST', '/session/password', { old_password, new_password });
    expect((await change('not the old one', 'a new and long one')).body.error).toBe('wrong_credentials');
    expect((await change(PASSWORD, 'short')).body).toMatchObject({ error: 'invalid_request' });
    expect((await change(PASSWORD, 'Passwordpassword')).body.message).toContain('most common');
    expect((await change(PASSWORD, 'a new and long one')).status).toBe(204);
    expect((await there.get('/v2/account')).status).toBe(401);
    expect((await here.get('/v2/account')).status).toBe(200);
    expect((await signIn(there, here.email)).status).toBe(403);
    expect((await signIn(there, here.email, 'a new and long one')).status).toBe(204);
  });

  it('of a member of several accounts are in one of them, and change over', async () => {
    const other = await createSender(system);
    const member = await joinAs(system, sender, 'viewer', 'two@example.com');
    const { token } = await inviteMember(other, member.email, 'owner');
    const look = await visitorOf(system).send('POST', '/session/invitation', { token });
    expect(look.body).toMatchObject({ email: member.email, role: 'owner', password: true });
    const accept = (password: string) =>
      visitorOf(system).send('POST', '/session/invitation/accept', { token, password });
    expect((await accept('another long password')).body.error).toBe('wrong_credentials');
    expect((await accept(PASSWORD)).status).toBe(204);
    await signIn(member, member.email);
    const { account, accounts } = (await member.get('/session')).body;
    expect(account).toBeNull();
    expect(accounts).toHaveLength(2);
    expect((await member.get('/v2/offers')).status).toBe(403);
    const choose = (account_id: string) => member.send('POST', '/session/account', { account_id });
    expect((await choose(sender.account_id)).status).toBe(204);
    expect((await member.get('/v2/members')).status).toBe(403);
    expect((await choose(other.account_id)).status).toBe(204);
    expect((await member.get('/v2/members')).status).toBe(200);
    expect((await choose('acc_unknown')).status).toBe(404);
    // Whoever could reset this person here would be in the other account as well.
    expect((await sender.call('POST', `/v2/members/${member.member_id}/reset`)).status).toBe(409);
  });
});

describe('an invitation', () => {
  const accept = (visitor: Visitor, token: string) =>
    visitor.send('POST', '/session/invitation/accept', { token, password: PASSWORD });

  it('works once, also when two accept it at the same time', async () => {
    const { token } = await inviteMember(sender, 'once@example.com', 'viewer');
    const both = await Promise.all([accept(visitorOf(system), token), accept(visitorOf(system), token)]);
    expect(both.filter(({ status }) => status === 204)).toHaveLength(1);
    expect((await accept(visitorOf(system), token)).body.error).toBe('invitation_ended');
  });

  it('is replaced by a new one, and ends with its member', async () => {
    const first = await inviteMember(sender, 'again@example.com', 'viewer');
    const second = await inviteMember(sender, 'AGAIN@example.com', 'member');
    expect(second.member_id).toBe(first.member_id);
    expect((await accept(visitorOf(system), first.token)).status).toBe(410);
    await sender.call('DELETE', `/v2/members/${second.member_id}`);
    expect((await accept(visitorOf(system), second.token)).status).toBe(410);
  });

  it('after a reset sets a new password, and takes the second factor away', async () => {
    const member = await joinAs(system, sender, 'member', 'lost@example.com');
    const offer = (await member.send('POST', '/session/totp', { password: PASSWORD })).body;
    await member.send('POST', '/session/totp/confirm', { code: codeOf(offer.secret) });
    const { body } = await sender.call('POST', `/v2/members/${member.member_id}/reset`);
    expect((await member.get('/v2/account')).status).toBe(401);
    expect((await signIn(visitorOf(system), member.email)).status).toBe(403);
    const token = new URL((body as { invitation_url: string }).invitation_url).hash.slice(1);
    expect((await accept(visitorOf(system), token)).status).toBe(204);
    expect((await signIn(visitorOf(system), member.email)).status).toBe(204);
  });
});

describe('guessing', () => {
  it('is stopped after a few wrong tries from one address, alike for people who exist and others', async () => {
    const member = await joinAs(system, sender, 'member', 'guessed@example.com');
    for (const email of [member.email, 'nobody@example.com']) {
      const guesser = visitorOf(system, newAddress());
      const statuses: number[] = [];
      for (let i = 0; i < GUESS_RULES.pair.tries + 1; i++)
        statuses.push((await signIn(guesser, email, `wrong password ${i}`)).status);
      expect(statuses).toEqual([...Array(GUESS_RULES.pair.tries).fill(403), 429]);
      const refused = await signIn(guesser, email);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(600);
    }
    // Elsewhere the person signs in as before.
    expect((await signIn(visitorOf(system, newAddress()), member.email)).status).toBe(204);
  });

  it('many at once is stopped as well', async () => {
    const guesser = visitorOf(system, newAddress());
    const tries = await Promise.all(
      Array.from({ length: 20 }, (_, i) => signIn(guesser, 'crowd@example.com', `wrong password ${i}`)),
    );
    expect(tries.filter(({ status }) => status === 403)).toHaveLength(GUESS_RULES.pair.tries);
  });

  it('takes a small body only', async () => {
    const { status } = await visitorOf(system).send('POST', '/session', { api_key: 'x'.repeat(2_000) });
    expect(status).toBe(413);
  });
});

describe('the second factor', () => {
  it('is asked for after the password; a code works once, a recovery code too', async () => {
    const member = await joinAs(system, sender, 'member', 'factor@example.com');
    expect((await member.send('POST', '/session/totp', { password: 'wrong password!' })).status).toBe(403);
    const { secret, qr, uri } = (await member.send('POST', '/session/totp', { password: PASSWORD })).body;
    expect(uri).toContain(`secret=${secret}`);
    expect(qr).toContain('<svg');
    expect((await member.send('POST', '/session/totp/confirm', { code: '000000' })).status).toBe(403);
    // Of this step and the next: both are taken for a step more, should one end meanwhile.
    const code = codeOf(secret);
    const { recovery_codes } = (await member.send('POST', '/session/totp/confirm', { code })).body;
    expect(recovery_codes).toHaveLength(10);
    const enter = async (given?: string) =>
      (await signIn(visitorOf(system, newAddress()), member.email, PASSWORD, given)).body.error ?? 'in';
    expect(await enter()).toBe('second_factor_required');
    expect(await enter(code)).toBe('wrong_credentials');
    const next = codeOf(secret, 1);
    expect((await Promise.all([enter(next), enter(next)])).toSorted()).toEqual(['in', 'wrong_credentials']);
    expect(await enter(next)).toBe('wrong_credentials');
    expect(await enter(recovery_codes[0])).toBe('in');
    expect(await enter(recovery_codes[0])).toBe('wrong_credentials');
    expect((await member.get('/session')).body.recovery_codes).toBe(9);
    const list = await sender.call('GET', '/v2/members');
    const all = (list.body as { members: { email: string; totp: boolean }[] }).members;
    expect(all.find(({ email }) => email === member.email)?.totp).toBe(true);
    const stored = JSON.stringify(await recordsOf(member.email));
    expect(stored).not.toContain(secret);
    expect(stored).not.toContain(PASSWORD);
  });
});

/** What ClickHouse would restore of a person. */
async function recordsOf(email: string): Promise<unknown[]> {
  const result = await system.clickhouse.query({
    query: 'SELECT value FROM records WHERE key = {key:String}',
    query_params: { key: `person:${email}` },
    format: 'JSONEachRow',
  });
  return result.json();
}

describe('OpenID Connect', () => {
  let provider: RunningProvider;
  const people = {
    'invited@corp.example': true,
    'unverified@corp.example': false,
    'stranger@corp.example': true,
  };

  beforeAll(async () => {
    const issuer = `http://127.0.0.1:${inject('oidc_port')}`;
    provider = await startOidcProvider(issuer, `${system.api_url}/session/oidc/callback`, people);
  });
  afterAll(() => provider?.close());

  const enter = async (visitor: Visitor, email: string): Promise<{ to: string; callback: string }> => {
    const start = await visitor.get('/session/oidc');
    const location = start.headers.get('location') ?? '';
    expect(location).toMatch(/code_challenge=.*code_challenge_method=S256/);
    const callback = await signInAtProvider(location, email, system.api_url);
    const answer = await visitor.get(callback);
    return { to: answer.headers.get('location') ?? '', callback };
  };

  it('signs in whose verified address is invited, and nobody else', async () => {
    await inviteMember(sender, 'invited@corp.example', 'viewer');
    await inviteMember(sender, 'unverified@corp.example', 'owner');
    const visitor = visitorOf(system);
    expect((await enter(visitor, 'invited@corp.example')).to).toBe('/');
    expect((await visitor.get('/session')).body).toMatchObject({ role: 'viewer', password: false });
    expect((await visitor.get('/v2/offers')).status).toBe(200);
    expect((await enter(visitorOf(system), 'unverified@corp.example')).to).toBe('/?sign_in=unverified');
    expect((await enter(visitorOf(system), 'stranger@corp.example')).to).toBe('/?sign_in=unknown');
  });

  it('keeps somebody out who got the address of a member at the provider, until a reset', async () => {
    expect((await enter(visitorOf(system), '2#invited@corp.example')).to).toBe('/?sign_in=unknown');
    expect((await enter(visitorOf(system), 'invited@corp.example')).to).toBe('/');
  });

  it('takes no answer that another browser asked for, and none twice', async () => {
    const visitor = visitorOf(system);
    const { callback } = await enter(visitor, 'invited@corp.example');
    const victim = visitorOf(system);
    await victim.get('/session/oidc');
    expect((await victim.get(callback)).headers.get('location')).toBe('/?sign_in=provider');
    expect((await visitor.get(callback)).headers.get('location')).toBe('/?sign_in=provider');
    expect(victim.cookie()).toBeUndefined();
  });

  it('keeps out a password that somebody else gave to the address', async () => {
    const attacker = await createSender(system);
    await joinAs(system, attacker, 'owner', 'invited@corp.example');
    const visitor = visitorOf(system);
    await signIn(visitor, 'invited@corp.example');
    const { accounts } = (await visitor.get('/session')).body;
    expect(accounts.map(({ account_id }: { account_id: string }) => account_id)).toEqual([
      attacker.account_id,
    ]);
  });
});
