/** Ranges by single keys: a letter for the days until today, the arrows for the range before and after. */
const DAY_MS = 24 * 3_600_000;
/** Days before today. */
const DAYS: Record<string, number> = { d: 0, w: 6, m: 29, q: 89 };
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };

/** Days, both included. */
type Days = Record<'from' | 'to', string>;

/** The range that a key asks for where one is shown; undefined where it asks for none, or for days to come alone. */
export function rangeOfKey(key: string, { from, to }: Days, today: string): Days | undefined {
  const days = DAYS[key.toLowerCase()];
  if (days !== undefined) return { from: dayAfter(today, -days), to: today };
  const step = STEPS[key];
  if (step === undefined) return undefined;
  const length = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  const moved = { from: dayAfter(from, step * length), to: dayAfter(to, step * length) };
  return moved.from > today ? undefined : moved;
}

/** By the calendar, which has no hours that clocks could change. */
const dayAfter = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
