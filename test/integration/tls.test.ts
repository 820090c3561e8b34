/**
 * TLS of tracking domains, as a machine with redirect processes alone runs it on the shared system's Redis: certificates of
 * a real certificate authority (pebble), renewed under load; the operator's own; what is refused.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readKeyRing } from '../../src/access/installation-key.ts';
import { certificateKey, renewalAt } from '../../src/domains/certificates/certificate.ts';
import { certificateContext } from '../../src/domains/certificates/certificate-context.ts';
import {
  type CertificateContext,
  ensureCertificate,
} from '../../src/domains/certificates/ensure-certificate.ts';
import { decryptKey, findPassphrase } from '../../src/domains/certificates/key-encryption.ts';
import { DOMAINS_DUE } from '../../src/domains/domain.ts';
import { claimDomain, NO_SETTINGS, takeOwnership, updateDomain } from '../../src/domains/domain-store.ts';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { startDns, type TestDns } from '../support/dns.ts';
import { keysOf } from '../support/installation-keys.ts';
import { type Lie, type LyingAuthority, startLyingAuthority } from '../support/lying-authority.ts';
import { makeCertificate, type Pebble, startPebble, trustInThisProcess } from '../support/pebble.ts';
import { createPhones } from '../support/phones.ts';
import { testPorts } from '../support/ports.ts';
import { type RedirectCluster, startRedirectCluster } from '../support/redirect-cluster.ts';
import { createCampaign, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { openOverTls, type TlsAnswer, type TlsRequest } from '../support/tls-client.ts';
import { HANGS_AFTER_MS, untilSeen } from '../support/until.ts';

const NAME = `go.${Date.now()}.example.com`;
const OWN_NAME = `own.${Date.now()}.example.com`;
const PAIR_SEEN_WITHIN_MS = 60_000;

let system: System;
let sender: Sender;
let link_id: string;
let dns: TestDns;
let pebble: Pebble;
let redis: RedisClient;
let cluster: RedirectCluster;
let context: CertificateContext;
let own_folder = '';

const open = (options: Partial<TlsRequest> = {}): Promise<TlsAnswer | string> =>
  openOverTls({ port: cluster.tls_port, name: NAME, path: `/${link_id}`, ...options });

/** The answer; a connection that broke fails the test. */
async function answered(options: Partial<TlsRequest> = {}): Promise<TlsAnswer> {
  const answer = await open(options);
  if (typeof answer === 'string') throw new Error(`no answer: ${answer}`);
  return answer;
}

/** A domain that the account claims, and that nobody checks in the meantime. */
async function claim(name: string): Promise<void> {
  await claimDomain(redis, sender.account_id, name, NO_SETTINGS);
  await redis.zrem(DOMAINS_DUE, `${sender.account_id} ${name}`);
}

/** Proven to be the account's: its links open on it. */
async function own(name: string, status: 'verified' | 'active'): Promise<void> {
  await takeOwnership(redis, sender.account_id, name);
  await updateDomain(redis, sender.account_id, name, (domain) => ({ ...domain, status }));
}

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  const campaign = await createCampaign(sender, 'Over TLS');
  const [message] = await sender.send([
    {
      message_id: `tls ${NAME}`,
      contact_id: 'c',
      creative_id: campaign.creative_ids[0],
      fields: { first_name: 'A' },
    },
  ]);
  link_id = message?.links[0]?.link_id ?? '';
  const redis_url = await system.redis_url();
  const target = { url: redis_url, cluster: false };
  redis = connectRedis(target, 'fast');
  await untilReady(redis, HANGS_AFTER_MS);
  await claim(NAME);
  await own(NAME, 'active');
  own_folder = await mkdtemp(join(tmpdir(), 'trackly-own-'));
  cluster = await startRedirectCluster(redis_url, { TLS_CERTIFICATES: own_folder });
  dns = await startDns();
  dns.set(NAME, 'A', ['127.0.0.1']);
  pebble = await startPebble(cluster.port, dns);
  await trustInThisProcess(pebble.ca_file);
  const settings = { acme_directory: pebble.directory, acme_email: undefined, data_dir: cluster.data_dir };
  context = certificateContext(redis, { ring: await readKeyRing(redis, cluster.data_dir) }, settings);
});

