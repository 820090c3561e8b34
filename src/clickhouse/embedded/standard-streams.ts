/**
 * Replaces the standard streams of the process that ClickHouse runs in. clickhouse-local ends its process at any error
 * of a connection, such as a reset by a client (LocalServer.cpp: KillingErrorHandler), unless it runs at a terminal. So
 * it gets a pseudo-terminal as its input, and its output goes to a file.
 */
import { constants, openSync } from 'node:fs';
import { callNumber, callText, openLibrary } from './library.ts';

const PRIVATE = 0o600;

/**
 * A duplicate of standard output, for the logger of this process. If the library is missing it is 1, so that the error
 * about the missing library is visible.
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
 * Replaces standard input by a new pseudo-terminal, and standard output and standard error by the file `path`, which is
 * overwritten. The other side of the terminal stays open as long as the process. Throws if the system has no
 * pseudo-terminals.
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
