import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ANSWER_WITHIN_MS, Exchange, type ExchangeKind, Exchanges } from '../../../src/redirect/exchange.ts';
import { fakeResponse } from '../../support/fake-exchange.ts';

type Outcome = 'answered' | 'late' | 'aborted';

let exchanges: Exchanges;
let ended: Outcome[];
let kind: ExchangeKind<Outcome>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  exchanges = new Exchanges();
  ended = [];
  kind = {
    open_count: 0,
    ended: (_exchange, outcome) => void ended.push(outcome),
    answerLate: (exchange) => void exchanges.end(exchange, 'late'),
  };
});
afterEach(() => {
  exchanges.stop();
  vi.useRealTimers();
});

function begin(): { exchange: Exchange<Outcome>; response: ReturnType<typeof fakeResponse> } {
  const response = fakeResponse();
  const exchange = new Exchange(response.res, kind, '');
  exchanges.begin(exchange);
  return { exchange, response };
}

it('an exchange ends once: a client that hangs up after the answer is not counted again', () => {
  const { exchange, response } = begin();
  expect(exchanges.open_count).toBe(1);
  expect(kind.open_count).toBe(1);
  expect(exchanges.end(exchange, 'answered')).toBe(true);
  response.abort();
  expect(exchanges.end(exchange, 'answered')).toBe(false);
  expect(ended).toEqual(['answered']);
  expect(exchanges.open_count).toBe(0);
  expect(kind.open_count).toBe(0);
});

it('an exchange ends as aborted when the client hangs up, and is not late any more', () => {
  const { exchange, response } = begin();
  exchanges.awaitAnswer(exchange);
  response.abort();
  vi.advanceTimersByTime(2 * ANSWER_WITHIN_MS);
  expect(ended).toEqual(['aborted']);
});

it('exchanges that are late are answered, and only those, whichever ended before', () => {
  const early = [begin(), begin(), begin()];
  for (const { exchange } of early) exchanges.awaitAnswer(exchange);
  vi.advanceTimersByTime(ANSWER_WITHIN_MS - 1_000);
  const young = begin();
  exchanges.awaitAnswer(young.exchange);
  exchanges.end((early[0] as (typeof early)[0]).exchange, 'answered');
  vi.advanceTimersByTime(1_500);
  expect(ended).toEqual(['answered', 'late', 'late']);
  expect(young.exchange.open).toBe(true);
  vi.advanceTimersByTime(ANSWER_WITHIN_MS);
  expect(ended).toEqual(['answered', 'late', 'late', 'late']);
});

it('a slow sender is not late: its answer is awaited from the end of its body', () => {
  const { exchange, response } = begin();
  const bodies: (string | undefined)[] = [];
  exchanges.readBody(exchange, 10, (body) => bodies.push(body?.toString()));
  response.data('01234', false);
  vi.advanceTimersByTime(10 * ANSWER_WITHIN_MS);
  expect(exchange.open).toBe(true);
  response.data('56789', true);
  expect(bodies).toEqual(['0123456789']);
  vi.advanceTimersByTime(ANSWER_WITHIN_MS - 500);
  expect(exchange.open).toBe(true);
  vi.advanceTimersByTime(1_000);
  expect(ended).toEqual(['late']);
});

it('an exchange has no body where that has more bytes than it may have', () => {
  const { exchange, response } = begin();
  const bodies: (Buffer | undefined)[] = [];
  exchanges.readBody(exchange, 10, (body) => bodies.push(body));
  response.data('0123456789', false);
  response.data('!', true);
  expect(bodies).toEqual([undefined]);
});
