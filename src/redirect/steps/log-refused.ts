/**
 * Logs a tap that named a link and did not reach its destination, with the reason and the answer. Nobody waits for it:
 * it joins the group commit of the clicks beside it, and goes to the spool where these go. What is beyond the bounds, or
 * can be held nowhere, is counted as left out. A HEAD is no tap.
 */
import { encodeClick, encodeTappedLink } from '../../clicks/click.ts';
import { type ClickIds, ledClickId } from '../../clicks/click-id.ts';
import { encodeRefusedTap, type RefusedReason } from '../../clicks/refused-tap.ts';
import type { SeenAgents } from '../../clicks/seen-agents.ts';
import type { Led } from '../../links/destination.ts';
import { MINUTE_MS } from '../../log/append.ts';
import { CLICKS_WAITING_MAX, type ClickLog } from '../click-log/click-log.ts';
import type { RefusedCounts } from '../outcomes.ts';
import type { ServedLink } from '../served-link.ts';
import { nameOf, type Site } from '../sites.ts';
import type { Tap, TapAnswer } from '../tap.ts';

/** Refused taps that one process keeps in a minute, of one link and of all: a dead link may be hammered for hours. */
export const REFUSED_OF_LINK_MAX = 60;
export const REFUSED_PER_MINUTE_MAX = 120_000;
/** With so many clicks waiting there is room for clicks only. */
const WAITING_MAX = CLICKS_WAITING_MAX / 2;

export interface RefusedLogging {
  agents: SeenAgents;
  click_ids: Pick<ClickIds, 'create'>;
  clickLog: Pick<ClickLog, 'add' | 'note' | 'waiting'>;
  metrics: { refused: RefusedCounts };
}

export interface RefusedOf {
  link: ServedLink;
  site: Site;
  reason: RefusedReason;
  /** Where a rule or a fallback led it. */
  led?: Led | undefined;
  /** Of the tap where it is a click too. */
  click_id?: string | undefined;
}

export type LogRefused = (tap: Tap, of: RefusedOf, answer: TapAnswer) => void;

/** Made once for a process. */
export function createLogRefused({ agents, click_ids, clickLog, metrics }: RefusedLogging): LogRefused {
  const bound = new RefusedBound();
  return (tap, { link, site, reason, led, click_id }, answer) => {
    const { request, at_ms } = tap;
    if (request.method === 'HEAD') return;
    const counts = metrics.refused[reason];
    if (clickLog.waiting >= WAITING_MAX || !bound.takes(link.link_id, at_ms)) {
      counts.left_out++;
      return;
    }
    const row = encodeClick({
      click_id: click_id ?? ledClickId(click_ids.create(at_ms, link.link_id), led),
      clicked_at_ms: at_ms,
      request,
      agent_json: agents.encode(request),
      domain: nameOf(site, request.host),
      link_json: encodeTappedLink(link, led),
      led,
      answered: 'redirect',
      trace: '',
      is_test: link.is_test,
    });
    const refusal = { reason, ...answeredWith(answer, request.method), is_click: click_id !== undefined };
    clickLog.add(link.partition, encodeRefusedTap(refusal, row), (error, minute) => {
      if (error === undefined) counts.kept++;
      else counts.left_out++;
      // Minute 0: through the spool, which counts for itself.
      if (minute > 0) clickLog.note(minute, 'refused');
    });
  };
}

/** Why a tap that was logged as a click did not reach its destination; undefined where it did, or may yet. */
export function refusedOf(answer: TapAnswer): RefusedReason | undefined {
  if (answer.outcome === 'blocked') return 'country_blocked';
  return answer.outcome === 'fallback' ? answer.reason : undefined;
}

/** What a refused tap is answered, as answer.ts writes it. */
function answeredWith(answer: TapAnswer, method: string): { status: number; location: string } {
  if ('location' in answer) return { status: method === 'POST' ? 303 : 302, location: answer.location };
  if ('page' in answer) return { status: Number.parseInt(answer.page.status, 10), location: '' };
  const status = {
    gone: 410,
    too_many_unknown: 429,
    not_found: 404,
    unavailable: 503,
    method_not_allowed: 405,
  };
  return { status: status[answer.outcome], location: '' };
}

/** Counts the refused taps of the running minute; a link takes some 100 bytes until it is over. */
class RefusedBound {
  #minute = 0;
  #taken = 0;
  readonly #links = new Map<string, number>();

  takes(link_id: string, now_ms: number): boolean {
    const minute = Math.floor(now_ms / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#taken = 0;
      this.#links.clear();
    }
    const of_link = this.#links.get(link_id) ?? 0;
    if (this.#taken >= REFUSED_PER_MINUTE_MAX || of_link >= REFUSED_OF_LINK_MAX) return false;
    this.#taken++;
    this.#links.set(link_id, of_link + 1);
    return true;
  }
}
