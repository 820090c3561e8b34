/**
 * What a terminal changes: the admin key is shown only on one, and SIGHUP means either that the terminal of this process
 * was closed or that an operator asks for a rolling restart.
 */
import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Whether one of the standard streams was a terminal at the start. */
const started_in_terminal = [0, 1, 2].some((stream) => isatty(stream));

/** Whether only a person at a terminal reads standard error now: a journal or a container's log would keep it. */
export const errorsGoToTerminal = (): boolean => isatty(2);

export function terminalIsGone(): boolean {
  if (!started_in_terminal) return false;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return false;
  } catch {
    return true;
  }
}
