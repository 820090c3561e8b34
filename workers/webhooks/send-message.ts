/**
 * One try to send a message to a webhook: the request, within its time, and what its answer means. Only 2xx is success;
 * redirects are not followed; of an answer's body nothing is kept. Never rejects.
 */
import type { Agent } from 'node:http';
import { performance } from 'node:perf_hooks';
import {
  askOutside,
  type OutsideAnswer,
  type OutsideError,
  type OutsideLimits,
  type OutsideRequest,
  PrivateAddressError,
} from '../../src/platform/outside-request.ts';
import { retryAfterMs } from '../../src/webhooks/delivery-schedule.ts';
import { requestOf } from '../../src/webhooks/request-of.ts';
import type { OpenedSecrets } from '../../src/webhooks/secrets.ts';
import type { Webhook, WebhookMessage } from '../../src/webhooks/webhook.ts';

const ANSWER_MS_MAX = 15_000;
/** Of an answer so much is read, for its connection to be used again. */
const BODY_BYTES_MAX = 16_384;
const GONE = 410;

export interface Sending {
  webhook: Webhook;
  opened: OpenedSecrets;
  agent: Agent;
  allow_private: boolean;
  signal: AbortSignal;
}

export interface Answered {
  result: 'delivered' | 'failed' | 'gone';
  /** 0 where there was no answer. */
  status: number;
  /** '' where it was delivered. */
  error: string;
  at_ms: number;
  duration_ms: number;
  /** For how long the receiver asked to be left alone. */
  asked_ms: number;
}

export async function sendMessage(sending: Sending, message: WebhookMessage): Promise<Answered> {
  const { webhook, opened, agent, allow_private, signal } = sending;
  const at_ms = Date.now();
  const began = performance.now();
  const base = (): Pick<Answered, 'at_ms' | 'duration_ms'> => ({
    at_ms,
    duration_ms: Math.round(performance.now() - began),
  });
  try {
    const request = requestOf(webhook, opened, message, at_ms);
    const limits = { allow_private, answer_ms_max: ANSWER_MS_MAX, body_bytes_max: BODY_BYTES_MAX, signal };
    const { status, retry_after } = await askAgain(request, limits, agent);
    const delivered = status >= 200 && status <= 299;
    return {
      ...base(),
      result: delivered ? 'delivered' : status === GONE ? 'gone' : 'failed',
      status,
      error: delivered ? '' : answerText(status),
      asked_ms: delivered ? 0 : retryAfterMs(retry_after, Date.now()),
    };
  } catch (error) {
    return { ...base(), result: 'failed', status: 0, error: errorText(error as Error), asked_ms: 0 };
  }
}

const CLOSED_CODES: readonly (string | undefined)[] = ['ECONNRESET', 'EPIPE'];

/** A connection that was kept may have been closed by the other side just then: once more over a new one. */
async function askAgain(
  request: OutsideRequest,
  limits: OutsideLimits,
  agent: Agent,
): Promise<OutsideAnswer> {
  try {
    return await askOutside(request, { ...limits, agent });
  } catch (error) {
    const { code, was_reused } = error as OutsideError;
    // Over a new one the partner may have taken it before it closed.
    if (was_reused !== true || !CLOSED_CODES.includes(code)) throw error;
    return askOutside(request, limits);
  }
}

function answerText(status: number): string {
  if (status >= 300 && status <= 399) return `answered ${status}: redirects are not followed`;
  return status === GONE ? `answered ${status}: it wants nothing any more` : `answered ${status}`;
}

/** Without the address, which may have a partner's keys in it. */
function errorText(error: NodeJS.ErrnoException): string {
  if (error instanceof PrivateAddressError) return error.message;
  if (error.name === 'TimeoutError') return `no answer within ${ANSWER_MS_MAX / 1_000} s`;
  return error.code === undefined ? 'the request could not be made' : `no answer: ${error.code}`;
}
