/** What the operator can stop: an account, one link, offer or domain, and an address that guesses links. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WINDOW_MS } from '../../src/redirect/guesses.ts';
import type { Method } from '../support/api-types.ts';
import { askHost, type HostAnswer } from '../support/ask-host.ts';
import { giveDomain } from '../support/domains.ts';
import { startInOne } from '../support/one-period.ts';
import { PHONE } from '../support/phones.ts';
import { callApi, created, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

/** Within which every redirect process knows what was closed. */
const KNOWN_WITHIN_MS = 2_000;
/** One process may answer as before while the other has learnt: so many answers in a row are of both. */
const IN_A_ROW = 8;
const HOME = 'https://home.example/';

let system: System;

beforeAll(async () => {
  system = await sharedSystem();
});
afterAll(() => system?.destroy());

const admin = <M extends Method, Path extends string>(method: M, path: Path, body?: object) =>
  callApi(system, system.admin_key, method, path, body);

/** Asks for a link from an address, on a connection of its own. */
async function open(
  link_id: string,
  address = '198.51.100.7',
): Promise<{ status: number; location: string | null }> {
  const response = await fetch(`${system.redirect_url}/${link_id}`, {
    redirect: 'manual',
    headers: { 'user-agent': PHONE, 'x-forwarded-for': address, connection: 'close' },
  });
  await response.arrayBuffer();
  return { status: response.status, location: response.headers.get('location') };
}

/** Every answer is `status`, of whichever process. */
async function allAnswer(status: number, ask: () => Promise<{ status: number }>): Promise<void> {
  await untilSeen(
    `${IN_A_ROW} answers`,
    async () => {
      const answers = await Promise.all(Array.from({ length: IN_A_ROW }, ask));
      return [...new Set(answers.map((answer) => answer.status))];
    },
    [status],
    KNOWN_WITHIN_MS,
  );
}

async function shorten(sender: Sender, body: object): Promise<string> {
  return created(await sender.call('POST', '/v2/links/shorten', body)).link_id;
}

describe('a suspended account', () => {
  it('opens no link, takes no conversion, and neither sends nor reads, until it is active again', async () => {
    const sender = await createSender(system, { fallback_url: HOME });
    const offer = created(
      await sender.call('POST', '/v2/offers', {
        name: 'Shoes',
        destination_url: 'https://shop.example/?click={{click_id}}',
        fallback_url: HOME,
      }),
    );
    const domain = 'suspended.example';
    await giveDomain(system, sender.account_id, domain);
    await sender.call('PATCH', `/v2/domains/${domain}`, {
      root_url: HOME,
      not_found_url: HOME,
      expired_url: HOME,
    });
    const link_id = await shorten(sender, { offer_id: offer.offer_id });
    const at = (path: string): Promise<HostAnswer> => askHost(system.redirect_url, domain, path);
    await allAnswer(302, () => at(`/${link_id}`));
    const click_id = new URL((await at(`/${link_id}`)).location).searchParams.get('click') ?? '';
    const conv = `${system.redirect_url}/conv?click_id=${click_id}&txn_id=`;
    expect((await fetch(`${conv}1`)).status).toBe(200);

    const path = `/v2/accounts/${sender.account_id}`;
    expect((await admin('PATCH', path, { status: 'suspended' })).body).toMatchObject({
      error: 'invalid_request',
    });
    const { body: suspended } = await admin('PATCH', path, { status: 'suspended', reason: 'phishing' });
    expect(suspended).toMatchObject({ status: 'suspended', suspension: { reason: 'phishing' } });
    await allAnswer(410, () => at(`/${link_id}`));
    expect((await at('/zzzzzzz')).status).toBe(404);
    expect((await at('/')).location).toBe('');
    const refused = await fetch(`${conv}2`);
    expect([refused.status, await refused.json()]).toMatchObject([403, { error: 'account_suspended' }]);
    for (const [method, route] of [
      ['GET', '/v2/account'],
      ['GET', '/v2/reports/offers'],
      ['POST', '/v2/links/shorten'],
    ] as const) {
      const answer = await sender.call(method, route, method === 'POST' ? { url: HOME } : undefined);
      expect([answer.status, answer.body], route).toMatchObject([403, { error: 'account_suspended' }]);
      expect(JSON.stringify(answer.body)).toContain('phishing');
    }

    const { body: back } = await admin('PATCH', path, { status: 'active' });
    expect(back).toMatchObject({ status: 'active', suspension: null });
    await allAnswer(302, () => at(`/${link_id}`));
    expect((await at('/')).location).toBe(HOME);
    expect((await sender.call('GET', '/v2/account')).status).toBe(200);
    expect((await fetch(`${conv}2`)).status).toBe(200);
  });
});

