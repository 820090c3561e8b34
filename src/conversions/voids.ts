/**
 * Voids: reports that take others back with their payout. A void without `voids` is of its whole transaction, whatever
 * comes before or after it. One with `voids` is of that one report alone, as though it had never come; nothing takes
 * such a void back. A step of settle.ts. Pure.
 */
import { byTime, type Conversion, isUnreadable, isVoid } from './conversion.ts';
import { type Credit, duplicateOf, type Line, lineOf, NOWHERE, unattributed } from './line.ts';

type CreditOf = (conversion: Conversion) => Credit | undefined;

/**
 * The reports that stand, and the lines of all others. A void that can't be read takes nothing back, and stands.
 * `reports` are in order of reception, each once.
 */
export function takeVoided(
  reports: readonly Conversion[],
  creditOf: CreditOf,
): { standing: Conversion[]; lines: Line[] } {
  const ofOne = reports.filter(({ event, voids }) => isVoid(event) && voids !== '');
  // The first void of a report counts: of equal keys, a map keeps the last.
  const named = new Map(ofOne.toReversed().map((one) => [one.voids, one]));
  const ofAll = reports.filter(
    ({ event, voids, conversion_id, reason }) =>
      isVoid(event) && voids === '' && !isUnreadable(reason) && !named.has(conversion_id),
  );
  const voids = new Set([...ofOne, ...ofAll]);
  const others = reports.filter((one) => !voids.has(one));
  const voidOf = ({ conversion_id }: Conversion): Conversion | undefined =>
    named.get(conversion_id) ?? ofAll[0];
  const taken = Map.groupBy(others, voidOf);
  const lines = [...taken].flatMap(([by, some]) =>
    by === undefined ? [] : some.map((one) => voidedLine(one, by, creditOf)),
  );
  for (const one of voids) {
    const first = one.voids === '' ? ofAll[0] : named.get(one.voids);
    const isFirst = first === undefined || first === one;
    lines.push(isFirst ? voidLine(one, taken.get(one) ?? [], creditOf) : duplicateOf(one, first));
  }
  return { standing: taken.get(undefined) ?? [], lines };
}

function voidedLine(report: Conversion, { conversion_id }: Conversion, creditOf: CreditOf): Line {
  const credit = creditOf(report) ?? NOWHERE;
  return lineOf(report, credit, { status: 'voided', reason: `voided_by:${conversion_id}` });
}

/** Credited to nothing, and counted at this time. */
const nowhereAt = (time_ms: number): Credit => ({ ...NOWHERE, credited_at_ms: time_ms, sent_at_ms: time_ms });

/** A void has the credit of what it took back, and no amounts. */
function voidLine(one: Conversion, taken: readonly Conversion[], creditOf: CreditOf): Line {
  const inTime = taken.toSorted(byTime);
  const [oldest] = inTime;
  if (oldest === undefined) {
    const { reason } = one;
    return unattributed(one, reason === '' || reason === 'missing_id' ? 'unknown_transaction' : reason);
  }
  const credits = inTime.flatMap((report) => creditOf(report) ?? []);
  return lineOf(one, credits[0] ?? nowhereAt(oldest.converted_at_ms), {});
}
