/**
 * Sends a test postback to the installation's own public address, as a network would, and reads the answer: one request,
 * bounded in time and bytes, that follows no redirect. Whatever answers is believed only where it speaks as a redirect
 * process does. Does not reject.
 */
import { CONVERSION_ERRORS, type ConversionErrorCode } from '../receive/conversion-error.ts';

const WITHIN_MS = 5_000;
const ANSWER_BYTES_MAX = 16 * 1024;
const MESSAGE_LENGTH_MAX = 500;

export interface Tested {
  event: string;
  amount: string;
  currency: string;
  txn_id: string;
  unattributed: string;
  problem: string;
  ignored: readonly string[];
}

export type Sent =
  | { kind: 'tested'; after_ms: number; tested: Tested }
  | { kind: 'refused'; after_ms: number; error: ConversionErrorCode; message: string }
  /** Something else is at the address. */
  | { kind: 'foreign' }
  | { kind: 'unreached'; why: string };

export async function sendTest(url: string): Promise<Sent> {
  const from = performance.now();
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { 'user-agent': 'trackly-postback-test' },
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    const text = await beginningOf(response);
    return understood(text, Math.round(performance.now() - from));
  } catch (error) {
    return { kind: 'unreached', why: whyOf(error) };
  }
}

async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES_MAX) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function understood(text: string, after_ms: number): Sent {
  let answer: Partial<Tested> & { status?: unknown; error?: unknown; message?: unknown };
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    return { kind: 'foreign' };
  }
  const error = CONVERSION_ERRORS.find((code) => code === answer?.error);
  if (error !== undefined) {
    return { kind: 'refused', after_ms, error, message: String(answer.message).slice(0, MESSAGE_LENGTH_MAX) };
  }
  if (answer?.status !== 'test') return { kind: 'foreign' };
  const text_of = (value: unknown): string => String(value ?? '').slice(0, MESSAGE_LENGTH_MAX);
  const { event, amount, currency, txn_id, unattributed, problem, ignored } = answer;
  return {
    kind: 'tested',
    after_ms,
    tested: {
      ...{ event: text_of(event), amount: text_of(amount), currency: text_of(currency) },
      ...{ txn_id: text_of(txn_id), unattributed: text_of(unattributed), problem: text_of(problem) },
      ignored: Array.isArray(ignored) ? ignored.slice(0, 20).map(text_of) : [],
    },
  };
}

const WHY: Record<string, string> = {
  ENOTFOUND: 'its name has no address in DNS',
  EAI_AGAIN: 'DNS did not answer',
  ECONNREFUSED: 'nothing listens there',
  ETIMEDOUT: 'nothing answered in time',
  ECONNRESET: 'the connection was closed',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is of another name',
};

function whyOf(error: unknown): string {
  const { name, cause } = error as Error & { cause?: { code?: string; errors?: { code?: string }[] } };
  if (name === 'TimeoutError') return `nothing answered within ${WITHIN_MS / 1_000} seconds`;
  const code = cause?.code ?? cause?.errors?.[0]?.code ?? '';
  return WHY[code] ?? `the connection failed${code === '' ? '' : ` (${code})`}`;
}
