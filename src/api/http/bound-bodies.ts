/**
 * Bounds what a request may make the API read: a small body where nobody has said yet who they are, a time for every
 * body, and an end to bodies that are refused. A body that is read as it arrives (NDJSON, CSV) may be of any length, but
 * not silent; every other one has to arrive within a time.
 */
import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Limits } from '../../access/limits/limits.ts';
import type { Api } from './context.ts';
import { ApiError } from './errors.ts';

export interface BodyBounds {
  /** Bytes of the body of an open route: sign-ins and the like. */
  open_bytes_max: number;
  /** For a body to arrive: of an open route, and of another one. 32 MB in 2 minutes are 2.2 Mbit/s. */
  open_ms_max: number;
  whole_ms_max: number;
  /** Without a byte, for a body that is read as it arrives. */
  silent_ms_max: number;
  /** Of a refused body that is read to its end, so that the sender sees the answer; of a caller who is known. */
  refused_bytes_max: number;
  refused_known_bytes_max: number;
  refused_ms_max: number;
}

export const BODY_BOUNDS: BodyBounds = {
  open_bytes_max: 1024,
  open_ms_max: 10_000,
  whole_ms_max: 120_000,
  silent_ms_max: 120_000,
  refused_bytes_max: 256 * 1024,
  refused_known_bytes_max: 64 * 1024 * 1024,
  refused_ms_max: 5_000,
};

const STREAMED = /^(?:application\/x-ndjson|text\/csv)\b/i;

/** Call this before routes are registered. */
export function boundBodies(app: Api, limits: Limits, bounds: BodyBounds): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.open) route.bodyLimit = Math.min(bounds.open_bytes_max, route.bodyLimit ?? Infinity);
  });
  // After authentication: nothing of a body is read before it.
  app.addHook('preParsing', (request, _reply, payload, done) => {
    // A small body has arrived while the caller was looked up: a send pays for no timer.
    if (!request.raw.complete && hasBody(request.raw)) watch(request, limits, bounds);
    done(null, payload);
  });
}

/** Whether the request says that it has a body. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function watch({ raw, headers, routeOptions }: FastifyRequest, limits: Limits, bounds: BodyBounds): void {
  const streamed = STREAMED.test(headers['content-type'] ?? '') && !routeOptions.config.open;
  const whole_ms_max = routeOptions.config.open ? bounds.open_ms_max : bounds.whole_ms_max;
  let read = raw.socket.bytesRead;
  const check = (): void => {
    if (raw.complete) return;
    // While earlier bytes wait here for the handler, the sender is not to blame.
    const alive = streamed && (raw.socket.bytesRead > read || raw.readableLength > 0);
    read = raw.socket.bytesRead;
    if (alive) timer.refresh();
    else refuseSlow(raw, streamed, limits);
  };
  const timer = setTimeout(check, streamed ? bounds.silent_ms_max : whole_ms_max);
  raw.once('close', () => clearTimeout(timer));
}

function refuseSlow(raw: IncomingMessage, streamed: boolean, limits: Limits): void {
  limits.noteRefused('slow_body');
  // The answer to a stream has begun; it breaks off.
  if (streamed) raw.destroy();
  // Fastify reads the body until it ends or fails: the error is answered.
  else raw.emit('error', new ApiError('request_timeout', 'the body did not arrive in time: send it faster'));
}

/** Errors of a known caller after which the rest of the body is not wanted. */
const ENDING: readonly string[] = ['too_large', 'unsupported_media_type', 'request_timeout'];

/**
 * Before an error is answered whose body has not arrived: reads on for a bounded time and size, because an answer is
 * lost where the connection closes while the sender still writes; then has the connection closed.
 */
export async function endRefusedBody(
  { raw, caller }: FastifyRequest,
  reply: FastifyReply,
  { code }: ApiError,
  bounds: BodyBounds,
): Promise<void> {
  if (raw.complete || !hasBody(raw) || (caller !== undefined && !ENDING.includes(code))) return;
  reply.header('connection', 'close');
  if (code === 'request_timeout') return;
  const bytes_max = caller === undefined ? bounds.refused_bytes_max : bounds.refused_known_bytes_max;
  await passOver(raw, bytes_max, bounds.refused_ms_max);
}

/** Discards the rest of a body; stops reading at either bound. */
export function passOver(body: IncomingMessage, bytes_max: number, ms_max: number): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const stop = (): void => {
      clearTimeout(late);
      body.off('data', count).pause();
      resolve();
    };
    const count = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes >= bytes_max) stop();
    };
    const late = setTimeout(stop, ms_max);
    finished(body, { writable: false }, stop);
    body.on('data', count);
  });
}
