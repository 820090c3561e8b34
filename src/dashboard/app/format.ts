/** Formats numbers, money and times for people, in the language of the page and the account's time zone. */
import { languageOf, localeOf } from './strings/strings.ts';

const shown = { zone: 'UTC' };
const locale = localeOf(languageOf());

/** IANA name. */
export function setTimeZone(name: string): void {
  shown.zone = name;
}
export const timeZone = (): string => shown.zone;

const whole = new Intl.NumberFormat(locale);
const rate = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 });
const chance = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
const one_digit = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const small = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });

export const count = (value: number): string => whole.format(value);
export const percent = (value: number | null): string => (value === null ? '–' : rate.format(value));
export const likely = (value: number): string => chance.format(value);
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

/** `full` names the zone; `short` is for columns of a page that names it. */
export function time(text: string | number | null | undefined, style: 'full' | 'short' = 'full'): string {
  if (text === null || text === undefined || text === '') return '–';
  return new Intl.DateTimeFormat(locale, { timeZone: shown.zone, ...TIME_STYLES[style] }).format(
    new Date(text),
  );
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

/** A date such as `2026-11-30` in the account's time zone, this many days before today. */
export function day(days_ago = 0): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: shown.zone }).format(
    Date.now() - days_ago * 24 * 3_600_000,
  );
}

/** The change from the value before, such as `+12 %`; '' if that was 0. */
export function change(now: number, before: number): string {
  if (before === 0) return '';
  const share = now / before - 1;
  return `${share >= 0 ? '+' : '−'}${percent(Math.abs(share))}`;
}
