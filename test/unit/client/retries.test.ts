/** What a client does about a call that failed: when it is made again, and after how long. */
import { describe, expect, it } from 'vitest';
import { createTrackly } from '../../../src/client/client.ts';
import { retryAfterMs, TracklyError } from '../../../src/client/errors.ts';
import { backoffMs, mayPass, nothingDone } from '../../../src/client/retries.ts';

const answered = (status: number, code: string): TracklyError =>
  new TracklyError(code as TracklyError['code'], '', { status });
const failed = (code: string): TracklyError =>
  new TracklyError('unreachable', '', { cause: Object.assign(new Error(), { code }) });

describe('a failure', () => {
  it.each([
    [answered(429, 'too_many_requests'), true, true],
    [answered(503, 'disk_full_soon'), true, true],
    // The store may have done it, and answered too late.
    [answered(503, 'unavailable'), true, false],
    // Of a proxy: the API may have done it.
    [answered(503, 'unexpected'), true, false],
    [answered(502, 'unexpected'), true, false],
    [answered(500, 'internal'), true, false],
    [answered(401, 'unauthorized'), false, false],
    [answered(404, 'not_found'), false, false],
    [answered(409, 'conflict'), false, false],
    [failed('ECONNREFUSED'), true, true],
    [failed('ENOTFOUND'), true, true],
    [failed('ECONNRESET'), true, false],
    [failed('UND_ERR_SOCKET'), true, false],
    [new TracklyError('timeout', ''), true, false],
  ])('%# passes or not, and says whether something was done', (error, passes, undone) => {
    expect([error.code, error.status, mayPass(error)]).toEqual([error.code, error.status, passes]);
    expect([error.code, error.status, nothingDone(error)]).toEqual([error.code, error.status, undone]);
  });

  it('of every address of a name is one of each', () => {
    const each = ['::1', '127.0.0.1'].map(() => Object.assign(new Error(), { code: 'ECONNREFUSED' }));
    const cause = new AggregateError(each);
    expect(nothingDone(new TracklyError('unreachable', '', { cause }))).toBe(true);
  });
});

it('waits longer from try to try, never all of it for all clients', () => {
  expect([1, 2, 3, 20].map((tries) => backoffMs(tries, 0))).toEqual([250, 500, 1_000, 10_000]);
  expect([1, 2, 3, 20].map((tries) => backoffMs(tries, 1))).toEqual([500, 1_000, 2_000, 20_000]);
});

it('reads Retry-After in both of its forms', () => {
  expect(retryAfterMs('7', 0)).toBe(7_000);
  expect(retryAfterMs('Thu, 01 Jan 1970 00:00:05 GMT', 2_000)).toBe(3_000);
  expect(retryAfterMs('Thu, 01 Jan 1970 00:00:05 GMT', 9_000)).toBe(0);
  expect(retryAfterMs('soon', 0)).toBeUndefined();
  expect(retryAfterMs(null, 0)).toBeUndefined();
});

