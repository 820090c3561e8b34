/**
 * Decimal numbers without floating point: a whole number of millionths in a bigint, which is what
 * ClickHouse's Decimal(38, 6) holds. Pure.
 */

/** Millionths: 12.5 is 12_500_000n. */
export type Micros = bigint;

export const DECIMALS = 6;
const ONE: Micros = 1_000_000n;
/** A Decimal(38, 6) has 32 digits before its point. */
const DECIMAL = /^(-?)(\d{1,32})(?:\.(\d{1,6})0*)?$/;

/** Reads `12`, `12.5` or `-0.000001`; undefined if the text has another form. */
export function parseDecimal(text: string): Micros | undefined {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const micros = BigInt(whole) * ONE + BigInt(fraction.padEnd(DECIMALS, '0'));
  return sign === '-' ? -micros : micros;
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