afterAll(async () => {
  await pebble?.stop();
  await dns?.close();
  await cluster?.destroy();
  redis?.disconnect();
  if (own_folder !== '') await rm(own_folder, { recursive: true, force: true });
  await system?.destroy();
});

const refusesAll = async (names: string[]): Promise<void> => {
  for (const name of names) expect(typeof (await open({ name })), name).toBe('string');
};

it('refuses a name without a certificate, and a connection without a name', () =>
  refusesAll([NAME, 'elsewhere.example.com', '../../etc/passwd', 'a'.repeat(250), '']));

describe('a certificate by ACME', () => {
  it('is there within seconds of right DNS, and a tap over it is counted', async () => {
    const ensured = await ensureCertificate(context, NAME, Date.now());
    expect(ensured).toMatchObject({ hint: '', certificate: { issuer: expect.stringContaining('Pebble') } });
    const answer = await untilSeen(
      'a tap over TLS',
      () => open(),
      (seen) => typeof seen !== 'string',
    );
    expect(answer).toMatchObject({
      status: 302,
      location: expect.stringContaining('click='),
      protocol: 'TLSv1.3',
    });
    await untilSeen(
      'the click in the reports',
      async () => (await sender.call('GET', `/v2/links/${link_id}`)).status,
      200,
    );
    await untilSeen(
      'the click in ClickHouse',
      async () => {
        const query = `SELECT count() AS clicks, any(domain) AS domain FROM clicks WHERE link_id = '${link_id}'`;
        const [row] = await (await system.clickhouse.query({ query, format: 'JSONEachRow' })).json<{
          clicks: string;
          domain: string;
        }>();
        return Number(row?.clicks);
      },
      (clicks) => clicks >= 1,
    );
  });

  it('is trusted by whoever trusts the authority', async () => {
    const answer = await answered({ ca: await pebble.root() });
    expect(answer.status).toBe(302);
  });

  it('is served with TLS 1.2 and 1.3, with forward secrecy, and not below', async () => {
    expect(await open({ maxVersion: 'TLSv1.2' })).toMatchObject({
      protocol: 'TLSv1.2',
      cipher: expect.stringMatching(/^ECDHE-ECDSA-.*(GCM|POLY1305)/),
    });
    expect(await open({ minVersion: 'TLSv1.3' })).toMatchObject({ protocol: 'TLSv1.3' });
    expect(typeof (await open({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' }))).toBe('string');
  });

  it('is not shown for names that only look like it', () =>
    refusesAll([NAME.toUpperCase(), `.${NAME}`, `x.${NAME}`, `${NAME}/..`, NAME.replace('go.', '')]));

  it('is shown for the name with its trailing dot, which is the same name', async () => {
    expect(await open({ name: `${NAME}.` })).toMatchObject({ status: 302 });
  });

  it('is not ordered again before two thirds of its life', async () => {
    const asked = dns.asked.length;
    const { certificate, next_at_ms } = await ensureCertificate(context, NAME, Date.now());
    expect(next_at_ms).toBe(certificate === null ? 0 : renewalAt(certificate));
    expect(dns.asked).toHaveLength(asked);
  });

  it('leaves plain http as it is: one hop, no redirect to https first', async () => {
    const response = await fetch(`${cluster.redirect_url}/${link_id}`, {
      redirect: 'manual',
      headers: { host: NAME },
    });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toMatch(/^https:\/\/shop1\.example\//);
  });

  it('has a private key that nobody can read on disk, in Redis or in the log', async () => {
    const stored = JSON.parse((await redis.get(certificateKey(NAME))) ?? '{}') as { key: string };
    const file = join(cluster.data_dir, 'certificates/served/ordered', `${NAME}.pem`);
    for (const text of [stored.key, readFileSync(file, 'utf8')]) {
      expect(text).toContain('BEGIN ENCRYPTED PRIVATE KEY');
      expect(text).not.toMatch(/BEGIN (EC |RSA )?PRIVATE KEY/);
    }
    expect(() => decryptKey(stored.key, keysOf('b'))).toThrow();
    expect(decryptKey(stored.key, context.keys).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(cluster.output()).not.toMatch(/PRIVATE KEY/);
    expect(cluster.output()).not.toContain(findPassphrase(stored.key, context.keys));
    // uWebSockets.js has no line of its own among those of the log.
    expect(cluster.output()).not.toMatch(/SNI|^finding/m);
    expect(cluster.output()).toContain('the certificate of a name has changed');
  });

  it('resumes a session within a process', async () => {
    const agent = new Agent({ keepAlive: false, maxCachedSessions: 10 });
    const reused = await Promise.all(Array.from({ length: 30 }, () => open({ agent }))).then(async () =>
      Promise.all(Array.from({ length: 30 }, () => answered({ agent }))),
    );
    expect(reused.some((answer) => answer.reused)).toBe(true);
  });
});

describe('a challenge of the authority', () => {
  it.each(['unknown', 'a'.repeat(129), '..%2f..%2fetc', 'a.b', '%00'])(
    'that nobody ordered (%s) is answered with 404, and is no click',
    async (token) => {
      const response = await fetch(`${cluster.redirect_url}/.well-known/acme-challenge/${token}`);
      expect(response.status).toBe(404);
    },
  );

  it('is answered by every process, over TLS as well', async () => {
    await redis.set('acme_challenge:tls-test_1', 'tls-test_1.print', 'EX', 60);
    for (let n = 0; n < 8; n++) {
      const response = await fetch(`${cluster.redirect_url}/.well-known/acme-challenge/tls-test_1`, {
        headers: { connection: 'close' },
      });
      expect(await response.text()).toBe('tls-test_1.print');
    }
    expect(await open({ path: '/.well-known/acme-challenge/tls-test_1' })).toMatchObject({
      status: 200,
      body: 'tls-test_1.print',
    });
  });
});

it('is renewed under load without a failed tap, on every process, with a new certificate', async () => {
  const before = await answered();
  const kept = new Agent({ keepAlive: true, maxSockets: 4 });
  const failed: string[] = [];
  let taps = 0;
  let going = true;
  const tapOn = async (agent?: Agent): Promise<void> => {
    while (going) {
      const answer = await open(agent === undefined ? {} : { agent });
      taps++;
      if (typeof answer === 'string') failed.push(answer);
      else if (answer.status !== 302) failed.push(String(answer.status));
    }
  };
  const load = [tapOn(), tapOn(), tapOn(), tapOn(kept), tapOn(kept), tapOn(kept), tapOn(kept)];
  let now_ms = Date.now();
  let serial = before.serial;
  for (let renewal = 0; renewal < 2; renewal++) {
    const { certificate } = await ensureCertificate(context, NAME, now_ms);
    now_ms = certificate === null ? now_ms : renewalAt(certificate) + 1_000;
    expect(await ensureCertificate(context, NAME, now_ms)).toMatchObject({ hint: '' });
    const old = serial;
    await untilSeen(
      'the new certificate in every process',
      async () => {
        const answers = await Promise.all(Array.from({ length: 16 }, () => answered()));
        serial = answers[0]?.serial ?? '';
        return answers.every((answer) => answer.serial !== old);
      },
      true,
    );
  }
  going = false;
  await Promise.all(load);
  kept.destroy();
  expect(failed).toEqual([]);
  expect(taps).toBeGreaterThan(100);
  expect(serial).not.toBe(before.serial);
});

describe('an authority that misbehaves', () => {
  let liar: LyingAuthority;
  let lied: CertificateContext;
  beforeAll(async () => {
    liar = await startLyingAuthority();
    lied = { ...context, directory_url: liar.directory, order_within_ms: 3_000 };
  });
  afterAll(() => liar?.close());

  it.each<[Lie, RegExp]>([
    ['other_name', /gave a certificate that is for other names/],
    ['other_key', /gave a certificate that is for another private key/],
    ['garbage', /gave a certificate that can not be read/],
    ['huge', /more than 256 KiB/],
    ['silent', /did not answer in time/],
    ['processing', /did not finish the order in time|did not answer in time/],
    ['not_json', /not the JSON that it says/],
    ['not_acme', /in a way that is not ACME/],
    ['redirect', /can't be reached/],
    ['broken_off', /can't be reached/],
  ])('by %s leaves the certificate in use, and says what is wrong', async (mode, sentence) => {
    const name = `${mode.replaceAll('_', '-')}.${NAME}`;
    liar.mode = 'right';
    const first = await ensureCertificate(lied, name, Date.now());
    expect(first).toMatchObject({ hint: '', certificate: { issuer: 'Trackly tests ca' } });
    const stored = await redis.get(certificateKey(name));
    liar.mode = mode;
    const due_ms = first.next_at_ms + 1_000;
    const second = await ensureCertificate(lied, name, due_ms);
    expect(second.hint).toMatch(sentence);
    expect(second.certificate).toEqual(first.certificate);
    expect(second.next_at_ms).toBeGreaterThan(due_ms);
    expect(await redis.get(certificateKey(name))).toBe(stored);
    // It is left alone until then, and the mistake is forgotten with the next certificate.
    const { orders } = liar;
    expect(await ensureCertificate(lied, name, second.next_at_ms - 1)).toEqual(second);
    expect(liar.orders).toBe(orders);
    liar.mode = 'right';
    expect((await ensureCertificate(lied, name, second.next_at_ms)).hint).toBe('');
  });

  it('gives one that has ended already: it is refused', async () => {
    liar.mode = 'right';
    const { certificate, hint } = await ensureCertificate(
      lied,
      `ended.${NAME}`,
      Date.now() + 2 * 24 * 3_600_000,
    );
    expect(certificate).toBeNull();
    expect(hint).toMatch(/gave a certificate that ended on/);
  });

  it('asks to be left alone: no name is ordered for a while, this one for as long as it says', async () => {
    liar.mode = 'rate_limited';
    const now_ms = Date.now();
    const limited = await ensureCertificate(lied, `limited.${NAME}`, now_ms);
    expect(limited.hint).toMatch(/rateLimited \(too many new orders recently\)/);
    expect(limited.next_at_ms).toBeGreaterThanOrEqual(now_ms + 7_200_000);
    const { orders } = liar;
    const other = await ensureCertificate(lied, `waits.${NAME}`, now_ms + 1_000);
    expect(other.hint).toMatch(/waits for others/);
    expect(other.next_at_ms).toBeLessThanOrEqual(now_ms + 15 * 60_000);
    expect(liar.orders).toBe(orders);
    await redis.del('acme_paused_until');
  });

  it('is asked once when two processes want the same certificate', async () => {
    liar.mode = 'right';
    const { orders } = liar;
    const name = `twice.${NAME}`;
    const both = await Promise.all([1, 2, 3].map(() => ensureCertificate(lied, name, Date.now())));
    expect(liar.orders).toBe(orders + 1);
    expect(both.filter(({ certificate }) => certificate !== null)).toHaveLength(1);
    expect(both.filter(({ hint }) => hint === 'Its certificate is being ordered.')).toHaveLength(2);
  });
});

describe('certificates of one’s own', () => {
  const put = async (stem: string, names: string[]): Promise<void> => {
    const made = await mkdtemp(join(tmpdir(), 'trackly-made-'));
    makeCertificate(made, 'pair', names);
    for (const ending of ['key', 'crt'])
      await copyFile(join(made, `pair.${ending}`), join(own_folder, `${stem}.${ending}`));
    await rm(made, { recursive: true });
  };
  /** What every process shows, which ten connections are likely to meet; 'several' while they differ. */
  const issuerOf = async (name: string): Promise<string> => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => open({ name })));
    const issuers = new Set(
      answers.map((answer) => (typeof answer === 'string' ? 'refused' : answer.issuer)),
    );
    return issuers.size === 1 ? ([...issuers][0] ?? '') : 'several';
  };

  it('are found within a minute, win over ACME, and hold for names below a wildcard', async () => {
    await put(NAME, [NAME]);
    await put(`_.${OWN_NAME}`, [`*.${OWN_NAME}`]);
    await untilSeen('one’s own', () => issuerOf(NAME), 'pair', PAIR_SEEN_WITHIN_MS);
    await untilSeen('the wildcard', () => issuerOf(`x.${OWN_NAME}`), 'pair', PAIR_SEEN_WITHIN_MS);
    expect(await issuerOf(OWN_NAME)).toBe('refused');
    expect(await issuerOf(`y.x.${OWN_NAME}`)).toBe('refused');
    expect((await ensureCertificate(context, NAME, Date.now())).certificate?.issuer).toContain('pair');
  });

  it('stay as they were when a pair is broken, which the log says', async () => {
    await writeFile(join(own_folder, `_.${OWN_NAME}.key`), 'not a key');
    await untilSeen(
      'the sentence in the log',
      () => cluster.output().includes(`_.${OWN_NAME}.crt has a .key that can not be read`),
      true,
      PAIR_SEEN_WITHIN_MS,
    );
    expect(await issuerOf(`x.${OWN_NAME}`)).toBe('pair');
  });

  it('give way to ACME when they are taken away', async () => {
    for (const ending of ['key', 'crt']) await rm(join(own_folder, `${NAME}.${ending}`));
    await untilSeen(
      'the ordered one',
      () => issuerOf(NAME),
      (issuer) => issuer.includes('Pebble'),
      PAIR_SEEN_WITHIN_MS,
    );
  });
});

describe('/tls-ask', () => {
  const ask = async (base: string, name: string): Promise<number> =>
    (await fetch(`${base}/tls-ask?domain=${encodeURIComponent(name)}`)).status;

  it('knows names that an account has proven, on both listeners, and no others', async () => {
    const name = `ask.${NAME}`;
    await claim(name);
    for (const base of [cluster.redirect_url, system.api_url]) expect(await ask(base, name)).toBe(404);
    await takeOwnership(redis, sender.account_id, name);
    for (const base of [cluster.redirect_url, system.api_url]) expect(await ask(base, name)).toBe(404);
    await own(name, 'verified');
    for (const base of [cluster.redirect_url, system.api_url]) {
      expect(await ask(base, name)).toBe(200);
      expect(await ask(base, `${name.toUpperCase()}.`)).toBe(200);
      expect(await ask(base, `x.${name}`)).toBe(404);
      expect(await ask(base, '')).not.toBe(200);
      expect(await ask(base, 'a'.repeat(400))).not.toBe(200);
    }
  });
});

it('is served on with Redis away, from a process that starts meanwhile', async () => {
  const data_dir = await mkdtemp(join(tmpdir(), 'trackly-away-'));
  const served = 'certificates/served/ordered';
  await mkdir(join(data_dir, served), { recursive: true });
  const copied = [
    'redis.kind',
    'installation.key',
    'contact.key',
    ...readdirSync(join(cluster.data_dir, served)).map((file) => join(served, file)),
  ];
  for (const file of copied) await copyFile(join(cluster.data_dir, file), join(data_dir, file));
  const [nowhere = 0] = await testPorts(1);
  const away = await startRedirectCluster(`redis://127.0.0.1:${nowhere}`, { DATA_DIR: data_dir });
  try {
    expect(await open({ port: away.tls_port, path: '/robots.txt' })).toMatchObject({ status: 200 });
    expect(typeof (await open({ port: away.tls_port, name: 'no.example.com' }))).toBe('string');
    const phones = createPhones(away.redirect_url, 1);
    expect((await phones.open('aaaaaaa', 'x'))?.status).toBe(503);
    phones.close();
  } finally {
    await away.destroy();
  }
});
