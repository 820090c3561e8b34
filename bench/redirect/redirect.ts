/** What does a redirect cost on a connection that stays open? See README.md beside this file. */
import type { Bench } from '../bench.ts';
import { compareRedirects } from '../support/compare-redirects.ts';

export const bench: Bench = (options) => compareRedirects(options, false);
