/**
 * When a message is tried again: the schedule that Standard Webhooks recommends, with jitter, so that the messages of an
 * outage do not all come back in the same second. Pure, but for the share of chance that is passed.
 */

const S = 1_000;
const MINUTE = 60 * S;
const HOUR = 60 * MINUTE;

/**
 * Pauses before each try, the first at once:
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, "Retries".
 */
const PAUSES_MS = [
  0,
  ...[5 * S, 5 * MINUTE, 30 * MINUTE],
  ...[2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
] as const;
export const TRIES_MAX = PAUSES_MS.length;
/** Of a pause, up or down. */
const JITTER = 0.2;
/** A receiver that asks for more waits for so long. */
const ASKED_MS_MAX = 24 * HOUR;

/**
 * The pause after try `n` (from 1), in ms; undefined after the last one. `asked_ms`: for how long the receiver asked to
 * be left alone, 0 for nothing; `share`: from 0 to 1.
 */
export function pauseAfter(n: number, asked_ms: number, share: number): number | undefined {
  const pause_ms = PAUSES_MS[n];
  if (pause_ms === undefined) return undefined;
  return Math.round(Math.max(pause_ms * (1 - JITTER + 2 * JITTER * share), asked_ms));
}

/** What `Retry-After` asks for, in ms from now (RFC 9110, section 10.2.3); 0 where it is absent or can't be read. */
export function retryAfterMs(header: string | undefined, now_ms: number): number {
  const text = header?.trim() ?? '';
  if (!/^(?:\d{1,9}$|[A-Z][a-z]{2})/.test(text)) return 0;
  const at_ms = /^\d/.test(text) ? now_ms + Number(text) * S : Date.parse(text);
  return Number.isNaN(at_ms) ? 0 : Math.min(Math.max(at_ms - now_ms, 0), ASKED_MS_MAX);
}
