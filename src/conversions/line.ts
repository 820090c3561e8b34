/**
 * The lines of the money ledger: what a conversion is credited to, and what each line books. settle.ts and its parts
 * make them. Pure.
 */

import type { AttributionModel } from '../catalog/attribution.ts';
import { formatDecimal, type Micros } from '../platform/decimal.ts';
import type { Conversion, Reason, Subject } from './conversion.ts';

/**
 * What a conversion is credited to. Ids are '' where there is none; `sent_at_ms` is then the time of the conversion, so
 * that reports by the time of the message count it too.
 */
export interface Credit extends Subject {
  /** '' for a coupon, which needs no click. */
  click_id: string;
  /** The time used by reports by click time: the time of the click, or of the message for a coupon. */
  credited_at_ms: number;
  /** The rule that chose the click, or for view_through the delivered message; '' where neither was chosen. */
  model: AttributionModel | '';
}

export type Found = { credit: Credit } | { reason: Reason };

/** One line of the money ledger. The lines of a conversion contain everything that is counted for it. */
export interface Line extends Credit {
  conversion_id: string;
  /**
   * view_through counts in columns of its own. A voided line keeps the credit that it had, without amounts.
   */
  status: 'attributed' | 'view_through' | 'unattributed' | 'duplicate' | 'replaced' | 'voided';
  /**
   * Why it is not attributed; `duplicate_of:<id>`, `replaced_by:<id>`, `voided_by:<id>`; `limited` when less was left
   * than the refund asks for.
   */
  reason: Reason | 'limited' | `${'duplicate_of' | 'replaced_by' | 'voided_by'}:${string}` | '';
  /** 1 for an attributed or viewed event that counts as a conversion; it has one such line. */
  conversions: 0 | 1;
  /** Currency of the amounts; for a refund, the currency of its sale. '' when unknown. */
  currency: string;
  /** Decimal strings. Revenue is sales - refunds. */
  sales: string;
  refunds: string;
  payout: string;
}

export const NOWHERE: Credit = {
  click_id: '',
  credited_at_ms: 0,
  link_id: '',
  link_key: '',
  message_id: '',
  contact_id: '',
  creative_id: '',
  campaign_id: '',
  variant_id: '',
  domain: '',
  sent_at_ms: 0,
  model: '',
};

/** The credit that a line has, and nothing else of it: credits are compared. The order of the fields is that of lines. */
export const creditOf = (line: Credit): Credit => ({
  click_id: line.click_id,
  credited_at_ms: line.credited_at_ms,
  link_id: line.link_id,
  link_key: line.link_key,
  message_id: line.message_id,
  contact_id: line.contact_id,
  creative_id: line.creative_id,
  campaign_id: line.campaign_id,
  variant_id: line.variant_id,
  domain: line.domain,
  sent_at_ms: line.sent_at_ms,
  model: line.model,
});

/** What a line books; every amount defaults to zero. */
interface Booked {
  status?: Line['status'];
  reason?: Line['reason'];
  conversions?: 0 | 1;
  /** Default: the conversion's. */
  currency?: string;
  sales?: Micros;
  refunds?: Micros;
  payout?: Micros;
}

export function lineOf(conversion: Conversion, credit: Credit, booked: Booked): Line {
  const viewed = credit.model === 'view_through';
  const { status = viewed ? 'view_through' : 'attributed', reason = '', conversions = 0 } = booked;
  const { currency = conversion.currency, sales = 0n, refunds = 0n } = booked;
  // Nobody clicked: a view pays nothing.
  const payout = viewed ? 0n : (booked.payout ?? 0n);
  return {
    conversion_id: conversion.conversion_id,
    status,
    reason,
    ...creditOf(credit),
    conversions,
    currency,
    sales: formatDecimal(sales),
    refunds: formatDecimal(refunds),
    payout: formatDecimal(payout),
  };
}

/** Whether a line counts, by a click or by a view. */
export const isCounted = ({ status }: Pick<Line, 'status'>): boolean =>
  status === 'attributed' || status === 'view_through';

export const unattributed = (conversion: Conversion, reason: Reason): Line =>
  lineOf(conversion, NOWHERE, { status: 'unattributed', reason });

export const duplicateOf = (conversion: Conversion, { conversion_id }: Conversion): Line =>
  lineOf(conversion, NOWHERE, { status: 'duplicate', reason: `duplicate_of:${conversion_id}` });

export const replacedBy = (conversion: Conversion, { conversion_id }: Conversion): Line =>
  lineOf(conversion, NOWHERE, { status: 'replaced', reason: `replaced_by:${conversion_id}` });

/** Identity of a line: two lines are equal exactly when these texts are equal. */
export const lineKey = (line: Line): string => JSON.stringify(line);
