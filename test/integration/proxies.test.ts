/** The public listener behind the configurations of deploy/proxies, and what it takes of plain clients. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../../src/platform/sleep.ts';
import { NODE_ARGUMENTS, ROLE_ENVIRONMENT } from '../../src/supervisor/role-process.ts';
import { readMetrics } from '../support/metrics.ts';
import { PHONE } from '../support/phones.ts';
import { testPorts } from '../support/ports.ts';
import { API_HOST, hasProxy, type RunningProxy, startProxy } from '../support/proxies.ts';
import { askRaw, type RawAnswer, type RawTarget } from '../support/raw-http.ts';
import { createCampaign, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';

/** Only Linux has more than one address on loopback. */
const CLIENT = process.platform === 'linux' ? '127.0.0.9' : '127.0.0.1';
const FORGED = '9.9.9.9';
/** What a client may claim, of every kind. */
const CLAIMS = `X-Forwarded-For: ${FORGED}\r\nX-Forwarded-For: ${FORGED}\r\nX-Real-IP: ${FORGED}\r\nForwarded: for=${FORGED};proto=https\r\n`;
/** A click that was answered is in the reports within two seconds. */
const SETTLED_MS = 2_000;
const BIG_COOKIE = `Cookie: ${'c'.repeat(15_900)}\r\n`;

let system: System;
let sender: Sender;
let link_id: string;
let direct: RawTarget;

beforeAll(async () => {
  system = await sharedSystem();
  // A network's address: what claims to come from it may not report.
  sender = await createSender(system, { conversion_addresses: [FORGED] });
  const campaign = await createCampaign(sender, 'Proxies');
  const [message] = await sender.send([
    { contact_id: 'c', creative_id: campaign.creative_ids[0], fields: { first_name: 'A' } },
  ]);
  link_id = message?.links[0]?.link_id ?? '';
  direct = { port: Number(new URL(system.redirect_url).port) };
});

afterAll(() => system?.destroy());

interface Asked {
  method?: string;
  path?: string;
  version?: string;
  /** Lines, each with its end. */
  headers?: string;
  agent?: string;
  host?: string;
  body?: string;
}

function requestOf({ method, path, version, headers, agent, host, body }: Asked): string {
  const length = body === undefined ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  return `${method ?? 'GET'} ${path ?? `/${link_id}`} HTTP/${version ?? '1.1'}\r\nHost: ${host ?? 'localhost'}\r\nUser-Agent: ${PHONE} ${agent ?? 'proxies'}\r\n${headers ?? ''}${length}\r\n${body ?? ''}`;
}

const ask = (target: RawTarget, asked: Asked = {}): Promise<RawAnswer> => askRaw(target, requestOf(asked));

async function addressesOf(agent: string): Promise<string[]> {
  const rows = await system.clickhouse.query({
    query: `SELECT replaceOne(toString(ip), '::ffff:', '') AS ip FROM clicks WHERE user_agent LIKE '% ${agent}' AND account_id = '${sender.account_id}'`,
    format: 'JSONEachRow',
  });
  return (await rows.json<{ ip: string }>()).map(({ ip }) => ip);
}

/** All clicks of an agent, once there are as many; and that there are no more. */
async function expectClicks(agent: string, addresses: string[]): Promise<void> {
  await untilSeen(`clicks of ${agent}`, async () => (await addressesOf(agent)).length, addresses.length);
  expect((await addressesOf(agent)).toSorted()).toEqual(addresses.toSorted());
}

/** A frame of the PROXY protocol, version 2, of TCP over IPv4. */
function frameOf(address: string): Buffer {
  const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
  return Buffer.from([
    ...signature,
    0x21,
    0x11,
    0,
    12,
    ...address.split('.').map(Number),
    127,
    0,
    0,
    1,
    0x12,
    0x34,
    0,
    80,
  ]);
}

