/**
 * The standard streams of the process that ClickHouse runs in. clickhouse-local ends its process at any error of a
 * connection, such as a reset by a client (LocalServer.cpp: KillingErrorHandler), unless it runs at a terminal; so it
 * is given one. What it prints there is kept in a file.
 */
import { constants, openSync } from 'node:fs';
import { callNumber, callText, openLibrary } from './library.ts';

const PRIVATE = 0o600;

/**
 * A second handle of standard output, for the logger of this process. Without the library it is 1: the start ends then,
 * with a sentence that is to be seen.
 */
export function keepStandardOutput(): number {
  try {
    openLibrary();
    return callNumber('dup', 1);
  } catch {
    return 1;
  }
}

/**
 * Puts a new pseudo-terminal in the place of standard input, and the file `path`, made anew, in that of standard output
 * and standard error. The other side of the terminal stays open as long as the process. Throws where there is none.
 */
export function redirectStandardStreams(path: string): void {
  const file = openSync(path, 'w', PRIVATE);
  const terminal = callNumber('posix_openpt', constants.O_RDWR | constants.O_NOCTTY);
  const usable =
    terminal >= 0 && callNumber('grantpt', terminal) === 0 && callNumber('unlockpt', terminal) === 0;
  if (!usable) throw new Error('ClickHouse needs a pseudo-terminal, and this system gives none (/dev/pts).');
  const input = openSync(callText('ptsname', terminal), constants.O_RDWR | constants.O_NOCTTY);
  for (const [from, to] of [
    [input, 0],
    [file, 1],
    [file, 2],
  ] as const) {
    if (callNumber('dup2', from, to) < 0) throw new Error(`standard stream ${to} can not be replaced`);
  }
}
