/**
 * Shades of a table by quantiles: each shade has about as many cells as the others, so that one outlier does not make all
 * others look alike. Pure.
 */
const SHADES_MAX = 5;

/** The least value of each shade, in order; equal values have one shade. Values of 0 and less have none. */
export function shadesOf(values: readonly number[]): number[] {
  const sorted = values.filter((value) => value > 0).toSorted((a, b) => a - b);
  const least = Array.from(
    { length: SHADES_MAX },
    (_, i) => sorted[Math.floor((i * sorted.length) / SHADES_MAX)],
  );
  return [...new Set(least)].filter((value) => value !== undefined);
}

/** From above 0 up to 1, by the shade; 0 without one. */
export function depthOf(value: number, shades: readonly number[]): number {
  const below = shades.filter((least) => least <= value).length;
  return value <= 0 || shades.length === 0 ? 0 : below / shades.length;
}
