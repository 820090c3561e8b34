/**
 * How an answer of the public listener ends: with its body or for HEAD without, and whether it is the last one on its
 * connection. uWebSockets.js closes a connection that a client asks to close, and writes `Connection: close` only where
 * the decision is ours: the client's own is echoed here. Asks nobody.
 */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';

/** Who closes the connection after the answer: '' keeps it. */
export type Closing = '' | 'asked' | 'decided';

/** What uWebSockets.js takes for `close` by its length alone. */
const CLOSE_LENGTH = 5;

/** What the client asks for. A list that has `close` in it, such as `TE, close`, uWebSockets.js does not see. */
export function closingAsked(req: HttpRequest): Closing {
  const connection = req.getHeader('connection');
  if (connection.length < CLOSE_LENGTH) return '';
  if (connection.length === CLOSE_LENGTH) return 'asked';
  return /(?:^|,)\s*close\s*(?:,|$)/i.test(connection) ? 'decided' : '';
}

/** In the response's cork, after status and headers; without a body where its length is not known to HEAD. */
export function endAnswer(
  res: HttpResponse,
  body: string | Buffer | undefined,
  closing: Closing,
  head_only: boolean,
): void {
  if (closing === 'asked') res.writeHeader('Connection', 'close');
  if (!head_only) res.end(body ?? '', closing !== '');
  // Closed by us, HEAD has no length but 0: with the body's the connection stays open, and is blocked.
  else if (closing === 'decided') res.endWithoutBody(0, true);
  else {
    if (body !== undefined) res.writeHeader('Content-Length', String(Buffer.byteLength(body)));
    res.endWithoutBody();
  }
}
