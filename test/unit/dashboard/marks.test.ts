/** Which period of a chart an annotation belongs to. */
import { expect, it } from 'vitest';
import { marksOf, notedAt } from '../../../src/dashboard/app/marks.ts';

const DAYS = [10, 20, 30];
const note = (at_ms: number, text: string) => ({ at_ms, text });

it('stands at the period in which it happened, with all that happened in it, and nowhere before the first', () => {
  const marks = marksOf(DAYS, [note(9, 'before'), note(35, 'c'), note(10, 'a'), note(19, 'b')]);
  expect(marks).toEqual([
    { index: 0, notes: [note(10, 'a'), note(19, 'b')] },
    { index: 2, notes: [note(35, 'c')] },
  ]);
  expect(DAYS.map((_, i) => notedAt(marks, i))).toEqual(['a; b', '', 'c']);
  expect(marksOf([], [note(1, 'a')])).toEqual([]);
});
