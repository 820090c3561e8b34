/**
 * The last step of a tap: ends it, counts how, and writes the redirect or the page. Where the client has hung up
 * nothing is written. Nothing of a tap may be kept by a browser or a proxy: each open of a link is a click.
 */
import type { HttpResponse } from 'uWebSockets.js';
import type { GoneReason } from '../links/destination.ts';
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
  tryAgainPage,
} from './pages/pages.ts';
import type { Tap, TapAnswer } from './tap.ts';

/** Why links are gone, counted where a tap on one is answered. */
export type GoneCounts = Record<GoneReason, Record<GoneAnswer, number>>;

/** Made once for a process. */
export function createAnswer(exchanges: Exchanges, gone: GoneCounts): (tap: Tap, answer: TapAnswer) => void {
  return (tap, answer) => {
    if (!exchanges.end(tap, answer.outcome)) return;
    const closing = exchanges.closes(tap.res);
    switch (answer.outcome) {
      case 'redirected':
      case 'continued':
        writeRedirect(tap, answer.location, closing);
        break;
      case 'fallback':
        if (answer.reason !== undefined) gone[answer.reason].fallback++;
        writeRedirect(tap, answer.location, closing);
        break;
      case 'gone':
        gone[answer.reason].page++;
        writePage(tap.res, GONE, tap.request.method === 'HEAD', closing);
        break;
      default:
        writePage(tap.res, pageOf(tap, answer), tap.request.method === 'HEAD', closing);
    }
  };
}

function pageOf(
  { request }: Tap,
  answer: Exclude<TapAnswer, { outcome: 'redirected' | 'continued' | 'fallback' | 'gone' }>,
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

function writeRedirect({ res, request }: Tap, location: string, closing: boolean): void {
  res.cork(() => {
    // After a form the browser is to fetch, whatever the method was.
    const status = request.method === 'POST' ? '303 See Other' : '302 Found';
    // In one call: each takes as long as writing all of it. A location has no line break, see asciiUrl.
    res.writeStatus(`${status}\r\nLocation: ${location}\r\nCache-Control: private, no-store`);
    if (closing) res.writeHeader('Connection', 'close');
    if (request.method === 'HEAD') res.endWithoutBody(0, closing);
    else res.end('', closing);
  });
}

/** Writes a page; for HEAD only its headers. */
export function writePage(res: HttpResponse, page: Page, head_only: boolean, closing: boolean): void {
  res.cork(() => {
    res.writeStatus(page.status);
    for (const [name, value] of PAGE_HEADERS) res.writeHeader(name, value);
    res.writeHeader('Content-Security-Policy', page.policy ?? PAGE_POLICY);
    res.writeHeader('Cache-Control', 'private, no-store');
    if (page.retry_after_s !== undefined) res.writeHeader('Retry-After', String(page.retry_after_s));
    // After a length without its body uWebSockets.js takes no other request on the connection.
    if (closing || head_only) res.writeHeader('Connection', 'close');
    if (head_only) res.endWithoutBody(Buffer.byteLength(page.body), true);
    else res.end(page.body, closing);
  });
}
