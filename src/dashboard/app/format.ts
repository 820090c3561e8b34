/** Formats numbers, money and times for people, in the language of the page and the account's time zone. */
import { languageOf, localeOf } from './strings/strings.ts';
import { clockOf } from './zone-time.ts';

const shown = { zone: 'UTC' };
const locale = localeOf(languageOf());

/** IANA name. */
export function setTimeZone(name: string): void {
  shown.zone = name;
}
export const timeZone = (): string => shown.zone;

const whole = new Intl.NumberFormat(locale);
/** Of a rate below 1 %: one digit would leave too little of it. */
const small_rate = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 });
const chance = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
const one_digit = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const small = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });

const unit = (name: string): Intl.NumberFormat =>
  new Intl.NumberFormat(locale, {
    ...{ style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: 1 },
  });
const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** In the unit that leaves at most three digits before the point. */
export function bytes(value: number): string {
  const step = Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
  return unit(BYTE_UNITS[step] ?? 'byte').format(value / 1_000 ** step);
}

const SPANS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** How long it is, in its two largest units: `2 days 3 hr`; below ten seconds with a tenth. */
export function span(ms: number): string {
  if (ms < 10_000) return unit('second').format(Math.round(ms / 100) / 10);
  const first = SPANS.findIndex(([, size]) => ms >= size);
  const parts: string[] = [];
  let left = ms;
  for (const [name, size] of SPANS.slice(first, first + 2)) {
    const whole_units = Math.floor(left / size);
    if (whole_units > 0) parts.push(unit(name).format(whole_units));
    left -= whole_units * size;
  }
  return parts.join(' ');
}

export const count = (value: number): string => whole.format(value);
export const likely = (value: number): string => chance.format(value);

export function percent(value: number | null): string {
  if (value === null) return '–';
  return Math.abs(value) < 0.01 ? small_rate.format(value) : likely(value);
}
export const tenth = (value: number): string => one_digit.format(value);
export const decimal = (value: number): string => small.format(value);

/** A decimal string with its currency; it is never converted to a number, so no digit is lost. */
export function money(value: string | number | null | undefined, currency: string | null): string {
  if (value === null || value === undefined || value === '') return '–';
  if (currency === null || currency === '') return Number(value) === 0 ? '–' : String(value);
  try {
    const format = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      maximumFractionDigits: 4,
    });
    return format.format(value as number);
  } catch {
    return `${value} ${currency}`;
  }
}

/** `full` names the zone; `short` is for columns of a page that names it, where it stays in one line. */
export function time(text: string | number | null | undefined, style: 'full' | 'short' = 'full'): string {
  if (text === null || text === undefined || text === '') return '–';
  const format = new Intl.DateTimeFormat(locale, { timeZone: shown.zone, ...TIME_STYLES[style] });
  const said = format.format(new Date(text));
  return style === 'short' ? said.replaceAll(' ', '\u00a0') : said;
}

const TIME_STYLES = {
  full: {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  },
  short: { dateStyle: 'short', timeStyle: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const calendar = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });

/** A day such as `2026-11-30`, which is of no time zone, as people write it. */
export const date = (text: string): string => calendar.format(Date.parse(`${text}T00:00:00Z`));

/** A date such as `2026-11-30` in the account's time zone, this many days before today. */
export function day(days_ago = 0): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: shown.zone }).format(
    Date.now() - days_ago * 24 * 3_600_000,
  );
}

/** A time at the axis of a chart: the day, or the time of the day after midnight. */
export function axisTime(at_ms: number, days: boolean): string {
  const hour = new Intl.DateTimeFormat(locale, { timeZone: shown.zone, timeStyle: 'short' });
  const date = new Intl.DateTimeFormat(locale, { timeZone: shown.zone, day: 'numeric', month: 'short' });
  const is_midnight = clockOf(new Date(at_ms).toISOString(), shown.zone).endsWith('T00:00');
  return (days || is_midnight ? date : hour).format(at_ms);
}

/** Dates such as `2026-11-30`, both included, for people: `Nov 23 – 29, 2026`. */
export const datesName = ({ from, to }: { from: string; to: string }): string =>
  dates.formatRange(...([from, to].map((text) => Date.parse(`${text}T00:00:00Z`)) as [number, number]));
const dates = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', dateStyle: 'medium' });

/** A time of a clock such as `14:15`. */
export const clockName = (text: string): string => clock.format(Date.parse(`1970-01-01T${text}Z`));
const clock = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', timeStyle: 'short' });

/** The change from the value before, such as `+12.0 %`; '' if that was 0, or a loss, of which nothing is a share. */
export function change(now: number, before: number): string {
  if (before <= 0) return '';
  return signed(now / before - 1, likely);
}

/** The difference of two rates, such as `+3.8`, in points: per cent of what both are shares of. */
export const points = (now: number, before: number): string => signed((now - before) * 100, tenth);

/** With its sign, but for what is shown as 0. */
export function signed(value: number, show: (value: number) => string): string {
  const shown_value = show(Math.abs(value));
  if (shown_value === show(0)) return shown_value;
  return `${value < 0 ? '−' : '+'}${shown_value}`;
}
