/** A report's values: their order, and amounts as numbers. Pure. */
import { type Micros, parseDecimal } from '../platform/decimal.ts';
import { MEASURES } from './measures.ts';

/**
 * Compares two values of one column as ClickHouse sorts them: numbers, decimals, and other texts by their bytes. null is
 * next to anything. Throws on an amount that is no decimal.
 */
export function compareValues(column: string, one: Value, other: Value): number {
  if (one === null || other === null || one === other) return 0;
  if (typeof one === 'number') return one - Number(other);
  if (column in MEASURES && MEASURES[column as keyof typeof MEASURES] === 'money') {
    return micros(one) < micros(String(other)) ? -1 : 1;
  }
  return Buffer.compare(Buffer.from(one), Buffer.from(String(other)));
}

type Value = string | number | null;

/** An amount that ClickHouse has summed; throws where it is no decimal. */
export function micros(text: string): Micros {
  const value = parseDecimal(text);
  if (value === undefined) throw new Error('a sum is not a decimal');
  return value;
}
