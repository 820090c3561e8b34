/**
 * A tracking domain from its claim to a tap over https, as an operator has it: the whole system with TLS_PORT, a real DNS
 * server, and a real certificate authority (pebble).
 */
// Own system: it is started with the authority and the resolver of this test.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askHost } from '../support/ask-host.ts';
import { startDns, type TestDns } from '../support/dns.ts';
import { type Pebble, startPebble } from '../support/pebble.ts';
import { clickIdOf } from '../support/phones.ts';
import { testPorts } from '../support/ports.ts';
import { createCampaign, createSender, type Sender } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { openOverTls, type TlsAnswer } from '../support/tls-client.ts';
import { untilSeen } from '../support/until.ts';

const NAME = 'go.brand.test';
const WITHIN_MS = 60_000;

let system: System;
let dns: TestDns;
let pebble: Pebble;
let owner: Sender;
let tls_port = 0;
let http_url = '';

beforeAll(async () => {
  const [redirect_port = 0, port = 0] = await testPorts(2);
  tls_port = port;
  http_url = `http://127.0.0.1:${redirect_port}`;
  dns = await startDns();
  pebble = await startPebble(redirect_port, dns);
  system = await startSystem({
    REDIRECT_PORT: String(redirect_port),
    TLS_PORT: String(tls_port),
    PUBLIC_ADDRESS: '127.0.0.1',
    DNS_RESOLVERS: dns.address,
    ACME_DIRECTORY: pebble.directory,
    NODE_EXTRA_CA_CERTS: pebble.ca_file,
  });
  owner = await createSender(system);
});

afterAll(async () => {
  await system?.destroy();
  await pebble?.stop();
  await dns?.close();
});

const tap = (name: string, path: string): Promise<TlsAnswer | string> =>
  openOverTls({ port: tls_port, name, path });

const point = (name: string, records: { type: string; value: string }[]): void => {
  dns.set(name, 'A', ['127.0.0.1']);
  dns.set(`_trackly.${name}`, 'TXT', [records.find(({ type }) => type === 'TXT')?.value ?? '']);
};

const statusOf = async (sender: Sender, name: string) =>
  (await sender.call('GET', `/v2/domains/${name}`)).body.status;

async function pathOfMessage(sender: Sender): Promise<string> {
  const { creative_ids } = await createCampaign(sender, 'Over TLS');
  const [message] = await sender.send([
    { contact_id: 'c', creative_id: creative_ids[0], fields: { first_name: 'Ann' } },
  ]);
  const url = new URL(message?.links[0]?.short_url ?? '');
  return `${url.host}${url.pathname}`;
}

describe('a tracking domain', () => {
  it('opens over https within a minute of right DNS, with a certificate of the authority', async () => {
    const began = performance.now();
    const { status, body } = await owner.call('POST', '/v2/domains', { domain: NAME });
    expect([status, body.status]).toEqual([201, 'pending_dns']);
    expect(await tap(NAME, '/')).toBe('ECONNRESET');
    point(NAME, body.records);
    await untilSeen('the status of the domain', () => statusOf(owner, NAME), 'active', WITHIN_MS);
    const [host, link_id] = (await pathOfMessage(owner)).split('/');
    expect(host).toBe(NAME);
    const answer = await untilSeen(
      'a tap over https',
      () => tap(NAME, `/${link_id}`),
      (one) => typeof one !== 'string' && one.status === 302,
      WITHIN_MS,
    );
    expect(performance.now() - began).toBeLessThan(WITHIN_MS);
    expect(answer).toMatchObject({ protocol: 'TLSv1.3', issuer: expect.stringContaining('Pebble') });
    const { certificate, hint } = (await owner.call('GET', `/v2/domains/${NAME}`)).body;
    expect([certificate?.issuer, hint]).toEqual([expect.stringContaining('Pebble'), '']);
    const click_id = clickIdOf(answer as TlsAnswer);
    const domain = async () => (await owner.call('GET', `/v2/clicks/${click_id}`)).body.click?.domain;
    await untilSeen('the domain of the click', domain, NAME);
    const row = async () => {
      const {
        domain: name,
        sent,
        clicks_total,
      } = (await owner.call('GET', '/v2/reports/domains')).body.rows[0] ?? {};
      return [name, sent, clicks_total];
    };
    await untilSeen('the domain in the report', row, [NAME, 1, 1]);
  });

  it('opens over plain http at once, without a way over https', async () => {
    const [, link_id] = (await pathOfMessage(owner)).split('/');
    expect(await askHost(http_url, NAME, `/${link_id}`)).toMatchObject({
      status: 302,
      location: expect.stringMatching(/^https:\/\/shop/),
    });
  });

  it('can’t be taken, used or guessed by another account', async () => {
    const other = await createSender(system);
    const { body } = await other.call('POST', '/v2/domains', { domain: NAME });
    expect(body.status).toBe('pending_dns');
    expect(body.certificate).toBeNull();
    const { records } = (await owner.call('GET', `/v2/domains/${NAME}`)).body;
    expect(body.records[0]?.value).not.toBe(records[0]?.value);
    const [host, link_id] = (await pathOfMessage(other)).split('/');
    expect(host).not.toBe(NAME);
    expect(await tap(NAME, `/${link_id}`)).toMatchObject({ status: 404 });
    expect((await other.call('DELETE', `/v2/domains/${NAME}`)).status).toBe(204);
    expect(await statusOf(owner, NAME)).toBe('active');
  });

  it('that is not proven gets no certificate', async () => {
    const name = 'go.other.test';
    dns.set(name, 'A', ['127.0.0.1']);
    await owner.call('POST', '/v2/domains', { domain: name });
    await owner.call('POST', `/v2/domains/${name}/verify`);
    expect(await tap(name, '/')).toBe('ECONNRESET');
    const asked = await fetch(`${http_url}/tls-ask?domain=${name}`);
    expect(asked.status).toBe(404);
    expect((await fetch(`${http_url}/tls-ask?domain=${NAME}`)).status).toBe(200);
  });
});
