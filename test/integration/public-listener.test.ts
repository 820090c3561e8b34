/** Every odd case that the public listener may meet, on the whole system. */
// Own system: it counts what everybody asks of Redis.

import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveDomain } from '../support/domains.ts';
import { readMetrics } from '../support/metrics.ts';
import { createPhones, PHONE, type Phones } from '../support/phones.ts';
import { createCampaign, createSender, type Sender } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';

const PROCESSES = 2;

let system: System;
let sender: Sender;
let phones: Phones;
let link_id: string;
let offer_id: string;

beforeAll(async () => {
  system = await startSystem({ TRUST_PROXY: '1', REDIRECT_PROCESSES: String(PROCESSES) });
  sender = await createSender(system);
  const campaign = await createCampaign(sender, 'Odd');
  phones = createPhones(system.redirect_url, 8);
  offer_id = campaign.offer_ids[0];
  const [message] = await sender.send([
    {
      message_id: 'odd',
      contact_id: 'c',
      creative_id: campaign.creative_ids[0],
      fields: { first_name: 'A' },
    },
  ]);
  link_id = message?.links[0]?.link_id ?? '';
});

afterAll(async () => {
  phones?.close();
  await system?.destroy();
});

const shorten = async (body: object): Promise<string> =>
  (await sender.call('POST', '/v2/links/shorten', body)).body.link_id;

async function status(path: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(`${system.redirect_url}${path}`, { redirect: 'manual', ...init });
  await response.arrayBuffer();
  return response.status;
}

/** Writes raw bytes and returns what came back until the server closed or `wait_for` was seen. */
function raw(text: string, wait_for: RegExp, hang_up = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(system.redirect_url);
    const socket = connect({ host: hostname, port: Number(port) });
    let answer = '';
    socket.on('error', () => resolve(answer));
    socket.on('close', () => resolve(answer));
    socket.on('data', (chunk) => {
      answer += chunk;
      if (wait_for.test(answer)) socket.destroy();
    });
    socket.setTimeout(10_000, () => {
      socket.destroy();
      reject(new Error(`no answer to ${text.slice(0, 40)}`));
    });
    socket.write(text, () => {
      if (hang_up) socket.destroy();
    });
  });
}

const clicks = async (where: string): Promise<Record<string, unknown>[]> =>
  (
    await system.clickhouse.query({ query: `SELECT * FROM clicks WHERE ${where}`, format: 'JSONEachRow' })
  ).json();

describe('a link', () => {
  it('is answered with 302, no-store, and its destination', async () => {
    const response = await fetch(`${system.redirect_url}/${link_id}`, {
      redirect: 'manual',
      headers: { 'user-agent': PHONE },
    });
    expect(response.status).toBe(302);
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect(response.headers.get('location')).toMatch(
      /^https:\/\/shop1\.example\/\?click=[A-Za-z0-9]{29}&contact=c$/,
    );
  });

  it('answers HEAD with the same headers, and counts it as a bot', async () => {
    const answer = await phones.open(link_id, PHONE, 'HEAD');
    expect(answer?.status).toBe(302);
    const click_id = new URL(answer?.location ?? '').searchParams.get('click');
    await untilSeen('clicks of this tap', async () => (await clicks(`click_id = '${click_id}'`)).length, 1);
    expect((await clicks(`click_id = '${click_id}'`))[0]).toMatchObject({
      verdict: 'bot',
      bot_reasons: expect.arrayContaining(['method:head']),
    });
  });

  it.each(['.', ',', ')', '!', '?x=1', '%29.', '%E2%80%9D', '/', '.?utm=1'])(
    'forgives "%s" behind it',
    async (tail) => {
      expect(await status(`/${link_id}${tail}`)).toBe(302);
    },
  );

  it('keeps a message’s fields apart from the address, encoded', async () => {
    const id = await shorten({
      url: 'https://x.example/p?n={{who}}#{{nothing|}}',
      fields: { who: 'a&b=ü /?' },
    });
    expect((await phones.open(id, PHONE))?.location).toBe('https://x.example/p?n=a%26b%3D%C3%BC%20%2F%3F#');
  });
});

