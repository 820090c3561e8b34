/**
 * Step 3 of a tap: where it goes. The offer's or the link's own destination, a fallback, or nowhere, with the reason.
 * The API's preview chooses by the same rules, see links/destination.ts. Pure.
 */
import { type Choice, type Destination, destinationOf } from '../../links/destination.ts';

/** `found` also brings `domain_fallback_url` where the domain that was asked has a fallback of its own. */
export function chooseDestination(found: Choice, now_ms: number): Destination {
  return destinationOf(found, now_ms);
}