describe('a call', () => {
  type Asked = { url: string; init: RequestInit };
  /** A client whose answers are these, one after the other; it keeps what it asks. */
  function client(...answers: (() => Response)[]) {
    const asked: Asked[] = [];
    const rest = [...answers];
    const fetch = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
      asked.push({ url: String(url), init });
      return (rest.shift() ?? (() => Response.json({})))();
    };
    const options = { url: 'http://api.example/', api_key: 'trk_1', fetch: fetch as typeof globalThis.fetch };
    return { asked, trackly: createTrackly({ ...options, tries_max: 2 }) };
  }
  const busy = (): Response =>
    Response.json(
      { error: 'unavailable', message: 'wait' },
      { status: 503, headers: { 'retry-after': '0' } },
    );
  const bodyOf = ({ init }: Asked) => JSON.parse(String(init.body));

  it('is made again after 503 of the API, with the same ids', async () => {
    const { asked, trackly } = client(busy);
    await trackly.post('/v2/messages', {
      body: { messages: [{ contact_id: 'a' }, { contact_id: 'b', message_id: 'own' }] },
    });
    expect(asked).toHaveLength(2);
    const [first, second] = asked.map(bodyOf);
    expect(second).toEqual(first);
    expect(first.messages[0].message_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.messages[1].message_id).toBe('own');
  });

  it('is not made again after 503 of the API where a repeat would make a second one', async () => {
    const { asked, trackly } = client(busy);
    const making = trackly.post('/v2/offers', { body: { name: 'a', destination_url: 'https://a.example' } });
    await expect(making).rejects.toMatchObject({ code: 'unavailable' });
    expect(asked).toHaveLength(1);
  });

  it('carries one Idempotency-Key through its tries, its own or that of the caller', async () => {
    const { asked, trackly } = client(busy);
    await trackly.post('/v2/conversions', { body: { conversions: [] } });
    await trackly.post('/v2/conversions', { body: { conversions: [] }, idempotency_key: 'mine' });
    const keys = asked.map(({ init }) => new Headers(init.headers).get('idempotency-key'));
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys).toEqual([keys[0], keys[0], 'mine']);
  });

  it('fails with the last error, and at once where the API asks for a long rest', async () => {
    const always = client(busy, busy, busy);
    await expect(always.trackly.get('/v2/account')).rejects.toMatchObject({
      code: 'unavailable',
      status: 503,
    });
    expect(always.asked).toHaveLength(2);
    const long = (): Response =>
      Response.json(
        { error: 'too_many_requests', message: 'no' },
        { status: 429, headers: { 'retry-after': '3600' } },
      );
    const later = client(long);
    await expect(later.trackly.get('/v2/account')).rejects.toMatchObject({ retry_after_ms: 3_600_000 });
    expect(later.asked).toHaveLength(1);
  });

  it('follows no redirect with its key, and says what answers that is no API', async () => {
    const moved = client(
      () => new Response(null, { status: 301, headers: { location: 'https://other.example/' } }),
    );
    await expect(moved.trackly.get('/v2/account')).rejects.toThrow('leads on to https://other.example/');
    expect(moved.asked[0]?.init.redirect).toBe('manual');
    const page = client(() => new Response('<html>'));
    await expect(page.trackly.get('/v2/account')).rejects.toThrow('is not the API');
    expect(() => createTrackly({ url: 'links.example', api_key: '' })).toThrow('write it as https://');
  });

  it('names its path and its query, and only there what belongs there', async () => {
    const { asked, trackly } = client();
    await trackly.get('/v2/offers/{id}', { path: { id: 'a/b' } });
    await trackly.get('/v2/reports/hours', { query: { from: '2026-01-01', 'query.utm_source': 'a&b' } });
    expect(asked.map(({ url }) => url)).toEqual([
      'http://api.example/v2/offers/a%2Fb',
      'http://api.example/v2/reports/hours?from=2026-01-01&query.utm_source=a%26b',
    ]);
  });

  it('is of the route that it names, whatever an id is', async () => {
    const { asked, trackly } = client();
    const path = { id: '..', contact_id: 'a' };
    const asking = trackly.get('/v2/audiences/{id}/contacts/{contact_id}', { path });
    await expect(asking).rejects.toThrow('id is "..", which can not be part of an address');
    expect(asked).toEqual([]);
  });

  it('is given up after its time, and when the caller has had enough', async () => {
    const never = (_url: unknown, init: RequestInit = {}): Promise<Response> =>
      new Promise((_, reject) => {
        init.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
    const options = { url: 'http://api.example', api_key: '', tries_max: 1, fetch: never as typeof fetch };
    await expect(createTrackly({ ...options, timeout_ms: 5 }).get('/v2/account')).rejects.toMatchObject({
      code: 'timeout',
    });
    const signal = AbortSignal.abort(new Error('enough'));
    const refused = createTrackly({ ...options, fetch }).get('/v2/account', { signal });
    await expect(refused).rejects.toThrow('enough');
  });
});