describe('what is not a link', () => {
  it.each([
    '/abc',
    '/abcdefgh',
    '/a.b/c',
    '/%00%00%00%00%00%00%00',
    '/é123456',
    '/../etc',
    '/abc123é',
    '/-_-_-_-',
  ])('%s is a 404 page', async (path) => {
    expect(await status(path)).toBe(404);
  });

  it('an unknown id is a 404 page that loads nothing from elsewhere', async () => {
    const response = await fetch(`${system.redirect_url}/zzzzzzz`);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await response.text();
    expect(page).toContain('<h1>');
    expect(page).not.toMatch(/src=|href=|zzzzzzz/);
  });

  it('an unknown id on an account’s own domain goes to its fallback', async () => {
    const { account_id } = await createSender(system, { fallback_url: 'https://home.example/' });
    await giveDomain(system, account_id, 'trk.brand.example');
    const open = (): Promise<string> =>
      new Promise((resolve) => {
        const { hostname, port } = new URL(system.redirect_url);
        request({ hostname, port, path: '/zzzzzzz', headers: { host: 'trk.brand.example' } }, (response) => {
          response.resume();
          resolve(response.headers.location ?? String(response.statusCode));
        }).end();
      });
    await untilSeen('the fallback of the account', open, 'https://home.example/');
  });

  it('the host alone is a page', async () => {
    expect(await status('/')).toBe(200);
  });

  it('robots.txt and favicon.ico are answered', async () => {
    expect(await status('/robots.txt')).toBe(200);
    expect(await status('/favicon.ico')).toBe(204);
  });

  it('another method is refused', async () => {
    expect(await status(`/${link_id}`, { method: 'POST', body: 'x' })).toBe(405);
    expect(await status(`/${link_id}`, { method: 'DELETE' })).toBe(405);
  });
});

describe('a cache', () => {
  const FOR_A_DAY = 'public, max-age=86400';

  async function answer(
    url: string,
    init: RequestInit = {},
  ): Promise<[status: number, cache: string | null]> {
    const response = await fetch(url, { redirect: 'manual', ...init });
    await response.arrayBuffer();
    return [response.status, response.headers.get('cache-control')];
  }

  it.each([
    ['/robots.txt', 200, 'public, max-age=3600'],
    ['/', 200, 'private, no-store'],
    ['/favicon.ico', 204, FOR_A_DAY],
    ['/healthz', 200, 'no-store'],
    ['/readyz', 200, 'no-store'],
    ['/zzzzzzz', 404, 'private, no-store'],
  ])('of the public listener is told for %s: %i, %s', async (path, code, cache) => {
    expect(await answer(`${system.redirect_url}${path}`)).toEqual([code, cache]);
  });

  it('of the public listener keeps no preflight', async () => {
    expect(await answer(`${system.redirect_url}/conv`, { method: 'OPTIONS' })).toEqual([
      204,
      'private, no-store',
    ]);
  });

  it.each([
    ['GET', '/healthz', 200],
    ['GET', '/readyz', 200],
    ['GET', '/metrics', 401],
    ['GET', '/session', 200],
    ['DELETE', '/session', 403],
    ['GET', '/v2/offers', 401],
    ['GET', '/nothing', 404],
  ])('of the API keeps nothing of %s %s', async (method, path, code) => {
    expect(await answer(`${system.api_url}${path}`, { method })).toEqual([code, 'no-store']);
  });

  it('of the API may keep the dashboard’s files, and asks whether they changed', async () => {
    expect(await answer(`${system.api_url}/`)).toEqual([200, 'no-cache']);
  });
});

describe('a link that ended', () => {
  it('is 410 once expired, and again active when that is taken back', async () => {
    const id = await shorten({
      url: 'https://x.example/',
      expires_at: new Date(Date.now() + 1_000).toISOString(),
    });
    expect((await phones.open(id, PHONE))?.status).toBe(302);
    await untilSeen('the link after its end', async () => (await phones.open(id, PHONE))?.status, 410);
    await sender.call('PATCH', `/v2/links/${id}`, { expires_at: null });
    await untilSeen('the link without an end', async () => (await phones.open(id, PHONE))?.status, 302);
  });

  it('is counted with why it is gone, and whether a page or a fallback was answered', async () => {
    const counts = async (): Promise<Record<string, number>> => {
      const text = await readMetrics(system);
      const found = text.matchAll(
        /^(trackly_links_gone_total|trackly_redirect_requests_total)\{([^}]*)\} (\d+)/gm,
      );
      return Object.fromEntries([...found].map(([, , labels = '', count]) => [labels, Number(count)]));
    };
    const patch = async (path: string, body: object): Promise<void> => {
      expect((await sender.call('PATCH', path, body)).status).toBe(200);
    };
    const { body: offer } = await sender.call('POST', '/v2/offers', {
      name: 'Ends',
      destination_url: 'https://ends.example/',
    });
    const offer_path = `/v2/offers/${offer.offer_id}`;
    const paused = await shorten({ offer_id: offer.offer_id });
    const disabled = await shorten({ url: 'https://x.example/' });
    const before = await counts();
    const goesTo = (id: string, code: number, location = ''): Promise<void> =>
      until(
        async () => {
          const now = await phones.open(id, PHONE);
          return now?.status === code && (location === '' || now.location === location);
        },
        5_000,
        () => `${id} is not answered with ${code}`,
      );
    await patch(`/v2/links/${disabled}`, { status: 'disabled' });
    await goesTo(disabled, 410);
    await patch(offer_path, { status: 'paused' });
    await goesTo(paused, 410);
    await patch(offer_path, { fallback_url: 'https://instead.example/' });
    await goesTo(paused, 302, 'https://instead.example/');
    const risen = async (): Promise<string[]> => {
      const now = await counts();
      return Object.keys(now).filter((labels) => (now[labels] ?? 0) > (before[labels] ?? 0));
    };
    const expected = [
      'reason="disabled",answer="page"',
      'reason="offer_paused",answer="page"',
      'reason="offer_paused",answer="fallback"',
      'outcome="gone"',
      'outcome="fallback"',
    ];
    await until(
      async () => {
        const now = await risen();
        return expected.every((labels) => now.includes(labels));
      },
      5_000,
      () => `${expected.join('; ')} are not all counted`,
    );
    const now = await counts();
    const gone = Object.keys(now).filter((labels) => labels.includes('answer="page"'));
    expect(gone.reduce((sum, labels) => sum + (now[labels] ?? 0), 0)).toBe(now['outcome="gone"']);
  });
});

