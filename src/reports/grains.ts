/** Which period one point of a line over time is of: the console's charts, and reports that are sent or shared. Pure. */

export const GRAINS = ['hour', 'day', 'week', 'month'] as const;
export type Grain = (typeof GRAINS)[number];

/** More points than this would be no line any more, nor one page of rows. */
export const GRAIN_DAYS_MAX: Record<Grain, number> = {
  hour: 14,
  day: 400,
  week: 2_800,
  month: Number.POSITIVE_INFINITY,
};
const HOURS_UP_TO_DAYS = 3;
const DAYS_UP_TO_DAYS = 120;

/** The grain that suits a range of so many days. */
export function grainForDays(days: number): Grain {
  if (days <= HOURS_UP_TO_DAYS) return 'hour';
  if (days <= DAYS_UP_TO_DAYS) return 'day';
  return days <= GRAIN_DAYS_MAX.week ? 'week' : 'month';
}
