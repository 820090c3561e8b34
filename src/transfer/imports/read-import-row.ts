/**
 * Reads one row of a file of history: text by field becomes times, amounts and ids, or the reason why the row can not be
 * imported. Nothing is looked up. Pure.
 */
import { createHash } from 'node:crypto';
import { type Decimal, readExportAmount } from '../../conversions/exports/export-amount.ts';
import { type DateOrder, readExportTime } from '../../conversions/exports/export-time.ts';
import { spanOf } from '../../conversions/exports/read-file.ts';
import type { ImportColumns } from './import-columns.ts';
import type { ImportField } from './import-fields.ts';
import { CODE_LENGTH_MAX } from './old-codes.ts';

/** As bounded as ids of messages are; longer texts are errors of their row. */
const ID_LENGTH_MAX = 64;
const HOST_LENGTH_MAX = 253;
/** Nothing of this kind was counted earlier. */
const FROM_MS = Date.UTC(2000, 0, 1);
/** Clocks of the source, and days that end later there. */
const AHEAD_MS = 24 * 3_600_000;
const HASH_LENGTH = 22;
/** What stands for no time: empty cells of MySQL's exports and dates, and words. */
const NO_TIME = /^(?:null|none|never|-|\\N|0000-00-00.*)$/i;
const BOTS: readonly string[] = ['1', 'true', 'yes', 'y', 'bot'];

export interface RowStyle {
  /** `ask`: as the first block of the file tells. */
  decimal: Decimal | 'ask';
  dates: DateOrder | 'ask';
  /** IANA name of the time zone of times without an offset. */
  tz: string;
  /** Currency of amounts that have none; '' none. */
  currency: string;
  /** Host of codes without one; '' none. */
  domain: string;
}

/**
 * The row can not be imported. The message is kept with the import, where no erasure looks for a recipient: it names the
 * field, and quotes no value of the file.
 */
export class RowError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The values of a row, by field; '' for fields that have no column. */
export type TextOf = (field: ImportField) => string;

export const textsOf =
  ({ at }: Pick<ImportColumns, 'at'>, values: readonly string[]): TextOf =>
  (field) => {
    for (const index of at[field] ?? []) {
      const value = (values[index] ?? '').trim();
      if (value !== '') return value;
    }
    return '';
  };

/** A time of the row in ms; undefined for an empty cell. Throws RowError. */
export function timeOf(
  text: TextOf,
  field: 'time' | 'sent_at' | 'expires_at',
  style: RowStyle,
): number | undefined {
  const written = text(field);
  if (written === '' || NO_TIME.test(written)) return undefined;
  const time = readExportTime(written, style.dates === 'dmy' ? 'dmy' : 'mdy');
  if (time === undefined)
    throw new RowError(`invalid_${field}`, `its ${field} is no time: write 2026-11-28T14:15:00Z`);
  return spanOf(time, style.tz)[0];
}

/** The same of what has happened. Throws RowError. */
export function happenedAt(text: TextOf, style: RowStyle, now_ms: number): number {
  const at_ms = timeOf(text, 'time', style);
  if (at_ms === undefined) throw new RowError('invalid_time', 'the row has no time');
  if (at_ms >= FROM_MS && at_ms <= now_ms + AHEAD_MS) return at_ms;
  throw new RowError('invalid_time', 'its time is before the year 2000, or has not come yet');
}

/** A text that is kept as an id. Throws RowError. */
export function idOf(text: TextOf, field: ImportField, length_max = ID_LENGTH_MAX): string {
  const id = text(field);
  if (id.length <= length_max && !/\p{Cc}/u.test(id)) return id;
  throw new RowError(
    `invalid_${field}`,
    `${field} has at most ${length_max} characters, and no control characters`,
  );
}

export interface OldLink {
  host: string;
  code: string;
}

/** The old link of a row; undefined where the row has none. Throws RowError. */
export function oldLinkOf(text: TextOf, style: RowStyle): OldLink | undefined {
  const short_url = text('short_url');
  const code = text('code');
  if (short_url === '') return code === '' ? undefined : withHost(code, text('domain') || style.domain);
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(short_url) ? short_url : `https://${short_url}`);
  } catch {
    throw new RowError(
      'invalid_short_url',
      'its short_url is no address: write https://go.example/spring, or go.example/spring',
    );
  }
  return { host: url.hostname.toLowerCase(), code: plainCode(decoded(url.pathname.slice(1))) };
}

function withHost(code: string, domain: string): OldLink {
  const host = domain
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '');
  if (host === '' || host.length > HOST_LENGTH_MAX)
    throw new RowError(
      'invalid_domain',
      'a code needs a host: name its column domain, or add domain=go.example to the address',
    );
  return { host, code: plainCode(code.replace(/^\/+/, '')) };
}

const plainCode = (code: string): string =>
  code
    .normalize('NFC')
    .replace(/\/+$/, '')
    .slice(0, CODE_LENGTH_MAX + 1);

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

export interface Amount {
  amount: string;
  negative: boolean;
  currency: string;
}

/** An amount of the row; zero for an empty cell. Throws RowError. */
export function amountOf(text: TextOf, field: 'revenue' | 'payout', style: RowStyle): Amount {
  const written = text(field);
  if (written === '') return { amount: '0', negative: false, currency: '' };
  const read = readExportAmount(written, style.decimal === 'comma' ? 'comma' : 'point');
  if (read !== undefined) return read;
  throw new RowError(`invalid_${field}`, `its ${field} is no amount: write 49.90`);
}

export function currencyOf(text: TextOf, style: RowStyle, ...amounts: readonly Amount[]): string {
  const currency =
    text('currency') || amounts.map((one) => one.currency).find((one) => one !== '') || style.currency;
  if (/^[A-Za-z]{3}$/.test(currency)) return currency.toUpperCase();
  if (currency === '' && amounts.every(({ amount }) => Number(amount) === 0)) return '';
  throw new RowError(
    'invalid_currency',
    'the amount has no currency: name its column, or add currency=USD to the address',
  );
}

/** Codes by the English names of the runtime's own table. */
const COUNTRIES = countriesByName();

function countriesByName(): ReadonlyMap<string, string> {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const codes = letters.flatMap((one) => letters.map((other) => one + other));
  // Of codes that were withdrawn or are aliases, the one that is in use stays.
  return new Map(
    codes.flatMap((code): [string, string][] => {
      const name = names.of(code);
      return name === undefined || Intl.getCanonicalLocales(`und-${code}`)[0] !== `und-${code}`
        ? []
        : [[name.toLowerCase(), code]];
    }),
  );
}

/**
 * Country as ISO 3166, from that code or from its English name (Shlink, RedTrack and Keitaro write names); '' where it is
 * neither.
 */
export function countryOf(text: TextOf): string {
  const written = text('country');
  if (/^[A-Za-z]{2}$/.test(written)) return written.toUpperCase();
  return COUNTRIES.get(written.toLowerCase()) ?? '';
}

export const isBot = (text: TextOf): boolean => BOTS.includes(text('verdict').toLowerCase());

/** What identifies a row: by the source's own id, or by all that the row says. */
export const keyOfId = (...parts: readonly string[]): string => `d${hashOf(parts)}`;
export const keyOfContent = (values: readonly string[]): string => `c${hashOf(values)}`;

/** 132 bits. */
export const hashOf = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, HASH_LENGTH);
