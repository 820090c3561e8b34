/** What does a redirect cost with a new connection for each, as at a send? See README.md beside this file. */
import type { Bench } from '../bench.ts';
import { compareRedirects } from '../support/compare-redirects.ts';

export const bench: Bench = (options) => compareRedirects(options, true);
