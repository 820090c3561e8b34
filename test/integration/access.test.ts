/**
 * Every route of the OpenAPI document, asked by everybody: without a key, with a key of each scope, by a member of each
 * role, with the operator's, and with the key of an account that has no business there.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_SCOPES, ROLES, SCOPES, type Scope } from '../../src/access/scopes.ts';
import type { OpenApiDocument } from '../../src/api/http/write-types.ts';
import { joinAs } from '../support/members.ts';
import { createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';

interface Operation {
  method: string;
  path: string;
  security: Record<string, Scope[]>[];
}

const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

let system: System;
let sender: Sender;
let operations: Operation[];
const keys = new Map<Scope, string>();

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  const document = (await (await fetch(`${system.api_url}/openapi.json`)).json()) as OpenApiDocument;
  operations = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path,
      security,
    })),
  );
  for (const scope of SCOPES) {
    const { body } = await sender.call('POST', '/v2/keys', { name: scope, scopes: [scope] });
    keys.set(scope, body.api_key);
  }
});

afterAll(async () => {
  await system?.destroy();
});

/**
 * The status that the route answers; its body, which never ends where it is a stream, is not read. Asked for things
 * that do not exist, and with a body that is no body of any route, so that whoever may ask changes nothing.
 */
async function ask(
  { method, path }: Operation,
  who: string | Record<string, string> | undefined,
  parameters: Record<string, string> = {},
): Promise<number> {
  const real = path.replace(/\{(\w+)\}/g, (_all, name) => encodeURIComponent(parameters[name] ?? 'unknown'));
  const sends = method === 'POST' || method === 'PATCH';
  const answer = await fetch(`${system.api_url}${real}`, {
    method,
    headers: {
      // An address is told to wait after many wrong keys: each route is asked from one of its own.
      'x-forwarded-for': addressOf(method, path),
      ...(typeof who === 'string' ? { 'x-api-key': who } : who),
      ...(sends ? { 'content-type': 'application/json' } : {}),
    },
    ...(sends ? { body: '{"nothing":"of this"}' } : {}),
  });
  await answer.body?.cancel();
  return answer.status;
}

const addressOf = (method: string, path: string): string =>
  `198.51.100.${operations.findIndex((one) => one.method === method && one.path === path) + 1}`;

const needs = ({ security }: Operation) => ({
  scope: security.find((one) => 'key' in one)?.['key']?.[0],
  admin: security.some((one) => 'admin_key' in one),
});

const ofEach = (check: (one: Operation) => Promise<void>) => Promise.all(operations.map(check));

/** Routes without a body, whose question would change something of the account that asks. */
const CHANGES_ITS_ACCOUNT = ['POST /v2/account/conversion_secret/rotate'];

