/** The input of the A/B statistics: counts and sums by variant. */
import type { Sums } from './mean.ts';
import type { WeightedSums } from './weighted-rate.ts';

/** The results of one variant's messages. */
export interface VariantCounts {
  variant_id: string;
  planned_percent: number;
  /** Messages; messages with a first human click; messages with at least one conversion. */
  sent: number;
  clicked: number;
  converted: number;
  /** Conversions, of which a message may have several. */
  conversions: number;
  /** Sums of each message's conversions and of its powers, over `sent` messages. */
  conversion_sums: Omit<Sums, 'count'>;
  /** Decimal string: sales - refunds in the experiment's currency. */
  revenue: string;
  /** Sums of each message's revenue and of its powers, over `sent` messages. */
  revenue_sums: Omit<Sums, 'count'>;
  /** Of the clicked messages, where the campaign chooses by results. */
  weighted?: WeightedSums | undefined;
}

export interface ExperimentCounts {
  /** In the campaign's order: the first is the control. At least one. */
  variants: readonly VariantCounts[];
  /** '' if nothing was earned. */
  currency: string;
  /** All currencies in which the campaign earned. */
  currencies: readonly string[];
  /** Messages of the campaign under variants that it does not have. */
  sent_elsewhere: number;
  /** Whether the campaign chooses the variants by results: then the split is not as planned. */
  chosen: boolean;
  /** Time since the last send; Infinity without one. */
  since_last_send_ms: number;
}
