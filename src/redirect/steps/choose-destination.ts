/**
 * Step 4 of a tap: where it goes. The offer's or the link's own destination; where that has ended a fallback, the
 * offer's over the domain's over the account's; or nowhere, with the reason. The API's preview chooses by the same
 * rules, see links/destination.ts. Pure.
 */
import { type Choice, type Destination, destinationOf } from '../../links/destination.ts';
import type { Site } from '../sites.ts';

export function chooseDestination(found: Choice & { site: Site }, now_ms: number): Destination {
  const domain_fallback_url = found.site.kind === 'domain' ? found.site.domain.expired_url : '';
  return destinationOf(domain_fallback_url === '' ? found : { ...found, domain_fallback_url }, now_ms);
}
