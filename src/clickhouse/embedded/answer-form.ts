/**
 * In which form a client wants its answer: over gzip, in ClickHouse's own compressed blocks, in Native as of a
 * revision of the protocol. Sends a whole result in that form.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { compressedBlocks } from './compressed-blocks.ts';
import { HttpError } from './http-error.ts';
import { withRevision } from './native-blocks.ts';

export interface AnswerForm {
  gzip: boolean;
  /** `compress=1` */
  blocks: boolean;
  /** Of the protocol, for Native; 0: none. */
  revision: number;
}

/** Throws HttpError where the request itself comes in a form that is not understood. */
export function readForm(url: URL, request: IncomingMessage): AnswerForm {
  const is = (name: string): boolean => url.searchParams.get(name) === '1';
  if (is('decompress')) {
    throw new HttpError(501, 48, 'Compressed blocks are not read here: use gzip or none. (NOT_IMPLEMENTED)');
  }
  return {
    gzip: is('enable_http_compression') && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')),
    blocks: is('compress'),
    revision: Number(url.searchParams.get('client_protocol_version') ?? 0) || 0,
  };
}

/** Sends the result and ends the answer. Throws HttpError where its types can't be sent in that form. */
export async function sendWhole(
  response: ServerResponse,
  result: Buffer,
  form: AnswerForm,
  format: string,
): Promise<void> {
  let bytes = form.revision > 0 && format === 'Native' ? withRevision(result, form.revision) : result;
  if (form.blocks) {
    const blocks: Buffer[] = [];
    for (const block of compressedBlocks(bytes)) {
      blocks.push(block);
      // Each costs milliseconds, and others wait for this thread.
      await new Promise(setImmediate);
    }
    bytes = Buffer.concat(blocks);
  }
  if (form.gzip) response.setHeader('Content-Encoding', 'gzip');
  response.end(form.gzip ? gzipSync(bytes) : bytes);
}
