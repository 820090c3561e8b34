/** Says in a sentence how a click came to another place than the destination of its link's offer. Pure. */
import type { OfferClosed } from './destination.ts';

export interface LedClick {
  rule: string;
  fallback_reason: string;
  /** `first_clicks/day`; '' where no cap turned it away. */
  cap: string;
  offer_id: string;
  planned_offer_id: string;
  /** Names; null where there are none. */
  offer: string | null;
  planned_offer: string | null;
}

const REASONS: Record<OfferClosed, string> = {
  offer_paused: 'was paused',
  offer_archived: 'was archived',
  offer_unknown: 'did not exist',
  offer_capped: 'had reached a cap',
};

/** Null where nothing led it. */
export function explainLed(click: LedClick): string | null {
  const { rule, fallback_reason, offer_id, planned_offer_id } = click;
  if (rule === '' && fallback_reason === '' && offer_id === planned_offer_id) return null;
  const planned = click.planned_offer ?? planned_offer_id;
  const led = click.offer ?? offer_id;
  const cap = click.cap === '' ? '' : ` (${click.cap.replace('/', ' per ').replaceAll('_', ' ')})`;
  const why = `${REASONS[fallback_reason as OfferClosed] ?? ''}${cap}`;
  if (rule === '') return `${planned} ${why || 'was closed'}: its fallback ${led} took the tap.`;
  const by = `The rule “${rule}” of ${planned} led the tap`;
  if (why !== '') return `${by} to an offer that ${why}: its fallback ${led} took it.`;
  return offer_id === planned_offer_id ? `${by}.` : `${by} to ${led}.`;
}