describe('a hostile or broken client', () => {
  it('gets an answer or a closed connection for a 100 kB user agent, and others are served', async () => {
    const answer = await raw(
      `GET /${link_id} HTTP/1.1\r\nHost: x\r\nUser-Agent: ${'a'.repeat(100_000)}\r\n\r\n`,
      /HTTP\/1\.1 \d+/,
    );
    expect(answer).toMatch(/^$|^HTTP\/1\.1 (302|4\d\d)/);
    expect((await phones.open(link_id, PHONE))?.status).toBe(302);
  });

  it('may hang up half-way', async () => {
    for (let i = 0; i < 20; i++) {
      await raw(`GET /${link_id} HTTP/1.1\r\nHost: x\r\nUser-Ag`, /never/, true);
      await raw(`GET /${link_id} HTTP/1.1\r\nHost: x\r\n\r\n`, /never/, true);
    }
    expect((await phones.open(link_id, PHONE))?.status).toBe(302);
  });

  it('can not invent its address in front of a trusted proxy', async () => {
    const user_agent = `${PHONE} forwarded`;
    const { hostname, port } = new URL(system.redirect_url);
    await new Promise((resolve) => {
      request(
        {
          hostname,
          port,
          path: `/${link_id}`,
          headers: { 'user-agent': user_agent, 'x-forwarded-for': '1.1.1.1, 2001:db8::7' },
        },
        (response) => response.resume().once('end', resolve),
      ).end();
    });
    await untilSeen(
      'clicks of this tap',
      async () => (await clicks(`user_agent LIKE '% forwarded'`)).length,
      1,
    );
    expect((await clicks(`user_agent LIKE '% forwarded'`))[0]?.['ip']).toBe('2001:db8::7');
  });
});

describe('a burst on one link', () => {
  const keysRead = async (): Promise<number> => {
    const text = await readMetrics(system);
    return Number(/^trackly_redis_keys_read_total (\d+)/m.exec(text)?.[1]);
  };
  /** The processes publish their numbers once a second: settled when they stand still. */
  const settledKeysRead = async (): Promise<number> => {
    let before = -1;
    let since = Date.now();
    await until(
      async () => {
        const now = await keysRead();
        if (now !== before) since = Date.now();
        before = now;
        return Date.now() - since > 2_500;
      },
      HANGS_AFTER_MS,
      () => 'the metrics do not settle',
    );
    return before;
  };

  it('of 500 connections asks Redis for it once a process', async () => {
    const id = await shorten({ offer_id });
    // The offer is in every process's memory before: only the link itself may be asked for.
    await Promise.all(
      Array.from({ length: 64 }, () => status(`/${link_id}`, { headers: { connection: 'close' } })),
    );
    const before = await settledKeysRead();
    const open = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(system.redirect_url);
        request(
          { hostname, port, path: `/${id}`, agent: false, headers: { 'user-agent': PHONE } },
          (response) => {
            response.resume().once('end', () => resolve(response.statusCode ?? 0));
          },
        )
          .once('error', reject)
          .end();
      });
    const answers = await Promise.all(Array.from({ length: 500 }, open));
    expect(answers.every((code) => code === 302)).toBe(true);
    const asked = (await settledKeysRead()) - before;
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(PROCESSES);
  });
});
