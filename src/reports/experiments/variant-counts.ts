/** What an A/B test is computed from: counts and sums by variant. */
import type { Sums } from './mean.ts';

/** What became of one variant's messages. */
export interface VariantCounts {
  variant_id: string;
  planned_percent: number;
  /** Messages, and of these the ones with a first human click, and with at least one conversion. */
  sent: number;
  clicked: number;
  converted: number;
  /** Conversions, of which a message may have several. */
  conversions: number;
  /** Decimal string: sales - refunds in the experiment's currency. */
  revenue: string;
  /** The same by message, over `sent` messages. */
  revenue_sums: Omit<Sums, 'count'>;
}

export interface ExperimentCounts {
  /** In the campaign's order: the first is the control. At least one. */
  variants: readonly VariantCounts[];
  /** '' where nothing was earned. */
  currency: string;
  /** All that was earned in. */
  currencies: readonly string[];
  /** Messages of the campaign under variants that it does not have. */
  sent_elsewhere: number;
  /** From the last send until now; Infinity without one. */
  since_last_send_ms: number;
}
