/**
 * Compares a network's export with the reports received here, transaction by transaction: found in both, found in
 * only one, or different amounts. Pure.
 */
import { formatDecimal, type Micros, parseDecimal } from '../platform/decimal.ts';

/** One line of the network's export. Amounts are decimal strings, not negative. */
export interface Exported {
  /** Line of the file, from 2: the first names the columns. */
  line: number;
  txn_id: string;
  event: string;
  amount: string;
  /** '' when the export has none. */
  currency: string;
}

/** A reported conversion, as it is compared. */
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
  /** Found in both, but credited to nothing here. */
  unattributed: Reported[];
  /** Only the network has it: a postback was lost or refused. */
  missing_here: Exported[];
  /** Only we have it: a test, or the network reversed it. */
  missing_there: Reported[];
  different: { network: Exported; here: Reported }[];
  /** The network lists the same event and transaction more than once. */
  repeated: Exported[];
  /** By currency, of all lines; '' where the export has none. */
  sums: { currency: string; network: string; here: string }[];
}

/** The key of a comparison: event and transaction. */
export const reconcileKey = ({ event, txn_id }: { event: string; txn_id: string }): string =>
  JSON.stringify([event, txn_id]);

/** `reported`: the conversions here, without duplicates; `inPeriod` says which of them the export should contain. */
export function reconcile(
  exported: readonly Exported[],
  reported: readonly Reported[],
  inPeriod: (one: Reported) => boolean,
): Reconciliation {
  const here = new Map(reported.map((one) => [reconcileKey(one), one]));
  const listed = new Map<string, Exported>();
  const result: Reconciliation = {
    matched: 0,
    unattributed: [],
    missing_here: [],
    missing_there: [],
    different: [],
    repeated: [],
    sums: [],
  };
  const sums = new CurrencySums();
  for (const network of exported) {
    const key = reconcileKey(network);
    if (listed.has(key)) result.repeated.push(network);
    else listed.set(key, network);
  }
  for (const [key, network] of listed) {
    const ours = here.get(key);
    sums.add('network', network, network.currency || (ours?.currency ?? ''));
    if (ours === undefined) result.missing_here.push(network);
    else {
      sums.add('here', ours, ours.currency);
      compare(network, ours, result);
    }
  }
  for (const [key, ours] of here) {
    if (listed.has(key) || !inPeriod(ours)) continue;
    result.missing_there.push(ours);
    sums.add('here', ours, ours.currency);
  }
  result.sums = sums.list();
  return result;
}

/** Adds a line that both sides have to the result. */
function compare(network: Exported, here: Reported, found: Reconciliation): void {
  const same =
    parseDecimal(network.amount) === parseDecimal(here.amount) &&
    (network.currency === '' || network.currency === here.currency);
  if (same) found.matched++;
  else found.different.push({ network, here });
  if (here.status === 'unattributed') found.unattributed.push(here);
}

/** The net amount of each side: sales less refunds and chargebacks. */
class CurrencySums {
  readonly #sums = new Map<string, { network: Micros; here: Micros }>();

  add(
    side: 'network' | 'here',
    { amount, event }: { amount: string; event: string },
    currency: string,
  ): void {
    const sum = this.#sums.get(currency) ?? { network: 0n, here: 0n };
    const micros = parseDecimal(amount) ?? 0n;
    sum[side] += event === 'refund' || event === 'chargeback' ? -micros : micros;
    this.#sums.set(currency, sum);
  }

  list(): Reconciliation['sums'] {
    return [...this.#sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, sum]) => ({
        currency,
        network: formatDecimal(sum.network),
        here: formatDecimal(sum.here),
      }));
  }
}
