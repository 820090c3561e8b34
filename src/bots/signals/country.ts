/**
 * Where the address is: in a country that the account has blocked, or not in the contact's own. People
 * travel, so the latter is faint; and of servers and relays it says nothing about the person behind.
 */
import type { Evidence, Reason } from '../evidence.ts';

export function countryReasons(
  { country, contact_country, network }: Pick<Evidence, 'country' | 'contact_country' | 'network'>,
  blocked: readonly string[],
): Reason[] {
  if (country === '') return [];
  if (blocked.includes(country)) return ['country:blocked'];
  return network === 'access' && contact_country !== '' && contact_country !== country
    ? ['country:elsewhere']
    : [];
}
