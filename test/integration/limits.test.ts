/** Limits over the running product: what one account may ask for leaves room for the others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AT_ONCE } from '../../src/access/limits/bounds.ts';
import { readMetrics } from '../support/metrics.ts';
import { callApi, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

let system: System;

beforeAll(async () => {
  system = await sharedSystem();
});

afterAll(() => system?.destroy());

async function anotherKey({ account_id }: Sender): Promise<string> {
  const { body } = await callApi(system, system.admin_key, 'POST', `/v2/accounts/${account_id}/keys`);
  return (body as { api_key: string }).api_key;
}

const ask = (key: string, path = '/v2/account'): Promise<Response> =>
  fetch(`${system.api_url}${path}`, { headers: { 'x-api-key': key } });

const refused = async (limit: string): Promise<number> => {
  const text = await readMetrics(system);
  return Number(new RegExp(`^trackly_limit_refused_total{limit="${limit}"} (\\d+)`, 'm').exec(text)?.[1]);
};

describe('an account that the operator gave a bound of its own', () => {
  let small: Sender;
  beforeAll(async () => {
    small = await createSender(system, { requests_per_minute: 4 });
  });

  it('reads in every answer what is left, and gets 429 with the time to wait beyond it', async () => {
    const first = await ask(small.api_key);
    expect([first.status, first.headers.get('ratelimit-policy')]).toEqual([
      200,
      '"account";q=4;w=60, "key";q=4;w=60',
    ]);
    expect(first.headers.get('ratelimit')).toMatch(/^"account";r=3;t=\d+, "key";r=3;t=\d+$/);
    for (let i = 0; i < 3; i++) expect((await ask(small.api_key)).status).toBe(200);
    const over = await ask(small.api_key);
    expect([over.status, await over.json()]).toEqual([
      429,
      { error: 'too_many_requests', message: expect.stringMatching(/more than 4 requests in 60 s/) },
    ]);
    const wait_s = Number(over.headers.get('retry-after'));
    expect(wait_s > 0 && wait_s <= 60).toBe(true);
    expect((await ask(await anotherKey(small))).status).toBe(429);
    await untilSeen(
      'the metric',
      () => refused('requests'),
      (count) => count >= 2,
    );
  });

  it('sends on all the same, and disturbs nobody', async () => {
    for (let i = 0; i < 10; i++) {
      const { status } = await small.call('POST', '/v2/links/shorten', { url: 'https://shop.example/' });
      expect(status).toBe(201);
    }
    expect((await ask((await createSender(system)).api_key)).status).toBe(200);
  });

  it('may ask on as soon as the operator raises the bound', async () => {
    const path = `/v2/accounts/${small.account_id}` as const;
    await callApi(system, system.admin_key, 'PATCH', path, { requests_per_minute: 1_000 });
    expect((await ask(small.api_key)).status).toBe(200);
  });
});

describe('live streams', () => {
  it('are not all taken by one account, and come back', async () => {
    const [greedy, other] = [await createSender(system), await createSender(system)];
    const gone = new AbortController();
    const open = async (key: string): Promise<{ status: number; left: string }> => {
      const { status, headers } = await fetch(`${system.api_url}/v2/live`, {
        headers: { 'x-api-key': key },
        signal: gone.signal,
      });
      return { status, left: headers.get('ratelimit') ?? '' };
    };
    /** How many of so many are opened. */
    const openMany = async (key: string, count: number): Promise<number> => {
      const answers = await Promise.all(Array.from({ length: count }, () => open(key)));
      return answers.filter(({ status }) => status === 200).length;
    };
    const { account_max, key_max } = AT_ONCE.live;
    expect(await openMany(greedy.api_key, key_max + 5)).toBe(key_max);
    expect(await openMany(await anotherKey(greedy), key_max + 5)).toBe(key_max);
    expect(await openMany(await anotherKey(greedy), 5)).toBe(account_max - 2 * key_max);
    expect(await open(other.api_key)).toEqual({
      status: 200,
      left: expect.stringContaining(`"live";r=${key_max - 1}`),
    });
    gone.abort();
    const again = new AbortController();
    await untilSeen(
      'a place of the account is free again',
      async () =>
        (
          await fetch(`${system.api_url}/v2/live`, {
            headers: { 'x-api-key': greedy.api_key },
            signal: again.signal,
          })
        ).status,
      200,
    );
    again.abort();
  });
});

describe('before it is known who asks', () => {
  const signIn = (api_key: string, from: string): Promise<Response> =>
    fetch(`${system.api_url}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': from, 'x-trackly-session': '1' },
      body: JSON.stringify({ api_key }),
    });

  it('a body has 1 kB', async () => {
    const { status } = await signIn('x'.repeat(1_100), '192.0.2.51');
    expect(status).toBe(413);
  });

  it('wrong keys of one address are slowed, and a valid one behind it is not', async () => {
    const { api_key } = await createSender(system);
    const ask = async (key: string, from: string): Promise<number> => {
      const headers = { 'x-api-key': key, 'x-forwarded-for': from };
      return (await fetch(`${system.api_url}/v2/account`, { headers })).status;
    };
    const wrong = `trk_${'0'.repeat(32)}`;
    const statuses = new Set<number>();
    for (let i = 0; i < 65; i++) statuses.add(await ask(wrong, '192.0.2.52'));
    expect([...statuses]).toEqual([401, 429]);
    expect(await ask(api_key, '192.0.2.52')).toBe(200);
    expect(await ask(wrong, '192.0.2.53')).toBe(401);
  });
});
