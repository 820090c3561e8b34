/**
 * What the kernel tells of other processes: whether one runs, what it does, and a mark that tells it from a later
 * one with the same id: `<pid>-<start>`, where start is the kernel's start time. Where there is no /proc the id
 * alone must do.
 */
import { readFileSync } from 'node:fs';

/** Positions in proc_pid_stat(5), counted from the field behind the name. */
const STATE = 0;
const START = 19;

/** A field of /proc/<pid>/stat; '' where there is no /proc, or no such process. */
function statOf(pid: number, position: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // `pid (name) state …`, and the name may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[position] ?? '';
  } catch {
    return '';
  }
}

/** The letter of proc(5): `T` stopped, `t` stopped by a debugger; '' where there is no /proc. */
export const stateOfProcess = (pid: number): string => statOf(pid, STATE);

const markOf = (pid: number): string => `${pid}-${statOf(pid, START) || '0'}`;

export const ownMark = (): string => markOf(process.pid);

/** Whether the process that had this mark still runs. */
export function isAlive(mark: string): boolean {
  const pid = Number(mark.split('-')[0]);
  return isRunning(pid) && markOf(pid) === mark;
}

/** Whether a process with this id runs, whoever it belongs to. */
export function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
