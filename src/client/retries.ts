/** When a call is made again, and after how long. Nothing is made again that might be done twice. */
import { Sleeper } from '../platform/sleep.ts';
import { newUuid } from '../platform/uuid.ts';
import { type RetryNote, TracklyError } from './errors.ts';

const FIRST_WAIT_MS = 500;
const WAIT_MS_MAX = 20_000;
/** An answer that asks for a longer rest is given to the caller. */
const RETRY_AFTER_MS_MAX = 60_000;

/** Codes of the API that say that nothing was done; with `unavailable` the store may only have answered too late. */
const NOTHING_DONE: ReadonlySet<string> = new Set(['too_many_requests', 'disk_full_soon']);
/** Statuses after which something may have been done. */
const UNCLEAR: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
/** Of a connection that was never made. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether nothing can have been done: then every call may be made again. */
export function nothingDone({ status, code, cause }: TracklyError): boolean {
  if (status === 0) return code === 'unreachable' && NOT_CONNECTED.has(causeCode(cause));
  return NOTHING_DONE.has(code);
}

/** Whether the same call may go better later. */
export const mayPass = ({ status, code }: TracklyError): boolean =>
  status === 0 ? code === 'unreachable' || code === 'timeout' : UNCLEAR.has(status);

function causeCode(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  const { code } = cause as { code?: string };
  if (code !== undefined) return code;
  const [first] = cause instanceof AggregateError ? cause.errors : [];
  return causeCode(first ?? cause.cause);
}

/** Twice as long after each try, 50 to 100 % of it, so that many clients don't come back at once. */
export function backoffMs(tries: number, share = randomShare()): number {
  return Math.min(WAIT_MS_MAX, FIRST_WAIT_MS * 2 ** (tries - 1)) * (0.5 + share / 2);
}

const randomShare = (): number => Number.parseInt(newUuid().slice(0, 8), 16) / 2 ** 32;

export interface RetryRules {
  tries_max: number;
  /** Whether the call may be made again although it may have been done. */
  repeatable: boolean;
  signal: AbortSignal | undefined;
  on_retry: ((note: RetryNote) => void) | undefined;
}

/** What the first try that succeeds resolves with. Throws the TracklyError of the last one, or what `signal` was aborted with. */
export async function withRetries<T>(attempt: () => Promise<T>, rules: RetryRules): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TracklyError)) throw error;
      const asked_ms = error.retry_after_ms ?? 0;
      const again = mayPass(error) && (rules.repeatable || nothingDone(error));
      if (!again || tries >= rules.tries_max || asked_ms > RETRY_AFTER_MS_MAX) throw error;
      const wait_ms = Math.max(asked_ms, backoffMs(tries));
      rules.on_retry?.({ error, tries, wait_ms });
      await rest(wait_ms, rules.signal);
    }
  }
}

/** Sleeps; throws what `signal` is aborted with. */
export async function rest(wait_ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const sleeper = new Sleeper();
  const wake = (): void => sleeper.wake();
  signal?.addEventListener('abort', wake);
  await sleeper.sleep(wait_ms);
  signal?.removeEventListener('abort', wake);
  signal?.throwIfAborted();
}
