/** Whether a SIGHUP means that the terminal was closed, in which this was started, or is an operator's word. */
import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

/** The standard streams. */
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
