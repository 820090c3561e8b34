/**
 * What the tables of known files have in common, networks' exports (export-formats.ts) and other products' history
 * (transfer/imports/presets.ts): by which columns of its header line a file is known, and which of them is which of ours.
 * Pure.
 */

export interface KnownFile<Column extends string> {
  title: string;
  /** Where its header line is documented. */
  source: string;
  /** Of one of these lists all columns must be there for the file to be recognised. */
  known_by: readonly (readonly string[])[];
  /** Names as headerKey() writes them; of several, the first that is there, or that has a value. */
  columns: Partial<Record<Column, readonly string[]>>;
}

/** What nothing is paid for, as the statuses of most networks and trackers say it. */
export const REJECTED: readonly string[] = [
  ...['rejected', 'declined', 'reversed', 'voided', 'invalid', 'cancelled', 'canceled', 'trash'],
];

/** A header as the tables write it: small letters and digits, `_` for all between them. */
export const headerKey = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');

/** The file that a header line is known by: of several the one that needs most columns. */
export function recognise<File extends Pick<KnownFile<string>, 'known_by'>>(
  files: readonly File[],
  header: readonly string[],
): File | undefined {
  const keys = new Set(header.map(headerKey));
  const fits = ({ known_by }: File): number =>
    Math.max(0, ...known_by.map((names) => (names.every((name) => keys.has(name)) ? names.length : 0)));
  return files.filter((one) => fits(one) > 0).toSorted((a, b) => fits(b) - fits(a))[0];
}

/** Positions of the columns of one of ours in the header line, in the order in which they count. */
export function placesOf(names: readonly string[], header: readonly string[]): number[] {
  const keys = header.map(headerKey);
  return names.map((name) => keys.indexOf(name)).filter((index) => index >= 0);
}
