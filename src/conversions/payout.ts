/** What a conversion pays by the terms that it was received under. Amounts are integers in millionths. Pure. */
import { type Micros, parseDecimal, perCentOf } from '../platform/decimal.ts';
import type { Conversion } from './conversion.ts';

export interface Payout {
  amount: Micros;
  currency: string;
}

/**
 * cpa: the offer's amount in the offer's currency for each event that counts; a refund does not take it back. revshare:
 * a percentage of sales less refunds, in their currency. cpc: nothing here, because it pays for first clicks.
 */
export function payoutOf(conversion: Conversion, sales: Micros): Payout {
  const { terms, currency } = conversion;
  return terms.payout_type === 'cpa'
    ? { amount: decimal(terms.payout), currency: terms.currency || currency }
    : { amount: revshareOf(conversion, sales), currency };
}

export function revshareOf({ terms }: Conversion, sales: Micros): Micros {
  return terms.payout_type === 'revshare' ? perCentOf(sales, decimal(terms.payout)) : 0n;
}

/** The reported amount; zero without one. */
export const amountOf = ({ amount }: Conversion): Micros => (amount === '' ? 0n : decimal(amount));

function decimal(text: string): Micros {
  const micros = parseDecimal(text);
  if (micros === undefined) throw new Error('a stored amount is not a decimal');
  return micros;
}
