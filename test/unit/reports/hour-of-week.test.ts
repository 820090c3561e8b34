import { expect, it } from 'vitest';
import { hourOfWeekParams } from '../../../src/reports/hour-of-week.ts';

it.each([0, 1, 7, 14, 15, 16])('ends, and has a change of clocks %i minutes ago', (minutes) => {
  const changed_ms = Date.parse('2026-10-25T01:00:00Z');
  const from_ms = Date.parse('2026-10-20T00:00:00Z');
  const range = { from_ms, to_ms: from_ms + 1, tz: 'Europe/Berlin' };
  const { offset_starts, offsets_s } = hourOfWeekParams(range, changed_ms + minutes * 60_000);
  const winter = minutes > 0;
  expect(offset_starts.at(-1) === changed_ms / 1_000).toBe(winter);
  expect(offsets_s.at(-1)).toBe(winter ? 3_600 : 7_200);
});
