/**
 * Decimal numbers without floating point: a whole number of millionths in a bigint, which is what
 * ClickHouse's Decimal(38, 6) holds. Pure.
 */

/** Millionths: 12.5 is 12_500_000n. */
export type Micros = bigint;

export const DECIMALS = 6;
const ONE: Micros = 1_000_000n;
const WHOLE_DIGITS_MAX = 32;
/** A Decimal(38, 6) has 32 digits before its point. */
const DECIMAL = /^(-?)(\d{1,32})(?:\.(\d{1,6})0*)?$/;

/** Reads `12`, `12.5` or `-0.000001`; undefined if the text has another form. */
export function parseDecimal(text: string): Micros | undefined {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const micros = BigInt(whole) * ONE + BigInt(fraction.padEnd(DECIMALS, '0'));
  return sign === '-' ? -micros : micros;
}

const EXACT_DIGITS_MAX = 15;

/**
 * A number of JSON as text; undefined where it may have been written with more digits than floating point keeps: an
 * integer beyond 2^53, a fraction of more than 15 digits.
 */
export function exactText(value: number): string | undefined {
  const text = String(value);
  if (Number.isInteger(value)) return Number.isSafeInteger(value) ? text : undefined;
  const digits = text.replace(/e.*$/, '').replace(/\D/g, '').replace(/^0+/, '');
  return Number.isFinite(value) && digits.length <= EXACT_DIGITS_MAX ? text : undefined;
}

const WRITTEN = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const WRITTEN_LENGTH_MAX = 60;

/**
 * Reads a number as programs write it: also `.5`, `5.`, `1e2` and `836.9999999999998`, rounded half away from zero to a
 * millionth. Undefined if the text has another form, or more digits before its point than a Decimal(38, 6).
 */
export function roundDecimal(text: string): Micros | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] = WRITTEN.exec(text) ?? [];
  const digits = whole + fraction;
  if (sign === undefined || digits === '' || text.length > WRITTEN_LENGTH_MAX) return undefined;
  // Decimals behind the millionths: those that are rounded away, or, below zero, those that are missing.
  const surplus = fraction.length - Number(exponent) - DECIMALS;
  if (digits.replace(/^0+/, '').length - surplus > DECIMALS + WHOLE_DIGITS_MAX) return undefined;
  const micros = surplus > 0 ? rounded(BigInt(digits), surplus) : BigInt(digits) * 10n ** BigInt(-surplus);
  return sign === '-' ? -micros : micros;
}

function rounded(digits: bigint, surplus: number): bigint {
  const divisor = 10n ** BigInt(surplus);
  return (digits + divisor / 2n) / divisor;
}

/** The number with as few decimals as it needs, but at least two: `12.50`, `-0.000001`. */
export function formatDecimal(micros: Micros): string {
  const abs = micros < 0n ? -micros : micros;
  const fraction = String(abs % ONE)
    .padStart(DECIMALS, '0')
    .replace(/0{1,4}$/, '');
  return `${micros < 0n ? '-' : ''}${abs / ONE}.${fraction}`;
}

/** `per_cent` per cent of `amount`, half away from zero to a millionth. */
export function perCentOf(amount: Micros, per_cent: Micros): Micros {
  const product = amount * per_cent;
  const divisor = 100n * ONE;
  const half = divisor / 2n;
  return (product + (product < 0n ? -half : half)) / divisor;
}
