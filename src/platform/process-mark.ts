/**
 * What the kernel says about processes: whether one runs, its state, and a mark that distinguishes it from every other
 * process: `<machine>-<pid>-<start>`, where start is the kernel's start time and machine stands for this boot of this
 * machine, or of this container. Of processes elsewhere, whose files are seen through a shared volume, nothing is known.
 * Without /proc the mark has only the host's name and the id.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Positions in proc_pid_stat(5), counted from the field after the name. */
const STATE = 0;
const START = 19;
const MACHINE_DIGITS = 12;

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

/** Ids of processes mean something only within one boot of a kernel, and there within one namespace of ids. */
function readMachine(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

const MACHINE = createHash('sha256').update(readMachine()).digest('hex').slice(0, MACHINE_DIGITS);

/** The mark of a process with this id here. */
export const markOf = (pid: number): string => `${MACHINE}-${pid}-${statOf(pid, START) || '0'}`;

export const ownMark = (): string => markOf(process.pid);

/** `elsewhere`: on another machine, in another container, or before this machine was started. */
export type Life = 'runs' | 'gone' | 'elsewhere';

/** Whether the process that had this mark still runs. */
export function lifeOf(mark: string): Life {
  const [machine, pid = ''] = mark.split('-');
  if (machine !== MACHINE) return 'elsewhere';
  return isRunning(Number(pid)) && markOf(Number(pid)) === mark ? 'runs' : 'gone';
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
