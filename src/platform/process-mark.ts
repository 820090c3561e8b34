/**
 * Names a running process so that a later one with the same id is told apart: `<pid>-<start>`, where start
 * is the kernel's start time (proc_pid_stat(5), field 22). Where there is no /proc the id alone must do.
 */
import { readFileSync } from 'node:fs';

function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name before it may hold spaces and brackets.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}

export const ownMark = (): string => `${process.pid}-${startOf(process.pid)}`;

/** Whether the process that had this mark still runs. */
export function isAlive(mark: string): boolean {
  const [pid = '0', start] = mark.split('-');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startOf(Number(pid)) === start;
}
