/**
 * Compares a network's export with what was booked here, line by line: two rebills of one transaction match two lines of
 * the export, one by one. A refund compares with what it took back. Pure.
 */
import { formatDecimal, type Micros, parseDecimal } from '../platform/decimal.ts';

/** One line of the network's export. Amounts are decimal strings, not negative. */
export interface Exported {
  /** Line of the file, from 2: the first names the columns. */
  line: number;
  txn_id: string;
  /** '' where the export has none. */
  refund_id: string;
  event: string;
  /** Whether the export says the event; without it a line is any conversion, or any refund where it is negative. */
  event_given: boolean;
  amount: string;
  /** '' where the export has none. */
  currency: string;
}

/** A conversion here, as it is compared. */
export interface Booked {
  conversion_id: string;
  offer_id: string;
  txn_id: string;
  refund_id: string;
  event: string;
  /** What was booked: of a sale its revenue, of a refund what it took back. Where nothing is booked, as reported. */
  amount: string;
  currency: string;
  converted_at: string;
  status: string;
  reason: string;
}

export interface Difference {
  kind: 'missing_here' | 'missing_there' | 'different';
  network?: Exported;
  here?: Booked;
}

export interface Reconciliation {
  matched: number;
  /** Found in both, but credited to nothing here. */
  unattributed: Booked[];
  /** Only the network has it: a postback was lost or refused, or it was taken back here. */
  missing_here: Exported[];
  /** Only we have it: a test, or the network reversed it. */
  missing_there: Booked[];
  different: { network: Exported; here: Booked }[];
  /** The network lists it more often than we have it, with nothing that tells the lines apart. */
  repeated: Exported[];
  /** By currency, of all lines; '' where the export has none. */
  sums: { currency: string; network: string; here: string }[];
}

const isReversal = (event: string): boolean => event === 'refund' || event === 'chargeback';

/** Lines of one key are compared with each other: a transaction's conversions, or what was taken back of it. */
export const reconcileKey = ({ event, txn_id }: { event: string; txn_id: string }): string =>
  JSON.stringify([isReversal(event) ? 'refund' : 'sale', txn_id]);

/** `booked`: the conversions that count here; `inPeriod` says which of them the export should contain. */
export function reconcile(
  exported: readonly Exported[],
  booked: readonly Booked[],
  inPeriod: (one: Booked) => boolean,
): Reconciliation {
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
  const here = Map.groupBy(booked, reconcileKey);
  const there = Map.groupBy(exported, reconcileKey);
  for (const key of new Set([...there.keys(), ...here.keys()])) {
    compareKey({ there: there.get(key) ?? [], here: here.get(key) ?? [], inPeriod }, result, sums);
  }
  result.missing_here.sort(byLine);
  result.repeated.sort(byLine);
  result.sums = sums.list();
  return result;
}

const byLine = (a: Exported, b: Exported): number => a.line - b.line;

interface OfKey {
  there: readonly Exported[];
  here: readonly Booked[];
  inPeriod: (one: Booked) => boolean;
}

function compareKey({ there, here, inPeriod }: OfKey, result: Reconciliation, sums: CurrencySums): void {
  const left = new Set(here);
  const take = (network: Exported, is: (one: Booked) => boolean): Booked | undefined => {
    for (const one of left) {
      if (!isSameEvent(network, one) || !is(one)) continue;
      left.delete(one);
      return one;
    }
    return undefined;
  };
  const pair = (network: Exported, ours: Booked): void => {
    sums.add('network', network, network.currency || ours.currency);
    sums.add('here', ours, ours.currency);
    if (isEqual(network, ours)) result.matched++;
    else result.different.push({ network, here: ours });
    if (ours.status === 'unattributed') result.unattributed.push(ours);
  };
  // First what is equal in everything, then what has the same id, then the others in their order.
  const rules = [
    (network: Exported) => take(network, (one) => isEqual(network, one) && isSameRefund(network, one)),
    (network: Exported) =>
      take(network, (one) => network.refund_id !== '' && network.refund_id === one.refund_id),
    (network: Exported) => take(network, (one) => isEqual(network, one)),
    (network: Exported) => take(network, (one) => network.refund_id === '' || one.refund_id === ''),
  ];
  let unpaired = [...there];
  for (const rule of rules) {
    unpaired = unpaired.filter((network) => {
      const ours = rule(network);
      if (ours !== undefined) pair(network, ours);
      return ours === undefined;
    });
  }
  const without = new Set(unpaired);
  const seen = new Set(there.filter((one) => !without.has(one)).map(repeatKey));
  for (const network of unpaired) {
    sums.add('network', network, network.currency || (here[0]?.currency ?? ''));
    const list = seen.has(repeatKey(network)) ? result.repeated : result.missing_here;
    list.push(network);
    seen.add(repeatKey(network));
  }
  for (const ours of left) {
    if (!inPeriod(ours)) continue;
    result.missing_there.push(ours);
    sums.add('here', ours, ours.currency);
  }
}

const isSameEvent = (network: Exported, here: Booked): boolean =>
  !network.event_given || network.event === here.event;
const isSameRefund = (network: Exported, here: Booked): boolean =>
  network.refund_id === '' || network.refund_id === here.refund_id;
const isEqual = (network: Exported, here: Booked): boolean =>
  parseDecimal(network.amount) === parseDecimal(here.amount) &&
  (network.currency === '' || network.currency === here.currency);
const repeatKey = ({ event, refund_id, amount }: Exported): string =>
  JSON.stringify([event, refund_id, amount]);

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
    sum[side] += isReversal(event) ? -micros : micros;
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
