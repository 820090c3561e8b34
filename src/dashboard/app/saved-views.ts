/** Saved views: where one leads to, and what an address is as a view. */
import { type AnswerOf, addressOf } from './api.ts';
import { day } from './format.ts';
import type { Place } from './location.ts';

export type View = AnswerOf<'/v2/views'>['views'][number];
export type Schedule = AnswerOf<'/v2/schedules'>['schedules'][number];

type Address = Pick<View, 'path' | 'query' | 'days'>;

const DAY_MS = 24 * 3_600_000;

/** A range of the last days ends today, whenever it is opened. */
export const hrefOf = ({ path, query, days }: Address): string =>
  addressOf(path, days === null ? query : { ...query, from: day(days - 1), to: day() });

/** The days of an address whose range ends today; undefined for another range, or none. */
export function lastDaysOf({ query: { from, to } }: Place): number | undefined {
  if (!from || (to || day()) !== day()) return undefined;
  const days = Math.round((Date.parse(day()) - Date.parse(from)) / DAY_MS) + 1;
  return days >= 1 ? days : undefined;
}

/** An address as a view shows it: of the last `days` days, or with its dates. */
export function addressAsView({ path, query }: Place, days: number | null): Address {
  const { page: _, from = '', to = '', ...rest } = query;
  const dates = days === null ? { ...(from && { from }), ...(to && { to }) } : {};
  return { path, query: { ...rest, ...dates }, days };
}
