/**
 * The country of the address: blocked by the account, or different from the contact's country. People travel, so the
 * latter is a faint sign; for servers and relays it says nothing about the person behind them.
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
