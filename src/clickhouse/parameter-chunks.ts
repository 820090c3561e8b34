/**
 * Splits a list of parameters over several queries: parameters are sent in the URL of the request, and ClickHouse
 * accepts 128 KiB for each (http_max_field_value_size). Pure.
 */

/** Half of ClickHouse's bound, to leave room for quotes, commas and escapes. */
const PARAMETER_BYTES_MAX = 64 * 1024;
const VALUES_MAX = 1_000;

/** Items in order, in parts whose texts fit into one parameter; a longer text gets its own part. */
export function parameterChunks<T>(items: readonly T[], text: (item: T) => string): T[][] {
  const chunks: T[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const length = Buffer.byteLength(text(item));
    const last = chunks.at(-1);
    if (last === undefined || last.length >= VALUES_MAX || bytes + length > PARAMETER_BYTES_MAX) {
      chunks.push([item]);
      bytes = length;
    } else {
      last.push(item);
      bytes += length;
    }
  }
  return chunks;
}
