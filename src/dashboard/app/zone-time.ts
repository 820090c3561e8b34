/** A time of a clock in a time zone as an instant, for fields that show the account's own time. Pure. */

const MINUTE_MS = 60_000;

/** How far a zone's clock is ahead of UTC at an instant. */
function ahead_ms(instant_ms: number, time_zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: time_zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant_ms);
  const [year = 0, month = 0, day, hour, minute, second] = (
    ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
  ).map((type) => Number(parts.find((part) => part.type === type)?.value));
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant_ms / 1_000) * 1_000;
}

/**
 * The instant, ISO 8601 UTC, of `2026-11-30T18:00` on the clocks of `time_zone`. Of a time that a clock shows twice it is
 * the first, of one that it skips as much later as it skips. What is no such text is answered as it is: the API says what
 * is wrong with it.
 */
export function instantOf(text: string, time_zone: string): string {
  const as_utc = Date.parse(`${text}Z`);
  if (Number.isNaN(as_utc)) return text;
  const day_ms = 24 * 60 * MINUTE_MS;
  const before = as_utc - ahead_ms(as_utc - day_ms, time_zone);
  const after = as_utc - ahead_ms(as_utc + day_ms, time_zone);
  const fits = [before, after].find((instant) => instant + ahead_ms(instant, time_zone) === as_utc);
  return new Date(fits ?? before).toISOString();
}

/**
 * The instant of a field that began with what the clocks showed at `stored` (null: nothing); null for an empty text. A
 * field shows no seconds: one that is as it began is still `stored`, to the second.
 */
export function editedInstant(text: string, stored: string | null, time_zone: string): string | null {
  if (stored !== null && text === clockOf(stored, time_zone)) return stored;
  return text === '' ? null : instantOf(text, time_zone);
}

/** The other way: what the clocks of `time_zone` show, to the minute. */
export function clockOf(instant: string, time_zone: string): string {
  const instant_ms = Date.parse(instant);
  return new Date(instant_ms + ahead_ms(instant_ms, time_zone)).toISOString().slice(0, 16);
}
