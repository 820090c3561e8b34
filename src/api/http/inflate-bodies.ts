/**
 * Takes bodies that are sent with `Content-Encoding: gzip`, JSON as well as streams of lines. What a body may have is
 * counted after it is inflated, so a small one can't fill the memory; one that swells more than any real data does is
 * refused, so that it can't hold a core either. Every other encoding is refused with 415.
 */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import type { Api } from './context.ts';
import { ApiError } from './errors.ts';

/** Messages as NDJSON shrink to a fifteenth, equal lines to a hundredth; DEFLATE can do 1,032. */
const RATIO_MAX = 200;
/** Inflated bytes from which on the ratio counts. */
const UNCOUNTED_BYTES = 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

const GZIP = /^(?:x-)?gzip$/i;

/** Call this before routes are registered, and after the bounds of bodies. */
export function inflateBodies(app: Api): void {
  // Refused before a byte of the body is read.
  app.addHook('onRequest', async ({ headers }: FastifyRequest) => {
    const encoding = headers['content-encoding'] ?? '';
    if (/^(identity)?$/i.test(encoding) || GZIP.test(encoding)) return;
    throw new ApiError(
      'unsupported_media_type',
      'only gzip is taken: send the body with Content-Encoding: gzip, or without one',
      { 'accept-encoding': 'gzip' },
    );
  });
  app.addHook('preParsing', (request, reply, payload, done) => {
    const { headers } = request;
    if (headers['content-encoding'] === undefined || !GZIP.test(headers['content-encoding'])) {
      done(null, payload);
      return;
    }
    const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
    reply.raw.once('close', () => gunzip.destroy());
    done(null, inflated(payload as IncomingMessage, gunzip));
  });
}

function inflated(sent: IncomingMessage, gunzip: Gunzip): Readable & { receivedEncodedLength?: number } {
  sent.on('error', (error) => gunzip.destroy(error));
  sent.once('close', () => {
    if (!sent.complete) gunzip.destroy(new Error('the request was aborted'));
  });
  sent.pipe(gunzip);
  const body = Readable.from(bounded(gunzip), { objectMode: false });
  // Fastify compares it with Content-Length.
  return Object.defineProperty(body, 'receivedEncodedLength', { get: () => gunzip.bytesWritten });
}

async function* bounded(gunzip: Gunzip): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of gunzip as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > UNCOUNTED_BYTES && bytes > RATIO_MAX * gunzip.bytesWritten) {
      throw new ApiError(
        'too_large',
        `the body swells to more than ${RATIO_MAX} times its size: send it without gzip`,
      );
    }
    yield chunk;
  }
}