describe('a take-down', () => {
  let sender: Sender;
  beforeAll(async () => {
    sender = await createSender(system, { fallback_url: HOME });
  });

  const takeDown = async (kind: string, id: string): Promise<string> => {
    const answer = await admin('POST', '/v2/takedowns', { kind, id, reason: 'malware' });
    expect(answer.body).toMatchObject({ kind, id, account_id: sender.account_id, reason: 'malware' });
    return created(answer).takedown_id;
  };
  const lift = async (takedown_id: string): Promise<void> => {
    expect((await admin('DELETE', `/v2/takedowns/${takedown_id}`)).status).toBe(200);
    expect((await admin('GET', `/v2/takedowns/${takedown_id}`)).status).toBe(404);
  };
  const storyOf = async (link_id: string): Promise<{ taken_down: unknown }> =>
    ((await sender.call('GET', `/v2/links/${link_id}` as string)).body as { link: { taken_down: unknown } })
      .link;
  const CLOSED = { taken_down: { reason: 'malware', at: expect.stringMatching(/Z$/) } };

  it('of a link closes it, is told to its account, and can not be undone by it', async () => {
    const link_id = await shorten(sender, { url: 'https://shop.example/' });
    await allAnswer(302, () => open(link_id));
    const takedown_id = await takeDown('link', link_id);
    await allAnswer(410, () => open(link_id));
    const { body } = await sender.call('PATCH', `/v2/links/${link_id}`, { status: 'active', query: 'pass' });
    expect(body).toMatchObject({ status: 'active', ...CLOSED });
    const { body: why } = await sender.call('POST', '/v2/links/preview', { link_id });
    expect(why).toMatchObject({
      leads_to: 'page',
      reason: 'taken_down',
      why: expect.stringContaining('malware'),
    });
    expect(await storyOf(link_id)).toMatchObject({
      status: 'taken_down',
      taken_down: { what: 'link', ...CLOSED.taken_down },
    });
    await allAnswer(410, () => open(link_id));
    await lift(takedown_id);
    await allAnswer(302, () => open(link_id));
  });

  it('of an offer closes all its links, and no message is made with it', async () => {
    const offer = created(
      await sender.call('POST', '/v2/offers', { name: 'Pills', destination_url: HOME, fallback_url: HOME }),
    );
    const { offer_id } = offer;
    const offer_links = [{ key: 'link1', offer_id }];
    const { creative_id } = created(
      await sender.call('POST', '/v2/creatives', { name: 'C', body: '{{link1}}', offer_links }),
    );
    const send = (message_id: string) => sender.send([{ message_id, contact_id: 'c', creative_id }]);
    const [message] = await send('before');
    const link_id = message?.links[0]?.link_id ?? '';
    const takedown_id = await takeDown('offer', offer_id);
    await allAnswer(410, () => open(link_id));
    const patched = await sender.call('PATCH', `/v2/offers/${offer_id}`, { status: 'active' });
    expect(patched.body).toMatchObject({ status: 'active', ...CLOSED });
    expect((await sender.call('GET', `/v2/offers/${offer_id}`)).body).toMatchObject(CLOSED);
    expect((await storyOf(link_id)).taken_down).toMatchObject({ what: 'offer', reason: 'malware' });
    await expect(send('after')).rejects.toThrow(/taken_down.*malware/);
    await allAnswer(410, () => open(link_id));
    await lift(takedown_id);
    await allAnswer(302, () => open(link_id));
  });

  it('of a domain answers its links as unknown, and the name can be taken back by nobody', async () => {
    const domain = 'taken-down.example';
    await giveDomain(system, sender.account_id, domain);
    await sender.call('PATCH', `/v2/domains/${domain}`, { root_url: HOME, not_found_url: HOME });
    const { body: made } = await sender.call('POST', '/v2/links/shorten', { url: HOME });
    expect(made.short_url).toContain(domain);
    const at = (path: string): Promise<HostAnswer> => askHost(system.redirect_url, domain, path);
    await allAnswer(302, () => at(`/${made.link_id}`));
    const takedown_id = await takeDown('domain', domain.toUpperCase().toLowerCase());
    await allAnswer(404, () => at(`/${made.link_id}`));
    expect((await at('/')).location).toBe('');
    expect((await sender.call('GET', `/v2/domains/${domain}`)).body).toMatchObject(CLOSED);
    const { body: other } = await sender.call('POST', '/v2/links/shorten', { url: HOME });
    expect(other.short_url).not.toContain(domain);
    expect((await sender.call('POST', '/v2/links/shorten', { url: HOME, domain })).status).toBe(400);
    expect((await sender.call('DELETE', `/v2/domains/${domain}`)).status).toBe(204);
    expect((await sender.call('POST', '/v2/domains', { domain })).body).toMatchObject({ error: 'conflict' });
    await allAnswer(404, () => at(`/${made.link_id}`));
    await lift(takedown_id);
    expect((await sender.call('POST', '/v2/domains', { domain })).status).toBe(201);
  });

  it('is the operator’s alone, and of something that there is', async () => {
    expect((await sender.call('GET', '/v2/takedowns')).status).toBe(403);
    const link_id = await shorten(sender, { url: HOME });
    for (const wrong of [
      { kind: 'link', id: 'zzzzzzz' },
      { kind: 'offer', id: 'off_none' },
      { kind: 'domain', id: 'nobody.example' },
      { kind: 'link', id: link_id, account_id: 'acc_other' },
    ]) {
      expect((await admin('POST', '/v2/takedowns', { ...wrong, reason: 'x' })).status, wrong.kind).toBe(404);
    }
    expect((await admin('POST', '/v2/takedowns', { kind: 'link', id: link_id })).status).toBe(400);
    const takedown_id = await takeDown('link', link_id);
    const { body } = await admin('GET', '/v2/takedowns');
    expect(body.takedowns.map((one: { takedown_id: string }) => one.takedown_id)).toContain(takedown_id);
  });
});

