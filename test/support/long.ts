/** Tests that `npm test` leaves out and LONG=1 runs; a whole file says so with a line `// @long: why`. */
import { it } from 'vitest';

export const LONG = process.env['LONG'] !== undefined;

/** Say beside it what else holds the same in every run. */
export const itIfLong = it.runIf(LONG);
