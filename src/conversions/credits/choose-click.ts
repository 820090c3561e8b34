/**
 * Which of the clicks that a conversion could be credited to gets it, and why the others do not: the same rules decide
 * in the worker and explain in the story. Pure.
 */
import type { Conversion } from '../conversion.ts';

/**
 * An advertiser's clock may be behind ours or have a resolution of one second. A conversion up to this much before
 * its click is treated as simultaneous with it.
 */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;
const DAY_MS = 24 * 3_600_000;

/** A click of the conversion's contact on its offer (of its link, where the link names no contact). */
export interface Candidate {
  click_id: string;
  clicked_at_ms: number;
  link_id: string;
  link_key: string;
  message_id: string;
  contact_id: string;
  creative_id: string;
  campaign_id: string;
  variant_id: string;
  domain: string;
  sent_at_ms: number;
  /** Of a link without a contact: who opened it; see clicks/visitor.ts. */
  visitor: string;
  /** As it stands now. */
  verdict: string;
  is_first_for_offer: number;
}

/** What a choice depends on. */
export type Choosing = Pick<Conversion, 'converted_at_ms' | 'subject' | 'click_id' | 'terms'>;

/** Why a candidate did not get the conversion, with what each means. */
export const WHY_NOT = {
  bot: 'A bot made it.',
  other_message: 'It is on another message than the report names, and first_click stays with that one.',
  other_visitor: 'Another visitor made it, on a link without a contact.',
  not_first: 'An earlier human click on the message has the conversion.',
  not_last: 'A later human click before the conversion has it.',
  too_early: 'The conversion happened before it, or sooner after it than the offer allows.',
  outside_window: 'The conversion happened later after it than the window.',
  not_counted: 'The conversion counts for no click: its status says why.',
} as const satisfies Record<string, string>;
export type WhyNot = keyof typeof WHY_NOT;

/** Why a click of that time cannot have the conversion; undefined where it can. */
export function timeFault(
  { converted_at_ms, terms }: Pick<Choosing, 'converted_at_ms' | 'terms'>,
  clicked_at_ms: number,
): 'too_early' | 'outside_window' | undefined {
  const { click_window_days, min_conversion_seconds } = terms;
  const after_ms = converted_at_ms - clicked_at_ms;
  if (after_ms < (min_conversion_seconds === 0 ? -CLOCK_TOLERANCE_MS : min_conversion_seconds * 1_000)) {
    return 'too_early';
  }
  return after_ms > click_window_days * DAY_MS ? 'outside_window' : undefined;
}

/**
 * The last human click before the conversion, among those that its time allows. A click after it, within the tolerance
 * of clocks, comes only where there is none before it. Undefined where no click can have it.
 */
export function chooseLast<
  Click extends Pick<Candidate, 'click_id' | 'clicked_at_ms' | 'verdict' | 'visitor'>,
>(conversion: Choosing, candidates: readonly Click[]): Click | undefined {
  const visitor = visitorOf(conversion, candidates);
  const possible = candidates
    .filter((one) => one.verdict === 'human' && (visitor === undefined || one.visitor === visitor))
    .filter(({ clicked_at_ms }) => timeFault(conversion, clicked_at_ms) === undefined)
    .toSorted((a, b) => a.clicked_at_ms - b.clicked_at_ms || (a.click_id < b.click_id ? -1 : 1));
  const before = possible.findLast(({ clicked_at_ms }) => clicked_at_ms <= conversion.converted_at_ms);
  return before ?? possible[0];
}

/** Of a link without a contact, the one who made the click that the report names; undefined: all may have it. */
function visitorOf(
  { subject, click_id }: Choosing,
  candidates: readonly Pick<Candidate, 'click_id' | 'visitor'>[],
): string | undefined {
  if (subject.contact_id !== '' || click_id === '') return undefined;
  return candidates.find((one) => one.click_id === click_id)?.visitor ?? '';
}

/** Whether both are of one message, or of one link outside messages: those share a first click. */
const isOfSubject = ({ subject }: Choosing, one: Pick<Candidate, 'message_id' | 'link_id'>): boolean =>
  subject.message_id === '' ? one.link_id === subject.link_id : one.message_id === subject.message_id;

/** Why `candidate` does not have the conversion, which `chosen` has ('': no click has it). */
export function whyNot(
  conversion: Choosing,
  candidate: Candidate,
  candidates: readonly Candidate[],
  chosen: string,
): WhyNot {
  if (candidate.verdict !== 'human') return 'bot';
  const fault = timeFault(conversion, candidate.clicked_at_ms);
  if (conversion.terms.model === 'last_click') {
    const visitor = visitorOf(conversion, candidates);
    if (visitor !== undefined && candidate.visitor !== visitor) return 'other_visitor';
    return fault ?? (chosen === '' ? 'not_counted' : 'not_last');
  }
  if (!isOfSubject(conversion, candidate)) return 'other_message';
  if (chosen !== '' || candidate.is_first_for_offer !== 1) return 'not_first';
  return fault ?? 'not_counted';
}
