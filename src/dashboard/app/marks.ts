/** The marks of a chart: annotations by the period that they fall into. Pure. */

/** What was noted at a time. */
export interface Note {
  at_ms: number;
  text: string;
}

/** What was noted in one period. */
export interface Mark {
  /** Which period. */
  index: number;
  notes: readonly Note[];
}

/** One mark for each period that has notes, in their order; what is before the first period is left out. */
export function marksOf(times_ms: readonly number[], notes: readonly Note[]): Mark[] {
  const by_index = Map.groupBy(notes, ({ at_ms }) => times_ms.findLastIndex((start) => start <= at_ms));
  return [...by_index]
    .filter(([index]) => index >= 0)
    .sort(([a], [b]) => a - b)
    .map(([index, of]) => ({ index, notes: of }));
}

/** What was noted in a period; '' for nothing. */
export const notedAt = (marks: readonly Mark[], i: number): string =>
  (marks.find(({ index }) => index === i)?.notes ?? []).map(({ text }) => text).join('; ');
