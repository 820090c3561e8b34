/**
 * Distinguishes the two meanings of SIGHUP: the terminal of this process was closed, or an operator asks for a rolling
 * restart.
 */
import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Whether one of the standard streams was a terminal at the start. */
const started_in_terminal = [0, 1, 2].some((stream) => isatty(stream));

export function terminalIsGone(): boolean {
  if (!started_in_terminal) return false;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return false;
  } catch {
    return true;
  }
}
