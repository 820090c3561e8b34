/**
 * The last step of a tap: ends it, counts how, and writes the redirect or the page. Where the client has hung up
 * nothing is written. Nothing of a tap may be kept by a browser or a proxy: each open of a link is a click.
 */
import type { HttpResponse } from 'uWebSockets.js';
import type { GoneReason } from '../links/destination.ts';
import { type Closing, endAnswer } from './end-answer.ts';
import type { Exchanges } from './exchange.ts';
import type { GoneAnswer } from './outcomes.ts';
import {
  GONE,
  METHOD_NOT_ALLOWED,
  NOT_FOUND,
  PAGE_HEADERS,
  PAGE_POLICY,
  type Page,
  STILL_AWAY,
  tooManyUnknownPage,
  tryAgainPage,
} from './pages/pages.ts';
import type { Tap, TapAnswer } from './tap.ts';

/** Why links are gone, counted where a tap on one is answered. */
export type GoneCounts = Record<GoneReason, Record<GoneAnswer, number>>;

/** Made once for a process. */
export function createAnswer(exchanges: Exchanges, gone: GoneCounts): (tap: Tap, answer: TapAnswer) => void {
  return (tap, answer) => {
    if (!exchanges.end(tap, answer.outcome)) return;
    switch (answer.outcome) {
      case 'redirected':
      case 'continued':
        writeRedirect(exchanges, tap, answer.location);
        break;
      case 'fallback':
        if (answer.reason !== undefined) gone[answer.reason].fallback++;
        writeRedirect(exchanges, tap, answer.location);
        break;
      case 'gone':
        gone[answer.reason].page++;
        writePageOf(exchanges, tap, GONE);
        break;
      case 'too_many_unknown':
        // Whoever goes on guessing has to connect again for each guess.
        writePageOf(exchanges, tap, tooManyUnknownPage(answer.retry_after_s), 'decided');
        break;
      default:
        writePageOf(exchanges, tap, pageOf(tap, answer));
    }
  };
}

function pageOf(
  { request }: Tap,
  answer: Exclude<
    TapAnswer,
    { outcome: 'redirected' | 'continued' | 'fallback' | 'gone' | 'too_many_unknown' }
  >,
): Page {
  switch (answer.outcome) {
    case 'not_found':
      return NOT_FOUND;
    case 'method_not_allowed':
      return METHOD_NOT_ALLOWED;
    case 'unavailable':
      return request.again ? STILL_AWAY : tryAgainPage(request.query);
    default:
      return answer.page;
  }
}

function writeRedirect(exchanges: Exchanges, tap: Tap, location: string): void {
  const { res, request } = tap;
  const closing = tap.closing(exchanges.closing);
  exchanges.write(res, () => {
    // After a form the browser is to fetch, whatever the method was.
    const status = request.method === 'POST' ? '303 See Other' : '302 Found';
    // In one call: each takes as long as writing all of it. A location has no line break, see asciiUrl.
    res.writeStatus(`${status}\r\nLocation: ${location}\r\nCache-Control: private, no-store`);
    endAnswer(res, '', closing, request.method === 'HEAD');
  });
}

function writePageOf(exchanges: Exchanges, tap: Tap, page: Page, at_least: Closing = ''): void {
  const { res, request } = tap;
  const closing = tap.closing(exchanges.closing) || at_least;
  exchanges.write(res, () => writePage(res, page, request.method === 'HEAD', closing));
}

/** Writes a page within the response's cork; for HEAD only its headers. */
export function writePage(res: HttpResponse, page: Page, head_only: boolean, closing: Closing): void {
  res.writeStatus(page.status);
  for (const [name, value] of PAGE_HEADERS) res.writeHeader(name, value);
  res.writeHeader('Content-Security-Policy', page.policy ?? PAGE_POLICY);
  res.writeHeader('Cache-Control', 'private, no-store');
  if (page.retry_after_s !== undefined) res.writeHeader('Retry-After', String(page.retry_after_s));
  if (page.allow !== undefined) res.writeHeader('Allow', page.allow);
  endAnswer(res, page.body, closing, head_only);
}
