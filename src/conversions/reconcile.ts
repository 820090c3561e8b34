/**
 * Compares a network's export with what was reported here, transaction by transaction: what both have,
 * what only one has, and where the amounts differ. Pure. Safe to repeat: nothing is changed.
 */
import { formatDecimal, type Micros, parseDecimal } from '../platform/decimal.ts';

/** One line of the network's export. Amounts are decimal strings, not negative. */
export interface Exported {
  /** Line of the file, from 2: the first names the columns. */
  line: number;
  txn_id: string;
  event: string;
  amount: string;
  /** '' where the export has none. */
  currency: string;
}

/** What counts here of a reported conversion. */
export interface Reported {
  conversion_id: string;
  offer_id: string;
  txn_id: string;
  event: string;
  /** As it was reported. */
  amount: string;
  currency: string;
  converted_at: string;
  status: string;
  reason: string;
}

export interface Reconciliation {
  matched: number;
  /** Matched, but credited to nothing here. */
  unattributed: Reported[];
  /** The network has it, we do not: a postback was lost or refused. */
  missing_here: Exported[];
  /** We have it, the network does not: a test, or it was reversed there. */
  missing_there: Reported[];
  different: { network: Exported; here: Reported }[];
  /** The network lists the same event and transaction more than once. */
  repeated: Exported[];
  /** By currency, of all lines; '' where the export has none. */
  sums: { currency: string; network: string; here: string }[];
}

/** What counts as one: an event of a transaction. */
export const reconcileKey = ({ event, txn_id }: { event: string; txn_id: string }): string =>
  JSON.stringify([event, txn_id]);

/** `reported`: what stands here, without duplicates; `inPeriod` says which of it the export should have. */
export function reconcile(
  exported: readonly Exported[],
  reported: readonly Reported[],
  inPeriod: (one: Reported) => boolean,
): Reconciliation {
  const here = new Map(reported.map((one) => [reconcileKey(one), one]));
  const seen = new Set<string>();
  const result: Reconciliation = {
    matched: 0,
    unattributed: [],
    missing_here: [],
    missing_there: [],
    different: [],
    repeated: [],
    sums: [],
  };
  const sums = new Map<string, { network: Micros; here: Micros }>();
  const add = (side: 'network' | 'here', currency: string, amount: string, event: string): void => {
    const sum = sums.get(currency) ?? { network: 0n, here: 0n };
    const micros = parseDecimal(amount) ?? 0n;
    sum[side] += event === 'refund' || event === 'chargeback' ? -micros : micros;
    sums.set(currency, sum);
  };
  for (const network of exported) {
    const key = reconcileKey(network);
    if (seen.has(key)) {
      result.repeated.push(network);
      continue;
    }
    seen.add(key);
    const ours = here.get(key);
    add('network', network.currency || (ours?.currency ?? ''), network.amount, network.event);
    if (ours === undefined) {
      result.missing_here.push(network);
      continue;
    }
    add('here', ours.currency, ours.amount, ours.event);
    const same =
      parseDecimal(network.amount) === parseDecimal(ours.amount) &&
      (network.currency === '' || network.currency === ours.currency);
    if (same) result.matched++;
    else result.different.push({ network, here: ours });
    if (ours.status === 'unattributed') result.unattributed.push(ours);
  }
  for (const [key, ours] of here) {
    if (seen.has(key) || !inPeriod(ours)) continue;
    result.missing_there.push(ours);
    add('here', ours.currency, ours.amount, ours.event);
  }
  result.sums = [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, sum]) => ({
      currency,
      network: formatDecimal(sum.network),
      here: formatDecimal(sum.here),
    }));
  return result;
}
