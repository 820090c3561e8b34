/**
 * What the public listener answers about names: the challenges of a certificate authority, and /tls-ask for a proxy that
 * terminates TLS with certificates on demand. Both read Redis, a few at a time and within ASK_WITHIN_MS; with Redis down
 * they answer 503. Neither is ever a click.
 */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { isNameServed } from '../domains/certificates/certificate-names.ts';
import { isChallengeToken, readChallenge } from '../domains/certificates/challenges.ts';
import type { RedisClient } from '../platform/redis.ts';
import { within } from '../platform/within.ts';
import { type Closing, endAnswer } from './end-answer.ts';
import type { Exchanges } from './exchange.ts';
import type { Route } from './routes.ts';

const ASK_WITHIN_MS = 2_000;
/** Requests that may wait for Redis in one process; an authority asks from a handful of places. */
const OPEN_MAX = 64;
const QUERY_LENGTH_MAX = 512;

interface DomainAnswer {
  status: '200 OK' | '404 Not Found' | '503 Service Unavailable';
  body: string;
}

const NOT_FOUND: DomainAnswer = { status: '404 Not Found', body: 'not found\n' };
const UNAVAILABLE: DomainAnswer = { status: '503 Service Unavailable', body: 'try again\n' };

export function domainRoutes(exchanges: Exchanges, redis: RedisClient, public_domain: string): Route[] {
  let open = 0;

  const write = (res: HttpResponse, { status, body }: DomainAnswer, closing: Closing): void => {
    exchanges.write(res, () => {
      res
        .writeStatus(status)
        .writeHeader('Content-Type', 'text/plain')
        .writeHeader('Cache-Control', 'no-store');
      endAnswer(res, body, closing, false);
    });
  };

  const answer = (res: HttpResponse, req: HttpRequest, ask: () => Promise<DomainAnswer>): void => {
    const closing = exchanges.closingAfter(res, req);
    if (open >= OPEN_MAX) {
      write(res, UNAVAILABLE, closing);
      return;
    }
    let gone = false;
    res.onAborted(() => {
      gone = true;
    });
    open++;
    within(ASK_WITHIN_MS, ask)
      .catch(() => UNAVAILABLE)
      .then((found) => {
        open--;
        if (!gone) write(res, found, closing);
      });
  };

  return [
    [
      'get',
      '/.well-known/acme-challenge/:token',
      (res, req) => {
        const token = req.getParameter(0) ?? '';
        if (!isChallengeToken(token)) write(res, NOT_FOUND, exchanges.closingAfter(res, req));
        else {
          answer(res, req, async () => {
            const body = await readChallenge(redis, token);
            return body === null ? NOT_FOUND : { status: '200 OK', body };
          });
        }
      },
    ],
    [
      'get',
      '/tls-ask',
      (res, req) => {
        const name =
          new URLSearchParams((req.getQuery() ?? '').slice(0, QUERY_LENGTH_MAX)).get('domain') ?? '';
        answer(res, req, async () => {
          const served = await isNameServed((key) => redis.get(key), name, public_domain);
          return served ? { status: '200 OK', body: 'yes\n' } : NOT_FOUND;
        });
      },
    ],
  ];
}
