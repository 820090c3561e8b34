/**
 * Step 6 of a tap: logs its click. With CLICK_ACK=durable it goes on once the click is held, by Redis or the spool;
 * with `fast` at once. What nothing can hold is refused, or answered all the same and counted as lost, as
 * WHEN_FULL says. Notes for the ledger what was answered, aborted and lost.
 */
import { type Answered, encodeClick, encodeTappedLink } from '../../clicks/click.ts';
import { type ClickIds, ledClickId } from '../../clicks/click-id.ts';
import type { SeenAgents } from '../../clicks/seen-agents.ts';
import type { ClickAck, WhenFull } from '../../config.ts';
import { MINUTE_MS } from '../../log/append.ts';
import type { ClickLog } from '../click-log/click-log.ts';
import { nameOf } from '../sites.ts';
import type { FoundLink, Tap } from '../tap.ts';

export interface ClickLogging {
  agents: SeenAgents;
  click_ids: Pick<ClickIds, 'create'>;
  clickLog: Pick<ClickLog, 'add' | 'note'>;
  /** `lost` counts clicks that were answered and are held nowhere. */
  metrics: { lost: number };
  click_ack: ClickAck;
  when_full: WhenFull;
}

/** Whether the tap may be answered. `refused`: its click is held nowhere, and the recipient is to try again. */
export type LogOutcome = 'answer' | 'refused';

type LogClick = (
  tap: Tap,
  found: Pick<FoundLink, 'link' | 'site' | 'led'>,
  answered: Answered,
  done: (click_id: string, logged: LogOutcome) => void,
) => void;

/** Made once for a process. */
export function createLogClick({
  agents,
  click_ids,
  clickLog,
  metrics,
  click_ack,
  when_full,
}: ClickLogging): LogClick {
  function countLost({ at_ms }: Tap): void {
    const minute = Math.floor(at_ms / MINUTE_MS);
    metrics.lost++;
    clickLog.note(minute, 'answered');
    clickLog.note(minute, 'lost');
  }

  function resultOf(tap: Tap, error: Error | undefined, minute: number): LogOutcome {
    if (error !== undefined) {
      if (when_full === 'refuse') return 'refused';
      if (tap.open) countLost(tap);
      return 'answer';
    }
    // Minute 0: through the spool, which counts for itself.
    if (minute > 0) clickLog.note(minute, tap.open ? 'answered' : 'aborted');
    return 'answer';
  }

  return (tap, { link, site, led }, answered, done) => {
    const click_id = ledClickId(tap.click_id ?? click_ids.create(tap.at_ms, link.link_id), led);
    const row = encodeClick({
      click_id,
      clicked_at_ms: tap.at_ms,
      request: tap.request,
      agent_json: agents.encode(tap.request),
      domain: nameOf(site, tap.request.host),
      link_json: encodeTappedLink(link, led),
      led,
      answered,
      trace: tap.trace === undefined ? '' : tap.trace.span.traceparent,
      is_test: link.is_test,
    });
    if (click_ack !== 'fast') {
      clickLog.add(link.partition, row, (error, minute) => done(click_id, resultOf(tap, error, minute)));
      return;
    }
    done(click_id, 'answer');
    clickLog.add(link.partition, row, (error, minute) => {
      if (error !== undefined) countLost(tap);
      else if (minute > 0) clickLog.note(minute, 'answered');
    });
  };
}
