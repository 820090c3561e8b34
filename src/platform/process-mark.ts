/**
 * What the kernel says about processes: whether one runs, its state, and a mark that distinguishes it from a later
 * process with the same id: `<pid>-<start>`, where start is the kernel's start time. Without /proc the mark has only
 * the id.
 */
import { readFileSync } from 'node:fs';

/** Positions in proc_pid_stat(5), counted from the field after the name. */
const STATE = 0;
const START = 19;

/** A field of /proc/<pid>/stat; '' if there is no /proc or no such process. */
function statOf(pid: number, position: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // `pid (name) state …`; the name may contain any character.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[position] ?? '';
  } catch {
    return '';
  }
}

/** The state's letter in proc(5): `T` stopped, `t` stopped by a debugger; '' if there is no /proc. */
export const stateOfProcess = (pid: number): string => statOf(pid, STATE);

const markOf = (pid: number): string => `${pid}-${statOf(pid, START) || '0'}`;

export const ownMark = (): string => markOf(process.pid);

/** Whether the process that had this mark still runs. */
export function isAlive(mark: string): boolean {
  const pid = Number(mark.split('-')[0]);
  return isRunning(pid) && markOf(pid) === mark;
}

/** Whether a process with this id runs, of any user. */
export function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
