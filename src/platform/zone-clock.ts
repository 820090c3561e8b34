/**
 * Date and hour on the clocks of a time zone, for what is asked thousands of times a second. A zone's answer is kept
 * for the running quarter of an hour: all zones are apart by whole quarters, and change their clocks on one. Pure but
 * for that memory, one entry for each zone in use.
 */
const QUARTER_MS = 15 * 60_000;

export interface WallTime {
  /** `2026-11-29`. */
  date: string;
  /** 0 to 23. */
  hour: number;
}

interface Zone {
  format: Intl.DateTimeFormat;
  quarter: number;
  time: WallTime;
}

/** There are about 600 names, and more ways to write them. */
const ZONES_MAX = 700;
const zones = new Map<string, Zone>();

/** Whether it is an IANA name that this runtime knows. Offsets such as +02:00 are not names. */
export function isTimeZone(name: string): boolean {
  try {
    return /^[a-z]/i.test(name) && new Intl.DateTimeFormat('en-US', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** `tz` is a name for which isTimeZone holds. */
export function wallTime(tz: string, at_ms: number): WallTime {
  const quarter = Math.floor(at_ms / QUARTER_MS);
  let zone = zones.get(tz);
  if (zone === undefined) {
    const fields = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit' } as const;
    const format = new Intl.DateTimeFormat('en-CA', { timeZone: tz, hourCycle: 'h23', ...fields });
    zone = { format, quarter, time: readTime(format, at_ms) };
    if (zones.size >= ZONES_MAX) zones.clear();
    zones.set(tz, zone);
  } else if (zone.quarter !== quarter) {
    zone.quarter = quarter;
    zone.time = readTime(zone.format, at_ms);
  }
  return zone.time;
}

function readTime(format: Intl.DateTimeFormat, at_ms: number): WallTime {
  const parts = new Map(format.formatToParts(at_ms).map(({ type, value }) => [type, value]));
  const date = `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`;
  return { date, hour: Number(parts.get('hour')) };
}