describe.each(['nginx.conf', 'haproxy.cfg', 'Caddyfile'] as const)('behind %s', (file) => {
  const agent = file.toLowerCase().replace(/\W/g, '-');
  const runs = hasProxy(file);
  let proxy: RunningProxy;

  beforeAll(async () => {
    if (!runs) return;
    proxy = await startProxy(file, system);
    // Caddy makes its certificates after it listens, one for each name.
    const health = async (): Promise<number> => (await ask(tls(), { path: '/healthz' })).status;
    await untilSeen(`${file} over TLS`, health, 200);
    const api = async (): Promise<boolean> =>
      (await ask(tls(API_HOST), { path: '/', host: API_HOST })).status > 0;
    await untilSeen(`${file} over TLS, of the API`, api, true);
  });
  afterAll(() => proxy?.stop());

  const plain = (): RawTarget => ({ port: proxy.http_port, from: CLIENT });
  const tls = (server_name = 'localhost'): RawTarget => ({
    port: proxy.https_port,
    server_name,
    from: CLIENT,
  });

  it.skipIf(!runs)(
    'each tap is one click of the phone’s own address, whatever it claims and however it asks',
    async () => {
      const own = `${agent}-taps`;
      const taps = await Promise.all([
        ask(plain(), { agent: own }),
        ask(plain(), { agent: own, headers: CLAIMS }),
        ask(plain(), { agent: own, headers: BIG_COOKIE }),
        ask(plain(), { agent: own, version: '1.0' }),
        ask(plain(), { agent: own, path: `http://localhost/${link_id}` }),
        ask(plain(), { agent: own, path: `/${link_id}?${'q'.repeat(4_096)}` }),
        ask(tls(), { agent: own }),
        ask(tls(), { agent: own, headers: CLAIMS }),
        ask(tls(), { agent: own, version: '1.0', headers: CLAIMS }),
      ]);
      expect(taps.map(({ status }) => status)).toEqual(taps.map(() => 302));
      await expectClicks(
        own,
        taps.map(() => CLIENT),
      );
    },
  );

  it.skipIf(!runs)('a PROXY frame of a client is no address, and no click', async () => {
    const own = `${agent}-frame`;
    const request = Buffer.concat([frameOf(FORGED), Buffer.from(requestOf({ agent: own }))]);
    expect((await askRaw(plain(), request)).status).not.toBe(302);
    expect((await ask(plain(), { agent: own })).status).toBe(302);
    await expectClicks(own, [CLIENT]);
  });

  it.skipIf(!runs)(
    'conversion_addresses are those of the connection: who claims to be a network is refused',
    async () => {
      const path = `/conv?link_id=${link_id}&txn_id=${agent}`;
      for (const target of [plain(), tls()]) {
        const { status, body } = await ask(target, { path, headers: CLAIMS });
        expect([status, body]).toEqual([403, expect.stringContaining('address_not_allowed')]);
      }
    },
  );

  it.skipIf(!runs)('the dashboard’s cookie is Secure, whatever scheme a client claims', async () => {
    const answer = await ask(tls(API_HOST), {
      method: 'POST',
      path: '/session',
      host: API_HOST,
      headers:
        'Content-Type: application/json\r\nX-Trackly-Session: 1\r\nX-Forwarded-Proto: http\r\nForwarded: for=9.9.9.9;proto=http\r\n',
      body: JSON.stringify({ api_key: sender.api_key }),
    });
    expect(answer.status).toBe(204);
    expect(String(answer.headers['set-cookie'])).toMatch(/^__Host-trackly_session=.*; Secure/);
  });

  it.skipIf(!runs)(
    'the API is served, and HEAD, 405 and preflights of the public listener come through',
    async () => {
      const api = await ask(tls(API_HOST), {
        path: '/v2/account',
        host: API_HOST,
        headers: `X-Api-Key: ${sender.api_key}\r\n`,
      });
      expect([api.status, api.text]).toEqual([200, expect.stringContaining(sender.account_id)]);
      expect((await ask(plain(), { method: 'HEAD', path: '/robots.txt' })).status).toBe(200);
      const put = await ask(plain(), { method: 'PUT', path: '/conv', body: '' });
      expect([put.status, put.headers['allow']]).toEqual([405, 'GET, HEAD, POST, OPTIONS']);
      expect((await ask(tls(), { method: 'OPTIONS', path: '/conv' })).status).toBe(204);
    },
  );
});

