/**
 * A refused tap: somebody opened a link of ours and did not reach its destination. It travels on the click log, as one
 * JSON object a line that holds the tap as a click is written (click.ts), and is stored in trackly.refused_taps; it is
 * never counted as a click. Ids that name no link of ours are not kept. Pure.
 */
import { GONE_REASONS } from '../links/destination.ts';
import { objectReader, oneOf, type Read, type Shaped, text, whole } from '../platform/row-shape.ts';

/**
 * Why a link did not lead to its destination: it has ended or was closed (see links/destination.ts), it does not open on
 * the host that was asked, the account blocks the visitor's country, or it is an opt-out link, which leads to a page.
 */
export const REFUSED_REASONS = [...GONE_REASONS, 'wrong_domain', 'country_blocked', 'opt_out'] as const;
export type RefusedReason = (typeof REFUSED_REASONS)[number];

const flag: Read<boolean> = (part) => (typeof part === 'boolean' ? part : undefined);

const REFUSAL = {
  reason: oneOf(REFUSED_REASONS),
  /** HTTP status of the answer. */
  status: whole,
  /** Where the answer led: a fallback's address; '' for a page. */
  location: text,
  /** Whether the tap is a click too, under the same id: on the way to a fallback, or from a blocked country. */
  is_click: flag,
} as const;

/** Why a tap was refused, and what it was answered. */
export type Refusal = Shaped<typeof REFUSAL>;

export const readRefusal = objectReader('refused tap', REFUSAL);

/** Only a row of a refused tap begins with it. */
const START = '{"refused":';

/** One row of the log, without a line break. `tap` is what encodeClick gave. */
export const encodeRefusedTap = (refusal: Refusal, tap: string): string =>
  `${START}${JSON.stringify(refusal)},"tap":${tap}}`;

/** The refused taps among the rows of an entry of the click log. */
export function countRefused(payload: string): number {
  let count = payload.startsWith(START) ? 1 : 0;
  for (let at = payload.indexOf(`\n${START}`); at >= 0; at = payload.indexOf(`\n${START}`, at + 1)) count++;
  return count;
}
