/** Names of the steps of the time between a send and a click, as the report on bots has them. */
import { count } from './format.ts';
import { t } from './strings/strings.ts';

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** From `from_s` on, in the largest unit that it has one of, up to `to_s`; undefined: without an end. */
export function delayName(from_s: number, to_s: number | undefined): string {
  if (from_s < 0) return t.delays.before;
  const [unit, seconds] = UNITS.find(([, one]) => from_s >= one) ?? UNITS[3];
  const from = count(from_s / seconds);
  if (to_s === undefined) return t.delays.from(from, t.delays.units[unit]);
  return t.delays.between(from, count(to_s / seconds), t.delays.units[unit]);
}
