/** Entries, from the root of the checkout. */
export const BUNDLED: readonly string[];
export function bundleFile(root: string, entry: string): string;
/** The code, in ASCII; undefined where there is none of today's files. */
export function readBundle(root: string, entry: string): string | undefined;
