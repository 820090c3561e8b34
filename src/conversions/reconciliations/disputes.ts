/**
 * Differences between networks' exports and the bookings here, as they are followed over several comparisons: one that
 * is found again keeps its state and note, one that is gone is settled, one whose amounts changed is open again. Pure.
 */
import { createHash } from 'node:crypto';
import { type Booked, type Exported, type Reconciliation, reconcileKey } from '../reconcile.ts';

export const DISPUTE_STATES = ['open', 'settled', 'accepted_here', 'accepted_there'] as const;
export type DisputeState = (typeof DISPUTE_STATES)[number];

export interface Dispute {
  line_id: string;
  difference: 'missing_here' | 'missing_there' | 'different';
  txn_id: string;
  offer_id: string;
  /** Of the difference, in ISO 8601; '' where the export has no times. */
  at: string;
  network: Exported | null;
  here: Booked | null;
  state: DisputeState;
  note: string;
  changed_at: string;
  /** Name of the key or member; '' where a comparison changed it. */
  changed_by: string;
  /** The comparison that settled it; '' otherwise. */
  settled_by: string;
}

/** One comparison, as far as disputes need it. */
export interface Compared {
  reconciliation_id: string;
  at: string;
  /** The offer that was compared; '' for all. */
  offer_id: string;
  from_ms: number;
  to_ms: number;
  /** Keys of all lines of the export. */
  exported: ReadonlySet<string>;
  /** Time of a line of the export, in ISO 8601; ''. */
  timeOf(line: Exported): string;
}

const ID_LENGTH = 16;

/**
 * Stable over comparisons: the `n`th difference of an offer's transaction, or of what was taken back of it. Networks number
 * their transactions by themselves, so two offers may have the same.
 */
function lineId(offer_id: string, key: string, n: number): string {
  const hash = createHash('sha256').update(`${offer_id}\n${key}\n${n}`).digest('base64url');
  return `rcl_${hash.slice(0, ID_LENGTH)}`;
}

/** The differences of a comparison; at most `lines_max`. */
export function differencesOf(
  { missing_here, missing_there, different }: Reconciliation,
  compared: Compared,
  lines_max: number,
): Dispute[] {
  const counts = new Map<string, number>();
  const dispute = (
    difference: Dispute['difference'],
    network: Exported | null,
    here: Booked | null,
  ): Dispute => {
    const of = (here ?? network) as Booked | Exported;
    const offer_id = here?.offer_id ?? compared.offer_id;
    const key = reconcileKey(of);
    const n = counts.get(`${offer_id}\n${key}`) ?? 0;
    counts.set(`${offer_id}\n${key}`, n + 1);
    return {
      line_id: lineId(offer_id, key, n),
      difference,
      txn_id: of.txn_id,
      offer_id,
      at: here?.converted_at ?? (network === null ? '' : compared.timeOf(network)),
      network,
      here,
      state: 'open',
      note: '',
      changed_at: compared.at,
      changed_by: '',
      settled_by: '',
    };
  };
  return [
    ...different.map(({ network, here }) => dispute('different', network, here)),
    ...missing_here.map((network) => dispute('missing_here', network, null)),
    ...missing_there.map((here) => dispute('missing_there', null, here)),
  ].slice(0, lines_max);
}

/** The disputes that change by a comparison with these differences. */
export function changedDisputes(
  known: ReadonlyMap<string, Dispute>,
  differences: readonly Dispute[],
  compared: Compared,
): Dispute[] {
  const found = new Set(differences.map(({ line_id }) => line_id));
  const again = differences.map((one) => merged(known.get(one.line_id), one));
  const settled = [...known.values()]
    .filter((one) => one.state === 'open' && !found.has(one.line_id) && isCovered(one, compared))
    .map(
      (one): Dispute => ({
        ...one,
        state: 'settled',
        changed_at: compared.at,
        changed_by: '',
        settled_by: compared.reconciliation_id,
      }),
    );
  return [...again, ...settled];
}

function merged(known: Dispute | undefined, found: Dispute): Dispute {
  if (known === undefined) return found;
  const { state, note, changed_at, changed_by, settled_by } = known;
  if (state === 'settled' || amountsOf(known) !== amountsOf(found)) return { ...found, note };
  return { ...found, state, note, changed_at, changed_by, settled_by };
}

const amountsOf = ({ network, here }: Dispute): string =>
  JSON.stringify([network?.amount, network?.currency, here?.amount, here?.currency]);

/** Whether the comparison would have found it again. */
function isCovered({ network, here, offer_id, at }: Dispute, compared: Compared): boolean {
  if (compared.offer_id !== '' && compared.offer_id !== offer_id) return false;
  if (compared.exported.has(reconcileKey((here ?? network) as Booked | Exported))) return true;
  const at_ms = Date.parse(at);
  return at_ms >= compared.from_ms && at_ms < compared.to_ms;
}
