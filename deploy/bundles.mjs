/**
 * The bundles of entries that deploy/build-roles.mjs makes, one file each under node_modules/.cache: its first line
 * names the files that it was made of, and their hash. A bundle of other files is none: an update, a change or another
 * checkout that shares the packages never runs old code.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Entries, from the root of the checkout. */
export const BUNDLED = ['src/redirect/main.ts', 'workers/main.ts', 'src/api/main.ts'];

export const bundleFile = (root, entry) =>
  join(root, 'node_modules/.cache/trackly/roles', `${entry.replaceAll('/', '-')}.mjs`);

/** Of the files' contents, 5 ms for 260 files. Throws where one is missing. */
export function hashOf(root, files) {
  const hash = createHash('sha1');
  for (const file of files) hash.update(readFileSync(join(root, file))).update('\0');
  return hash.digest('hex');
}

/** The code, in ASCII; undefined where there is none of today's files. */
export function readBundle(root, entry) {
  try {
    const text = readFileSync(bundleFile(root, entry), 'latin1');
    const end = text.indexOf('\n');
    const { files, hash } = JSON.parse(text.slice(3, end));
    return hashOf(root, files) === hash ? text : undefined;
  } catch {
    return undefined;
  }
}
