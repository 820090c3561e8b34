/**
 * What a request says must be readable as it was meant: JSON and queries are UTF-8, bodies are not compressed. Anything
 * else is refused with a sentence; a decoder would put other characters in the place of what it can't read.
 */
import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import type { Api } from './context.ts';
import { ApiError } from './errors.ts';

export function refuseUnreadable(app: Api): void {
  app.addHook('onRequest', async (request) => {
    checkEncoding(request);
    checkQuery(request.raw.url ?? '');
  });
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (isUtf8(body)) parseJson(request, body.toString('utf8'), done);
    else done(new ApiError('invalid_json', 'the body is not UTF-8: encode it as UTF-8'));
  });
}

function checkEncoding({ headers }: FastifyRequest): void {
  if (/^(identity)?$/i.test(headers['content-encoding'] ?? '')) return;
  throw new ApiError(
    'unsupported_media_type',
    'the body is compressed: send it without Content-Encoding, as NDJSON where it is large',
  );
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
