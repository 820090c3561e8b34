import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ANSWER_WITHIN_MS, Exchanges } from '../../../src/redirect/exchange.ts';
import { type ConversionDependencies, ConversionHandler } from '../../../src/redirect/handle-conversion.ts';
import { noCounts, type RedirectCounts } from '../../../src/redirect/redirect-metrics.ts';
import { type FakeResponse, fakeRequest, fakeResponse } from '../../support/fake-exchange.ts';
import { keysOf } from '../../support/installation-keys.ts';

let exchanges: Exchanges;
let metrics: RedirectCounts;
let handler: ConversionHandler;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  exchanges = new Exchanges();
  metrics = noCounts();
  handler = new ConversionHandler({
    exchanges,
    // Whoever is asked does not answer.
    context: {
      sources: { link: () => new Promise(() => {}) },
      keys: { ...keysOf(), fresh: () => Promise.resolve() },
    },
    redis: {},
    metrics,
    refusals: { count: () => {} },
    inspector: { hasRoom: () => true, note: () => {} },
    guesses: { count: () => 60 },
    readAddress: () => '192.0.2.1',
  } as unknown as ConversionDependencies);
});
afterEach(() => {
  exchanges.stop();
  vi.useRealTimers();
});

const counted = (): Record<string, number> =>
  Object.fromEntries(Object.entries(metrics.conversions).filter(([, count]) => count > 0));

function ask(path: string, method = 'get'): FakeResponse {
  const response = fakeResponse();
  const request = { ...fakeRequest(path), getMethod: () => method, getParameter: () => 'abc1234.gif' };
  if (path.startsWith('/pixel')) handler.handlePixel(response.res, request);
  else handler.handle(response.res, request, 'conv');
  return response;
}

it('a conversion is told to come back where nothing answers in time, and is counted so', () => {
  const response = ask('/conv?link_id=abc1234');
  vi.advanceTimersByTime(ANSWER_WITHIN_MS - 500);
  expect(response.ended).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect(response.written.status).toBe('503 Service Unavailable');
  expect(response.written.headers['retry-after']).toBe('5');
  expect(JSON.parse(response.body ?? '')).toMatchObject({ error: 'unavailable' });
  expect(counted()).toEqual({ unavailable: 1 });
  expect(exchanges.open_count).toBe(0);
});

it('a pixel that is late is still a picture', () => {
  const response = ask('/pixel/abc1234.gif');
  vi.advanceTimersByTime(ANSWER_WITHIN_MS + 500);
  expect(response.written.status).toBe('200 OK');
  expect(response.written.headers).toMatchObject({
    'content-type': 'image/gif',
    'x-conversion': 'unavailable',
  });
});

it('an unknown id is 429 to an address that sent many, and a pixel stays a picture', async () => {
  const soon = async (response: FakeResponse): Promise<FakeResponse> => {
    for (let turns = 0; turns < 5; turns++) await new Promise((done) => setImmediate(done));
    return response;
  };
  const { written, body } = await soon(ask('/conv?click_id=made-up'));
  expect(written).toMatchObject({ status: '429 Too Many Requests', headers: { 'retry-after': '60' } });
  expect(JSON.parse(body ?? '')).toMatchObject({ error: 'too_many_unknown' });
  const pixel = await soon(ask('/pixel/abc1234.gif?click_id=made-up'));
  expect(pixel.written).toMatchObject({
    status: '200 OK',
    headers: { 'content-type': 'image/gif', 'x-conversion': 'too_many_unknown' },
  });
  const other = await soon(ask('/conv?event=no-such'));
  expect(other.written.status).toBe('400 Bad Request');
  expect(counted()).toEqual({ too_many_unknown: 2, invalid_conversion: 1 });
});

it('a conversion is counted as aborted when the caller hangs up', () => {
  ask('/conv?link_id=abc1234').abort();
  expect(counted()).toEqual({ aborted: 1 });
});

it('HEAD has no body and is not counted as a report', () => {
  const response = ask('/conv?link_id=abc1234', 'head');
  vi.advanceTimersByTime(ANSWER_WITHIN_MS + 500);
  expect(response.written.status).toBe('503 Service Unavailable');
  expect(response.body).toBeUndefined();
});

it('a browser may report JSON after a preflight, and other methods are told what is taken', () => {
  const preflight = fakeResponse();
  handler.handlePreflight(preflight.res, fakeRequest('/conv'));
  expect(preflight.written.status).toBe('204 No Content');
  expect(preflight.written.headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, HEAD, POST',
    'access-control-allow-headers': 'Content-Type',
  });
  const put = fakeResponse();
  handler.handleOther(put.res, fakeRequest('/conv'));
  expect(put.written).toMatchObject({
    status: '405 Method Not Allowed',
    headers: { allow: 'GET, HEAD, POST, OPTIONS' },
  });
  expect(JSON.parse(put.body ?? '')).toMatchObject({ error: 'method_not_allowed' });
  expect(counted()).toEqual({ preflight: 1, method_not_allowed: 1 });
});

it('a conversion is refused at once with a body of more bytes than it may have', async () => {
  const response = ask('/conv', 'post');
  response.data('x'.repeat(16 * 1024), false);
  response.data('x', true);
  await new Promise((done) => setImmediate(done));
  expect(response.written.status).toBe('413 Content Too Large');
  expect(counted()).toEqual({ too_large: 1 });
});