describe('every route', () => {
  it('says which scope it needs, or that it is the operator’s', () => {
    expect(operations.length).toBeGreaterThan(60);
    const silent = operations.filter((one) => {
      const { scope, admin } = needs(one);
      return !admin && !SCOPES.some((known) => known === scope);
    });
    expect(silent).toEqual([]);
  });

  it('refuses who has no key, or one that is unknown', async () => {
    await ofEach(async (one) => {
      for (const key of [undefined, '', 'trk_wrong', `trk_${'0'.repeat(32)}`]) {
        expect(await ask(one, key), `${one.method} ${one.path} with ${key}`).toBe(UNAUTHORIZED);
      }
    });
  });

  it.each(SCOPES)(
    'opens to a key of the scope %s where it needs that one, and nowhere else',
    async (scope) => {
      for (const one of operations) {
        if (CHANGES_ITS_ACCOUNT.includes(`${one.method} ${one.path}`) && needs(one).scope === scope) continue;
        const status = await ask(one, keys.get(scope));
        const name = `${one.method} ${one.path}: ${status}`;
        if (needs(one).scope === scope) expect([UNAUTHORIZED, FORBIDDEN], name).not.toContain(status);
        else expect(status, name).toBe(FORBIDDEN);
      }
    },
  );

  it.each(ROLES)('opens to a member as %s where the role has the scope, and nowhere else', async (role) => {
    const member = await joinAs(system, sender, role, `${role}@access.example`);
    const cookie = member.cookie()?.join('=') ?? '';
    const who = { cookie, 'sec-fetch-site': 'same-origin', 'x-trackly-session': '1' };
    await ofEach(async (one) => {
      const { scope } = needs(one);
      const may = scope !== undefined && ROLE_SCOPES[role].includes(scope);
      if (CHANGES_ITS_ACCOUNT.includes(`${one.method} ${one.path}`) && may) return;
      const status = await ask(one, who);
      const name = `${one.method} ${one.path}: ${status}`;
      if (may) expect([UNAUTHORIZED, FORBIDDEN], name).not.toContain(status);
      else expect(status, name).toBe(FORBIDDEN);
      const reads = one.method === 'GET';
      if (!reads) expect(await ask(one, { cookie }), `${name} from another site`).toBe(FORBIDDEN);
    });
  });

  it('opens to the operator where it says so, and nowhere else', async () => {
    await ofEach(async (one) => {
      const status = await ask(one, system.admin_key);
      const name = `${one.method} ${one.path}: ${status}`;
      if (needs(one).admin) expect([UNAUTHORIZED, FORBIDDEN], name).not.toContain(status);
      else expect(status, name).toBe(FORBIDDEN);
    });
  });
});

it('an id of another account is unknown on every route that takes one', async () => {
  const own = async <P extends string>(path: P, body: object) => (await sender.call('POST', path, body)).body;
  const offer = { name: 'Offer', destination_url: 'https://example.com/' };
  const { offer_id } = await own('/v2/offers', offer);
  const { creative_id } = await own('/v2/creatives', {
    name: 'Creative',
    body: 'Look: {{link1}}',
    offer_links: [{ key: 'link1', offer_id }],
  });
  const variants = [{ variant_id: 'a', creative_id, percent: 100 }];
  const { campaign_id } = await own('/v2/campaigns', { name: 'Campaign', variants });
  const { audience_id } = await own('/v2/audiences', {
    name: 'Audience',
    definition: { clicked: {} },
  });
  const [message] = await sender.send([{ contact_id: 'somebody', creative_id }]);
  const [{ key_id } = { key_id: '' }] = (await sender.call('GET', '/v2/keys')).body.keys;
  await own('/v2/domains', { domain: 'links.access-test.example' });
  const link_id = message?.links[0]?.link_id ?? '';
  const ids: Record<string, string> = {
    offers: offer_id,
    creatives: creative_id,
    campaigns: campaign_id,
    audiences: audience_id,
    messages: message?.message_id ?? '',
    links: link_id,
    rejudgements: '1',
  };
  const parameters = { link_id, key_id, domain: 'links.access-test.example', contact_id: 'somebody' };
  const foreign = await createSender(system);
  // An account names its contacts itself: the same id of two accounts is two people.
  const taking = operations.filter(
    (one) =>
      one.path.includes('{') &&
      needs(one).scope !== undefined &&
      !/^\/v2\/(?:contacts|optouts)\//.test(one.path),
  );
  expect(taking.length).toBeGreaterThan(20);
  for (const one of taking) {
    const id = ids[one.path.split('/')[2] ?? ''];
    const known = id === undefined ? parameters : { ...parameters, id };
    const status = await ask(one, foreign.api_key, known);
    // A body is checked before the id is looked up.
    expect(
      one.method === 'GET' || one.method === 'DELETE' ? [404] : [400, 404],
      `${one.method} ${one.path}`,
    ).toContain(status);
    if (one.method !== 'GET' || id === undefined || id === '1') continue;
    // Of a second id, no own one is known here.
    if (/\{(?!id\})/.test(one.path)) continue;
    expect(await ask(one, sender.api_key, known), `${one.path} of the own account`).toBe(200);
  }
});
