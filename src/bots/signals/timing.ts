/**
 * When the link was opened: before its message was sent, seconds after, or together with another link of the message.
 * A fast person is still a person: a click seconds after the send is a faint sign, which counts only together with
 * others.
 */
import type { Evidence, Reason } from '../evidence.ts';

/** The sender's clock may be ahead of ours by this much. */
const CLOCK_TOLERANCE_MS = 60_000;
/** Scanners open a link while the message is being delivered. */
const SECONDS_AFTER_SEND_MS = 60_000;
/** To open a second link a person goes back to the message and finds it. */
const TOGETHER_MS = 1_500;

type Read = Pick<Evidence, 'sent_at_ms' | 'clicked_at_ms' | 'activity'>;

export function timingReasons({ sent_at_ms, clicked_at_ms, activity }: Read): Reason[] {
  const reasons: Reason[] = [];
  const since_other_ms = activity.since_other_link_ms;
  if (since_other_ms >= 0 && since_other_ms < TOGETHER_MS) reasons.push('timing:links_together');
  if (sent_at_ms === 0) return reasons;
  const after_ms = clicked_at_ms - sent_at_ms;
  if (after_ms < -CLOCK_TOLERANCE_MS) reasons.push('timing:before_send');
  else if (after_ms < SECONDS_AFTER_SEND_MS) reasons.push('timing:seconds');
  return reasons;
}
