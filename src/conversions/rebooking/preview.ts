/**
 * What another attribution would change in a range of conversions, computed by the steps that would book it, without
 * booking, registering or storing anything. Rejects when Redis or ClickHouse is down.
 */
import type { Rebooked } from '../../catalog/attribution.ts';
import type { Reason } from '../conversion.ts';
import { underRebooked } from '../credits/apply-rebooked.ts';
import type { CreditSources } from '../credits/credit-sources.ts';
import { findCredits } from '../credits/find-credits.ts';
import { type Ledger, loadTransactions } from '../credits/transactions.ts';
import type { Found, Line } from '../line.ts';
import { settle } from '../settle.ts';
import { Moves } from './moves.ts';
import { type BookedRange, countConversions, transactionsAfter } from './range.ts';

/** Conversions of a preview: one transaction may have many. */
export const PREVIEW_CONVERSIONS_MAX = 20_000;
/** Each may have a thousand clicks to choose from. */
const PART_TRANSACTIONS = 200;

/** There are more conversions in the range than a preview computes. */
export class RangeTooLargeError extends Error {
  readonly code = 'range_too_large';
}

/** `rebooked`: the ranges of the offer that would be booked anew, the proposed one last. */
export async function previewRange(
  sources: CreditSources & Ledger,
  range: BookedRange,
  rebooked: readonly Rebooked[],
): Promise<Moves> {
  const { account_id, offer_id } = range;
  const count = await countConversions(sources.clickhouse, range);
  if (count > PREVIEW_CONVERSIONS_MAX) {
    throw new RangeTooLargeError(
      `There are ${count} conversions in the range and a preview computes ${PREVIEW_CONVERSIONS_MAX}: choose a shorter range.`,
    );
  }
  const moves = new Moves();
  for (let after = ''; ; ) {
    const names = await transactionsAfter(sources.clickhouse, range, after, PART_TRANSACTIONS);
    const last = names.at(-1);
    if (last === undefined) return moves;
    after = last;
    const rows = names.map(
      (transaction) => ({ kind: 'recheck', account_id, offer_id, transaction }) as const,
    );
    const transactions = await loadTransactions(sources, rows);
    const ruled = transactions.map((one) => underRebooked(one, rebooked));
    const found = await findCredits({ ...sources, only_look: true }, ruled);
    for (const one of ruled) {
      const before = [...one.booked.keys()].map((line) => JSON.parse(line) as Line);
      keepOverCap(before, found);
      moves.add(before, settle(one.conversions, found));
    }
  }
}

/** What came in over a cap of the offer stays without credit, whatever model would give it one. */
function keepOverCap(lines: readonly Line[], found: Map<string, Found>): void {
  for (const { conversion_id, reason } of lines) {
    if (String(reason) === 'over_cap') found.set(conversion_id, { reason: reason as Reason });
  }
}