describe('an address that guesses links', () => {
  const GUESSES_MAX = 400;
  /** They are counted by the window: many times what all of this takes. */
  const GUESSED_MS = 30_000;

  it('gets 429 for links that do not exist, in every process, while links that exist open for it', async () => {
    const sender = await createSender(system);
    const address = '2001:db8:5:6::1';
    await startInOne(WINDOW_MS, GUESSED_MS);
    const statuses = new Set<number>();
    for (let asked = 0; asked < GUESSES_MAX && !statuses.has(429); asked += IN_A_ROW) {
      // Another address of the same network each time.
      const answers = await Promise.all(
        Array.from({ length: IN_A_ROW }, (_, i) =>
          open(`zzz${1_000 + asked + i}`, `2001:db8:5:6::${asked + i}`),
        ),
      );
      for (const { status } of answers) statuses.add(status);
    }
    expect([...statuses]).toEqual([404, 429]);
    await untilSeen(
      'the bound in both processes',
      async () => {
        const answers = await Promise.all(Array.from({ length: IN_A_ROW }, () => open('zzzzzz0', address)));
        return answers.every(({ status }) => status === 429);
      },
      true,
    );
    const link_id = await shorten(sender, { url: 'https://shop.example/' });
    const cold = await Promise.all(Array.from({ length: IN_A_ROW }, () => open(link_id, address)));
    expect(cold.map(({ status }) => status)).toEqual(cold.map(() => 302));
    expect((await open('zzzzzz0', '2001:db8:5:7::1')).status).toBe(404);
    const report = await fetch(`${system.redirect_url}/conv?link_id=zzzzzz0`, {
      headers: { 'x-forwarded-for': address },
    });
    expect([report.status, await report.json()]).toMatchObject([429, { error: 'too_many_unknown' }]);
    expect(Number(report.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
