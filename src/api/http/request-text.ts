/**
 * What a request says must be readable as it was meant: JSON and queries are UTF-8. Anything else is refused with a sentence; a decoder would put other characters in the place of what it can't read.
 */
import { isUtf8 } from 'node:buffer';
import type { Api } from './context.ts';
import { ApiError } from './errors.ts';

export function refuseUnreadable(app: Api): void {
  app.addHook('onRequest', async (request) => {
    checkQuery(request.raw.url ?? '');
  });
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (isUtf8(body)) parseJson(request, body.toString('utf8'), done);
    else done(new ApiError('invalid_json', 'the body is not UTF-8: encode it as UTF-8'));
  });
}

function checkQuery(url: string): void {
  const start = url.indexOf('?');
  if (start === -1) return;
  try {
    decodeURIComponent(url.slice(start));
  } catch {
    throw new ApiError('invalid_request', 'the query is not UTF-8: percent-encode it as UTF-8, and % as %25');
  }
}