describe('the public listener itself', () => {
  it('takes all lines of X-Forwarded-For for one list: the last entry is the trusted proxy’s', async () => {
    const headers = `X-Forwarded-For: ${FORGED}\r\nX-Forwarded-For: ${CLIENT}\r\n`;
    expect((await ask(direct, { agent: 'two-lines', headers })).status).toBe(302);
    await expectClicks('two-lines', [CLIENT]);
  });

  it('answers 16 kB of cookies and a query of 4 kB', async () => {
    expect((await ask(direct, { headers: BIG_COOKIE })).status).toBe(302);
    expect((await ask(direct, { path: `/${link_id}?${'q'.repeat(4_096)}` })).status).toBe(302);
    const query = `link_id=${link_id}&x=`.padEnd(4_096, 'x');
    expect((await ask(direct, { path: `/conv?${query}` })).status).toBe(403);
  });

  it('says once that it closes the connection, where the client asks for it', async () => {
    for (const path of [`/${link_id}`, '/abc', '/healthz', '/robots.txt', '/conv', '/pixel/abc1234.gif']) {
      for (const method of ['GET', 'HEAD']) {
        const { headers, closed } = await ask(direct, { method, path, headers: 'Connection: close\r\n' });
        expect([method, path, headers['connection'], closed]).toEqual([method, path, 'close', true]);
      }
    }
    expect((await ask(direct)).headers['connection']).toBeUndefined();
  });

  // Again where the machine stood still for longer than a connection may be silent.
  it('answers HEAD wherever GET is, with the same headers, and keeps the connection', {
    retry: 1,
  }, async () => {
    for (const path of ['/healthz', '/readyz', '/robots.txt', '/favicon.ico', '/abc', '/pixel/abc1234.gif']) {
      const get = await ask(direct, { path });
      const two =
        requestOf({ method: 'HEAD', path }) +
        requestOf({ path: '/healthz', headers: 'Connection: close\r\n' });
      const { status, text } = await askRaw(direct, two);
      expect([path, status]).toEqual([path, get.status]);
      expect(text).toMatch(/\r\n\r\nHTTP\/1\.1 200 OK.*alive\n$/s);
      if (path === '/robots.txt') expect(text).toContain(`Content-Length: ${get.body.length}`);
    }
  });

  it('checks a conversion that is asked for by HEAD, and records nothing', async () => {
    const txn_id = `head-${link_id}`;
    const headers = `X-Forwarded-For: ${FORGED}\r\n`;
    const path = `/conv?link_id=${link_id}&txn_id=${txn_id}`;
    expect((await ask(direct, { method: 'HEAD', path, headers })).status).toBe(200);
    expect((await ask(direct, { method: 'HEAD', path })).status).toBe(403);
    const { status, body } = await ask(direct, { path, headers });
    expect([status, JSON.parse(body).status]).toEqual([200, 'accepted']);
  });

  it('says what a path takes where a method is not allowed', async () => {
    for (const [method, path, allow] of [
      ['PUT', `/${link_id}`, 'GET, HEAD'],
      ['DELETE', '/robots.txt', 'GET, HEAD'],
      ['POST', '/healthz', 'GET, HEAD'],
      ['BREW', '/pixel/abc1234.gif', 'GET, HEAD'],
      ['PATCH', '/conv/offer', 'GET, HEAD, POST, OPTIONS'],
      ['BREW', '/conv/coupon', 'GET, HEAD, POST, OPTIONS'],
    ] as const) {
      const answer = await ask(direct, { method, path, body: '' });
      expect([method, path, answer.status, answer.headers['allow']]).toEqual([method, path, 405, allow]);
    }
  });

  it('lets a shop’s page report JSON', async () => {
    const headers =
      'Origin: https://shop.example\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n';
    for (const path of ['/conv', '/conv/offer', '/conv/coupon']) {
      const answer = await ask(direct, { method: 'OPTIONS', path, headers });
      expect(answer.status).toBe(204);
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, HEAD, POST',
        'access-control-allow-headers': 'Content-Type',
      });
    }
  });

  it.each([
    ['text that is not UTF-8', 'txn_id=%E9', '', '', 400],
    ['two values of one parameter', 'revenue=1&revenue=2', '', '', 400],
    ['a compressed body', '', 'Content-Encoding: gzip\r\n', 'x', 415],
    ['a body that is cut off', '', 'Content-Type: application/json\r\n', '{"txn_id":', 400],
  ])('refuses a conversion with %s in a sentence', async (_name, query, headers, body, status) => {
    const answer = await ask(direct, {
      method: 'POST',
      path: `/conv?link_id=${link_id}&${query}`,
      headers: `X-Forwarded-For: ${FORGED}\r\n${headers}`,
      body,
    });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      status,
      { error: expect.any(String), message: expect.stringMatching(/\w+ \w+/) },
    ]);
  });

  it('shows in a metric what its library refuses by itself', async () => {
    const unasked = async (): Promise<number> => {
      const text = await readMetrics(system);
      return Number(/^trackly_connections_without_request_total (\d+)/m.exec(text)?.[1]);
    };
    const before = await unasked();
    const refused = await Promise.all([
      ask(direct, { version: '1.0' }),
      ask(direct, { path: `http://localhost/${link_id}` }),
      ask(direct, { headers: `Cookie: ${'c'.repeat(30_000)}\r\n` }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([505, 505, 431]);
    await until(
      async () => (await unasked()) >= before + refused.length,
      HANGS_AFTER_MS,
      () => 'refused requests do not show',
    );
  });
});

describe('behind haproxy-tcp.cfg, which speaks the PROXY protocol', () => {
  const runs = hasProxy('haproxy-tcp.cfg');
  let redirect: { url: string; child: ChildProcess; data_dir: string };
  let proxy: RunningProxy;

  // A redirect process beside the shared ones, with the other setting.
  beforeAll(async () => {
    if (!runs) return;
    const [port = 0] = await testPorts(1);
    const data_dir = await mkdtemp(join(tmpdir(), 'trackly-redirect-'));
    const child = spawn(
      process.execPath,
      [...NODE_ARGUMENTS, join(import.meta.dirname, '../../src/redirect/main.ts')],
      {
        env: {
          ...process.env,
          ...ROLE_ENVIRONMENT.redirect,
          REDIS_URL: await system.redis_url(),
          REDIRECT_PORT: String(port),
          DATA_DIR: data_dir,
          LOG_LEVEL: 'warn',
          TRUST_PROXY: '1',
          TRUST_PROXY_HEADER: 'proxy-protocol',
          TRACKLY_PROCESS: 'redirect-proxy-protocol',
        },
        stdio: 'inherit',
      },
    );
    redirect = { url: `http://127.0.0.1:${port}`, child, data_dir };
    await until(
      () =>
        fetch(`${redirect.url}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      HANGS_AFTER_MS,
      () => 'the redirect process does not answer',
    );
    proxy = await startProxy('haproxy-tcp.cfg', { redirect_url: redirect.url, api_url: system.api_url });
  });
  afterAll(async () => {
    await proxy?.stop();
    if (redirect === undefined) return;
    const ended = new Promise((resolve) => redirect.child.once('exit', resolve));
    redirect.child.kill('SIGTERM');
    await ended;
    await rm(redirect.data_dir, { recursive: true, force: true });
  });

  it.skipIf(!runs)('each tap is one click of the phone’s own address, whatever it claims', async () => {
    const agent = 'frames';
    const plain = { port: proxy.http_port, from: CLIENT };
    const taps = [
      await ask(plain, { agent }),
      await ask(plain, { agent, headers: CLAIMS }),
      await ask(
        { port: proxy.https_port, server_name: 'localhost', from: CLIENT },
        { agent, headers: CLAIMS },
      ),
    ];
    expect(taps.map(({ status, headers }) => [status, headers['connection']])).toEqual(
      taps.map(() => [302, 'close']),
    );
    await expectClicks(
      agent,
      taps.map(() => CLIENT),
    );
  });

  it.skipIf(!runs)(
    'a frame of the client’s own, before its first request or a later one, is never believed',
    async () => {
      const agent = 'own-frames';
      const plain = { port: proxy.http_port, from: CLIENT };
      const request = Buffer.from(requestOf({ agent }));
      expect((await askRaw(plain, Buffer.concat([frameOf(FORGED), request]))).status).not.toBe(302);
      // Together with a request before it, whether that is answered at once or waits.
      const early = ['/robots.txt', '/abc', `/${link_id}`, '/conv'].map((path) => requestOf({ agent, path }));
      const others = [requestOf({ agent, method: 'HEAD' }), requestOf({ agent, method: 'PUT' })];
      const replies = [...early, ...others].map((first) =>
        askRaw(plain, Buffer.concat([Buffer.from(first), frameOf(FORGED), request])),
      );
      for (const { text } of await Promise.all(replies)) {
        expect(text.match(/HTTP\/1\.1 /g)?.length ?? 0).toBeLessThanOrEqual(1);
      }
      expect((await ask(plain, { agent })).status).toBe(302);
      await untilSeen('clicks of own frames', async () => (await addressesOf(agent)).length > 0, true);
      await sleep(SETTLED_MS);
      expect(new Set(await addressesOf(agent))).toEqual(new Set([CLIENT]));
    },
  );
});
