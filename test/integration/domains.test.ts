/** Tracking domains from the claim to the tap, with a real DNS server: on the shared system, whose resolver this file runs. */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { askHost } from '../support/ask-host.ts';
import { startDns, type TestDns } from '../support/dns.ts';
import { clickIdOf } from '../support/phones.ts';
import { callApi, createCampaign, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

/** What PUBLIC_ADDRESS of the shared system says. */
const PUBLIC_ADDRESS = '192.0.2.10';

let system: System;
let dns: TestDns;
let sender: Sender;
let names = 0;

beforeAll(async () => {
  system = await sharedSystem();
  dns = await startDns(inject('dns_port'));
});

beforeEach(async () => {
  sender = await createSender(system);
  dns.fail(false);
});

afterAll(async () => {
  await dns?.close();
  await system?.destroy();
});

const newName = (): string => `go.brand-${++names}.test`;

/** What the public listener answers on `host`. */
const open = (host: string, path: string) => askHost(system.redirect_url, host, path);

const claim = (domain: string, settings: object = {}, as = sender) =>
  as.call('POST', '/v2/domains', { domain, ...settings });

const read = async (domain: string, as = sender) => (await as.call('GET', `/v2/domains/${domain}`)).body;

function point(domain: string, token_value: string): void {
  dns.set(`_trackly.${domain}`, 'TXT', [token_value]);
  dns.set(domain, 'A', [PUBLIC_ADDRESS]);
}

const proofOf = (body: { records: { type: string; value: string }[] }): string =>
  body.records.find(({ type }) => type === 'TXT')?.value ?? '';

/** Claims and proves a name; it is in use then. */
async function use(domain: string, settings: object = {}, as = sender): Promise<void> {
  const { body } = await claim(domain, settings, as);
  point(domain, proofOf(body));
  const verified = await as.call('POST', `/v2/domains/${domain}/verify`);
  expect(verified.body.status).toBe('active');
}

async function messageOf(as: Sender, message: object = {}): Promise<{ url: URL; text: string }> {
  const { creative_ids } = await createCampaign(as, 'Domains');
  const [made] = await as.send([
    { contact_id: 'c', creative_id: creative_ids[0], fields: { first_name: 'Ann' }, ...message },
  ]);
  return { url: new URL(made?.links[0]?.short_url ?? ''), text: made?.text ?? '' };
}

describe('a claimed name', () => {
  it('says which records are needed, what was found, and what to do', async () => {
    const domain = newName();
    dns.set(domain, 'A', ['198.51.100.7']);
    dns.set(`_trackly.${domain}`, 'TXT', ['trackly-domain=of-somebody-else']);
    const { status, body } = await claim(domain.toUpperCase());
    expect(status).toBe(201);
    expect(body).toMatchObject({ domain, status: 'pending_dns', primary: true, certificate: null });
    expect(body.records).toEqual([
      {
        type: 'TXT',
        name: `_trackly.${domain}`,
        value: expect.stringMatching(/^trackly-domain=\w{32}$/),
        found: ['trackly-domain=of-somebody-else'],
        ok: false,
      },
      { type: 'A', name: domain, value: PUBLIC_ADDRESS, found: ['198.51.100.7'], ok: false },
    ]);
    expect(body.hint).toContain(`TXT record named _trackly.${domain}`);
    dns.set(`_trackly.${domain}`, 'TXT', [proofOf(body)]);
    const verify = `/v2/domains/${domain}/verify`;
    expect((await sender.call('POST', verify)).body).toMatchObject({
      status: 'pending_dns',
      hint: expect.stringContaining(`Replace what ${domain} points at now (198.51.100.7)`),
    });
    dns.set(domain, 'A', [PUBLIC_ADDRESS]);
    expect((await sender.call('POST', verify)).body).toMatchObject({ status: 'active', hint: '' });
  });

  it('is in use by itself soon after DNS is right, and not before', async () => {
    const domain = newName();
    const { body } = await claim(domain);
    expect((await messageOf(sender)).url.host).not.toBe(domain);
    point(domain, proofOf(body));
    await untilSeen('its status', async () => (await read(domain)).status, 'active');
    expect((await messageOf(sender)).url.origin).toBe(`https://${domain}`);
  });

  it('proves nothing while DNS fails or answers too late', async () => {
    const domain = newName();
    const { body } = await claim(domain);
    point(domain, proofOf(body));
    dns.fail(true);
    const verified = (await sender.call('POST', `/v2/domains/${domain}/verify`)).body;
    expect(verified.status).toBe('pending_dns');
    expect(verified.hint).toMatch(/did not answer/);
  });

  it.each([
    'co.uk',
    'localhost',
    '192.0.2.1',
    'go.example.test:8080',
    'https://go.example.test',
    '*.brand.test',
  ])('is refused where it is %s', async (name) => {
    const { status, body } = await claim(name);
    expect([status, body.error]).toEqual([400, 'invalid_request']);
    expect(body.message).toMatch(/^domain: .*: write a name such as/);
  });

  it('can be claimed once by an account, and is no secret to itself alone', async () => {
    const domain = newName();
    await claim(domain);
    expect(await claim(domain)).toMatchObject({ status: 409 });
    const other = await createSender(system);
    expect((await other.call('GET', `/v2/domains/${domain}`)).status).toBe(404);
    expect((await other.call('DELETE', `/v2/domains/${domain}`)).status).toBe(404);
    expect((await other.call('POST', `/v2/domains/${domain}/verify`)).status).toBe(404);
  });

  it('outside ASCII is stored as DNS has it, and shown as people read it', async () => {
    const { body } = await claim(`bücher-${++names}.test`);
    expect(body).toMatchObject({ domain: expect.stringMatching(/^xn--/), name: `bücher-${names}.test` });
  });
});

describe('two accounts and one name', () => {
  it('belongs to the one that proves it; the other is told, and its proof is another one', async () => {
    const domain = newName();
    const second = await createSender(system);
    const first_claim = (await claim(domain, {}, second)).body;
    await use(domain);
    expect(proofOf(first_claim)).not.toBe(proofOf(await read(domain)));
    point(domain, proofOf(first_claim));
    const { body } = await second.call('POST', `/v2/domains/${domain}/verify`);
    expect(body.status).toBe('pending_dns');
    expect(body.hint).toContain('Another account of this installation uses');
    expect((await messageOf(second)).url.host).not.toBe(domain);
    const named = await createCampaign(second, 'Named');
    const answer = await second.call('POST', '/v2/messages', {
      messages: [
        { contact_id: 'c', creative_id: named.creative_ids[0], domain, fields: { first_name: 'A' } },
      ],
    });
    expect(answer.body.errors).toMatchObject([{ error: 'unknown_domain' }]);
  });

  it('stays its account’s after it was given up, while links on it can be tapped', async () => {
    const [domain, unused] = [newName(), newName()];
    await use(domain);
    const { url } = await messageOf(sender);
    expect(url.host).toBe(domain);
    expect((await sender.call('DELETE', `/v2/domains/${domain}`)).status).toBe(204);
    expect(await read(domain)).toMatchObject({ status: 'retired', primary: false });
    expect((await messageOf(sender)).url.host).not.toBe(domain);
    await untilSeen('a tap on the retired name', async () => (await open(domain, url.pathname)).status, 302);
    const second = await createSender(system);
    point(domain, proofOf((await claim(domain, {}, second)).body));
    expect((await second.call('POST', `/v2/domains/${domain}/verify`)).body.status).toBe('pending_dns');
    await use(unused);
    await sender.call('DELETE', `/v2/domains/${unused}`);
    expect((await sender.call('GET', `/v2/domains/${unused}`)).status).toBe(404);
    await use(unused, {}, second);
  });
});

describe('a link', () => {
  it('opens on the domains of its account alone, however the host is written', async () => {
    const [domain, other_name] = [newName(), newName()];
    const other = await createSender(system);
    await use(domain);
    await use(other_name, {}, other);
    const { url } = await messageOf(sender);
    const answers = async (host: string): Promise<number> => (await open(host, url.pathname)).status;
    for (const host of [domain, `${domain}:8080`, `${domain}.`, domain.toUpperCase()]) {
      await untilSeen(`a tap on ${host}`, () => answers(host), 302);
    }
    for (const host of [other_name, 'nobody.test', 'localhost', '127.0.0.1', '[::1]']) {
      expect(await answers(host), host).toBe(404);
    }
    const click_id = clickIdOf(await open(domain, url.pathname));
    const trace = async () => (await sender.call('GET', `/v2/clicks/${click_id}`)).body.click?.domain;
    await untilSeen('the domain of the click', trace, domain);
  });

  it('of before the first domain was in use still opens where it was made for', async () => {
    const { url } = await messageOf(sender);
    const domain = newName();
    await use(domain);
    await untilSeen('a tap on the new domain', async () => (await open(domain, url.pathname)).status, 302);
    expect((await open('localhost', url.pathname)).status).toBe(302);
  });

  it('gets the domain of the message over the creative’s over the campaign’s over the account’s', async () => {
    const [of_account, of_campaign, of_creative, of_message] = [newName(), newName(), newName(), newName()];
    for (const domain of [of_account, of_campaign, of_creative, of_message]) await use(domain);
    const { campaign_id, creative_ids } = await createCampaign(sender, 'Order');
    const host = async (more: object = {}): Promise<string> => {
      const message = { contact_id: 'c', creative_id: creative_ids[0], fields: { first_name: 'A' }, ...more };
      return new URL((await sender.send([message]))[0]?.links[0]?.short_url ?? '').host;
    };
    expect(await host()).toBe(of_account);
    await sender.call('PATCH', `/v2/campaigns/${campaign_id}`, { domain: of_campaign });
    expect(await host({ campaign_id })).toBe(of_campaign);
    await sender.call('PATCH', `/v2/creatives/${creative_ids[0]}`, { domain: of_creative });
    expect(await host({ campaign_id })).toBe(of_creative);
    expect(await host({ campaign_id, domain: of_message.toUpperCase(), message_id: 'm-1' })).toBe(of_message);
    // A repeat answers the text that was sent.
    await sender.call('PATCH', `/v2/domains/${of_campaign}`, { primary: true });
    expect(await host({ campaign_id, message_id: 'm-1' })).toBe(of_message);
    const shortened = await sender.call('POST', '/v2/links/shorten', {
      url: 'https://x.example/',
      domain: of_creative,
    });
    expect(new URL(shortened.body.short_url).host).toBe(of_creative);
  });

  it('can’t lead back to a tracking domain in other letters', async () => {
    const readable = `bücher-${++names}.test`;
    const domain = (await claim(readable)).body.domain;
    point(domain, proofOf(await read(domain)));
    await sender.call('POST', `/v2/domains/${domain}/verify`);
    for (const host of [readable, readable.toUpperCase(), `${readable}:8080`, `${readable}.`, domain]) {
      const shorten = await sender.call('POST', '/v2/links/shorten', { url: `https://${host}/x` });
      expect([shorten.status, shorten.body.message], host).toEqual([
        400,
        expect.stringContaining('is a tracking domain'),
      ]);
    }
  });

  it('can’t lead back to a tracking domain', async () => {
    const domain = newName();
    await use(domain);
    for (const url of [`https://${domain}/x`, `http://${domain.toUpperCase()}:8080/x`]) {
      const shorten = await sender.call('POST', '/v2/links/shorten', { url });
      expect([shorten.status, shorten.body.message]).toEqual([
        400,
        expect.stringContaining('is a tracking domain'),
      ]);
      const offer = await sender.call('POST', '/v2/offers', { name: 'Loop', destination_url: url });
      expect(offer.status).toBe(400);
      const account = { fallback_url: url };
      const patched = await callApi(
        system,
        system.admin_key,
        'PATCH',
        `/v2/accounts/${sender.account_id}`,
        account,
      );
      expect(patched.status).toBe(400);
    }
  });
});

describe('a domain', () => {
  it('answers / and unknown and expired links as it is told to', async () => {
    const domain = newName();
    await use(domain);
    expect(await open(domain, '/')).toMatchObject({ status: 200, body: expect.stringContaining('<h1>') });
    expect((await open(domain, '/zzzzzzz')).status).toBe(404);
    const { body } = await sender.call('POST', '/v2/links/shorten', { url: 'https://x.example/' });
    await sender.call('PATCH', `/v2/links/${body.link_id}`, { status: 'disabled' });
    await untilSeen('the disabled link', async () => (await open(domain, `/${body.link_id}`)).status, 410);
    await sender.call('PATCH', `/v2/domains/${domain}`, {
      root_url: 'https://home.example/ä',
      not_found_url: 'https://lost.example/',
      expired_url: 'https://late.example/',
    });
    const location = async (path: string): Promise<string> => (await open(domain, path)).location;
    await untilSeen('/', () => location('/'), 'https://home.example/%C3%A4');
    expect(await location('/zzzzzzz')).toBe('https://lost.example/');
    expect(await location(`/${body.link_id}`)).toBe('https://late.example/');
  });

  it('has the robots.txt and app files that it is given', async () => {
    const domain = newName();
    const files = {
      'apple-app-site-association': {
        applinks: { details: [{ appIDs: ['A.b'], components: [{ '/': '/*' }] }] },
      },
      'assetlinks.json': [{ relation: ['delegate_permission/common.handle_all_urls'], target: {} }],
    };
    await use(domain, { robots: 'User-agent: *\nAllow: /\n', app_files: files });
    await untilSeen(
      'robots.txt',
      async () => (await open(domain, '/robots.txt')).body,
      'User-agent: *\nAllow: /\n',
    );
    for (const name of ['apple-app-site-association', 'assetlinks.json'] as const) {
      const file = await open(domain, `/.well-known/${name}`);
      expect([file.status, file.type, JSON.parse(file.body)]).toEqual([200, 'application/json', files[name]]);
      expect((await open('localhost', `/.well-known/${name}`)).status).toBe(404);
    }
    expect((await open('localhost', '/robots.txt')).body).toBe('User-agent: *\nDisallow: /\n');
  });

  it('fails after several checks that find another address, and answers on', async () => {
    const domain = newName();
    await use(domain);
    const { url } = await messageOf(sender);
    dns.set(domain, 'A', ['198.51.100.7']);
    const check = async () => (await sender.call('POST', `/v2/domains/${domain}/verify`)).body;
    expect((await check()).status).toBe('active');
    await check();
    expect(await check()).toMatchObject({ status: 'failing', hint: expect.stringContaining('198.51.100.7') });
    await untilSeen('a tap', async () => (await open(domain, url.pathname)).status, 302);
    dns.set(domain, 'A', [PUBLIC_ADDRESS]);
    expect((await check()).status).toBe('active');
  });

  it('of DNS that stops answering stays in use', async () => {
    const domain = newName();
    await use(domain);
    dns.fail(true);
    for (let checks = 0; checks < 4; checks++) {
      const { body } = await sender.call('POST', `/v2/domains/${domain}/verify`);
      expect(body.status).toBe('active');
    }
  });

  it('shows its click rate beside that of the account’s other domains', async () => {
    const [own, other] = [newName(), newName()];
    await use(own);
    await use(other);
    const sent_at = new Date(Date.now() - 2 * 24 * 3_600_000).toISOString();
    await messageOf(sender, { sent_at });
    await messageOf(sender, { sent_at, domain: other });
    await messageOf(sender, { sent_at, domain: other });
    const sent = async () => {
      const { health } = await read(own);
      return [health?.own.sent, health?.others.sent];
    };
    await untilSeen('messages by domain', sent, [1, 2]);
    const { rows } = (await sender.call('GET', '/v2/reports/domains?sort=-sent')).body;
    expect(rows.map((row) => [row['domain'], row.sent])).toEqual([
      [other, 2],
      [own, 1],
    ]);
  });

  it('is made with an account, and listed oldest first', async () => {
    const domain = newName();
    const { body } = await callApi(system, system.admin_key, 'POST', '/v2/accounts', {
      name: 'With a domain',
      tracking_domain: domain,
    });
    expect(body).toMatchObject({ tracking_domain: domain, link_domain: '' });
    const listed = await callApi(system, body.api_key, 'GET', '/v2/domains');
    expect(listed.body.domains).toMatchObject([{ domain, primary: true, status: 'pending_dns' }]);
  });
});
