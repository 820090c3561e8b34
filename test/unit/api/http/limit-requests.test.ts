/** Limits on a bare Fastify: what answers state, who is refused, and that no account can take what all share. */
import Fastify, { type InjectOptions } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../../../src/access/caller.ts';
import { Limits, type OtherBounds } from '../../../../src/access/limits/limits.ts';
import type { Api } from '../../../../src/api/http/context.ts';
import { ApiError, errorBody } from '../../../../src/api/http/errors.ts';
import { BY_FORMAT, limitRequests, limitWrongKeys } from '../../../../src/api/http/limit-requests.ts';
import type { RedisClient } from '../../../../src/platform/redis.ts';

/** Counts as the script of rate-limiter-flexible does. */
function countingRedis(): RedisClient & { keys: Map<string, number>; away: boolean } {
  const keys = new Map<string, number>();
  const redis = {
    keys,
    away: false,
    get status() {
      return redis.away ? 'reconnecting' : 'ready';
    },
    defineCommand() {},
    rlflxIncr: async ([key = '', points]: string[]) => {
      keys.set(key, (keys.get(key) ?? 0) + Number(points));
      return [keys.get(key), 41_500];
    },
  };
  return redis as never;
}

const BOUNDS: OtherBounds = {
  requests: { window_s: 60, account_max: 5, key_max: 3 },
  at_once: {
    report: { what: '', all_max: 6, account_max: 3, key_max: 2, retry_after_s: 1 },
    download: { what: '', all_max: 2, account_max: 1, key_max: 1, retry_after_s: 7 },
  },
};

let redis: ReturnType<typeof countingRedis>;
let limits: Limits;
let app: Api;
/** Ends the answers of /v2/slow. */
let waiting: (() => void)[];

function open(bounds = BOUNDS): void {
  redis = countingRedis();
  limits = new Limits(redis, bounds);
  waiting = [];
  app = Fastify() as unknown as Api;
  const proxies = { trust_proxy: 1, trust_proxy_header: 'x-forwarded-for' } as const;
  app.setErrorHandler((error, request, reply) => {
    const known = error instanceof ApiError ? error : new ApiError('unavailable', String(error));
    const answered = limitWrongKeys(known, request, { limits, proxies });
    return reply.code(answered.status).headers(answered.headers).send(errorBody(answered));
  });
  app.addHook('onRequest', async (request) => {
    const [account_id = '', id = ''] = String(request.headers['x-api-key'] ?? 'wrong').split('.');
    if (account_id === 'wrong') throw new ApiError('unauthorized', 'this API key is not known');
    const kind = account_id === 'operator' ? account_id : 'key';
    const requests_per_minute = account_id === 'small' ? 1 : undefined;
    Object.assign(request, { caller: { kind, account_id, id } as Caller, account: { requests_per_minute } });
  });
  limitRequests(app, { limits });
  app.get('/v2/plain', () => ({}));
  app.post('/v2/messages', { config: { limit: 'send' } }, () => ({}));
  const slow = (): Promise<object> => new Promise((resolve) => waiting.push(() => resolve({})));
  app.get('/v2/slow', { config: { limit: BY_FORMAT } }, slow);
}

const ask = async (key: string | undefined, url = '/v2/plain', options: InjectOptions = {}) => {
  const { statusCode, headers, body } = await app.inject({
    url,
    headers: key === undefined ? {} : { 'x-api-key': key },
    ...options,
  });
  return { status: statusCode, headers, body: JSON.parse(body) };
};

const refused = async (limit: string): Promise<number | undefined> => {
  const [metric] = await limits.registry.getMetricsAsJSON();
  return metric?.values.find(({ labels }) => labels['limit'] === limit)?.value;
};

beforeEach(() => open());
afterEach(async () => {
  for (const end of waiting) end();
  await app.close();
});

