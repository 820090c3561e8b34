/**
 * Reads times as spreadsheets and networks write them: ISO 8601, Unix seconds or milliseconds, `11/28/2026 2:15 PM`,
 * `28.11.2026`, `28-Nov-2026`, `Nov 28, 2026`. Whether the month or the day comes first is decided once for a whole
 * file, by a date that can be read in only one way. A time without an offset is of the export's own time zone. Pure.
 */
import { type IsoTime, parseIsoTime } from '../../platform/iso-time.ts';

export type DateOrder = 'mdy' | 'dmy';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const CLOCK = String.raw`(?:[T, ]+(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)\s*([AaPp]\.?[Mm]\.?)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?`;
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})${CLOCK}$`, 'i');
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})${CLOCK}$`, 'i');
const DAY_NAMED = new RegExp(String.raw`^(\d{1,2})[- ]([A-Za-z]{3,9})\.?[- ,]+(\d{4}|\d{2})${CLOCK}$`, 'i');
const MONTH_NAMED = new RegExp(String.raw`^([A-Za-z]{3,9})\.? (\d{1,2}),? +(\d{4})${CLOCK}$`, 'i');
/** Of a cell; the expressions take long on more. */
const TIME_LENGTH_MAX = 64;
const NUMBER = /^\d{9,16}(\.\d{1,6})?$/;
/** Below it, a number is a time in seconds; above, in milliseconds. */
const SECONDS_MAX = 100_000_000_000;

export type ExportTime = Pick<IsoTime, 'local_ms' | 'offset_ms' | 'date_only'>;

/** Undefined where the text is no time, or one that does not exist. */
export function readExportTime(text: string, order: DateOrder): ExportTime | undefined {
  if (text.length > TIME_LENGTH_MAX) return undefined;
  if (NUMBER.test(text)) {
    const number = Number(text);
    return { local_ms: number < SECONDS_MAX ? number * 1_000 : number, offset_ms: 0, date_only: false };
  }
  const iso = parseIsoTime(text);
  if (iso !== undefined) return iso;
  const year_first = YEAR_FIRST.exec(text);
  if (year_first !== null) {
    const [, year, month, day, ...clock] = year_first;
    return timeOf([year, month, day], clock);
  }
  const year_last = YEAR_LAST.exec(text);
  if (year_last !== null) {
    const [, first, separator, second, year, ...clock] = year_last;
    const day_first = separator === '.' || order === 'dmy';
    return timeOf(day_first ? [year, second, first] : [year, first, second], clock);
  }
  return named(text);
}

function named(text: string): ExportTime | undefined {
  const day_named = DAY_NAMED.exec(text);
  const month_named = day_named === null ? MONTH_NAMED.exec(text) : null;
  const [, first, second, year, ...clock] = day_named ?? month_named ?? [];
  const [day, name = ''] = day_named === null ? [second, first] : [first, second];
  const month = MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
  return year === undefined || month === 0 ? undefined : timeOf([year, String(month), day], clock);
}

function timeOf(
  [year = '', month = '', day = '']: (string | undefined)[],
  [clock, half, zone]: (string | undefined)[],
): ExportTime | undefined {
  const date = `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  if (clock === undefined) return zone === undefined ? parseIsoTime(date) : undefined;
  const [hours = '', ...rest] = clock.split(':');
  const hour = hourOf(Number(hours), half?.charAt(0).toLowerCase());
  if (hour === undefined) return undefined;
  const offset = zone === undefined ? '' : /^(Z|UTC|GMT)$/i.test(zone) ? 'Z' : zone;
  return parseIsoTime(`${date}T${String(hour).padStart(2, '0')}:${rest.join(':')}${offset}`);
}

function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half === 'p' ? 12 : 0);
}

/** What a date says about the order of its file. `either`: it could be read in two ways. */
export function orderOf(text: string): DateOrder | 'either' | undefined {
  if (text.length > TIME_LENGTH_MAX) return undefined;
  const [, first, separator, second] = YEAR_LAST.exec(text) ?? [];
  if (first === undefined || separator === '.') return undefined;
  if (Number(first) > 12) return 'dmy';
  if (Number(second) > 12) return 'mdy';
  return first === second ? undefined : 'either';
}