describe('requests in a window', () => {
  it('state in every answer what is allowed and what is left', async () => {
    const { status, headers } = await ask('a.1');
    expect(status).toBe(200);
    expect(headers['ratelimit-policy']).toBe('"account";q=5;w=60, "key";q=3;w=60');
    expect(headers['ratelimit']).toBe('"account";r=4;t=42, "key";r=2;t=42');
    expect(headers['retry-after']).toBeUndefined();
  });

  it('are refused beyond the bound of a key, then of its account, and of nobody else', async () => {
    const statuses = async (key: string, times: number): Promise<number[]> => {
      const all: number[] = [];
      for (let i = 0; i < times; i++) all.push((await ask(key)).status);
      return all;
    };
    expect(await statuses('a.1', 4)).toEqual([200, 200, 200, 429]);
    expect(await statuses('a.2', 3)).toEqual([200, 200, 429]);
    expect(await statuses('b.1', 3)).toEqual([200, 200, 200]);
    expect(await refused('requests')).toBe(2);
    const { headers, body } = await ask('a.1');
    expect([headers['retry-after'], headers['ratelimit']]).toEqual([
      '42',
      '"account";r=0;t=42, "key";r=0;t=42',
    ]);
    expect(body.error).toBe('too_many_requests');
  });

  it('have another bound where the operator gave the account one', async () => {
    const first = await ask('small.1');
    expect(first.headers['ratelimit-policy']).toBe('"account";q=1;w=60, "key";q=1;w=60');
    expect((await ask('small.1')).status).toBe(429);
  });

  it('are neither counted nor bounded for sends and for the operator', async () => {
    for (let i = 0; i < 10; i++) {
      const { status, headers } = await ask('a.1', '/v2/messages', { method: 'POST' });
      expect([status, headers['ratelimit']]).toEqual([200, undefined]);
      expect((await ask('operator.1')).status).toBe(200);
    }
    expect([...redis.keys]).toEqual([]);
  });

  it('fail at once while Redis is away', async () => {
    redis.away = true;
    const { status, headers } = await ask('a.1');
    expect([status, headers['retry-after']]).toEqual([503, '1']);
  });
});

describe('requests at the same time', () => {
  const MANY: OtherBounds = { ...BOUNDS, requests: { window_s: 60, account_max: 1_000, key_max: 1_000 } };
  /** Asks at once; resolves when each is refused or waits. */
  async function hold(...keys: string[]): Promise<{ key: string; status: number | 'open' }[]> {
    const states = keys.map((key) => {
      const state: { key: string; status: number | 'open' } = { key, status: 'open' };
      void ask(key, '/v2/slow').then(({ status }) => {
        state.status = status;
      });
      return state;
    });
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    return states;
  }
  const open_keys = (states: { key: string; status: number | 'open' }[]): string[] =>
    states.flatMap(({ key, status }) => (status === 'open' ? [key] : []));

  it('are bounded for a key and for an account, so that others are answered', async () => {
    await app.close();
    open(MANY);
    const states = await hold('a.1', 'a.1', 'a.1', 'a.2', 'a.2', 'b.1', 'b.1', 'b.2', 'c.1');
    expect(open_keys(states)).toEqual(['a.1', 'a.1', 'a.2', 'b.1', 'b.1', 'c.1']);
    expect(await refused('report')).toBe(3);
    const { headers } = await ask('a.1', '/v2/slow');
    expect(headers['ratelimit-policy']).toContain('"report";q=2;qu="concurrent-requests"');
    expect([headers['retry-after'], headers['ratelimit']]).toEqual([
      '1',
      expect.stringContaining('"report";r=0'),
    ]);
    for (const end of waiting) end();
    await new Promise(setImmediate);
    expect(open_keys(await hold('c.1', 'c.2'))).toEqual(['c.1', 'c.2']);
  });

  it('are told apart by what the answer is: files have their own bound', async () => {
    await app.close();
    open(MANY);
    await hold('a.1');
    void ask('a.1', '/v2/slow?format=csv');
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    const { status, headers } = await ask('a.1', '/v2/slow?format=csv');
    expect([status, headers['retry-after']]).toEqual([429, '7']);
  });
});

describe('wrong keys', () => {
  const from = (address: string) => ({ headers: { 'x-api-key': 'wrong', 'x-forwarded-for': address } });

  it('of one address are answered 429 after many, while a valid key behind it works', async () => {
    const answers: number[] = [];
    for (let i = 0; i < 61; i++) answers.push((await ask('', '/v2/plain', from('192.0.2.1'))).status);
    expect([answers[0], answers[59], answers[60]]).toEqual([401, 401, 429]);
    const valid = { headers: { 'x-api-key': 'a.1', 'x-forwarded-for': '192.0.2.1' } };
    expect((await ask('', '/v2/plain', valid)).status).toBe(200);
    expect((await ask('', '/v2/plain', from('192.0.2.2'))).status).toBe(401);
    const { headers, body } = await ask('', '/v2/plain', from('192.0.2.1'));
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(body.message).toContain('a valid key is accepted');
    expect(await refused('wrong_keys')).toBe(2);
  });

  it('are counted by network of IPv6', async () => {
    for (let i = 0; i < 60; i++) await ask('', '/v2/plain', from(`2001:db8::${i}`));
    expect((await ask('', '/v2/plain', from('2001:db8::ffff'))).status).toBe(429);
    expect((await ask('', '/v2/plain', from('2001:db8:0:1::1'))).status).toBe(401);
  });

  it('do not count where no key was sent: a page whose session has ended', async () => {
    for (let i = 0; i < 70; i++) expect((await ask(undefined)).status).toBe(401);
  });
});
